"""Calls: threads, time, attempts, faults and cancellation."""

from __future__ import annotations

import asyncio
import contextvars
import json
import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from pyagent.context import CascadeContext
from pyagent.errors import (
    ToolArgumentsError,
    ToolError,
    ToolRetryError,
    ToolTimeoutError,
)
from pyagent.state import StateTransaction, current_transaction
from pyagent.tools import Tool, ToolContext, tool
from pyagent.tools.threads import Threads

if TYPE_CHECKING:
    from pathlib import Path

WHO = contextvars.ContextVar("WHO", default="nobody")


def called(tool: Tool, **arguments: Any) -> str:
    return asyncio.run(tool.call(json.dumps(arguments)))


def test_a_plain_function_runs_on_a_thread_of_its_own() -> None:
    @tool
    def where() -> str:
        return threading.current_thread().name

    @tool
    async def on_the_loop() -> str:
        return threading.current_thread().name

    assert called(where).startswith("pyagent-tool-")
    assert called(on_the_loop) == threading.current_thread().name


def test_the_loop_goes_on_meanwhile() -> None:
    begun, go = threading.Event(), threading.Event()

    @tool
    def wait() -> bool:
        begun.set()
        return go.wait(10)

    async def main() -> str:
        task = asyncio.ensure_future(wait.call("{}"))
        while not begun.is_set():
            await asyncio.sleep(0)
        go.set()
        return await task

    assert asyncio.run(main()) == "true"


@pytest.mark.parametrize("is_async", [True, False])
def test_context_variables_are_carried(is_async: bool, tmp_path: Path) -> None:
    def plain(context: ToolContext) -> list[Any]:
        seen = context.context
        return [
            WHO.get(),
            seen is CascadeContext.current() is not None,
            context.transaction is current_transaction() is not None,
        ]

    async def on_the_loop(context: ToolContext) -> list[Any]:
        return plain(context)

    async def main() -> str:
        WHO.set("me")
        async with StateTransaction(tmp_path):
            with CascadeContext("agent"):
                return await Tool.of(on_the_loop if is_async else plain).call("{}")

    assert asyncio.run(main()) == '["me",true,true]'


def test_the_context_of_a_run_comes_first() -> None:
    class Run:
        def __init__(self) -> None:
            self.context = CascadeContext("of the run")
            self.deps = {"key": "value"}

    run = Run()

    @tool
    async def look(context: ToolContext) -> list[Any]:
        return [context.context is run.context, context.deps, context.run is run]

    async def main() -> str:
        with CascadeContext("outside"):
            return await look.call("{}", run=run)

    assert asyncio.run(main()) == '[true,{"key":"value"},true]'
    assert "Run object" in repr(ToolContext(run))


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("error", [KeyError("k"), StopIteration(3), TimeoutError("own")])
def test_what_a_tool_raises_is_raised(is_async: bool, error: Exception) -> None:
    def plain() -> NoReturn:
        raise error

    async def on_the_loop() -> NoReturn:
        raise error

    made = tool(on_the_loop if is_async else plain, timeout=5)  # type: ignore[call-overload]
    # Python itself does not let a StopIteration out of a coroutine.
    expected = RuntimeError if isinstance(error, StopIteration) else type(error)
    with pytest.raises(expected) as caught:
        called(made)
    assert not isinstance(caught.value, ToolError)


@pytest.mark.parametrize("is_async", [True, False])
def test_a_tool_cannot_end_the_program(is_async: bool) -> None:
    def plain() -> None:
        sys.exit(3)

    async def on_the_loop() -> None:
        sys.exit(3)

    with pytest.raises(ToolError, match="tried to end the program with status 3"):
        called(tool(on_the_loop if is_async else plain))  # type: ignore[call-overload]


def test_a_tool_cannot_cancel_the_run() -> None:
    @tool
    async def careless() -> None:
        inner = asyncio.ensure_future(asyncio.sleep(10))
        inner.cancel()
        await inner

    with pytest.raises(ToolError, match="careless was cancelled from within"):
        called(careless)


def test_a_tool_that_hangs_on_the_loop() -> None:
    ended = []

    @tool(timeout=0.02)
    async def hang() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    with pytest.raises(ToolTimeoutError, match=r"hang did not end within 0.02 s") as caught:
        called(hang)
    assert caught.value.tool == "hang"
    assert ended == [True]


def test_a_tool_that_hangs_on_a_thread_is_left_to_end() -> None:
    go, ended = threading.Event(), threading.Event()

    @tool(timeout=0.02)
    def hang() -> None:
        go.wait(10)
        ended.set()

    with pytest.raises(ToolTimeoutError):
        called(hang)
    assert not ended.is_set()
    go.set()
    assert ended.wait(10)


@pytest.mark.parametrize("is_async", [True, False])
def test_cancelling_is_at_once(is_async: bool) -> None:
    begun, go = threading.Event(), threading.Event()

    def plain() -> None:
        begun.set()
        go.wait(10)

    async def on_the_loop() -> None:
        begun.set()
        await asyncio.sleep(10)

    async def main() -> float:
        task = asyncio.ensure_future(Tool.of(on_the_loop if is_async else plain).call("{}"))
        while not begun.is_set():
            await asyncio.sleep(0)
        start = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - start

    assert asyncio.run(main()) < 5
    go.set()


