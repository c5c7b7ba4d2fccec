"""Programs that mean nothing and hold every construct in every other one."""

from __future__ import annotations

import random
import re
from textwrap import indent

NAMES = "abcdefg"

EXPRESSIONS = (
    *("{0} and {1}", "{0} or {1} or {2}", "not {0}", "-{0}", "{0} + {1}", "{0} ** {1}"),
    *("{0} < {1} == {2}", "call({0}, {1})", "call(key={0}, *{1}, **{2})", "{0}.call({1})"),
    *("lambda: {0}", "lambda x, y={0}: {1}", "{0} if {1} else {2}"),
    *("[{0}, {1}]", "({0}, *{1})", "{{{0}: {1}, **{2}}}", "{{{0}, {1}}}"),
    *("[{0} for a in {1} if {2}]", "{{{0} for a in {1} for b in {2}}}"),
    *("{{{0}: {1} for a in {2} if a if b}}", "({0} async for a in {1})"),
    *("{0}[{1}]", "{0}[{1}:{2}]", "{0}.name", "await {0}", "w := {0}", "yield {0}"),
    *("f'{{a if b else c}} {{d.e!r}}' + {0}", "'text' % {0}", "b'bytes' + {0}"),
    *("1.5 - {0}", "2j * {0}", "0x10 | {0}", "None is {0}", "True and {0}", "... or {0}"),
)

# `$e` is an expression, `$b` a block of statements one level deeper, `$c` two.
SIMPLE = (
    *("$e", "x = $e", "x: int = $e", "x += $e", "x.y **= $e", "x, *y = $e", "return $e"),
    *("assert $e, $e", "raise $e from $e", "del a[$e]", "import a.b as c, d", "pass"),
    *(
        "from . import a",
        "global x",
        "nonlocal y",
        "x = $e; y = $e",
        "'''text\n\ntext'''",
        "# comment",
    ),
    *("x = [\n  $e,  # comment\n\n  $e]", "f()", "C.f(f)"),
)
COMPOUND = (
    *("if $e:\n$b", "if $e:\n$belif $e:\n$belse:\n$b", "if $e: pass"),
    *("for x in $e:\n$b", "for x in $e:\n$belse:\n$b", "async for x in $e:\n$b"),
    *("while $e:\n$b    break\n", "while $e:\n$b    continue\nelse:\n$b", "with $e as x, $e:\n$b"),
    *("async with $e:\n$b", "try:\n$bexcept $e:\n$b", "try:\n$bfinally:\n$b"),
    "try:\n$bexcept $e as x:\n$bexcept:\n$belse:\n$bfinally:\n$b",
    "try:\n$bexcept* $e:\n$b",
    "match $e:\n  case 1 | 'two' if $e:\n$b  case [a, *_]:\n$b  case _:\n$b",
    "match $e:\n  case C(x=None) as y:\n$b  case {'k': -1.5, **z}:\n$b",
    *(
        "async def f():\n$b",
        "def f():\n    yield from $e\n$b",
        "async def g(a, /, b=$e, *c, d: int = $e, **e):\n$b",
    ),
    *("@$e\nasync def f():\n$b", "class C:\n$b", "@a.b\nclass C(D, metaclass=$e):\n$b"),
    "async def deco(f):\n    async def inner():\n$c    return inner",
)


class Generator:
    """A source of programs; the same ones for the same seed, on every Python."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def expression(self, depth: int) -> str:
        """An expression in brackets, of at most `depth` levels."""
        if depth == 0 or self.random.random() < 0.3:
            return self.random.choice(NAMES)
        parts = [self.expression(depth - 1) for _ in range(3)]
        return f"({self.random.choice(EXPRESSIONS).format(*parts)})"

    def block(self, depth: int) -> str:
        """Statements of at most `depth` levels of blocks."""
        choices = SIMPLE + COMPOUND * 2 if depth else SIMPLE
        count = self.random.choice((1, 1, 2, 3))
        # The last statement sees to it that no block holds nothing but a comment.
        return "".join(self.statement(depth, choices) for _ in range(count)) + "x\n"

    def statement(self, depth: int, choices: tuple[str, ...]) -> str:
        """One statement made from one of `choices`."""
        text = self.random.choice(choices)
        text = re.sub(r"\$e", lambda _: self.expression(2), text)
        text = re.sub(r"\$c", lambda _: indent(self.block(depth - 1), " " * 8), text)
        return re.sub(r"\$b", lambda _: indent(self.block(depth - 1), "    "), text) + "\n"

    def program(self) -> str:
        """Functions, and a class with methods; every function may await."""
        functions = (f"async def {name}():\n{indent(self.block(2), '    ')}" for name in "fgh")
        methods = (f"    async def {name}():\n{indent(self.block(2), ' ' * 8)}" for name in "fg")
        return f"{''.join(functions)}class C:\n{''.join(methods)}"
