"""Undefined names, as the compiler sees them."""

from __future__ import annotations

import time

import pytest

from pyagent.refactor.names import NotPythonError, undefined


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import os\nos.getcwd()", set()),
        ("os.getcwd()", {"os"}),
        ("def f():\n    return json.dumps(1)", {"json"}),
        ("class A:\n    b = c", {"c"}),
        ("def f():\n    global y\n    y = 1\ny", set()),
        ("from os import *\ngetcwd()", {"getcwd"}),
        ("print(__name__, __file__, __doc__, len)", set()),
        ("__all__ = ['a', 'b']\na = 1", {"b"}),
        ("__all__ = ['a']\n__all__ += ['b']\nfrom x import a", {"b"}),
        ("[i for i in range(3)]", set()),
        ("def f(a, /, *b, c=d): pass", {"d"}),
        ("try:\n    import a\nexcept ImportError as e:\n    raise e", set()),
        ("import a.b\na", set()),
    ],
)
def test_undefined(source: str, names: set[str]) -> None:
    assert undefined(source.encode(), "m.py") == names


def test_generated_code_takes_time_in_proportion_to_its_size() -> None:
    functions = "".join(f"def f{number}():\n    return g{number % 3}\n" for number in range(20_000))
    start = time.process_time()
    assert undefined(functions.encode(), "m.py") == {"g0", "g1", "g2"}
    assert time.process_time() - start < 10  # half a second; with a square in it, a minute


def test_the_declared_encoding_is_used() -> None:
    assert undefined(b"# coding: latin-1\nx = '\xe9'\ny", "m.py") == {"y"}
    assert undefined("\ufeffx = 'é'".encode(), "m.py") == frozenset()


@pytest.mark.parametrize(
    "source", [b"def", b"# coding: nothing\n", b"\xff", b"x = 1\0", b"(" * 1000 + b")" * 1000]
)
def test_what_does_not_compile_says_so(source: bytes) -> None:
    with pytest.raises(NotPythonError):
        undefined(source, "m.py")
