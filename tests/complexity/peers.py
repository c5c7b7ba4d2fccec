"""The definitions that the metrics are held against, as their own packages compute them.

Each function takes a file, and gives a multiset of what the peer reports about it, in the terms in
which `pyagent.complexity` reports the same.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tokenize
import warnings
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import complexipy
import mccabe
from radon.metrics import halstead_visitor_report, mi_compute
from radon.raw import analyze
from radon.visitors import ComplexityVisitor, HalsteadVisitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyagent.complexity import FileMetrics

Report: TypeAlias = "Counter[tuple[Any, ...]]"
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

HALSTEAD = (
    *("distinct_operators", "distinct_operands", "operators", "operands", "vocabulary", "length"),
    *("calculated_length", "volume", "difficulty", "effort", "time", "bugs"),
)
RAW = ("loc", "lloc", "sloc", "comments", "multi", "blank", "single_comments")


class Source:
    """A file as the peers see it. Reading and parsing happen on first use and may fail."""

    def __init__(self, path: str) -> None:
        self.path = path

    @cached_property
    def text(self) -> str:
        with tokenize.open(self.path) as file:
            return file.read()

    @cached_property
    def tree(self) -> ast.Module:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Of odd escapes and the like, which is not our matter.
            return ast.parse(self.text)

    @cached_property
    def whole(self) -> ComplexityVisitor:
        """What radon's complexity is, of everything in the file."""
        return ComplexityVisitor.from_ast(self.tree)

    @cached_property
    def halstead(self) -> Any:
        """Halstead's measures of the file, as radon counts them."""
        return halstead_visitor_report(HalsteadVisitor.from_ast(self.tree))


def ruff(path: Path) -> dict[str, Report]:
    """C901 of each function, by file."""
    command = [
        *(sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--quiet"),
        *("--select=C901", "--config=lint.mccabe.max-complexity=0", "--config=exclude=[]"),
        *("--ignore-noqa", "--no-respect-gitignore", "--output-format=json", "--exit-zero"),
        str(path),
    ]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    reports: dict[str, Report] = {}
    for one in found:
        if one["code"] == "C901":
            match = re.fullmatch(r"`(.+)` is too complex \((\d+) > 0\)", one["message"])
            assert match is not None
            function = (one["location"]["row"], match[1], int(match[2]))
            reports.setdefault(one["filename"], Counter())[function] += 1
    return reports


def functions_of(tree: ast.AST) -> Iterator[Function]:
    """Every `def` of a tree."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def mccabe_of(source: Source) -> Report:
    """mccabe of each `def`, run on its node: on a file it loses functions of the same name."""
    report: Report = Counter()
    for node in functions_of(source.tree):
        visitor = mccabe.PathGraphingAstVisitor()
        visitor.preorder(node, visitor)
        (graph,) = visitor.graphs.values()
        report[node.lineno, node.name, graph.complexity()] += 1
    return report


def classes_in_functions(tree: ast.AST) -> Iterator[ast.ClassDef]:
    """The classes that radon does not report: those that stand in a function."""

    def below(node: ast.AST, *, in_function: bool) -> Iterator[ast.ClassDef]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                if in_function:
                    yield child
                yield from below(child, in_function=False)
            else:
                is_function = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
                yield from below(child, in_function=in_function or is_function)

    return below(tree, in_function=False)


def blocks(visitor: ComplexityVisitor) -> Iterator[tuple[str, Any]]:
    """Everything that a visitor of radon's has found, at every depth."""

    def functions(found: list[Any]) -> Iterator[tuple[str, Any]]:
        for one in found:
            yield "function", one
            yield from functions(one.closures)

    def classes(found: list[Any]) -> Iterator[tuple[str, Any]]:
        for one in found:
            yield "class", one
            yield from functions(one.methods)
            yield from classes(one.inner_classes)

    yield from functions(visitor.functions)
    yield from classes(visitor.classes)


def radon_cc_of(source: Source) -> Report:
    """radon's complexity of each function and class, and of the whole file."""
    report: Report = Counter({("file", source.whole.total_complexity): 1})
    visitors = [source.whole]
    visitors += [ComplexityVisitor.from_ast(node) for node in classes_in_functions(source.tree)]
    for kind, one in (block for visitor in visitors for block in blocks(visitor)):
        report[kind, one.lineno, one.name, one.complexity] += 1
    return report


def halstead_of(source: Source) -> Report:
    """Halstead's measures of the file, and of each function as if it stood alone."""
    report: Report = Counter({("file", *map(float, source.halstead)): 1})
    for node in functions_of(source.tree):
        visitor = HalsteadVisitor()
        visitor.visit(node)
        (own,) = visitor.function_visitors
        report[node.lineno, node.name, *map(float, halstead_visitor_report(own))] += 1
    return report


def raw_of(source: Source) -> Report:
    """radon's line counts and its maintainability index, which is computed from them."""
    raw = analyze(source.text)
    # What `radon.metrics.mi_visit` does, without counting everything once more.
    volume, complexity = source.halstead.volume, source.whole.total_complexity
    comments = (raw.comments + raw.multi) / float(raw.sloc) * 100 if raw.sloc else 0
    index = mi_compute(volume, complexity, raw.lloc, comments)
    return Counter({(*raw, round(float(index), 9)): 1})


def complexipy_of(source: Source) -> Report:
    """complexipy's figure for each function that it reports, and for the file."""
    whole = complexipy.file_complexity(source.path, no_ignore=True, with_plans=False)
    report: Report = Counter({("file", whole.complexity): 1})
    for one in whole.functions:
        # It names the line of the first decorator and we that of `def`; the last line is the same.
        report[one.line_end, one.name.rpartition("::")[2], one.complexity] += 1
    return report


PEERS: dict[str, Callable[[Source], Report]] = {
    "mccabe": mccabe_of,
    "radon cc": radon_cc_of,
    "radon halstead": halstead_of,
    "radon raw and mi": raw_of,
    "complexipy": complexipy_of,
}


def ours(file: FileMetrics, peer: str) -> Report:
    """What we report, in the terms of a peer."""
    functions, classes = file.functions, file.classes
    match peer:
        case "ruff":
            return Counter((one.line, one.name, one.cyclomatic) for one in functions)
        case "mccabe":
            return Counter((one.line, one.name, one.mccabe) for one in functions)
        case "radon cc":
            report = Counter([("file", file.radon_cc)])
            report.update(("function", one.line, one.name, one.radon_cc) for one in functions)
            report.update(("class", one.line, one.name, one.radon_cc) for one in classes)
            return report
        case "radon halstead":
            report = Counter([("file", *measures(file.halstead))])
            report.update((one.line, one.name, *measures(one.halstead)) for one in functions)
            return report
        case "radon raw and mi":
            assert file.maintainability_index is not None
            raw = (getattr(file.raw, name) for name in RAW)
            return Counter([(*raw, round(file.maintainability_index, 9))])
        case "complexipy":
            report = Counter([("file", file.cognitive)])
            report.update(
                (one.end_line, one.name, one.cognitive)
                for one in functions
                if "<locals>" not in one.qualname
            )
            return report
    raise ValueError(peer)


def measures(halstead: Any) -> tuple[float, ...]:
    """All twelve."""
    return tuple(float(getattr(halstead, name)) for name in HALSTEAD)
