"""Memory that masks and logits are written to: NumPy, tensors, buffers, and what is none."""

from __future__ import annotations

import array
import ctypes
import struct
from typing import Any

import numpy as np
import pytest

from pyagent.errors import MaskError
from pyagent.grammar import BatchMatcher, Grammar, Matcher

from .samples import VOCAB, allowed, mask, word

WORDS = VOCAB.words
EXPECTED = {word("a"), word("ab")}
# The name that tensors of 16-bit integers have in this library of ours; see `Tensor.view`.
int16 = "int16"


def text() -> Matcher:
    return Matcher(Grammar.choice(["abc"], VOCAB))


class Device:
    """Where a tensor is."""

    def __init__(self, kind: str) -> None:
        self.type = kind


class Dtype:
    """The type of a tensor's elements, named as torch does."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


class Tensor:
    """What torch gives, as far as it matters: no buffer, but a NumPy array of the same memory."""

    def __init__(self, values: Any, name: str = "", device: str = "cpu") -> None:
        self.values = values
        self.dtype = Dtype(name or str(values.dtype))
        self.device = Device(device)

    def detach(self) -> Tensor:
        return self

    def view(self, dtype: str) -> Tensor:
        return Tensor(self.values.view(dtype))

    def numpy(self) -> Any:
        if self.dtype.name == "bfloat16":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self.values


def rows() -> list[tuple[str, Any, Any]]:
    """Rows that can be filled, each with what its words are read from afterwards."""
    flat = np.zeros(WORDS, np.int32)
    wide = np.zeros((WORDS, 3), np.int32)
    stack = np.zeros((4, WORDS), np.int32)
    numbers = array.array("i", bytes(4 * WORDS))
    longs = array.array("I", bytes(4 * WORDS))
    raw = bytearray(4 * WORDS)
    apart = np.frombuffer(bytearray(4 * WORDS + 1), np.int32, offset=1)
    cells = (ctypes.c_int32 * WORDS)()
    tensor = np.zeros(WORDS, np.int32)
    return [
        ("NumPy", flat, flat),
        ("unsigned", longs, longs),
        ("a column", wide[:, 1], wide[:, 1]),
        ("backwards", np.zeros(WORDS, np.int32)[::-1], None),
        ("a row of several", stack[2], stack[2]),
        ("array", numbers, numbers),
        ("memoryview", memoryview(raw).cast("i"), memoryview(raw).cast("i")),
        ("not aligned", apart, apart),
        ("ctypes", cells, cells),
        ("tensor", Tensor(tensor), tensor),
    ]


@pytest.mark.parametrize(("row", "read"), [case[1:] for case in rows()], ids=[c[0] for c in rows()])
def test_a_row_of_any_kind_is_filled(row: Any, read: Any) -> None:
    text().fill_mask(row)
    assert allowed(row if read is None else read) == EXPECTED


def test_only_the_row_is_written_to() -> None:
    wide = np.full((WORDS, 3), 7, np.int32)
    text().fill_mask(wide[:, 1])
    assert (wide[:, [0, 2]] == 7).all()
    around = np.full(WORDS + 2, 7, np.int32)
    text().fill_mask(around[1:-1])
    assert around[[0, -1]].tolist() == [7, 7]


REFUSED = [
    (np.zeros(WORDS + 1, np.int32), rf"is a row of {WORDS} int32, not int32 of the shape"),
    (np.zeros(WORDS - 1, np.int32), "a mask for 267 tokens"),
    (np.zeros(0, np.int32), r"of the shape \[0\]"),
    (np.zeros(WORDS, np.int64), "not int64"),
    (np.zeros(WORDS, np.float32), "not float32"),
    (np.zeros(WORDS, ">i4"), "not >i4"),
    (np.zeros((1, WORDS), np.int32), rf"of the shape \[1, {WORDS}\]"),
    (np.zeros((), np.int32), r"of the shape \[\]"),
    (bytearray(4 * WORDS), '"B"'),
    (bytes(4 * WORDS), "not writable"),
    (np.broadcast_to(np.int32(0), WORDS), "read-only"),
    (Tensor(np.zeros(WORDS, np.float32)), "not torch.float32"),
    (Tensor(np.zeros(WORDS, np.int32), device="cuda"), "device cuda .*copy it to the CPU"),
    ([0] * WORDS, "this list cannot be used"),
    (None, "this NoneType cannot be used"),
]


@pytest.mark.parametrize(("row", "reason"), REFUSED)
def test_another_row_is_refused_by_what_is_wrong(row: Any, reason: str) -> None:
    with pytest.raises(MaskError, match=reason):
        text().fill_mask(row)


def test_a_row_is_free_again_afterwards() -> None:
    numbers = array.array("i", bytes(4 * WORDS))
    text().fill_mask(numbers)
    with pytest.raises(MaskError):
        text().fill_mask(memoryview(numbers).toreadonly())
    numbers.append(1)  # would be a BufferError while the memory is lent


def test_stacks_of_rows_of_any_stride() -> None:
    batch = BatchMatcher([text(), text(), text()])
    plain = np.zeros((3, WORDS), np.int32)
    every_other = np.zeros((6, WORDS), np.int32)[::2]
    reversed_ = np.zeros((3, WORDS), np.int32)[::-1]
    transposed = np.zeros((WORDS, 3), np.int32).T
    for stack in (plain, every_other, reversed_, transposed):
        batch.fill_masks(stack)
        assert [allowed(row) for row in stack] == [EXPECTED] * 3


def test_rows_that_share_memory_are_written_one_by_one() -> None:
    memory = np.zeros(WORDS, np.int32)
    same = np.lib.stride_tricks.as_strided(memory, (3, WORDS), (0, 4))
    BatchMatcher([text(), text(), text()]).fill_masks(same)
    assert allowed(memory) == EXPECTED


@pytest.mark.parametrize("shape", [(2, WORDS), (3, WORDS + 1), (3 * WORDS,), (3, 1, WORDS)])
def test_a_stack_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    batch = BatchMatcher([text(), text(), text()])
    with pytest.raises(MaskError, match=f"are 3 x {WORDS} int32"):
        batch.fill_masks(np.zeros(shape, np.int32))


def test_an_empty_batch_has_no_rows() -> None:
    BatchMatcher([]).fill_masks(np.zeros((0, 0), np.int32))


def test_masks_agree_whatever_they_are_written_to() -> None:
    packed = np.zeros(WORDS, np.uint32)
    text().fill_mask(packed)
    assert struct.unpack(f"<{WORDS}I", packed.astype("<u4").tobytes()) == tuple(packed)
    assert allowed(packed) == mask(text())
