"""Random programs that say what every name means to them, with few names and many scopes."""

from __future__ import annotations

import contextlib
import random

NAMES = ("a", "b", "c")
STEP = "    "
# What a name means is printed without the name, which functions and classes have in them.
HEAD = """\
def say(value):
    if callable(value):
        return "callable"
    if isinstance(value, (list, tuple, set)):
        return [say(each) for each in value]
    return say([*value.items()]) if isinstance(value, dict) else repr(value)
left = [400]
def show(where, value):
    left[0] -= 1
    if left[0] < 0:
        raise SystemError
    print(where, say(value))
"""


class Writer:
    """Writes one program; the same seed gives the same one."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._count = 0

    def program(self) -> str:
        """The first program that compiles: a `nonlocal` needs a variable around it."""
        while True:
            self._count = 0
            lines = [f"{name} = {index}" for index, name in enumerate(NAMES)]
            for _ in range(4):
                lines += self._statement("", depth=0, kind="module")
            program = HEAD + "\n".join(lines) + "\n"
            with contextlib.suppress(SyntaxError):
                compile(program, "m.py", "exec")
                return program

    def _name(self) -> str:
        return self._random.choice(NAMES)

    def _show(self, indent: str, value: str) -> list[str]:
        self._count += 1
        return [
            f"{indent}try: show({self._count}, {value})",
            # The message has the name in it, which is to change.
            f"{indent}except NameError as error: print({self._count}, type(error).__name__)",
        ]

    def _expression(self) -> str:
        name, other = self._name(), self._name()
        # Generators, since Python 3.12.1 mixes up names where it inlines other comprehensions.
        forms = (
            name,
            f"list({name} for {name} in range(2))",
            f"list({other} for {name} in range(2) for {other} in (3, {name}))",
            f"(lambda {name}={other}: ({name}, {other}))()",
            f"list(({name} := {other}, x) for x in 'y')",
            f"f'{{say({name})!r}}'",
            f"dict(({name}, {other}) for {other} in 'z')",
        )
        return self._random.choice(forms)

    def _statement(self, indent: str, depth: int, kind: str) -> list[str]:
        choice = self._random.random()
        if depth < 3 and choice < 0.3:
            return self._function(indent, depth)
        if depth < 3 and choice < 0.5:
            return self._class(indent, depth)
        name = self._name()
        bindings = (
            [f"{indent}{name} = {self._random.randrange(100)}"],
            [f"{indent}for {name} in range(2): pass"],
            [f"{indent}try: 1 / 0", f"{indent}except ZeroDivisionError as {name}: pass"],
            [f"{indent}match [1, 2]:", f"{indent}{STEP}case [{name}, *_]: pass"],
            [f"{indent}import sys as {name}"],
        )
        if choice < 0.75:
            return self._random.choice(bindings)
        value = self._expression()
        return self._show(indent, name if kind == "class" and ":=" in value else value)

    def _body(self, indent: str, depth: int, kind: str) -> list[str]:
        body: list[str] = []
        for _ in range(self._random.randrange(1, 4)):
            body += self._statement(indent, depth, kind)
        return body

    def _function(self, indent: str, depth: int) -> list[str]:
        name, inner = self._name(), indent + STEP
        parameters = self._random.sample(NAMES, self._random.randrange(3))
        declared = [each for each in NAMES if each not in parameters]
        lines = [f"{indent}def {name}({', '.join(f'{each}=9' for each in parameters)}):"]
        if declared and self._random.random() < 0.3:
            word = self._random.choice(("global", "nonlocal"))
            lines.append(f"{inner}{word} {self._random.choice(declared)}")
        lines += self._body(inner, depth + 1, "function")
        lines += self._show(inner, self._name())
        keywords = ", ".join(f"{each}=7" for each in parameters if self._random.random() < 0.5)
        return [*lines, f"{indent}if callable({name}): {name}({keywords})"]

    def _class(self, indent: str, depth: int) -> list[str]:
        inner = indent + STEP
        lines = [f"{indent}class {self._name().upper()}{self._count}:"]
        if self._random.random() < 0.5:
            name = self._name()
            lines.append(f"{inner}{name} = {name}")
        lines += self._body(inner, depth + 1, "class")
        return lines + self._show(inner, self._name())
