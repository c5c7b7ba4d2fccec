"""The built-in tools: what they answer, in which transaction, and what they leave behind."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.context import CascadeContext
from pyagent.errors import (
    MissingFileError,
    PathError,
    PatternError,
    PlanStaleError,
    ToolError,
    ToolRetryError,
    UnplacedHunkError,
)
from pyagent.state import StateTransaction, history
from pyagent.tools import builtin
from pyagent.tools.builtin import reading, workspace_tools, writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyagent.tools import Tool

FILES = {
    "shop.py": "def price(item):\n    return item.price\n",
    "src/cart.py": "from shop import price\n\ntotal = sum(map(price, []))\n",
    "src/empty.py": "",
    "notes.txt": "the price is right\r\nPRICE\r\n",
    "build/out.py": "price = 1\n",
    "src/__pycache__/cart.cpython-312.pyc": "\0price\n",
    ".gitignore": "build/\n",
    ".hidden/secret.py": "price = 2\n",
    "[odd] {name}!.txt": "price\n",
}
LOGO = b"\x89PNG\0price"
PATCH = """--- a/shop.py
+++ b/shop.py
@@ -1,2 +1,2 @@
-def price(item):
+def cost(item):
     return item.price
--- /dev/null
+++ b/new/made.py
@@ -0,0 +1 @@
+made = True
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    (tmp_path / "logo.png").write_bytes(LOGO)
    return tmp_path


@pytest.fixture
def transaction(root: Path) -> Iterator[StateTransaction]:
    """A transaction that is rolled back, after which the tree must be what it was."""
    before = contents(root)
    with StateTransaction(root) as transaction:
        yield transaction
        transaction.rollback()
    assert contents(root) == before


def contents(root: Path) -> dict[str, tuple[bytes, int]]:
    """Every file with its time; the journal is not a part of the tree."""
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file() and ".pyagent" not in path.parts
    }


def ask(made: Tool, **arguments: Any) -> str:
    return asyncio.run(made.call(json.dumps(arguments)))


def test_without_a_transaction_they_refuse() -> None:
    for made, arguments in (
        (builtin.read_file, {"path": "a"}),
        (builtin.write_file, {"path": "a", "content": ""}),
        (builtin.diff, {}),
        (builtin.run_tests, {}),
    ):
        with pytest.raises(ToolError, match="there is no transaction to work in"):
            ask(made, **arguments)


def test_each_call_may_be_a_transaction_of_its_own(root: Path) -> None:
    tools = {tool.name: tool for tool in workspace_tools(root)}
    with CascadeContext("lead") as lead, lead.child("clerk") as clerk:
        ask(tools["write_file"], path="a.txt", content="a")
    assert (root / "a.txt").read_text() == "a"
    assert ask(tools["diff"]) == "nothing is changed"
    (entry,) = history(root)
    assert (entry.label, entry.task) == ("write_file", clerk.task_id)
    assert entry.lineage == (lead.task_id,)


def test_a_call_that_changes_nothing_leaves_nothing(root: Path) -> None:
    tools = {tool.name: tool for tool in workspace_tools(root)}
    before = sorted(root.rglob("*"))
    ask(tools["read_file"], path="shop.py")
    ask(tools["search"], pattern="price")
    ask(tools["audit"])
    with pytest.raises(MissingFileError):
        ask(tools["delete_file"], path="none")
    assert sorted(root.rglob("*")) == before


def test_the_current_transaction_comes_first(root: Path, transaction: StateTransaction) -> None:
    tools = {tool.name: tool for tool in workspace_tools(root)}
    ask(tools["write_file"], path="a.txt", content="a")
    assert not (root / "a.txt").exists()
    assert ask(builtin.read_file, path="a.txt") == "1\ta"


