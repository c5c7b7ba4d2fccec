"""A compiled grammar for a reader: what became of each constraint, and the form of the text."""

from __future__ import annotations

import json
import sys

from pyagent.cli.console import Console
from pyagent.cli.grammar_words import number_words, text_words

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from typing import Any

    from pyagent.grammar import Grammar

_COLOURS = {"enforced": "green", "annotation": "dim", "refused": "red"}
_NAME_WIDTH = 28


def show(name: str, grammar: Grammar) -> None:
    """Print both."""
    console = Console()
    report = grammar.report()
    program = json.loads(grammar.to_json())
    counts = (
        f"{len(report.enforced)} enforced, {len(report.annotations)} annotations, "
        f"{len(report.refused)} refused"
    )
    console.print(f"{console.style(name, 'bold')}: {counts if len(report) else 'no schema'}")
    console.print()
    for line in Form(program).lines():
        console.print(f"  {line}")
    if len(report):
        console.print()
    width = max((len(entry.keyword) for entry in report), default=0)
    for entry in report:
        status = console.style(f"{entry.status:<10}", _COLOURS[entry.status])
        reason = f"  {entry.reason}" if entry.reason else ""
        console.print(f"  {status}  {entry.keyword:<{width}}  {entry.pointer}{reason}")


def write_json(grammar: Grammar) -> None:
    """Write both as one object."""
    entries = [
        {
            "pointer": entry.pointer,
            "keyword": entry.keyword,
            "status": entry.status,
            "reason": entry.reason,
        }
        for entry in grammar.report()
    ]
    form = json.loads(grammar.to_json())
    sys.stdout.write(json.dumps({"report": entries, "form": form}) + "\n")


