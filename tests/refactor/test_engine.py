"""Plans on small projects with real tests: what is kept, what is taken back, and the proof."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pyagent.errors import JobError, StateIOError
from pyagent.refactor import EditPlan, refactor
from pyagent.state import StateTransaction, history, undo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Project

    Plan = Callable[[], EditPlan]


def test_what_breaks_a_test_is_taken_back(shop: Project, shop_plan: Plan) -> None:
    before = shop.state()
    outcome = refactor(shop_plan(), shop.unittests())
    assert outcome.gate == "tests"
    assert outcome.kept == {0, 2, 3}
    (refusal,) = outcome.refused
    assert refusal.group.names == ("euro",)
    evidence = refusal.evidence[0]
    assert evidence.check == "tests"
    assert evidence.subject == "test_shop.ShopTests.test_euro"
    assert "has no attribute 'euro'" in evidence.message
    assert "Traceback" in evidence.detail
    after = shop.state()
    assert after["shop/cart.py"][0].startswith(b"import json\nfrom shop.money import euro\n\n")
    assert after["shop/money.py"][0].startswith(b"import math\n")
    assert {path for path in after if after[path] != before[path]} == {
        "shop/cart.py",
        "shop/money.py",
    }


def test_a_job_is_one_entry_of_the_history_and_can_be_undone(
    shop: Project, shop_plan: Plan
) -> None:
    before = shop.state()
    conditions = replace(shop.unittests(), label="tidy up")
    outcome = refactor(shop_plan(), conditions)
    applied = [entry for entry in history(shop.root) if entry.state == "applied"]
    assert [(entry.id, entry.label) for entry in applied] == [(outcome.commit, "tidy up")]
    undo(shop.root, outcome.commit)
    assert shop.state() == before


def test_a_suspect_found_by_its_name_saves_runs(shop: Project, shop_plan: Plan) -> None:
    outcome = refactor(shop_plan(), shop.unittests())
    # Before, all edits, and all but the suspect.
    assert outcome.test_runs == 3


def test_tests_before_and_after_are_told(shop: Project, shop_plan: Plan) -> None:
    outcome = refactor(shop_plan(), shop.unittests())
    assert outcome.before is not None
    assert outcome.after is not None
    assert outcome.before.counts is not None
    assert outcome.after.counts is not None
    assert (outcome.before.counts.total, outcome.before.counts.passed) == (3, 2)
    assert (outcome.after.counts.total, outcome.after.counts.passed) == (3, 2)


def test_pytest_is_read_by_its_report(
    shop: Project, shop_plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-q --strict-markers")
    outcome = refactor(shop_plan(), shop.conditions("-m", "pytest", "-p", "no:cacheprovider"))
    assert outcome.kept == {0, 2, 3}
    (refusal,) = outcome.refused
    assert refusal.evidence[0].subject == "test_shop.ShopTests::test_euro"
    assert "AttributeError" in refusal.evidence[0].message
    assert outcome.before is not None
    assert outcome.before.results is not None
    assert outcome.before.results["test_shop.ShopTests::test_known_to_fail"] == "failed"


def test_only_an_exit_code_still_bisects(shop: Project, shop_plan: Plan) -> None:
    script = "import shop.cart; shop.cart.euro"
    outcome = refactor(shop_plan(), shop.conditions("-c", script))
    assert outcome.kept == {0, 2, 3}
    assert outcome.refused[0].evidence[0].message.startswith("exit code 1, before 0")


def test_a_lost_test_counts_as_much_as_a_failing_one(project: Project) -> None:
    project.write(
        {
            "test_a.py": (
                "import unittest\n"
                "import string\n"
                "import unittest as u\n"
                "class A(unittest.TestCase):\n"
                "    def test_one(self): pass\n"
                "if 'string' in globals():\n"
                "    class B(unittest.TestCase):\n"
                "        def test_two(self): pass\n"
            )
        }
    )
    plan = project.plan({"test_a.py": {"import string": "string", "import unittest as u": "u"}})
    for conditions in (project.unittests(), project.conditions("-m", "unittest")):
        outcome = refactor(plan, conditions)
        assert outcome.kept == {1}
        assert "missing" in outcome.refused[0].evidence[0].message
        project.write({"test_a.py": plan.original("test_a.py").decode()})


def test_a_group_of_two_files_is_kept_or_refused_in_both(shop: Project) -> None:
    files = [
        shop.deletions("shop/cart.py", {"from shop.money import euro": "euro", "import os": "os"}),
        shop.deletions("shop/money.py", {"import re": "re", "import math": "math"}),
    ]
    together = [
        [("shop/cart.py", 0), ("shop/money.py", 0)],
        [("shop/cart.py", 1), ("shop/money.py", 1)],
    ]
    outcome = refactor(EditPlan(shop.root, files, together=together), shop.unittests())
    assert outcome.kept == {1}
    (refusal,) = outcome.refused
    assert refusal.group.paths == ("shop/cart.py", "shop/money.py")
    after = shop.state()
    assert b"from shop.money import euro" in after["shop/cart.py"][0]
    assert after["shop/money.py"][0].startswith(b"import re\n\ndef")


def test_a_file_that_must_not_be_edited_refuses_a_group_in_all_its_files(shop: Project) -> None:
    (shop.root / "shop/money.py").chmod(0o444)
    files = [
        shop.deletions("shop/cart.py", {"import os": "os", "import sys": "sys"}),
        shop.deletions("shop/money.py", {"import re": "re"}),
    ]
    together = [[("shop/cart.py", 0), ("shop/money.py", 0)]]
    outcome = refactor(EditPlan(shop.root, files, together=together), shop.unittests())
    assert outcome.kept == {1}
    (refusal,) = outcome.refused
    assert [(each.subject, each.message) for each in refusal.evidence] == [
        ("shop/money.py", "it is read-only")
    ]
    assert b"import os" in shop.state()["shop/cart.py"][0]


def test_an_import_that_breaks_is_found_without_the_tests(project: Project) -> None:
    project.write(
        {
            "lib/__init__.py": "from lib.a import helper\nimport os\n",
            "lib/a.py": "import sys\nfrom lib.b import helper\n",
            "lib/b.py": "def helper(): pass\n",
            "test_lib.py": "import lib, unittest\n"
            "class T(unittest.TestCase):\n    def test(self): lib.helper()\n",
        }
    )
    plan = project.plan(
        {
            "lib/__init__.py": {"import os": "os"},
            "lib/a.py": {"import sys": "sys", "from lib.b import helper": "helper"},
        }
    )
    outcome = refactor(plan, project.unittests())
    assert outcome.kept == {0, 1}
    evidence = outcome.refused[0].evidence[0]
    assert evidence.check == "imports"
    assert "cannot import name 'helper' from 'lib.a'" in evidence.message
    assert outcome.test_runs == 2


def test_an_undefined_name_is_found_without_running_anything(shop: Project) -> None:
    plan = shop.plan({"shop/cart.py": {"import json": "json", "import os": "os"}})
    outcome = refactor(plan, shop.unittests())
    assert outcome.kept == {1}
    assert outcome.refused[0].evidence[0].message == "undefined: json"
    assert outcome.test_runs == 2


def test_a_project_without_tests_keeps_what_imports_prove(project: Project) -> None:
    project.write(
        {"lib/__init__.py": "import os\nimport re\n", "script.py": "import os\nprint('ran')\n"}
    )
    plan = project.plan({"lib/__init__.py": {"import os": "os"}, "script.py": {"import os": "os"}})
    outcome = refactor(plan, project.conditions())
    assert outcome.gate == "imports only"
    assert outcome.kept == {0}
    assert "nothing imports this file" in outcome.refused[0].evidence[0].message


def test_what_cannot_be_imported_before_proves_nothing_after(project: Project) -> None:
    project.write({"lib/__init__.py": "", "lib/a.py": "import os\nimport not_there\n"})
    outcome = refactor(project.plan({"lib/a.py": {"import os": "os"}}), project.conditions())
    message = outcome.refused[0].evidence[0].message
    assert "cannot be imported even before any edit: ModuleNotFoundError: No module" in message


def test_no_tests_collected_by_a_command_found_out_is_no_tests(project: Project) -> None:
    project.write({"lib/__init__.py": "import os\n", "test_none.py": ""})
    plan = project.plan({"lib/__init__.py": {"import os": "os"}})
    found_out = project.unittests(asked=False)
    assert refactor(plan, found_out).gate == "imports only"


def test_no_tests_collected_by_a_command_asked_for_changes_nothing(project: Project) -> None:
    project.write({"lib/__init__.py": "import os\n"})
    before = project.state()
    outcome = refactor(project.plan({"lib/__init__.py": {"import os": "os"}}), project.unittests())
    assert outcome.unusable == "no tests were found"
    assert project.state() == before


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("raise SystemExit(3)", "failed before any edit (exit code 3)"),
        ("import os; os.kill(os.getpid(), 9)", "ended by signal 9"),
        ("import time; time.sleep(60)", "stopped after"),
    ],
)
def test_tests_that_fail_before_any_edit_change_nothing(
    shop: Project, shop_plan: Plan, script: str, reason: str
) -> None:
    before = shop.state()
    outcome = refactor(shop_plan(), shop.conditions("-c", script, timeout=1.5))
    assert reason in outcome.unusable
    assert outcome.kept == frozenset()
    assert shop.state() == before


def test_a_command_that_does_not_exist_is_an_error(shop: Project, shop_plan: Plan) -> None:
    from pyagent.refactor.detect import TestCommand

    command = TestCommand(("no-such-runner", "-q"), "--test-command", asked_for=True)
    before = shop.state()
    with pytest.raises(JobError, match="cannot start 'no-such-runner'"):
        refactor(shop_plan(), replace(shop.conditions(), command=command))
    assert shop.state() == before


def test_an_edit_that_makes_the_tests_hang_is_taken_back(project: Project) -> None:
    project.write(
        {
            "test_a.py": "import unittest\n"
            "import string\n"
            "import os\n"
            "class A(unittest.TestCase):\n"
            "    def test(self):\n"
            "        while 'string' not in globals(): pass\n"
        }
    )
    plan = project.plan({"test_a.py": {"import string": "string", "import os": "os"}})
    outcome = refactor(plan, project.unittests(timeout=3.0))
    assert outcome.kept == {1}
    assert "stopped after" in outcome.refused[0].evidence[0].message


@pytest.mark.parametrize("failing", [(1,), (1, 2)])
def test_a_flaky_test_does_not_count(project: Project, failing: tuple[int, ...]) -> None:
    """Not where it fails once after the edit, and not where it fails twice in a row."""
    project.write(
        {
            "test_a.py": "import unittest\n"
            "import os\n"
            "from pathlib import Path\n"
            "class A(unittest.TestCase):\n"
            "    def test_flaky(self):\n"
            "        runs = Path(__file__).with_name('runs')\n"
            "        count = len(runs.read_text()) if runs.exists() else 0\n"
            "        runs.write_text('x' * (count + 1))\n"
            f"        self.assertNotIn(count, {failing})\n"
            "    def test_steady(self): pass\n"
        }
    )
    outcome = refactor(project.plan({"test_a.py": {"import os": "os"}}), project.unittests())
    assert outcome.kept == {0}
    assert outcome.flaky == ("test_a.A.test_flaky",)


def test_a_failure_that_comes_once_is_looked_at_again_before_the_search_goes_on(
    project: Project,
) -> None:
    lines = [f"import os as os{number}" for number in range(16)]
    project.write(
        {
            "test_a.py": "\n".join(
                (
                    "import unittest",
                    *lines,
                    "from pathlib import Path",
                    "class A(unittest.TestCase):",
                    "    def test_flaky(self):",
                    "        runs = Path(__file__).with_name('runs')",
                    "        count = len(runs.read_text()) if runs.exists() else 0",
                    "        runs.write_text('x' * (count + 1))",
                    "        self.assertNotEqual(count, 1)",
                    "    def test_needs_one(self): self.assertTrue(globals().get('os' + '5'))",
                    "",
                )
            )
        }
    )
    plan = project.plan({"test_a.py": {line: line.split()[-1] for line in lines[:5]}})
    outcome = refactor(plan, project.unittests())
    assert outcome.kept == set(range(5))
    assert outcome.flaky == ("test_a.A.test_flaky",)
    # Before, all, two parts that are green, and all again, which is green too.
    assert outcome.test_runs == 5


def test_a_file_changed_since_planning_is_left_alone(shop: Project, shop_plan: Plan) -> None:
    plan = shop_plan()
    changed = plan.original("shop/money.py") + b"# mine\n"
    (shop.root / "shop/money.py").write_bytes(changed)
    outcome = refactor(plan, shop.unittests())
    assert outcome.kept == {0, 2}
    assert outcome.refused[-1].evidence[0].message == "it was changed since the edits were planned"
    assert (shop.root / "shop/money.py").read_bytes() == changed


def test_a_read_only_file_is_left_alone(shop: Project, shop_plan: Plan) -> None:
    (shop.root / "shop/money.py").chmod(0o444)
    before = shop.state()
    outcome = refactor(shop_plan(), shop.unittests())
    assert outcome.refused[-1].evidence[0].message == "it is read-only"
    assert shop.state()["shop/money.py"] == before["shop/money.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: symbolic links need a right")
def test_a_link_out_of_the_root_is_not_followed(
    shop: Project, shop_plan: Plan, tmp_path: Path
) -> None:
    plan = shop_plan()
    outside = tmp_path / "money.py"
    (shop.root / "shop/money.py").rename(outside)
    (shop.root / "shop/money.py").symlink_to(outside)
    before = outside.read_bytes()
    outcome = refactor(plan, shop.unittests())
    assert "symbolic link" in outcome.refused[-1].evidence[0].message
    assert outside.read_bytes() == before
    assert (shop.root / "shop/money.py").is_symlink()


def test_a_path_out_of_the_root_is_refused(shop: Project, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text("import os\n", encoding="utf-8")
    plan = shop.plan({"../outside.py": {"import os": "os"}})
    outcome = refactor(plan, shop.unittests())
    assert outcome.kept == frozenset()
    assert "out of the root" in outcome.refused[0].evidence[0].message
    assert (tmp_path / "outside.py").read_text(encoding="utf-8") == "import os\n"


def test_mode_and_hard_links_are_kept(shop: Project, shop_plan: Plan) -> None:
    plan = shop_plan()
    (shop.root / "shop/cart.py").chmod(0o751)
    os.link(shop.root / "shop/money.py", shop.root / "shop/also_money.py")
    refactor(plan, shop.unittests())
    assert shop.state()["shop/cart.py"][1] == 0o751
    assert (shop.root / "shop/money.py").samefile(shop.root / "shop/also_money.py")


def test_a_file_changed_during_the_job_is_not_overwritten(project: Project) -> None:
    project.write(
        {
            "lib/__init__.py": "import os\n",
            "lib/other.py": "import re\n",
            "test_a.py": "import unittest\n"
            "from pathlib import Path\n"
            "class A(unittest.TestCase):\n"
            "    def test(self):\n"
            "        lib = Path(__file__).with_name('lib') / '__init__.py'\n"
            "        if 'import os' not in lib.read_text(): lib.write_text('# theirs')\n",
        }
    )
    before = project.state()
    plan = project.plan(
        {"lib/__init__.py": {"import os": "os"}, "lib/other.py": {"import re": "re"}}
    )
    with pytest.raises(JobError, match=r"lib/__init__\.py was changed by somebody else") as caught:
        refactor(plan, project.unittests())
    assert (project.root / "lib/__init__.py").read_text(encoding="utf-8") == "# theirs"
    assert project.state()["lib/other.py"] == before["lib/other.py"]
    assert "every other file is as it was before" in caught.value.message
    assert caught.value.hint == "lib/__init__.py is as somebody else has made it"


def test_a_full_disk_restores_everything(
    shop: Project, shop_plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, commit, calls = shop.state(), StateTransaction.commit, []

    def full(transaction: StateTransaction, *, provisional: bool = False) -> object:
        calls.append(transaction)
        if len(calls) == 2:
            raise StateIOError("cannot write shop/cart.py: No space left on device", "", 28)
        return commit(transaction, provisional=provisional)

    monkeypatch.setattr(StateTransaction, "commit", full)
    with pytest.raises(JobError, match="No space left on device; every file is as it was before"):
        refactor(shop_plan(), shop.unittests())
    assert len(calls) == 2
    assert shop.state() == before


def test_edits_that_need_each_other_are_kept_though_the_search_parts_them(
    project: Project,
) -> None:
    project.write(
        {
            "lib/__init__.py": "",
            "lib/a.py": "NAME = 1\nOTHER = 2\n",
            "lib/b.py": "from lib.a import NAME\nx = 1\n",
            "lib/c.py": "import re\n",
            "test_lib.py": "import unittest\n"
            "from lib import a, b, c\n"
            "class T(unittest.TestCase):\n"
            "    def test_c(self): self.assertTrue(hasattr(c, 'r' + 'e'))\n",
        }
    )
    plan = project.plan(
        {
            "lib/a.py": {"NAME = 1": "NAME"},
            "lib/c.py": {"import re": "re"},
            "lib/b.py": {"from lib.a import NAME": "NAME"},
        }
    )
    outcome = refactor(plan, project.unittests())
    assert outcome.kept == {0, 2}
    assert [refusal.group.path for refusal in outcome.refused] == ["lib/c.py"]


def test_of_two_edits_that_only_fail_together_the_later_is_refused(project: Project) -> None:
    project.write(
        {
            "lib/__init__.py": "",
            "lib/a.py": "import re\n",
            "lib/b.py": "import re\n",
            "lib/c.py": "import re\n",
            "test_lib.py": "import unittest\n"
            "from lib import a, b, c\n"
            "class T(unittest.TestCase):\n"
            "    def test(self): self.assertTrue(any(hasattr(m, 'r' + 'e') for m in (a, c)))\n",
        }
    )
    plan = project.plan({f"lib/{name}.py": {"import re": "re"} for name in "abc"})
    outcome = refactor(plan, project.unittests())
    assert outcome.kept == {0, 1}
