"""Projects for the commands, and the program as a process."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

TASK = "Analyze dependencies and optimize imports"

SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": (
        "import sys\n"
        "import json\n"
        "import os\n"
        "\n"
        "def total(prices):\n"
        "    return json.dumps(sum(prices))\n"
    ),
    "shop/names.py": "from shop.cart import total\n",
    "tests/__init__.py": "",
    "tests/test_shop.py": (
        "import unittest\n"
        "from importlib import import_module\n"
        "\n"
        "from shop import cart\n"
        "\n"
        "\n"
        "class ShopTests(unittest.TestCase):\n"
        "    def test_total(self):\n"
        "        self.assertEqual(cart.total([1, 2]), '3')\n"
        "\n"
        "    def test_by_name(self):\n"
        "        names = import_module('shop.' + 'names')\n"
        "        self.assertEqual(getattr(names, 'to' + 'tal')([]), '0')\n"
    ),
}
UNITTEST = "python -m unittest discover -v -s tests -t ."


def write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        os.utime(target, ns=(1_500_000_000_123_456_789, 1_500_000_000_987_654_321))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with imports to clean up, one of which a test needs."""
    root = tmp_path / "project"
    write(root, SHOP)
    return root


@pytest.fixture
def state() -> Callable[[Path], dict[str, tuple[bytes, int, int]]]:
    """Bytes, mode and time of every file, without what running a project leaves behind."""

    def read(root: Path) -> dict[str, tuple[bytes, int, int]]:
        ignored = {".pyagent", "__pycache__", ".pytest_cache"}
        return {
            path.relative_to(root).as_posix(): (
                path.read_bytes(),
                stat.S_IMODE(path.lstat().st_mode),
                path.lstat().st_mtime_ns,
            )
            for path in sorted(root.rglob("*"))
            if path.is_file() and not ignored & {*path.parts}
        }

    return read


@pytest.fixture
def pyagent() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The program as a process."""

    def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pyagent", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return call