class Form:
    """The values of a compiled schema, as indented lines.

    A value that is used in several places, or within itself, is shown once and named by a number.
    """

    def __init__(self, program: dict[str, Any]) -> None:
        self._root = program["root"]
        self._ir = program["ir"]
        self._any = {node for node in range(len(self._ir["nodes"])) if self._is_any(node)}
        self._uses: dict[int, int] = {}
        self._named: dict[int, int] = {}
        self._done: set[int] = set()

    def lines(self) -> list[str]:
        """The whole form."""
        if self._root != "Json":
            ((kind, spec),) = self._root.items()
            return self._other(kind, spec)
        self._count(self._ir["root"])
        return self._value(self._ir["root"])

    def _other(self, kind: str, spec: Any) -> list[str]:
        """What is no JSON as a whole."""
        if kind == "Text":
            return [text_words(spec, "text")]
        if kind == "Lark":
            return [str(line) for line in spec.strip().splitlines()]
        lines = [f"free text up to one of {', '.join(map(json.dumps, spec['triggers']))}"]
        for tag in spec["tags"]:
            ((content, inner),) = tag["content"].items()
            head, *rest = self._value(inner) if content == "Json" else [text_words(inner, "text")]
            lines += [f"  {json.dumps(tag['begin'])}  {head}", *(f"    {line}" for line in rest)]
        return lines

    def _is_any(self, node: int) -> bool:
        """Whether a value is of any kind, with any values in it."""
        kinds: dict[str, int] = {}
        for each in self._ir["nodes"][node]["alternatives"]:
            kinds |= {each: 0} if isinstance(each, str) else each
        if len(kinds) != 7:  # noqa: PLR2004 - null, true, false, and four with a constraint
            return False
        array, entry = self._ir["arrays"][kinds["Array"]], self._ir["objects"][kinds["Object"]]
        return (
            not number_words(self._ir["numbers"][kinds["Number"]]).removeprefix("number")
            and text_words(self._ir["strings"][kinds["String"]]) == "string"
            and not (array["prefix"] or array["counters"] or array["unique"] or array["min"])
            and array["max"] is None
            and [each["node"] for each in array["rest"]] == [node]
            and not (entry["properties"] or entry["forbidden"] or entry["atoms"] or entry["min"])
            and entry["max"] is None
            and [[each["node"] for each in choices] for choices in entry["others"]] == [[node]]
        )

    def _count(self, root: int) -> None:
        """How often each value is used."""
        waiting = [root]
        while waiting:
            node = waiting.pop()
            self._uses[node] = self._uses.get(node, 0) + 1
            if self._uses[node] > 1 or node in self._any:
                continue
            for each in self._compounds(node):
                waiting += self._within(each)

    def _compounds(self, node: int) -> list[tuple[str, Any]]:
        found = []
        for each in self._ir["nodes"][node]["alternatives"]:
            if isinstance(each, dict):
                ((kind, index),) = each.items()
                if kind in ("Array", "Object"):
                    found.append((kind, self._ir[f"{kind.lower()}s"][index]))
        return found

    def _within(self, compound: tuple[str, Any]) -> list[int]:
        kind, spec = compound
        places = (
            [*spec["prefix"], spec["rest"]]
            if kind == "Array"
            else [*(each["choices"] for each in spec["properties"]), *spec["others"]]
        )
        return [choice["node"] for choices in places for choice in choices]

    def _scalars(self, node: int) -> list[str]:
        words = []
        alternatives = self._ir["nodes"][node]["alternatives"]
        both = "True" in alternatives and "False" in alternatives
        for each in alternatives:
            match each:
                case "True" | "False" if both:
                    words += ["boolean"] if each == "True" else []
                case str():
                    words.append(each.lower())
                case {"Number": index}:
                    words.append(number_words(self._ir["numbers"][index]))
                case {"String": index}:
                    words.append(text_words(self._ir["strings"][index]))
                case _:
                    pass
        return words

    def _value(self, node: int) -> list[str]:
        """A value: its head line, and what is in it below."""
        if node in self._any:
            return ["any value"]
        compounds = self._compounds(node)
        scalars = self._scalars(node)
        if not compounds:
            return [" or ".join(scalars)]
        if node in self._done:
            return [f"as ({self._named[node]})"]
        self._done.add(node)
        mark = ""
        if self._uses.get(node, 0) > 1:
            self._named[node] = len(self._named) + 1
            mark = f" ({self._named[node]})"
        if len(compounds) == 1 and not scalars:
            head, *rest = self._compound(*compounds[0])
            return [head + mark, *rest]
        lines = [f"one of{mark}"]
        parts = [[" or ".join(scalars)]] if scalars else []
        for part in [*parts, *(self._compound(*each) for each in compounds)]:
            lines += [f"- {part[0]}", *(f"  {line}" for line in part[1:])]
        return lines

    def _compound(self, kind: str, spec: Any) -> list[str]:
        return self._array(spec) if kind == "Array" else self._object(spec)

    def _array(self, spec: Any) -> list[str]:
        head = "array"
        if words := _amount(spec["min"], spec["max"], "item"):
            head += f" of {words}"
        head += ", all different" * spec["unique"] + _counted(spec["counters"])
        rows = [(str(at + 1), each) for at, each in enumerate(spec["prefix"])]
        if spec["max"] is None or spec["max"] > len(spec["prefix"]):
            rows.append(("further" if rows else "each", spec["rest"]))
        return [head, *self._rows([(name, "", choices) for name, choices in rows if choices])]

    def _object(self, spec: Any) -> list[str]:
        head = "object"
        if words := _amount(spec["min"], spec["max"], "name"):
            head += f" of {words}"
        groups = {each["group"] for each in spec["properties"]}
        if len(spec["properties"]) > 1:
            head += ", names in this order" if len(groups) == 1 and None not in groups else ""
        head += _counted(spec["counters"])
        rows = [
            (
                json.dumps(each["name"], ensure_ascii=False),
                "required" if each["required"] else "",
                each["choices"],
            )
            for each in spec["properties"]
        ]
        for class_, choices in enumerate(spec["others"]):
            if choices:
                rows.append((_names(spec["atoms"], class_), "", choices))
        lines = [head, *self._rows(rows)]
        if spec["forbidden"]:
            listed = ", ".join(json.dumps(name, ensure_ascii=False) for name in spec["forbidden"])
            lines.append(f"  never {listed}")
        return lines

    def _rows(self, rows: list[tuple[str, str, Any]]) -> list[str]:
        """Names, whether they must be there, and what stands behind them."""
        short = [name for name, _, _ in rows if len(name) <= _NAME_WIDTH and name[:6] != "names "]
        width = max(map(len, short), default=0)
        second = max((len(note) for _, note, _ in rows), default=0)
        lines = []
        for name, note, choices in rows:
            head, *rest = self._choices(choices)
            between = f"{note:<{second}}  " if second else ""
            lines.append(f"  {name:<{width}}  {between}{head}")
            lines += [f"    {line}" for line in rest]
        return lines

    def _choices(self, choices: Any) -> list[str]:
        """What may stand in one place; where something is counted there are several."""
        nodes = list(dict.fromkeys(choice["node"] for choice in choices))
        if len(nodes) == 1:
            return self._value(nodes[0])
        lines = ["one of"]
        for node in nodes:
            head, *rest = self._value(node)
            lines += [f"- {head}", *(f"  {line}" for line in rest)]
        return lines


def _amount(low: int, high: int | None, what: str) -> str:
    if high is None:
        return f"{low} or more {what}s" if low else ""
    if low == high:
        return f"{low} {what}{'s' * (low != 1)}"
    return f"{low} to {high} {what}s"


def _counted(counters: Any) -> str:
    words = [_amount(each["min"], each["max"], "of a kind") for each in counters]
    return "".join(f", {word.removesuffix('s')}" for word in words)


def _names(atoms: Any, class_: int) -> str:
    """The names of one class, by which of the conditions they satisfy."""
    words = [
        f"{'' if class_ >> at & 1 else 'not '}{text_words(atom, 'name').removeprefix('name, ')}"
        for at, atom in enumerate(atoms)
    ]
    return f"names {' and '.join(words)}" if words else "other names"
