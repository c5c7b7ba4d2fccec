"""`pyagent grammar` as a person runs it: schemas, types, texts, vocabularies, exit codes."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.cli import main
from pyagent.grammar import Grammar, Vocabulary

from .tokens import merged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., str]

ORDER = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
        }
    },
    "type": "object",
    "properties": {
        "item": {"enum": ["tea", "cake"]},
        "price": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.25},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3, "uniqueItems": True},
        "list": {"$ref": "#/$defs/node"},
    },
    "patternProperties": {"^x-": {"type": "string"}},
    "required": ["item"],
    "additionalProperties": False,
}
TYPES = """
from pydantic import BaseModel, field_validator

class Outer:
    class Order(BaseModel):
        item: str
        count: int

class Checked(BaseModel):
    word: str

    @field_validator("word")
    @classmethod
    def check(cls, word):
        return word
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    (tmp_path / "order.json").write_text(json.dumps(ORDER))
    (tmp_path / "shop_types.py").write_text(TYPES)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_(*arguments: str, code: int = 0, error: str = "") -> str:
        assert main(["grammar", *arguments]) == code
        written = capsys.readouterr()
        assert error in written.err if error else written.err == ""
        return written.out

    return run_


def test_explain_shows_the_form_and_each_constraint(run: Run) -> None:
    lines = run("explain", "order.json").splitlines()
    assert lines[0] == "order.json: 21 enforced, 1 annotations, 0 refused"
    shown = "\n".join(lines)
    for part in (
        '"item"   required  one of "cake", "tea"',
        '"price"            number above 0, a multiple of 0.25',
        '"tags"             array of 0 to 3 items, all different',
        "(1)",
        "as (1)",
        "names with ^x-",
        "enforced    uniqueItems",
        "#/properties/price/multipleOf",
        "annotation  $defs",
    ):
        assert part in shown, part


def test_explain_tells_what_is_refused(run: Run, folder: Path) -> None:
    (folder / "back.json").write_text('{"type": "string", "pattern": "(a)\\\\1"}')
    shown = run("explain", "back.json", code=1)
    assert "refused     pattern" in shown
    fields = json.loads(run("explain", "back.json", "--json", code=1))
    (entry,) = [entry for entry in fields["report"] if entry["status"] == "refused"]
    assert (entry["keyword"], entry["pointer"]) == ("pattern", "#/pattern")


def test_explain_of_a_type(run: Run) -> None:
    shown = run("explain", "shop_types:Outer.Order", "--closed")
    assert '"count"  required  integer' in shown
    assert "other names" not in shown
    assert "validator" in run("explain", "shop_types:Checked", code=1)


