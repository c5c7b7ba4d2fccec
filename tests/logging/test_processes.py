"""Forks, several processes on one file, and the end of the interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

TIMEOUT = 60

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def run(code: str, *arguments: object) -> str:
    """Run the code in a new interpreter; what it wrote to standard error."""
    with start(code, *arguments) as process:
        _, error = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0, error
    return error


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


IMPORTING = """
import logging, sys
roots = list(logging.getLogger().handlers)
import pyagent
assert "pyagent.logging" not in sys.modules
import pyagent.logging, threading
assert logging.getLogger().handlers == roots
assert logging.getLogger("pyagent").level == logging.NOTSET
assert threading.active_count() == 1
"""


def test_importing_configures_nothing() -> None:
    assert run(IMPORTING) == ""


AT_EXIT = """
import atexit, logging, sys
atexit.register(lambda: logging.getLogger("late").warning("from atexit"))
from pyagent.logging import JsonLinesHandler, JsonLinesWriter
logging.getLogger().addHandler(JsonLinesHandler(sys.argv[1]))
writer = JsonLinesWriter(sys.argv[2])
for number in range(10_000):
    logging.getLogger().warning("m", extra={"number": number})
    writer.write("INFO", "x", "m", 0, {"number": number})
"""


def test_everything_is_written_at_exit(tmp_path: Path) -> None:
    handled, direct = tmp_path / "handled", tmp_path / "direct"
    assert run(AT_EXIT, handled, direct) == ""
    *lines, last = read(handled)
    assert [line["number"] for line in lines] == [*range(10_000)]
    assert last["message"] == "from atexit"
    assert [line["number"] for line in read(direct)] == [*range(10_000)]


STUCK = """
import logging, sys
from pyagent.logging import JsonLinesHandler, JsonLinesWriter
logging.getLogger().addHandler(JsonLinesHandler(sys.argv[1], exit_timeout=0.2))
logging.getLogger().warning("stuck")
writer = JsonLinesWriter(sys.argv[1])
writer.write("INFO", "x", "stuck", 0, {})
"""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX's")
def test_a_stuck_disk_does_not_keep_the_interpreter(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    begin = time.monotonic()
    run(STUCK, tmp_path / "pipe")
    assert time.monotonic() - begin < 20


FORKING = """
import logging, os, sys, threading
from pyagent.logging import JsonLinesHandler
handler = JsonLinesHandler(sys.argv[1])
log = logging.getLogger("fork")
log.addHandler(handler)
stop = threading.Event()
def noise():
    number = 0
    while not stop.is_set():
        log.warning("noise", extra={"parent": number})
        number += 1
threads = [threading.Thread(target=noise) for _ in range(3)]
for thread in threads:
    thread.start()
children = []
for child in range(20):
    log.warning("before", extra={"before": child})
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            assert handler.stats().accepted == 0
            for number in range(50):
                log.warning("child", extra={"child": child, "number": number})
            grandchild = os.fork()
            if grandchild == 0:
                log.warning("grandchild", extra={"grandchild": child})
                code = 0 if handler.writer.close(30) else 1
                os._exit(code)
            assert os.waitpid(grandchild, 0)[1] == 0
            code = 0 if handler.writer.close(30) else 1
        finally:
            os._exit(code)
    children.append(pid)
stop.set()
for thread in threads:
    thread.join()
assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * 20
"""


@needs_fork
def test_children_of_fork_write_their_own_records_once(tmp_path: Path) -> None:
    assert run(FORKING, tmp_path / "log") == ""
    lines = read(tmp_path / "log")
    assert sorted(line["before"] for line in lines if "before" in line) == [*range(20)]
    found = sorted((line["child"], line["number"]) for line in lines if "child" in line)
    assert found == [(child, number) for child in range(20) for number in range(50)]
    assert sorted(line["grandchild"] for line in lines if "grandchild" in line) == [*range(20)]
    for pid in {line["pid"] for line in lines}:
        names = {"parent"} & {name for line in lines if line["pid"] == pid for name in line}
        assert bool(names) == any("before" in line for line in lines if line["pid"] == pid)


UNDER_FORK_IN_LOCK = """
import os, sys, threading
from pyagent.logging import JsonLinesWriter
writer = JsonLinesWriter(sys.argv[1], queue=2, on_full="block")
def work():
    while True:
        writer.write("INFO", "x", "m", 0, {})
