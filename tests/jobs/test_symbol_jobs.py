"""Renaming and extracting as whole jobs, on projects with tests that decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pyagent.errors import NameCollisionError, SymbolError
from pyagent.jobs import Options, propose

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OPTIONS = Options(test_command="python -m unittest discover -v -s tests -t .")

SHOP = {
    "pyproject.toml": '[project]\nname = "shop"\n[project.scripts]\nsell = "shop.cart:Cart.add"\n',
    "shop/__init__.py": "from .cart import Cart\n",
    "shop/cart.py": (
        "class Cart:\n"
        "    def __init__(self):\n"
        "        self.items = []\n"
        "\n"
        "    def add(self, item):\n"
        "        self.items.append(item)\n"
        "        return self\n"
        "\n"
        "    def twice(self, item):\n"
        "        return self.add(item).add(item)\n"
    ),
    "shop/use.py": (
        "from shop import Cart\n"
        "\n"
        "def fill(cart):\n"
        "    cart.add(1)\n"
        "    return len(cart.items)\n"
        "\n"
        "def collect(seen):\n"
        "    seen.add(1)\n"
        "    return len(seen)\n"
    ),
    "tests/__init__.py": "",
    "tests/test_shop.py": (
        "import unittest\n"
        "from shop import Cart, use\n"
        "\n"
        "class ShopTests(unittest.TestCase):\n"
        "    def test_cart(self):\n"
        "        self.assertEqual(len(Cart().twice(3).items), 2)\n"
        "    def test_fill(self):\n"
        "        self.assertEqual(use.fill(Cart()), 1)\n"
        "    def test_collect(self):\n"
        "        self.assertEqual(use.collect(set()), 1)\n"
    ),
}


def write(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    return root.resolve()


def read(root: Path, files: Mapping[str, str]) -> dict[str, str]:
    return {path: (root / path).read_bytes().decode() for path in files}


def test_tests_decide_about_uncertain_uses(tmp_path: Path) -> None:
    root = write(tmp_path, SHOP)
    proposal = propose("rename shop.cart.Cart.add to put", root, OPTIONS)
    first, *others = proposal.plan.groups
    assert (first.kind, first.path) == ("rename", "shop/cart.py")
    assert [group.kind for group in others] == ["possible-use", "possible-use"]
    assert "the type of `cart` is not known" in others[0].why
    assert [each.message for each in proposal.found.findings if each.kind == "settings"] == [
        "the project's settings name `shop.cart:Cart.add`, and are not edited"
    ]
    outcome = proposal.carry_out()
    assert outcome is not None
    assert proposal.status == "done"
    (refused,) = outcome.refused
    assert refused.group.line == 8
    assert refused.evidence[0].subject == "tests.test_shop.ShopTests.test_collect"
    after = read(root, SHOP)
    assert "def put(self, item)" in after["shop/cart.py"]
    assert "self.put(item).put(item)" in after["shop/cart.py"]
    assert "cart.put(1)" in after["shop/use.py"]
    assert "seen.add(1)" in after["shop/use.py"]


def test_nothing_is_renamed_if_the_rename_itself_is_refused(tmp_path: Path) -> None:
    files = {
        **SHOP,
        "tests/test_names.py": (
            "import unittest\n"
            "from shop import Cart\n"
            "class NameTests(unittest.TestCase):\n"
            "    def test_name(self):\n"
            "        self.assertTrue(hasattr(Cart, 'a' + 'dd'))\n"
        ),
    }
    root = write(tmp_path, files)
    proposal = propose("rename shop.cart.Cart.add to put", root, OPTIONS)
    outcome = proposal.carry_out()
    assert outcome is not None
    assert (proposal.status, outcome.kept) == ("refused", frozenset())
    assert len(outcome.refused) == len(proposal.plan.groups)
    assert outcome.refused[0].evidence[0].subject == "tests.test_names.NameTests.test_name"
    assert read(root, files) == files


def test_a_name_from_a_star_import_may_be_renamed(tmp_path: Path) -> None:
    files = {
        "lib.py": "def old():\n    return 1\n",
        "user.py": "from lib import *\n\ndef use():\n    return old()\n",
        "tests/__init__.py": "",
        "tests/test_user.py": (
            "import unittest\n"
            "from user import use\n"
            "class UserTests(unittest.TestCase):\n"
            "    def test_use(self):\n"
            "        self.assertEqual(use(), 1)\n"
        ),
    }
    root = write(tmp_path, files)
    outcome = propose("rename lib.old to new", root, OPTIONS).carry_out()
    assert outcome is not None
    assert (outcome.kept, outcome.refused) == ({0}, ())
    assert "return new()" in read(root, files)["user.py"]


def test_only_where_certain(tmp_path: Path) -> None:
    root = write(tmp_path, SHOP)
    proposal = propose("Rename the method shop.cart.Cart.add to put where certain.", root, OPTIONS)
    assert [group.kind for group in proposal.plan.groups] == ["rename"]
    noted = [each for each in proposal.found.findings if each.kind == "possible-use"]
    assert [each.line for each in noted] == [4, 8]


@pytest.mark.parametrize(
    ("task", "error", "message"),
    [
        ("rename shop.cart.Cart.add to twice", NameCollisionError, "shop/cart.py:9"),
        ("rename shop.cart.Cart.gone to put", SymbolError, "`shop.cart` has no `Cart.gone`"),
        ("rename shop.cart.Cart to class", SymbolError, "a keyword"),
        ("extract Cart.add to function", SymbolError, "uses its instance"),
    ],
)
def test_what_cannot_be_done_is_said_before_any_test_runs(
    tmp_path: Path, task: str, error: type[SymbolError], message: str
) -> None:
    root = write(tmp_path, SHOP)
    with pytest.raises(error) as caught:
        propose(task, root, OPTIONS)
    assert message in caught.value.message


TOOLS = {
    "tools/__init__.py": "",
    "tools/text.py": (
        "class Text:\n"
        "    # Joins words.\n"
        "    def join(self, *words):\n"
        "        return ' '.join(words)\n"
        "\n"
        "    def _strip(self, word):\n"
        "        return word.strip()\n"
        "\n"
        "    def name(self):\n"
        "        return 'text'\n"
        "\n"
        "    def both(self, one, other):\n"
        "        return self.join(self._strip(one), self._strip(other))\n"
    ),
    "tools/more.py": (
        "from tools.text import Text\n"
        "\n"
        "class More(Text):\n"
        "    def all(self, words):\n"
        "        return self.join(*words)\n"
    ),
    "tests/__init__.py": "",
    "tests/test_text.py": (
        "import unittest\n"
        "from tools.more import More\n"
        "from tools.text import Text\n"
        "\n"
        "class TextTests(unittest.TestCase):\n"
        "    def test_both(self):\n"
        "        self.assertEqual(Text().both(' a', 'b '), 'a b')\n"
        "    def test_all(self):\n"
        "        self.assertEqual(More().all(['x', 'y']), 'x y')\n"
        "    def test_name(self):\n"
        "        self.assertIn('Text', getattr(Text, 'na' + 'me').__qualname__)\n"
    ),
}


def test_methods_become_functions_as_far_as_the_tests_let_them(tmp_path: Path) -> None:
    root = write(tmp_path, TOOLS)
    proposal = propose("extract methods to functions", root, OPTIONS)
    assert [group.names for group in proposal.plan.groups] == [
        ("Text.join",),
        ("Text._strip",),
        ("Text.name",),
    ]
    outcome = proposal.carry_out()
    assert outcome is not None
    assert [refusal.group.names for refusal in outcome.refused] == [("Text.name",)]
    after = read(root, TOOLS)
    assert after["tools/text.py"] == (
        "# Joins words.\n"
        "def join(*words):\n"
        "    return ' '.join(words)\n"
        "\n\n"
        "def _strip(word):\n"
        "    return word.strip()\n"
        "\n\n"
        "class Text:\n"
        "    join = staticmethod(join)\n"
        "\n"
        "    def name(self):\n"
        "        return 'text'\n"
        "\n"
        "    def both(self, one, other):\n"
        "        return join(_strip(one), _strip(other))\n"
    )
    assert "from tools.text import Text, join\n" in after["tools/more.py"]
    assert "return join(*words)" in after["tools/more.py"]


def test_one_method_without_an_alias(tmp_path: Path) -> None:
    root = write(tmp_path, TOOLS)
    proposal = propose("extract Text.join to a function without aliases", root, OPTIONS)
    (group,) = proposal.plan.groups
    assert group.paths == ("tools/text.py", "tools/more.py")
    outcome = proposal.carry_out()
    assert outcome is not None
    assert outcome.kept == {0}
    assert "staticmethod" not in (root / "tools/text.py").read_text(encoding="utf-8")