def test_explain_in_colours(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32menforced  \x1b[0m" in run("explain", "order.json")


@pytest.mark.parametrize(
    ("text", "place", "allowed"),
    [
        ('{"item": "tee"}', "1:13: not in the grammar", "allowed there: a"),
        (
            '{\n  "item": "tea",\n  "price": -1}',
            "3:12: not in",
            "allowed there: 0.  1-9  white space",
        ),
        ('{"item"', "1:8: ends too early", "allowed there: :  white space"),
        ('{"item": "tea"} {', "1:17: not in the grammar", "allowed there: white space  the end"),
        ('{"item": "tea", "größe": 1}', "1:18: not in the grammar", 'list"  price"'),
    ],
)
def test_check_says_where_and_what(
    run: Run, folder: Path, text: str, place: str, allowed: str
) -> None:
    (folder / "text.json").write_text(f"{text}\n", encoding="utf-8")
    shown = run("check", "order.json", "text.json", code=1)
    assert shown.startswith(f"text.json:{place}")
    assert allowed in shown
    fields = json.loads(run("check", "order.json", "text.json", "--json", code=1))
    assert not fields["valid"]
    assert shown.startswith(f"text.json:{fields['line']}:{fields['column']}:")


def test_check_of_what_is_in_the_grammar(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "text.json").write_text('{"item": "tea"}\r\n')
    assert run("check", "order.json", "text.json") == "text.json: in the grammar\n"
    assert run("check", "--regex", "[ab]+c", "--text", "abc") == "text: in the grammar\n"
    standard = io.TextIOWrapper(io.BytesIO(b'{"item": "cake"}\n'))
    monkeypatch.setattr(sys, "stdin", standard)
    assert run("check", "order.json", "-") == "standard input: in the grammar\n"
    assert json.loads(run("check", "--regex", "a", "--text", "a", "--json")) == {
        "valid": True,
        "bytes": 1,
    }


def test_a_long_line_is_cut_around_the_fault(run: Run, folder: Path) -> None:
    (folder / "long.txt").write_text("a" * 500 + "\x1b" + "a" * 500)
    head, line, mark, _ = run("check", "--regex", "a*", "long.txt", code=1).splitlines()
    assert head.startswith("long.txt:1:501")
    assert line == f"  ...{'a' * 60}.{'a' * 59}"
    assert mark.index("^") == line.index(".a", 6)


def test_check_names_the_token(run: Run, folder: Path) -> None:
    vocabulary = merged().vocabulary
    tokens = {text: token for token, text in enumerate(merged().texts) if text}

    def encode(text: str) -> list[int]:
        return [tokens[bytes([byte])] for byte in text.encode()]

    from pyagent.cli.grammar_check import check

    copy = Vocabulary.from_bytes(merged().texts, eos=merged().eos, encode=encode)
    fault = check(Grammar.from_regex("ab", copy), b"ac").fault
    assert fault is not None
    assert fault.token == (1, tokens[b"c"], b"c")
    assert vocabulary.size == copy.size


def test_compile_stores_what_load_reads(run: Run, folder: Path) -> None:
    vocabulary = merged().vocabulary
    vocabulary.save(folder / "model.vocab")
    arguments = ["--vocabulary", "model.vocab", "-o", "order.grammar"]
    assert run("compile", "order.json", *arguments, error="wrote order.grammar") == ""
    grammar = Grammar.load(folder / "order.grammar", vocabulary)
    assert grammar.report().enforced
    run("compile", "shop_types:Checked", *arguments, "--lenient", error="left out: validator")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["explain"], "takes 1 operands and not 0"),
        (["check", "order.json"], "takes 2 operands"),
        (["explain", "--regex", "a", "order.json"], "takes 0 operands"),
        (["explain", "missing.json"], "missing.json: No such file"),
        (["check", "order.json", "missing.txt"], "missing.txt: No such file"),
        (["explain", "shop_types:Missing"], "no attribute 'Missing'"),
        (["explain", "missing_module:Type"], "No module named"),
        (["compile", "order.json"], "for one vocabulary"),
        (["compile", "order.json", "--vocabulary", "order.json", "-o", "x"], "pyagent: error: "),
        (["explain", "order.json", "--vocabulary", "missing"], "missing: No such file"),
        (["explain", "--regex", "(a"], "(a"),
        (["check", "shop_types:Checked", "--text", "1"], "validator"),
    ],
)
def test_what_cannot_be_done_is_one_line(run: Run, arguments: list[str], message: str) -> None:
    assert run(*arguments, code=2, error=message) == ""


@pytest.mark.parametrize("content", [b"\xff\xfe{", b"nonsense"])
def test_files_that_are_none(run: Run, folder: Path, content: bytes) -> None:
    (folder / "bad").write_bytes(content)
    run("explain", "bad", code=2, error="pyagent: error: ")
    run("explain", "order.json", "--vocabulary", "bad", code=2, error="pyagent: error: ")


def test_a_context_free_grammar(run: Run, folder: Path) -> None:
    (folder / "pairs.lark").write_text('start: "(" start ")" | "x"\n')
    assert run("check", "--lark", "pairs.lark", "--text", "((x))") == "text: in the grammar\n"
    shown = run("check", "--lark", "pairs.lark", "--text", "((x)", code=1)
    assert "text:1:5: ends too early" in shown
    assert "allowed there: )" in shown
    assert 'start: "(" start ")" | "x"' in run("explain", "--lark", "pairs.lark")


def test_options_reach_the_grammar(run: Run, folder: Path) -> None:
    texts: list[tuple[list[str], str, int]] = [
        (["--whitespace", "compact"], '{"item":"tea"}', 0),
        (["--whitespace", "compact"], '{"item": "tea"}', 1),
        ([], '{"price": 1, "item": "tea"}', 1),
        (["--order", "any"], '{"price": 1, "item": "tea"}', 0),
    ]
    for options, text, code in texts:
        run("check", "order.json", "--text", text, *options, code=code)
    (folder / "date.json").write_text('{"type": "string", "format": "date"}')
    run("check", "date.json", "--text", '"soon"', code=1)
    run("check", "date.json", "--text", '"soon"', "--no-formats")


def test_a_number_in_words() -> None:
    from pyagent.cli.grammar_words import number_words

    def decimal(text: str, exponent: int = 0, *, negative: bool = False) -> dict[str, Any]:
        return {"digits": list(map(int, text)), "exponent": exponent, "negative": negative}

    spec = {"low": None, "high": None, "multiples": [], "values": None}
    assert number_words(spec) == "number"
    values = [decimal("5", -1), decimal("25", -3, negative=True), decimal("1", 30), decimal("")]
    assert number_words(spec | {"values": values}) == "one of 0.5, -0.025, 1e30, 0"
    third = {"of": decimal("3"), "negated": True}
    assert number_words(spec | {"multiples": [third]}) == "number, not a multiple of 3"
