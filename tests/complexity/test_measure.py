"""What a measurement of one module says: names, places, kinds, figures, and the forms of input."""

from __future__ import annotations

import json
import math
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from pyagent.complexity import METRICS, FileMetrics, FunctionMetrics, measure, measure_file
from pyagent.errors import SourceDecodeError, SourceError, SourceReadError, SourceSyntaxError

from .peers import HALSTEAD, RAW

if TYPE_CHECKING:
    from pathlib import Path

MODULE = dedent(
    '''\
    """Text."""
    import os.path as p, sys
    from ..a import (
        b as c,
        d,
    )
    from . import *

    def plain(a, /, b, *c, d=1, **e): pass

    @decorator  # (comment
    @other(
        1
    )
    async def decorated():
        def closure():
            class Local:
                def method(self):
                    return lambda x: x

    class Outer(Base):
        def method(self):
            if self:
                for x in y:
                    with z:
                        pass

        @property
        class Inner:
            async def deep(self): pass

        if condition:
            def conditional(self): pass

    if condition:
        def in_statement(): é = 1; (lambda: 0)()
    '''
)


@pytest.fixture(scope="module")
def module() -> FileMetrics:
    return measure(MODULE, filename="module.py")


def by_name(module: FileMetrics) -> dict[str, FunctionMetrics]:
    return {one.qualname: one for one in module.functions}


def test_functions_are_listed_in_order_with_kind_and_place(module: FileMetrics) -> None:
    found = [
        (one.qualname, one.name, one.kind, one.is_async, one.line, one.end_line, one.column)
        for one in module.functions
    ]
    assert found == [
        ("plain", "plain", "function", False, 9, 9, 0),
        ("decorated", "decorated", "function", True, 15, 19, 0),
        ("decorated.<locals>.closure", "closure", "closure", False, 16, 19, 4),
        ("decorated.<locals>.closure.<locals>.Local.method", "method", "method", False, 18, 19, 12),
        ("Outer.method", "method", "method", False, 22, 26, 4),
        ("Outer.Inner.deep", "deep", "method", True, 30, 30, 8),
        ("Outer.conditional", "conditional", "method", False, 33, 33, 8),
        ("in_statement", "in_statement", "function", False, 36, 36, 4),
    ]


def test_qualified_names_are_those_of_python() -> None:
    namespace: dict[str, type] = {}
    source = "class A:\n class B:\n  def f(self):\n   def g(): pass\n   return g\n"
    exec(source, namespace)
    method = vars(namespace["A"])["B"]().f
    names = [one.qualname for one in measure(source).functions]
    assert names == [method.__qualname__, method().__qualname__]


def test_classes_are_listed_in_order(module: FileMetrics) -> None:
    found = [
        (one.qualname, one.name, one.line, one.end_line, one.column, one.methods)
        for one in module.classes
    ]
    assert found == [
        ("decorated.<locals>.closure.<locals>.Local", "Local", 17, 19, 8, 1),
        ("Outer", "Outer", 21, 33, 0, 2),
        ("Outer.Inner", "Inner", 29, 30, 4, 1),
    ]


def test_imports(module: FileMetrics) -> None:
    found = [(one.module, one.name, one.asname, one.level, one.line) for one in module.imports]
    assert found == [
        ("os.path", None, "p", 0, 2),
        ("sys", None, None, 0, 2),
        ("a", "b", "c", 2, 4),
        ("a", "d", None, 2, 5),
        ("", "*", None, 1, 7),
    ]


def test_arguments_and_nesting(module: FileMetrics) -> None:
    functions = by_name(module)
    assert functions["plain"].arguments == 5
    assert functions["Outer.method"].arguments == 1
    assert functions["Outer.method"].nesting == 3
    assert functions["plain"].nesting == 0


@pytest.mark.parametrize(
    ("body", "nesting"),
    [
        ("if a: b", 1),
        ("if a: b\n elif c:\n  if d: e", 2),
        ("try: a\n finally:\n  while b: c", 2),
        ("match a:\n  case 1:\n   with b: c", 2),
        ("class C:\n  if a: b", 0),
        ("def g():\n  if a: b", 0),
    ],
)
def test_nesting_counts_blocks_of_the_function_alone(body: str, nesting: int) -> None:
    assert measure(f"def f():\n {body}\n").functions[0].nesting == nesting


def test_columns_count_characters() -> None:
    source = "class Ä:\n\tdef f(self): pass\n"
    assert measure(source).functions[0].column == 1
    assert measure("'é';\\\n\nif x:\n  def f(): pass\n").functions[0].column == 2


def test_the_line_of_def_is_found_behind_any_decorator() -> None:
    for between in ("\n", "  # def x\n", "\n\n\x0c\n", "\r\n# c\r\n", "\r"):
        source = f"@a(lambda: 0){between}def f(): pass\n"
        line = (
            source[: source.rindex("def f")].replace("\r\n", "\n").replace("\r", "\n").count("\n")
        )
        assert measure(source).functions[0].line == line + 1, repr(between)


def test_text_bytes_and_path_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_bytes(MODULE.encode())
    expected = json.loads(measure(MODULE, filename=str(path)).to_json())
    assert json.loads(measure(MODULE.encode(), filename=str(path)).to_json()) == expected
    assert json.loads(measure_file(path).to_json()) == expected
    assert json.loads(measure_file(str(path)).to_json()) == expected
    # The shape of the call does not depend on the name of the file.
    other = path.rename(tmp_path / "no-suffix")
    assert measure_file(other).error is None


