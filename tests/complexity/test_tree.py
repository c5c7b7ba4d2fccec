"""Measuring trees: which files, which metrics, progress, threads, signals, forks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path

import pytest

from pyagent.complexity import METRICS, TreeMetrics, measure, measure_file, measure_tree
from pyagent.errors import ConfigError

LIBRARY = Path(sysconfig.get_path("stdlib"))


def names(tree: TreeMetrics, root: Path) -> list[str]:
    return [Path(file.path).relative_to(root).as_posix() for file in tree.files]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        ".gitignore": "/built/\n*_pb2.py\n",
        "a.py": "def f(x):\n    return 1 if x else 2\n",
        "b.pyi": "def g(x: int) -> int: ...\n",
        "c.pyw": "class C:\n    def h(self): pass\n",
        "data.txt": "no Python",
        "built/d.py": "",
        "sub/e_pb2.py": "",
        "sub/f.py": "import a\n",
        "sub/deep/g.py": "",
        ".hidden/h.py": "",
        ".i.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


SEEN = ["a.py", "b.pyi", "c.pyw", "sub/deep/g.py", "sub/f.py"]


def test_what_is_found(project: Path) -> None:
    assert names(measure_tree(project), project) == SEEN
    everything = names(measure_tree(project, gitignore=False, hidden=True), project)
    assert everything == sorted([*SEEN, ".hidden/h.py", ".i.py", "built/d.py", "sub/e_pb2.py"])
    assert "built/d.py" in names(measure_tree(project, gitignore=False), project)
    assert ".i.py" in names(measure_tree(project, hidden=True), project)


@pytest.mark.parametrize("pattern", ["sub", "sub/", "sub/**", "**/sub", "s?b", "[s]ub"])
def test_exclude(project: Path, pattern: str) -> None:
    assert names(measure_tree(project, exclude=[pattern]), project) == SEEN[:3]


def test_exclude_by_name_and_by_path(project: Path) -> None:
    assert names(measure_tree(project, exclude=["*.pyi", "g.py"]), project) == [
        "a.py",
        "c.pyw",
        "sub/f.py",
    ]
    assert names(measure_tree(project, exclude=["sub/f.py"]), project) == SEEN[:4]


def test_bad_globs_and_metrics_are_named(project: Path) -> None:
    with pytest.raises(ConfigError, match=r"\[z-a\]"):
        measure_tree(project, exclude=["[z-a]"])
    with pytest.raises(ConfigError, match="unknown metric 'halsted'") as caught:
        measure_tree(project, metrics=["halsted"])
    assert all(name in caught.value.hint for name in METRICS)


def test_paths_are_taken_once_and_sorted(project: Path) -> None:
    twice = measure_tree(project / "sub", project / "a.py", project / "sub", str(project / "a.py"))
    assert names(twice, project) == ["a.py", "sub/deep/g.py", "sub/f.py"]
    assert measure_tree().files == []


def test_a_file_is_taken_whatever_its_name_is(project: Path) -> None:
    (file,) = measure_tree(project / "data.txt").files
    assert file.error_line == 1
    (ignored,) = measure_tree(project / "built" / "d.py").files
    assert ignored.error is None


def test_a_missing_root_is_reported(project: Path) -> None:
    tree = measure_tree(project / "missing", project / "a.py")
    assert [(Path(file.path).name, file.error) for file in tree.errors] == [
        ("missing", "no such file or directory")
    ]
    assert len(tree) == 2


def test_relative_paths_stay_relative(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    assert [file.path for file in measure_tree("sub").files] == ["sub/deep/g.py", "sub/f.py"]
    assert measure_file(Path("a.py")).path == "a.py"


ALWAYS = {"cyclomatic", "mccabe", "nesting", "arguments", "imports"}
EXPRESSIONS = {"radon_cc", "cognitive", "halstead"}


@pytest.mark.parametrize(
    ("metrics", "measured"),
    [
        ([], ALWAYS),
        (["cyclomatic"], ALWAYS),
        (["nesting", "imports"], ALWAYS),
        (["cognitive"], ALWAYS | EXPRESSIONS),
        (["raw"], ALWAYS | {"raw"}),
        (["maintainability_index"], set(METRICS)),
        (("halstead", "raw"), set(METRICS)),
        (METRICS, set(METRICS)),
        (None, set(METRICS)),
    ],
)
def test_metrics_that_were_not_measured_are_not_there(
    project: Path, metrics: list[str] | None, measured: set[str]
) -> None:
    tree = measure_tree(project, metrics=metrics)
    file, whole = tree.files[0], measure_file(project / "a.py")
    text = json.loads(file.to_json())
    for name in METRICS:
        holders = [
            (one, other)
            for one, other in ((file, whole), (file.functions[0], whole.functions[0]))
            if name in dir(one)
        ]
        for one, other in holders:
            if name in measured:
                expected, found = getattr(other, name), getattr(one, name)
                assert repr(found) == repr(expected)
            else:
                with pytest.raises(AttributeError, match=f"{name} was not measured"):
                    getattr(one, name)
                assert not hasattr(one, name)
        assert (name in text or name in text["functions"][0]) is (name in measured)


def test_classes_know_what_was_not_measured(project: Path) -> None:
    (one,) = measure_tree(project / "c.pyw", metrics=["mccabe"]).files[0].classes
    assert one.cyclomatic == 2
    for name in ("radon_cc", "cognitive"):
        with pytest.raises(AttributeError, match="was not measured"):
            getattr(one, name)


def test_summary(project: Path) -> None:
    (project / "broken.py").write_text("(")
    tree = measure_tree(project)
    indices = [file.maintainability_index for file in tree.files if file.error is None]
    known = [index for index in indices if index is not None]
    assert tree.summary() == {
        "files": 6,
        "errors": 1,
        "functions": 3,
        "classes": 1,
        "loc": 6,
        "sloc": 6,
        "comments": 0,
        "mean_cyclomatic": 1.0,
        "max_cyclomatic": 1,
        "mean_cognitive": pytest.approx(1 / 3),
        "max_cognitive": 1,
        "mean_maintainability_index": pytest.approx(sum(known) / len(known)),
        "min_maintainability_index": min(known),
    }
    assert set(measure_tree(project, metrics=["mccabe"]).summary()) == {
        *("files", "errors", "functions", "classes", "mean_cyclomatic", "max_cyclomatic"),
    }
    nothing = measure_tree().summary()
    assert (nothing["files"], nothing["mean_cyclomatic"], nothing["max_cyclomatic"]) == (0, 0.0, 0)


def test_json_of_a_tree(project: Path) -> None:
    (project / "broken.py").write_text("x = (\n")
    tree = measure_tree(project)
    text = json.loads(tree.to_json())
    assert set(text) == {"files", "summary"}
    assert text["summary"] == tree.summary()
    assert [one["path"] for one in text["files"]] == [file.path for file in tree.files]
    assert text["files"] == [json.loads(file.to_json()) for file in tree.files]
    (broken,) = (one for one in text["files"] if one["error"])
    assert broken == {
        "path": str(project / "broken.py"),
        "error": tree.errors[0].error,
        "error_line": 2,
        "error_column": 1,
        "maintainability_index": None,
        "functions": [],
        "classes": [],
        "imports": [],
    }


def test_text_of_any_kind_is_valid_json(tmp_path: Path) -> None:
    (tmp_path / 'quo"te.py').write_text("def ä名(): pass\nclass \U0001d4d0: pass\n", "utf-8")
    (file,) = json.loads(measure_tree(tmp_path).to_json())["files"]
    assert file["path"].endswith('quo"te.py')
    assert file["functions"][0]["qualname"] == "ä名"


def test_progress_is_reported_on_the_calling_thread(project: Path) -> None:
    calls: list[tuple[int, int, int]] = []
    measure_tree(project, progress=lambda *at: calls.append((*at, threading.get_ident())))
    assert calls[-1] == (5, 5, threading.get_ident())
    assert {ident for _, _, ident in calls} == {threading.get_ident()}


def test_progress_rises(tmp_path: Path) -> None:
    text = "def f(x):\n    return [x for x in x if x]\n" * 20_000
    for number in range(12):
        (tmp_path / f"{number}.py").write_text(text)
    calls: list[tuple[int, int]] = []
    measure_tree(tmp_path, threads=1, progress=lambda *at: calls.append(at))
    assert calls == sorted(calls)
    assert calls[-1] == (12, 12)
    assert len(calls) > 2


def test_an_exception_in_progress_ends_the_measurement() -> None:
    def fail(done: int, total: int) -> None:
        raise LookupError(f"{done} of {total}")

    with pytest.raises(LookupError):
        measure_tree(LIBRARY, progress=fail)
    assert measure_tree(LIBRARY / "ast.py").errors == []


@pytest.mark.parametrize("threads", [0, 1, 2, 7])
def test_threads_do_not_change_the_result(threads: int) -> None:
    root = LIBRARY / "json"
    assert measure_tree(root, threads=threads).to_json() == measure_tree(root).to_json()


def test_many_python_threads_at_once() -> None:
    expected = measure_tree(LIBRARY / "json").to_json()
    found: list[bytes] = []

    def work() -> None:
        found.append(measure_tree(LIBRARY / "json").to_json())
        measure("def f(): pass")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


INTERRUPTED = """
import signal, sys, threading
from pyagent.complexity import measure_tree
def progress(done, total):
    if done:
        print("running", flush=True)