def test_attempts_for_errors_that_may_pass() -> None:
    waits: list[int] = []
    seen: list[int] = []

    def backoff(attempt: int) -> float:
        waits.append(attempt)
        return 0.0

    @tool(retries=3, retry_on=(OSError,), backoff=backoff)
    async def flaky(until: int) -> int:
        seen.append(1)
        if len(seen) < until:
            raise ConnectionResetError
        return len(seen)

    assert called(flaky, until=3) == "3"
    assert waits == [0, 1]
    seen.clear()
    with pytest.raises(ConnectionResetError):
        called(flaky, until=9)
    assert len(seen) == 4


@pytest.mark.parametrize("error", [KeyError, ToolRetryError])
def test_no_attempts_for_others(error: type[Exception]) -> None:
    seen = []

    @tool(retries=3, retry_on=(Exception,) if error is ToolRetryError else (OSError,))
    def wrong() -> None:
        seen.append(1)
        raise error("no")

    with pytest.raises(error):
        called(wrong)
    assert len(seen) == 1


def test_the_time_is_for_all_attempts() -> None:
    @tool(retries=1000, retry_on=(OSError,), timeout=0.05, backoff=lambda _: 0.01)
    async def flaky() -> None:
        raise OSError

    with pytest.raises(ToolTimeoutError):
        called(flaky)


def test_the_usual_waits() -> None:
    backoff = Tool.of(called_for_nothing).backoff
    assert [backoff(attempt) for attempt in range(4)] == [0.1, 0.2, 0.4, 0.8]
    assert backoff(60) == 10.0


def called_for_nothing() -> None: ...


def test_wrong_arguments_are_not_tried_again() -> None:
    @tool(retries=3, retry_on=(Exception,), timeout=1.0)
    def add(a: int) -> int:
        return a

    with pytest.raises(ToolArgumentsError):
        called(add, a="x")


def test_threads_are_bounded_and_what_waits_is_never_begun_once_it_is_given_up() -> None:
    threads = Threads(2)
    go = threading.Event()
    begun: list[int] = []
    lock = threading.Lock()

    def work(number: int) -> int:
        with lock:
            begun.append(number)
        go.wait(10)
        return number

    async def main() -> list[Any]:
        tasks = [asyncio.ensure_future(threads.run(work, {"number": n})) for n in range(6)]
        while len(begun) < 2:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)
        assert sorted(begun) == [0, 1]
        tasks[3].cancel()
        await asyncio.sleep(0)
        go.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = asyncio.run(main())
    assert [r for r in results if isinstance(r, int)] == [0, 1, 2, 4, 5]
    assert sorted(begun) == [0, 1, 2, 4, 5]


def test_threads_are_used_again() -> None:
    threads = Threads(8)
    names: set[str] = set()

    async def main() -> None:
        for _ in range(20):
            await threads.run(lambda: names.add(threading.current_thread().name), {})
            await asyncio.sleep(0.001)

    asyncio.run(main())
    assert len(names) <= 2


def test_a_thread_that_ends_after_its_loop_harms_nobody() -> None:
    go, ended = threading.Event(), threading.Event()

    @tool(timeout=0.01)
    def late() -> None:
        go.wait(10)

    with pytest.raises(ToolTimeoutError):
        called(late)
    go.set()

    @tool
    def after() -> None:
        ended.set()

    called(after)
    assert ended.is_set()


def test_a_program_ends_though_a_tool_hangs() -> None:
    code = (
        "import asyncio, time\n"
        "from pyagent.tools import tool\n"
        "@tool(timeout=0.01)\n"
        "def hang() -> None:\n    time.sleep(600)\n"
        "try:\n    asyncio.run(hang.call('{}'))\n"
        "except Exception as error:\n    print(error)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert finished.stdout.startswith("hang did not end within 0.01 s")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="not on Windows: it has no fork")
def test_a_forked_child_has_threads_of_its_own() -> None:
    code = (
        "import asyncio, os, warnings\n"
        "from pyagent.tools import tool\n"
        "warnings.simplefilter('ignore')\n"
        "@tool(timeout=20)\n"
        "def quick() -> str:\n    return 'quick'\n"
        "print(asyncio.run(quick.call('{}')), flush=True)\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    print(asyncio.run(quick.call('{}')), flush=True)\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert finished.stdout.split() == ["quick", "quick"]


def test_a_megabyte_is_bounded() -> None:
    @tool(max_bytes=1_000)
    async def much() -> str:
        return "head" + "x" * 1_000_000 + "tail"

    text = called(much)
    assert len(text) < 1_100
    assert text.startswith("head")
    assert text.endswith("tail")
    assert "[... 999008 bytes cut ...]" in text


def test_importing_tools_brings_no_event_loop() -> None:
    code = (
        "import sys\n"
        "from pyagent.tools import tool\n"
        "print(sorted({'asyncio', 'concurrent.futures', 'pydantic', 'subprocess', 'sqlite3'}"
        " & set(sys.modules)))"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert finished.stdout.strip() == "[]"
