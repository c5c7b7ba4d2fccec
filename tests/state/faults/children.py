"""Children of a process that has imported everything: forked, held at a gate, watched.

A Python that starts anew for each point would take longer than what is measured, and its own start
would stand among the system calls. The forked child does nothing but the transaction.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import struct
import sys
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyagent.errors import PyAgentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Report: TypeAlias = Callable[[], None]

LIMIT = 60.0
GATE = signal.SIGUSR1
LENGTH = struct.Struct("=II")


@dataclass(frozen=True)
class Outcome:
    """How a child ended."""

    killed: bool
    reported: int
    """How many steps it had reported as done."""
    error: str = ""
    """The class of the exception that ended it, and its message."""
    typed: bool = False
    """Whether that exception is one of the package's."""
    trace: str = ""


class Child:
    """A forked process that waits for `go`, then calls `work` with a function that reports."""

    def __init__(self, work: Callable[[Report], None]) -> None:
        # A signal and shared memory, not pipes: neither the gate nor a report may be a call on a
        # descriptor, which could be the one that is made to fail.
        self.memory = mmap.mmap(-1, 1 << 16)
        signal.pthread_sigmask(signal.SIG_BLOCK, [GATE])
        sys.stdout.flush()
        self.pid = os.fork()
        if not self.pid:
            self.run(work)

    def run(self, work: Callable[[Report], None]) -> None:
        error = {"error": "", "typed": False, "trace": ""}
        try:
            signal.sigwait([GATE])
            work(self.report)
        except BaseException as failure:  # noqa: BLE001 - whatever it is goes to the parent
            error["error"] = f"{type(failure).__name__}: {failure}"
            error["typed"] = isinstance(failure, PyAgentError)
            error["trace"] = "".join(traceback.format_exception(failure))[-8000:]
        finally:
            answer = json.dumps(error).encode()
            self.memory[LENGTH.size : LENGTH.size + len(answer)] = answer
            reported, _ = LENGTH.unpack_from(self.memory)
            LENGTH.pack_into(self.memory, 0, reported, len(answer))
            os._exit(0)

    def report(self) -> None:
        """One more step is done, and must be there after whatever comes."""
        reported, length = LENGTH.unpack_from(self.memory)
        LENGTH.pack_into(self.memory, 0, reported + 1, length)

    def go(self) -> None:
        os.kill(self.pid, GATE)

    def wait(self) -> Outcome:
        deadline = time.monotonic() + LIMIT
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise TimeoutError(f"the child did not end within {LIMIT:.0f} s")
            time.sleep(0.0005)
        reported, length = LENGTH.unpack_from(self.memory)
        answer = self.memory[LENGTH.size : LENGTH.size + length]
        self.memory.close()
        if os.WIFSIGNALED(status):
            return Outcome(killed=True, reported=reported)
        return Outcome(killed=False, reported=reported, **json.loads(answer))


def in_child(work: Callable[[Report], None]) -> Outcome:
    """Run `work` in a process of its own, without any fault."""
    child = Child(work)
    child.go()
    return child.wait()