try:
    measure_tree(sys.argv[1], progress=progress)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="not on Windows: POSIX signals")
def test_ctrl_c_ends_a_measurement_at_once(tmp_path: Path) -> None:
    text = "def f(x):\n    return [x for x in x if x]\n" * 40_000
    for number in range(60):  # Many seconds of work.
        (tmp_path / f"{number}.py").write_text(text)
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "running\n"
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        assert process.stdout.read().splitlines()[-1] == "interrupted"
    assert process.returncode == 0
    assert time.monotonic() - sent < 5


FORKED = """
import os, sys, warnings
warnings.simplefilter("ignore")  # Python warns of any fork beside threads.
from pyagent.complexity import measure_tree
before = measure_tree(sys.argv[1]).to_json()
child = os.fork()
if child == 0:
    os._exit(measure_tree(sys.argv[1]).to_json() != before)
os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(os.name == "nt", reason="not on Windows: fork")
@pytest.mark.timeout(60)
def test_a_child_can_measure_after_a_fork() -> None:
    command = [sys.executable, "-c", FORKED, str(LIBRARY / "json")]
    assert subprocess.run(command, check=False, timeout=50).returncode == 0


def test_files_that_vanish_are_measured_or_reported(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number % 50}" / f"{number}.py" for number in range(3_000)]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_text("def f(): pass\n")
    started = threading.Event()

    def delete() -> None:
        started.wait()
        for path in reversed(paths):
            path.unlink()

    thread = threading.Thread(target=delete)
    thread.start()
    started.set()
    tree = measure_tree(tmp_path, threads=2)
    thread.join()
    for file in tree.files:
        if file.error is None:
            assert [one.name for one in file.functions] == ["f"]
        else:
            assert file.error == "no such file or directory"
    assert measure_tree(tmp_path).files == []


def test_representations() -> None:
    assert repr(measure_tree()) == "TreeMetrics(files=0)"
