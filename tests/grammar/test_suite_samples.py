"""The sample schemas of the benchmark: compiled, but for one, and every text gets its verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
import pytest

from pyagent.errors import ConstraintRefusedError
from pyagent.grammar import Grammar

from .suite import Instance, accepts, byte_vocabulary

FOLDER = Path(__file__).resolve().parents[2] / "benches" / "data" / "grammar"
SAMPLES = sorted(FOLDER.glob("*.json"))
REFUSED = {"format_regex"}  # That a text is a regular expression cannot be enforced.
VOCABULARY = byte_vocabulary()


class Sample(msgspec.Struct):
    """A schema with its texts, in MaskBench's format."""

    schema: msgspec.Raw
    tests: list[Instance]


def test_there_are_enough_samples_of_both_kinds() -> None:
    assert len(SAMPLES) >= 130


@pytest.mark.parametrize("order", ["declared", "any"])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: str(path.stem))
def test_every_text_gets_its_verdict(path: Path, order: Literal["declared", "any"]) -> None:
    compact = msgspec.json.format(path.read_bytes(), indent=-1)
    sample = msgspec.json.decode(compact, type=Sample)
    if path.stem in REFUSED:
        with pytest.raises(ConstraintRefusedError):
            Grammar.from_json_schema(bytes(sample.schema).decode(), VOCABULARY, order=order)
        return
    grammar = Grammar.from_json_schema(bytes(sample.schema).decode(), VOCABULARY, order=order)
    found = [accepts(grammar, bytes(test.data)) for test in sample.tests]
    assert found == [test.valid for test in sample.tests]