def test_another_folder_is_not_in_the_current_transaction(
    transaction: StateTransaction, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    tools = {tool.name: tool for tool in workspace_tools(other)}
    ask(tools["write_file"], path="a.txt", content="a")
    assert (other / "a.txt").read_text() == "a"
    assert transaction.changes == []


def test_sets_of_tools(root: Path) -> None:
    reading = {"read_file", "list_files", "search", "audit"}
    names = {tool.name for tool in workspace_tools(root)}
    assert names == set(builtin.__all__) - {"workspace_tools"}
    assert {tool.name for tool in workspace_tools(write=False, tests=False)} == reading
    assert {tool.name for tool in workspace_tools(root) if tool.parallel} == reading
    for made in workspace_tools(root):
        assert made.description
        assert str(root) not in str(made.spec)
        assert all(each["description"] for each in made.spec.parameters["properties"].values())


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "src/../../outside", ".pyagent/x"])
def test_paths_that_lead_out_are_refused(path: str, transaction: StateTransaction) -> None:
    calls: list[tuple[Tool, dict[str, Any]]] = [
        (builtin.read_file, {"path": path}),
        (builtin.list_files, {"path": path}),
        (builtin.search, {"pattern": "a", "path": path}),
        (builtin.write_file, {"path": path, "content": "a"}),
        (builtin.delete_file, {"path": path}),
        (builtin.replace, {"pattern": "a", "replacement": "b", "path": path}),
        (builtin.apply_patch, {"patch": f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+a\n"}),
        (builtin.audit, {"path": path}),
        (builtin.run_tests, {"paths": [path]}),
    ]
    for made, arguments in calls:
        with pytest.raises(PathError):
            ask(made, **arguments)


def test_reading(transaction: StateTransaction) -> None:
    assert ask(builtin.read_file, path="shop.py") == "1\tdef price(item):\n2\t    return item.price"
    assert ask(builtin.read_file, path="notes.txt") == "1\tthe price is right\n2\tPRICE"
    assert ask(builtin.read_file, path="shop.py", start=2) == "2\t    return item.price"
    assert ask(builtin.read_file, path="shop.py", start=1, end=1) == "1\tdef price(item):"
    assert ask(builtin.read_file, path="shop.py", end=99).endswith("2\t    return item.price")
    assert ask(builtin.read_file, path="src/empty.py") == "src/empty.py is empty"


def test_reading_what_is_long(transaction: StateTransaction) -> None:
    transaction.write_text("long.txt", "".join(f"{n}\n" for n in range(1, 2501)))
    text = ask(builtin.read_file, path="long.txt")
    assert text.endswith("2000\t2000\n[500 more lines: go on with start=2001]")
    assert ask(builtin.read_file, path="long.txt", start=2001).endswith("2500\t2500")
    transaction.write_text("wide.txt", "x" * 600)
    assert ask(builtin.read_file, path="wide.txt").endswith("xxx [... 100 more characters]")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"path": "logo.png"}, "logo.png is binary, 10 bytes"),
        ({"path": "src"}, "src is a folder"),
        ({"path": "."}, ". is a folder"),
        ({"path": "shop.py", "start": 3}, "shop.py has 2 lines"),
        ({"path": "shop.py", "start": 0}, "lines 0 to None are no lines"),
        ({"path": "shop.py", "start": 2, "end": 1}, "lines 2 to 1 are no lines"),
    ],
)
def test_what_cannot_be_read(
    arguments: dict[str, Any], message: str, transaction: StateTransaction
) -> None:
    with pytest.raises(ToolRetryError, match=message):
        ask(builtin.read_file, **arguments)


