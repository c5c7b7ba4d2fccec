"""Reading the reports of real runs of pytest and unittest."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from pyagent.refactor import junit, unittest_output

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Project

TESTS = '''
import sys
import unittest


class Tests(unittest.TestCase):
    def test_passes(self):
        """Has a docstring."""
        print("test_fake (a.b) ... FAIL")

    def test_fails(self):
        self.assertEqual(1, 2, "no")

    def test_raises(self):
        sys.stderr.write("noise\\n")
        raise KeyError("missing")

    @unittest.skip("it's a reason")
    def test_skipped(self):
        pass

    @unittest.expectedFailure
    def test_expected(self):
        self.fail()

    def test_parts(self):
        for number in range(3):
            with self.subTest(number=number):
                self.assertLess(number, 2)


class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise OSError("no set-up")

    def test_never(self):
        pass
'''


def output_of(project: Project, *options: str) -> str:
    project.write({"test_all.py": TESTS})
    command = [sys.executable, "-m", "unittest", *options]
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False)
    return done.stderr


def test_unittest_names_what_fails(project: Project) -> None:
    read = unittest_output.read(output_of(project))
    assert read is not None
    results, messages, counts = read
    assert results is None
    assert (counts.failed, counts.errors, counts.skipped) == (2, 2, 2)
    # Python 3.12.1 leaves the skipped test out.
    assert counts.total in (5, 6)
    assert set(messages) >= {"test_all.Tests.test_fails", "test_all.Tests.test_raises"}
    assert "KeyError: 'missing'" in messages["test_all.Tests.test_raises"]
    assert any("no set-up" in message for message in messages.values())


def test_unittest_names_every_test_when_verbose(project: Project) -> None:
    read = unittest_output.read(output_of(project, "-v"))
    assert read is not None
    results, messages, _ = read
    assert results is not None
    assert {test.rpartition(".")[2]: str(result) for test, result in results.items()} == {
        "Broken": "error",
        "test_expected": "skipped",
        "test_fails": "failed",
        "test_parts": "failed",
        "test_passes": "passed",
        "test_raises": "error",
        "test_skipped": "skipped",
    }
    assert {"test_all.Tests.test_fails", "test_all.Tests.test_parts"} <= set(messages)


def test_output_of_something_else_is_not_read() -> None:
    assert unittest_output.read("Ran away\nOK\n") is None


def test_pytest_names_every_test(project: Project) -> None:
    project.write({"test_all.py": TESTS, "test_broken.py": "import nothing_of_this_name\n"})
    report = project.root / "report.xml"
    options = ["-p", "no:cacheprovider", "--continue-on-collection-errors"]
    command = [sys.executable, "-m", "pytest", *options, f"--junitxml={report}"]
    subprocess.run(command, cwd=project.root, capture_output=True, check=False)
    read = junit.read(report)
    assert read is not None
    results, messages, counts = read
    assert results["test_all.Tests::test_passes"] == "passed"
    assert results["test_all.Tests::test_fails"] == "failed"
    assert results["test_all.Tests::test_raises"] == "failed"
    assert results["test_all.Tests::test_skipped"] == "skipped"
    assert results["test_all.Broken::test_never"] == "error"
    assert results["test_broken"] == "error"
    assert "nothing_of_this_name" in messages["test_broken"]
    assert counts.total == len(results)


def test_a_report_cut_short_is_not_read(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite><testcase name="a"/>', encoding="utf-8")
    assert junit.read(report) is None
    assert junit.read(tmp_path / "absent.xml") is None