def test_defaults_and_wrong_types() -> None:
    assert measure("").path == "<string>"
    for wrong in (None, 1, ["x"], memoryview(b"x")):
        with pytest.raises(TypeError, match="source must be str or bytes"):
            measure(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        measure_file(None)  # type: ignore[arg-type]


def test_nothing_can_be_changed(module: FileMetrics) -> None:
    for one in (module, module.functions[0], module.classes[0], module.halstead, module.raw):
        with pytest.raises(AttributeError):
            one.line = 1  # type: ignore[union-attr, misc]
    module.functions.clear()
    assert module.functions


def test_an_empty_module() -> None:
    for source in ("", "\n", "# comment\n", "\ufeff", b"\xef\xbb\xbf"):
        module = measure(source)
        assert (module.functions, module.classes, module.imports) == ([], [], [])
        assert (module.cyclomatic, module.mccabe, module.radon_cc, module.cognitive) == (1, 1, 1, 0)
        assert module.maintainability_index == module.maintainability_index_vs == 100.0


def test_halstead_is_computed_from_its_counts() -> None:
    halstead = measure("x = a + b * a - 1\n").halstead
    counts = [getattr(halstead, name) for name in HALSTEAD[:6]]
    # `+`, `*` and `-` with `a`, `b` and `1`, and two operations that are operands themselves.
    assert counts == [3, 5, 3, 6, 8, 9]
    assert halstead.volume == 9 * 3
    assert halstead.calculated_length == pytest.approx(3 * math.log2(3) + 5 * math.log2(5))
    assert halstead.difficulty == 3 * 6 / (2 * 5)
    assert halstead.effort == pytest.approx(halstead.difficulty * halstead.volume)
    assert halstead.time == pytest.approx(halstead.effort / 18)
    assert halstead.bugs == pytest.approx(halstead.volume / 3000)


def test_the_index_of_visual_studio_leaves_comments_out() -> None:
    source = "def f(a):\n    return a + 1 if a else a * 2\n"
    plain, commented = measure(source), measure(f"# comment\n# comment\n{source}")
    volume, lines = plain.halstead.volume, plain.raw.sloc
    expected = (
        171 - 5.2 * math.log(volume) - 0.23 * plain.cyclomatic - 16.2 * math.log(lines)
    ) / 1.71
    assert plain.maintainability_index_vs == pytest.approx(expected)
    assert commented.maintainability_index_vs == plain.maintainability_index_vs
    assert commented.maintainability_index != plain.maintainability_index


def test_json_has_everything_that_python_has(module: FileMetrics) -> None:
    text = json.loads(module.to_json())
    assert text["path"] == "module.py"
    assert text["error"] is None
    for name in ("cyclomatic", "mccabe", "radon_cc", "cognitive", "maintainability_index"):
        assert text[name] == getattr(module, name)
    assert text["maintainability_index_vs"] == module.maintainability_index_vs
    assert text["raw"] == {name: getattr(module.raw, name) for name in RAW}
    assert text["halstead"] == {name: getattr(module.halstead, name) for name in HALSTEAD}
    for listed, objects in (("functions", module.functions), ("classes", module.classes)):
        assert len(text[listed]) == len(objects)
        for one, thing in zip(text[listed], objects, strict=True):
            halstead = one.pop("halstead", None)
            assert one == {name: getattr(thing, name) for name in one}
            if halstead is not None:
                assert halstead == {name: getattr(thing.halstead, name) for name in HALSTEAD}
    assert [one["module"] for one in text["imports"]] == [one.module for one in module.imports]


def test_every_public_attribute_is_in_json(module: FileMetrics) -> None:
    text = json.loads(module.to_json())
    for keys, thing in (
        (text["functions"][0], module.functions[0]),
        (text["classes"][0], module.classes[0]),
        (text["imports"][0], module.imports[0]),
        (text["halstead"], module.halstead),
        (text["raw"], module.raw),
    ):
        assert set(keys) == {name for name in dir(thing) if not name.startswith("_")}
    missing = {name for name in dir(module) if not name.startswith("_")} - set(text)
    assert missing == {"to_json"}


def test_names_of_metrics_are_attributes(module: FileMetrics) -> None:
    for name in METRICS:
        assert hasattr(module, name) or hasattr(module.functions[0], name), name


def test_representations_are_short_and_quote(module: FileMetrics) -> None:
    assert repr(module) == "FileMetrics('module.py', functions=8)"
    assert repr(module.functions[0]) == "FunctionMetrics('plain', line=9)"
    assert repr(module.classes[1]) == "ClassMetrics('Outer', line=21)"
    assert repr(module.imports[0]) == "ImportedName('os.path', None, line=2)"
    assert repr(measure("", filename="it's")) == r"FileMetrics('it\'s', functions=0)"


def test_errors_are_classes_of_one_hierarchy(tmp_path: Path) -> None:
    with pytest.raises(SourceSyntaxError) as caught:
        measure("x = 1\nif é y:\n", filename="a.py")
    error = caught.value
    assert (error.path, error.line, error.column) == ("a.py", 2, 6)
    assert str(error) == f"a.py:2:6: {error.reason}"
    with pytest.raises(SourceDecodeError):
        measure(b"\xff")
    with pytest.raises(SourceReadError, match="no such file"):
        measure_file(tmp_path / "missing.py")
    assert issubclass(SourceSyntaxError, SourceError)