for _ in range(4):
    threading.Thread(target=work, daemon=True).start()
for _ in range(100):
    pid = os.fork()
    if pid == 0:
        os._exit(0 if writer.write("INFO", "x", "m", 0, {}) and writer.close(30) else 1)
    assert os.waitpid(pid, 0)[1] == 0
os._exit(0)
"""


@needs_fork
def test_a_fork_while_others_hold_the_queue_does_not_deadlock(tmp_path: Path) -> None:
    assert run(UNDER_FORK_IN_LOCK, tmp_path / "log") == ""


SHARING = """
import sys
from pyagent.logging import JsonLinesWriter
writer = JsonLinesWriter(sys.argv[1], on_full="block", queue=500, **eval(sys.argv[3]))
for number in range(5_000):
    size = number * 7919 % 3_000
    writer.write("INFO", sys.argv[2], "x" * size, 0, {"number": number, "size": size})
assert writer.close(30), writer.stats()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="appending in one piece is POSIX's")
@pytest.mark.parametrize("options", ["{}", "{'max_bytes': 1_000_000, 'backups': 100}"])
def test_processes_share_a_file_without_tearing_lines(tmp_path: Path, options: str) -> None:
    processes = [start(SHARING, tmp_path / "log", name, options) for name in "abc"]
    for process in processes:
        with process:
            _, error = process.communicate(timeout=TIMEOUT)
        assert process.returncode == 0, error
    lines = [line for path in tmp_path.iterdir() for line in read(path)]
    assert all(len(line["message"]) == line["size"] for line in lines)
    found = sorted((line["logger"], line["number"]) for line in lines)
    assert found == [(name, number) for name in "abc" for number in range(5_000)]


LIMITED = """
import resource, signal, sys
from pyagent.logging import JsonLinesWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
writer = JsonLinesWriter(sys.argv[1])
for number in range(100):
    writer.write("INFO", "x", "m", 0, {"number": number})
assert not writer.flush(0.2)
stats = writer.stats()
assert stats.errors >= 1 and 0 < stats.written < 100, (stats.errors, stats.written)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
assert writer.close(30)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX's")
def test_a_disk_that_was_full_has_whole_lines_afterwards(tmp_path: Path) -> None:
    assert "records wait in memory" in run(LIMITED, tmp_path / "log")
    assert [line["number"] for line in read(tmp_path / "log")] == [*range(100)]


MULTIPROCESSING = """
import logging, multiprocessing, sys
from pyagent.logging import JsonLinesHandler
def work(path, number):
    logger = logging.getLogger("work")
    if not logger.handlers:
        logger.addHandler(JsonLinesHandler(path))
    logger.warning("child", extra={"number": number})
if __name__ == "__main__":
    path, method = sys.argv[1:]
    if method == "fork":
        logging.getLogger("work").addHandler(JsonLinesHandler(path))
    context = multiprocessing.get_context(method)
    children = [context.Process(target=work, args=(path, number)) for number in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
        assert child.exitcode == 0
"""


@pytest.mark.parametrize(
    "method", [pytest.param("fork", marks=needs_fork), pytest.param("spawn", marks=[])]
)
def test_processes_of_multiprocessing_write_everything(tmp_path: Path, method: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(MULTIPROCESSING, encoding="utf-8")
    command = [sys.executable, "-W", "ignore", str(script), str(tmp_path / "log"), method]
    subprocess.run(command, check=True, timeout=TIMEOUT)
    assert sorted(line["number"] for line in read(tmp_path / "log")) == [0, 1, 2, 3]
