"""Masks applied to logits of every type and stride."""

from __future__ import annotations

import numpy as np
import pytest

from pyagent.errors import MaskError
from pyagent.grammar import apply_mask

from .test_buffers import Tensor

MASK = np.array([-1, 0, 0b1010, -(2**31)], np.int32)
ALLOWED = np.array([bool(int(word) >> bit & 1) for word in MASK for bit in range(32)])
SIZE = len(ALLOWED)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("size", [SIZE, SIZE + 40, SIZE - 31])
def test_what_is_not_allowed_becomes_minus_infinity(dtype: str, size: int) -> None:
    logits = np.random.default_rng(1).normal(size=size).astype(dtype)
    kept = np.zeros(size, bool)
    kept[: min(size, SIZE)] = ALLOWED[:size]
    expected = np.where(kept, logits, -np.inf)
    apply_mask(logits, MASK)
    assert (logits == expected).all()


def test_bfloat16_of_a_tensor() -> None:
    bits = np.arange(SIZE, dtype=np.uint16)
    logits = Tensor(bits.copy(), "bfloat16")
    apply_mask(logits, MASK)
    # The upper half of the bits of minus infinity in float32.
    assert (logits.values == np.where(ALLOWED, bits, 0xFF80)).all()


def test_bfloat16_of_numpy() -> None:
    """As the package ml_dtypes has it: NumPy knows the type, the buffer protocol does not."""

    class Array:
        dtype = "bfloat16"

        def __init__(self, bits: np.ndarray) -> None:
            self.bits = bits

        def view(self, dtype: str) -> np.ndarray:
            return self.bits.view(dtype)

    bits = np.zeros((2, SIZE), np.uint16)
    apply_mask(Array(bits), MASK)
    assert (bits == np.where(ALLOWED, 0, 0xFF80)).all()


def test_integers_are_not_taken_for_bfloat16() -> None:
    with pytest.raises(MaskError, match="float32, float16 or bfloat16, not int16"):
        apply_mask(np.zeros(SIZE, np.int16), MASK)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_any_stride(dtype: str) -> None:
    expected = np.where(ALLOWED, 0, -np.inf)
    memory = np.zeros((SIZE, 3), dtype)
    apply_mask(memory[:, 1], MASK)
    assert (memory[:, 1] == expected).all()
    assert (memory[:, [0, 2]] == 0).all()
    transposed = np.zeros((SIZE, 3), dtype).T
    apply_mask(transposed, MASK)
    assert (transposed == expected).all()
    backwards = np.zeros(SIZE, dtype)[::-1]
    apply_mask(backwards, MASK)
    assert (backwards == expected).all()


def test_a_mask_for_each_row_or_one_for_all() -> None:
    for threads in (0, 1, 3):
        masks = np.stack([MASK, np.zeros_like(MASK), ~MASK])
        logits = np.zeros((3, SIZE), np.float32)
        apply_mask(logits, masks, threads=threads)
        kept = np.stack([ALLOWED, np.zeros_like(ALLOWED), ~ALLOWED])
        assert (np.isfinite(logits) == kept).all()
        logits = np.zeros((3, SIZE), np.float32)
        apply_mask(logits, MASK, threads=threads)
        assert (np.isfinite(logits) == ALLOWED).all()


def test_a_mask_is_only_read() -> None:
    mask = np.frombuffer(MASK.tobytes(), np.int32)
    assert not mask.flags.writeable
    apply_mask(np.zeros(SIZE, np.float32), mask)
    apply_mask(np.zeros(SIZE, np.float32), np.stack([MASK, MASK])[:, ::1][0])


@pytest.mark.parametrize(
    ("logits", "mask", "reason"),
    [
        (np.zeros(SIZE), MASK, "not float64"),
        (np.zeros((1, 1, SIZE), np.float32), MASK, "one or several rows"),
        (np.zeros((), np.float32), MASK, "one or several rows"),
        (np.zeros(SIZE, np.float32), MASK.astype(np.int64), "not int64"),
        (np.zeros(SIZE, np.float32), MASK.reshape(1, 1, -1), "a mask is one or several rows"),
        (np.zeros(SIZE - 32, np.float32), MASK, "96 logits for a mask of 4 words"),
        (np.zeros((3, SIZE), np.float32), np.stack([MASK, MASK]), "2 masks for 3 rows"),
        (np.frombuffer(bytes(4 * SIZE), np.float32), MASK, "read-only"),
        (Tensor(np.zeros(SIZE, np.float32), device="cuda"), MASK, "device cuda"),
        ([0.0] * SIZE, MASK, "this list cannot be used"),
    ],
)
def test_what_does_not_fit_is_refused(logits: object, mask: object, reason: str) -> None:
    with pytest.raises(MaskError, match=reason):
        apply_mask(logits, mask)
