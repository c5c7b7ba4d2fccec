"""One engine in a process of its own, so that it can be stopped and its memory can be seen."""

from __future__ import annotations

import multiprocessing
import os
import time
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from engines import CONTENDERS
from replay import Text, measure
from vocabularies import load

# Compiled before anything is timed: what an engine makes once for a vocabulary is told apart.
WARM_UP = '{"type": "object", "properties": {"a": {"type": ["string", "integer"]}}}'

MASKS_CAP = 120.0  # seconds for all masks of a schema, replays included


def serve(engine_name: str, vocabulary: str | None, jobs: Connection) -> None:
    """Answer jobs until the other end hangs up; the first answer says what it took to begin."""
    os.environ["RAYON_NUM_THREADS"] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    tokens = load(vocabulary)
    begin = time.perf_counter_ns()
    engine = CONTENDERS[engine_name].make(tokens)
    measure(engine, WARM_UP, [(tokens.encode('{"a": "b"}'), True)], 1)
    jobs.send({"begin": time.perf_counter_ns() - begin})
    while True:
        try:
            schema, texts, replays = jobs.recv()
        except EOFError:
            return
        compiled = partial(jobs.send, None)
        jobs.send(measure(engine, schema, texts, replays, compiled))


class Worker:
    """A process for one engine, begun anew after a job that took too long or ended it."""

    def __init__(self, name: str, vocabulary: str | None) -> None:
        self.name, self.vocabulary = name, vocabulary
        self.begin = 0
        self.launch()

    def launch(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.jobs, theirs = context.Pipe()
        self.process = context.Process(
            target=serve, args=(self.name, self.vocabulary, theirs), daemon=True
        )
        self.process.start()
        theirs.close()
        self.begin = self.jobs.recv()["begin"]

    def run(self, schema: str, texts: list[Text], replays: int, cap: float) -> dict[str, Any]:
        """The answer; compiling for over `cap` seconds counts as refused, and so does a crash."""
        self.jobs.send((schema, texts, replays))
        outcome = "refused"
        try:
            answer = self.receive(cap)
            if answer is None:
                outcome = "failed"
                answer = self.receive(MASKS_CAP)
        except (EOFError, ConnectionError, TimeoutError) as error:
            self.stop()
            self.launch()
            return {outcome: str(error) or "ended the process"}
        return answer or {}

    def receive(self, cap: float) -> dict[str, Any] | None:
        """`None` says that the grammar is compiled."""
        if not self.jobs.poll(cap):
            raise TimeoutError(f"took over {cap:g} s")
        answer: dict[str, Any] | None = self.jobs.recv()
        return answer

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.jobs.close()
