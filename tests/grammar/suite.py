"""The JSON Schema Test Suite, followed byte by byte: what is right, refused or wrong.

    python tests/grammar/suite.py [--write] [DRAFT ...]

prints the totals, and with `--write` rewrites the expected files that `test_suite.py` compares
with. A line of them is a group of tests: a mark for each of its tests with the default options,
then with those that are nearer to the specification: keys in any order and, but for the optional
tests, which are mostly those of formats, `format` as an annotation.

    .  right                    r  the schema was refused: the reason is below the line
    -  a valid text rejected    X  an invalid text accepted
    !  stopped by a limit while the text was followed
"""

from __future__ import annotations

import argparse
import sys
from array import array
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from pyagent.errors import EmptyGrammarError, GrammarError, GrammarLimitError
from pyagent.grammar import Grammar, Matcher, Vocabulary

DATA = Path(__file__).resolve().parent / "data"
# What each is followed with beside the defaults; the optional tests are those of formats.
DRAFTS: dict[str, dict[str, Any]] = {
    "draft2020-12": {"order": "any", "formats": False},
    "draft2020-12-optional": {"order": "any"},
    "draft2019-09": {"order": "any", "formats": False},
}
EOS = 256
RIGHT, REFUSED, REJECTED, ACCEPTED, STOPPED = ".", "r", "-", "X", "!"
NAMES = {
    RIGHT: "right",
    REFUSED: "refused",
    REJECTED: "valid rejected",
    ACCEPTED: "invalid accepted",
    STOPPED: "stopped",
}


class Instance(msgspec.Struct):
    """A text and whether it is valid."""

    description: str
    data: msgspec.Raw
    valid: bool


class Group(msgspec.Struct):
    """A schema with its instances; `file` is where the suite has it."""

    file: str
    description: str
    schema: msgspec.Raw
    tests: list[Instance]


class Outcome(NamedTuple):
    """A mark for each test of a group, and why its schema was refused."""

    marks: str
    reason: str


def load(draft: str) -> list[Group]:
    path = DATA / "suite" / f"{draft}.jsonl"
    return [msgspec.json.decode(line, type=Group) for line in path.read_bytes().splitlines()]


def byte_vocabulary() -> Vocabulary:
    """A token for each byte, and one to end with."""
    return Vocabulary.from_bytes([*(bytes([byte]) for byte in range(256)), b"<end>"], eos=EOS)


def allows(row: array[int], token: int) -> bool:
    return bool(row[token // 32] >> (token % 32) & 1)


def accepts(grammar: Grammar, text: bytes) -> bool:
    """Whether the masks let the text pass, and let it end there.

    At every step the mask and `accept` have to agree, and so have the mask of the end token and
    `is_complete`.
    """
    matcher, row = Matcher(grammar), array("i", bytes(4 * 9))
    for place, byte in enumerate(text):
        matcher.fill_mask(row)
        allowed = allows(row, byte)
        if matcher.accept(byte) != allowed:
            raise AssertionError(f"mask and accept differ at byte {place} of {text!r}")
        if not allowed:
            return False
    matcher.fill_mask(row)
    complete = matcher.is_complete()
    if allows(row, EOS) != complete or matcher.accept(EOS) != complete:
        raise AssertionError(f"mask and accept differ on the end of {text!r}")
    return complete


def run(group: Group, vocabulary: Vocabulary, options: dict[str, Any]) -> Outcome:
    """Compile the schema, and follow each instance."""
    try:
        grammar = Grammar.from_json_schema(bytes(group.schema).decode(), vocabulary, **options)
    except EmptyGrammarError:
        grammar = None  # Nothing satisfies it: right, where every instance is invalid.
    except GrammarError as error:
        return Outcome(REFUSED * len(group.tests), str(error))
    marks = [mark(grammar, instance) for instance in group.tests]
    return Outcome("".join(marks), "")


def mark(grammar: Grammar | None, instance: Instance) -> str:
    try:
        accepted = grammar is not None and accepts(grammar, bytes(instance.data))
    except GrammarLimitError:
        return STOPPED
    if accepted == instance.valid:
        return RIGHT
    return ACCEPTED if accepted else REJECTED


def run_draft(draft: str) -> tuple[str, dict[str, Counter[str]]]:
    """The text of the expected file, and how often each mark occurs by profile."""
    vocabulary = byte_vocabulary()
    profiles = {"defaults": {}, described_options(DRAFTS[draft]): DRAFTS[draft]}
    totals: dict[str, Counter[str]] = {name: Counter() for name in profiles}
    body = []
    for group in load(draft):
        outcomes = [run(group, vocabulary, options) for options in profiles.values()]
        for total, outcome in zip(totals.values(), outcomes, strict=True):
            total.update(outcome.marks)
        marks = "  ".join(outcome.marks for outcome in outcomes)
        body.append(f"{marks}  {group.file}: {group.description}")
        body += [f"    {reason}" for reason in sorted({o.reason for o in outcomes} - {""})]
    head = [f"# {name}: {described(total)}" for name, total in totals.items()]
    return "\n".join([*head, *body, ""]), totals


def described_options(options: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in options.items())


def described(total: Counter[str]) -> str:
    parts = ", ".join(f"{total[mark]} {name}" for mark, name in NAMES.items())
    return f"{total.total()} tests, {parts} ({total[RIGHT] / total.total():.1%} right)"


def expected(draft: str) -> Path:
    return DATA / f"suite_{draft}.txt"


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the JSON Schema Test Suite.")
    parser.add_argument("--write", action="store_true", help="rewrite the expected files")
    parser.add_argument("drafts", nargs="*", metavar="DRAFT", help=f"some of {', '.join(DRAFTS)}")
    arguments = parser.parse_args()
    for draft in arguments.drafts or DRAFTS:
        text, totals = run_draft(draft)
        for name, total in totals.items():
            sys.stdout.write(f"{draft} with {name}: {described(total)}\n")
        if arguments.write:
            expected(draft).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
