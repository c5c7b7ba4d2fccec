"""The error hierarchy: one root, messages with a place and a hint, and a round trip by pickle."""

from __future__ import annotations

import ast
import copy
import inspect
import pickle
from pathlib import Path

import pytest

import pyagent
from pyagent import errors
from pyagent.errors import MissingExtraError, PyAgentError, SourceError, SourceSyntaxError

CLASSES = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and value.__module__ == errors.__name__
]


def sample(cls: type[PyAgentError]) -> PyAgentError:
    """An instance with every argument given."""
    if issubclass(cls, SourceError):
        return cls("src/app.py", "unexpected indent", 3, 7)
    if issubclass(cls, MissingExtraError):
        return cls("the report", "reports")
    return cls("limit 'x' is no number", "give a number, such as 10")


def test_there_is_one_root() -> None:
    assert len(CLASSES) > 10
    assert all(issubclass(cls, PyAgentError) for cls in CLASSES)


@pytest.mark.parametrize("cls", CLASSES)
def test_a_copy_by_pickle_is_equal(cls: type[PyAgentError]) -> None:
    error = sample(cls)
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is cls
        assert str(other) == str(error)
        assert vars(other) == vars(error)


@pytest.mark.parametrize("cls", CLASSES)
def test_the_text_has_message_and_hint(cls: type[PyAgentError]) -> None:
    error = sample(cls)
    assert error.message
    assert str(error) == (f"{error.message} ({error.hint})" if error.hint else error.message)


@pytest.mark.parametrize("cls", CLASSES)
def test_every_class_is_documented_and_public(cls: type[PyAgentError]) -> None:
    assert cls.__doc__
    assert getattr(pyagent, cls.__name__) is cls


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ((None, None), "a.py: no such file"),
        ((3, None), "a.py:3: no such file"),
        ((3, 7), "a.py:3:7: no such file"),
    ],
)
def test_a_source_error_begins_with_its_place(
    place: tuple[int | None, int | None], text: str
) -> None:
    error = SourceSyntaxError("a.py", "no such file", *place)
    assert str(error) == text
    assert (error.path, error.reason, error.line, error.column) == (
        "a.py",
        "no such file",
        *place,
    )


def test_a_missing_extra_is_an_import_error_that_names_the_extra() -> None:
    error = MissingExtraError("the browser view", "web")
    assert isinstance(error, ImportError)
    assert "pip install 'pyagent[web]'" in str(error)


def test_the_module_imports_nothing_of_ours() -> None:
    tree = ast.parse(Path(errors.__file__).read_text(encoding="utf-8"))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    # The second is for type checkers alone.
    assert [ast.unparse(node) for node in imported] == [
        "from __future__ import annotations",
        "from collections.abc import Iterable",
    ]
