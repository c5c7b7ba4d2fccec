"""Small real projects, and edits that delete lines of them."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pyagent.refactor import Conditions, EditPlan
from pyagent.refactor.detect import TestCommand
from pyagent.refactor.modules import importable, python_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class LineGroup(NamedTuple):
    """Deletes one line."""

    index: int
    kind: str
    line: int
    end_line: int
    names: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class LineEdit:
    """Edits of a file that each delete one line."""

    path: str
    original: bytes
    groups: tuple[LineGroup, ...]

    def apply(self, groups: Iterable[int] | None = None) -> bytes:
        chosen = range(len(self.groups)) if groups is None else groups
        dropped = {self.groups[index].line for index in chosen}
        lines = self.original.splitlines(keepends=True)
        return b"".join(line for at, line in enumerate(lines, 1) if at not in dropped)


class Project:
    """A project in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            # A time of long ago with a fraction: a restore must bring back every digit.
            os.utime(target, ns=(1_500_000_000_123_456_789, 1_500_000_000_987_654_321))

    def deletions(self, path: str, wanted: Mapping[str, str]) -> LineEdit:
        """Edits that delete the lines given as keys; the values are the names they are about."""
        content = (self.root / path).read_bytes()
        lines = content.decode().splitlines()
        groups = tuple(
            LineGroup(at, "unused", lines.index(line) + 1, lines.index(line) + 1, (name,), "test")
            for at, (line, name) in enumerate(wanted.items())
        )
        return LineEdit(path, content, groups)

    def plan(self, deletions: Mapping[str, Mapping[str, str]]) -> EditPlan:
        return EditPlan(self.root, [self.deletions(path, each) for path, each in deletions.items()])

    def conditions(self, *command: str, timeout: float = 60.0, asked: bool = True) -> Conditions:
        test_command = TestCommand((sys.executable, *command), "test", asked) if command else None
        modules = tuple(importable(self.root, python_files(self.root)))
        return Conditions(Path(sys.executable), test_command, modules, timeout)

    def unittests(self, **options: float) -> Conditions:
        return self.conditions("-m", "unittest", "discover", "-v", **options)

    def state(self) -> dict[str, tuple[bytes, int, int]]:
        """Bytes, mode and time of every file, without what running the project leaves behind."""
        return {
            path.relative_to(self.root).as_posix(): (
                path.read_bytes(),
                stat.S_IMODE(path.lstat().st_mode),
                path.lstat().st_mtime_ns,
            )
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not {".pyagent", "__pycache__", ".pytest_cache"} & {*path.parts}
        }


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    root = tmp_path / "project"
    root.mkdir()
    return Project(root)


SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": (
        "import os\n"
        "import json\n"
        "from shop.money import euro\n"
        "import sys\n"
        "\n"
        "def total(prices):\n"
        "    return json.dumps(sum(prices))\n"
    ),
    "shop/money.py": "import re\nimport math\n\ndef euro(cents):\n    return cents / 100\n",
    "test_shop.py": (
        "import unittest\n"
        "from shop import cart, money\n"
        "\n"
        "class ShopTests(unittest.TestCase):\n"
        "    def test_total(self):\n"
        "        self.assertEqual(cart.total([1, 2]), '3')\n"
        "    def test_euro(self):\n"
        "        self.assertEqual(getattr(cart, 'eu' + 'ro')(100), 1)\n"
        "    def test_known_to_fail(self):\n"
        "        self.assertEqual(1, 2)\n"
    ),
}


@pytest.fixture
def shop(project: Project) -> Project:
    """A project where two of three tests pass, one of them by a name that only runs show."""
    project.write(SHOP)
    return project


@pytest.fixture
def shop_plan(shop: Project) -> Callable[[], EditPlan]:
    """A plan with three harmless edits and one that breaks `test_euro`."""
    return lambda: shop.plan(
        {
            "shop/cart.py": {
                "import os": "os",
                "from shop.money import euro": "euro",
                "import sys": "sys",
            },
            "shop/money.py": {"import re": "re"},
        }
    )