def test_what_is_too_large_or_no_file(
    root: Path, transaction: StateTransaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_BYTES", 20)
    with pytest.raises(ToolRetryError, match=r"shop\.py has 39 bytes, which is too much"):
        ask(builtin.read_file, path="shop.py")
    if os.name != "nt":
        os.mkfifo(root / "pipe")
        with pytest.raises(ToolRetryError, match="pipe is not a regular file"):
            ask(builtin.read_file, path="pipe")
        (root / "pipe").unlink()


def test_many_at_once(root: Path, transaction: StateTransaction) -> None:
    transaction.write_text("mine.py", "price\n")

    async def main() -> list[str]:
        calls = [
            made.call(json.dumps(arguments))
            for made, arguments in (
                (builtin.read_file, {"path": "shop.py"}),
                (builtin.search, {"pattern": "price", "glob": "*.py"}),
                (builtin.list_files, {}),
                (builtin.audit, {}),
            )
            for _ in range(5)
        ]
        return await asyncio.gather(*calls)

    answers = asyncio.run(main())
    assert len(set(answers)) == 4
    assert "mine.py:1: price" in answers[5]


def test_listing(root: Path, transaction: StateTransaction) -> None:
    everything = ["[odd] {name}!.txt", "logo.png", "notes.txt", "shop.py"]
    source = ["src/cart.py", "src/empty.py"]
    assert ask(builtin.list_files).splitlines() == [*everything, *source]
    assert ask(builtin.list_files, path="src").splitlines() == source
    assert ask(builtin.list_files, path=str(root / "src")).splitlines() == source
    assert ask(builtin.list_files, glob="*.txt").splitlines() == [everything[0], "notes.txt"]
    assert ask(builtin.list_files, glob="*.rs") == "no files"
    with pytest.raises(MissingFileError):
        ask(builtin.list_files, path="nowhere")


def test_listing_shows_the_transaction(transaction: StateTransaction) -> None:
    transaction.write_text("new/a.py", "")
    transaction.write_text("build/mine.py", "x")
    transaction.delete("shop.py")
    transaction.delete("[odd] {name}!.txt")
    transaction.rename("src", "lib")
    transaction.write_text("lib/more.py", "x")
    assert ask(builtin.list_files).splitlines() == [
        "build/mine.py", "lib/cart.py", "lib/empty.py", "lib/more.py",
        "logo.png", "new/a.py", "notes.txt",
    ]  # fmt: skip
    assert ask(builtin.list_files, path="lib", glob="*.py").splitlines() == [
        "lib/cart.py", "lib/empty.py", "lib/more.py",
    ]  # fmt: skip
    assert ask(builtin.list_files, path="new") == "new/a.py"


def test_searching(transaction: StateTransaction) -> None:
    assert ask(builtin.search, pattern="price").splitlines() == [
        "[odd] {name}!.txt:1: price",
        "notes.txt:1: the price is right",
        "shop.py:1: def price(item):",
        "shop.py:2:     return item.price",
        "src/cart.py:1: from shop import price",
        "src/cart.py:3: total = sum(map(price, []))",
    ]
    assert ask(builtin.search, pattern="PRICE", path="notes.txt") == "notes.txt:2: PRICE"
    found = ask(builtin.search, pattern=r"^def (\w+)", regex=True)
    assert found == "shop.py:1: def price(item):"
    found = ask(builtin.search, pattern="PRICE", glob="*.txt", ignore_case=True)
    assert len(found.splitlines()) == 3
    assert ask(builtin.search, pattern="nothing like it") == "no matches"
    with pytest.raises(PatternError, match="unclosed group"):
        ask(builtin.search, pattern="(", regex=True)
    with pytest.raises(ToolRetryError, match="the pattern is empty"):
        ask(builtin.search, pattern="")


def test_searching_sees_the_transaction(transaction: StateTransaction) -> None:
    transaction.write_text("shop.py", "one\ntwo price\n")
    transaction.delete("src/cart.py")
    transaction.rename("notes.txt", "new/notes.txt")
    transaction.delete("[odd] {name}!.txt")
    assert ask(builtin.search, pattern="price").splitlines() == [
        "new/notes.txt:1: the price is right",
        "shop.py:2: two price",
    ]
    assert ask(builtin.search, pattern="price", path="shop.py") == "shop.py:2: two price"


def test_searching_finds_no_more_than_can_be_shown(transaction: StateTransaction) -> None:
    transaction.write_text("many.txt", "needle\n" * 300)
    found = ask(builtin.search, pattern="needle")
    assert found.endswith("many.txt:200: needle\n[100 more lines: narrow the search]")


def test_writing_and_deleting(transaction: StateTransaction) -> None:
    assert ask(builtin.write_file, path="a/b.txt", content="1\n2") == "made a/b.txt: 2 lines"
    assert ask(builtin.write_file, path="a/b.txt", content="1\n") == "replaced a/b.txt: 1 line"
    assert transaction.read_text("a/b.txt") == "1\n"
    assert ask(builtin.delete_file, path="a/b.txt") == "deleted a/b.txt"
    with pytest.raises(MissingFileError):
        ask(builtin.read_file, path="a/b.txt")
    with pytest.raises(ToolRetryError, match="src is a folder"):
        ask(builtin.delete_file, path="src")


def test_replacing(transaction: StateTransaction) -> None:
    transaction.write_text("new.py", "price\n")
    answer = ask(builtin.replace, pattern="price", replacement="cost", glob="*.py")
    assert answer.startswith("5 replaced in 3 files\n")
    assert "-price\n+cost\n" in answer
    assert transaction.read_text("new.py") == "cost\n"
    assert transaction.read_text("shop.py") == "def cost(item):\n    return item.cost\n"
    again = ask(builtin.replace, pattern="price", replacement="cost", glob="*.py")
    assert again == "no matches; nothing is changed"
    groups = ask(
        builtin.replace, pattern=r"item\.(\w+)", replacement="$1(item)", regex=True, path="shop.py"
    )
    assert groups.startswith("1 replaced in 1 file\n")
    assert "return cost(item)" in transaction.read_text("shop.py")
    with pytest.raises(ToolRetryError):
        ask(builtin.replace, pattern="", replacement="x")


def test_replacing_in_every_spelling(transaction: StateTransaction) -> None:
    transaction.write_text("a.py", "unit_price = UnitPrice()\nUNIT_PRICE = 1\n")
    ask(
        builtin.replace, pattern="unit_price", replacement="list_cost",
        preserve_case=True, word=True, path="a.py",
    )  # fmt: skip
    assert transaction.read_text("a.py") == "list_cost = ListCost()\nLIST_COST = 1\n"


def test_replacing_what_was_changed_meanwhile(
    transaction: StateTransaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = writing._put

    def put_late(transaction: StateTransaction, file: Any) -> None:
        if file.path == "src/cart.py":
            transaction.write_text(file.path, "something else")
        put(transaction, file)

    monkeypatch.setattr(writing, "_put", put_late)
    with pytest.raises(PlanStaleError, match=r"src/cart\.py was changed meanwhile"):
        ask(builtin.replace, pattern="price", replacement="cost")
    assert transaction.changes == []


def test_patches(transaction: StateTransaction) -> None:
    assert ask(builtin.apply_patch, patch=PATCH).splitlines() == [
        "changed shop.py",
        "made new/made.py",
    ]
    assert transaction.read_text("shop.py").startswith("def cost(item)")
    again = ask(builtin.apply_patch, patch=PATCH)
    assert again == "everything is there already; nothing is changed"
    second = "--- a/new/made.py\n+++ b/new/made.py\n@@ -1 +1,2 @@\n made = True\n+again = 1\n"
    assert ask(builtin.apply_patch, patch=second) == "changed new/made.py"
    assert transaction.read_text("new/made.py") == "made = True\nagain = 1\n"


@pytest.mark.parametrize(
    ("patch", "answer"),
    [
        (
            (
                "*** Begin Patch\n*** Update File: shop.py\n@@\n-def price(item):\n"
                "+def cost(item):\n     return item.price\n*** End Patch\n"
            ),
            "changed shop.py",
        ),
        (
            (
                "shop.py\n<<<<<<< SEARCH\ndef price(item):\n=======\ndef cost(item):\n"
                ">>>>>>> REPLACE\n"
            ),
            "changed shop.py",
        ),
        (
            (
                "diff --git a/shop.py b/new/shop.py\nsimilarity index 100%\nrename from shop.py\n"
                "rename to new/shop.py\n"
            ),
            "renamed shop.py to new/shop.py",
        ),
        (
            (
                "diff --git a/shop.py b/shop.py\ndeleted file mode 100644\n--- a/shop.py\n"
                "+++ /dev/null\n@@ -1,2 +0,0 @@\n-def price(item):\n-    return item.price\n"
            ),
            "deleted shop.py",
        ),
        (
            (
                "--- a/shop.py\n+++ b/shop.py\n@@ -40,2 +40,2 @@\n-def price(item):\n"
                "+def cost(item):\n     return item.price\n"
            ),
            "changed shop.py (1 of its hunks moved)",
        ),
    ],
    ids=["envelope", "blocks", "rename", "delete", "moved"],
)
def test_patches_of_every_kind(patch: str, answer: str, transaction: StateTransaction) -> None:
    assert ask(builtin.apply_patch, patch=patch) == answer
    assert transaction.changes


def test_a_patch_of_which_a_part_does_not_fit_changes_nothing(
    transaction: StateTransaction,
) -> None:
    wrong = PATCH + "--- a/notes.txt\n+++ b/notes.txt\n@@ -1 +1 @@\n-not there\n+x\n"
    with pytest.raises(UnplacedHunkError, match=r"notes\.txt"):
        ask(builtin.apply_patch, patch=wrong)
    assert transaction.changes == []


def test_a_patch_keeps_permissions(root: Path) -> None:
    (root / "shop.py").chmod(0o755)
    (tool,) = (tool for tool in workspace_tools(root) if tool.name == "apply_patch")
    ask(tool, patch=PATCH)
    assert (root / "shop.py").stat().st_mode & 0o777 == 0o755


def test_the_diff_of_what_was_done(transaction: StateTransaction) -> None:
    assert ask(builtin.diff) == "nothing is changed"
    ask(builtin.write_file, path="src/empty.py", content="full\n")
    assert "+full\n" in ask(builtin.diff)


KNOT = "def knot(a):\n" + "".join(f"{'    ' * n}if a == {n}:\n" for n in range(1, 12))
KNOT += "    " * 12 + "return a\n"


def test_auditing(transaction: StateTransaction) -> None:
    assert ask(builtin.audit) == "3 files, 0 over a limit"
    transaction.write_text("src/knot.py", KNOT)
    transaction.write_text("src/broken.py", "def (")
    transaction.delete("shop.py")
    head, broken, *findings = ask(builtin.audit).splitlines()
    assert head == f"4 files, {len(findings)} over a limit"
    assert broken.startswith("src/broken.py:1: ")
    assert any(line.startswith("src/knot.py:1: knot: cyclomatic 12, limit ") for line in findings)
    transaction.delete("src/knot.py")
    assert ask(builtin.audit, path="src/cart.py") == "1 file, 0 over a limit"


def test_auditing_what_is_on_disk(root: Path) -> None:
    (root / "src" / "knot.py").write_text(KNOT)
    with StateTransaction(root):
        assert "src/knot.py:1: knot: " in ask(builtin.audit)
        assert "src/knot.py:1: knot: " in ask(builtin.audit, path="src")
        ask(builtin.write_file, path="src/knot.py", content="untied = 1\n")
        assert ask(builtin.audit) == "4 files, 0 over a limit"
