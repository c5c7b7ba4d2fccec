"""A program that runs graphs in children of its own, and lets them be killed; see test_kills.py.

It reads one order per line, as JSON, and answers with the line `done` or `killed`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import dags

from pyagent.storage import EventStore
from pyagent.workflows import RERUN


class Fuse:
    """Kills the process, as `kill -9` does, when it is passed for the n-th time."""

    def __init__(self, count: int | None) -> None:
        self.left = count

    def burn(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()


class World:
    """What the steps have their effects on: files of which each line is one effect."""

    def __init__(self, folder: Path, fuse: Fuse) -> None:
        self.folder = folder
        self.fuse = fuse

    def effect(self, me: Any, value: Any) -> None:
        self.fuse.burn()
        if me.transaction is not None:
            name = f"edit-{digest(me.effect_key)}"
            before = me.transaction.read_text(name) if me.transaction.exists(name) else ""
            me.transaction.write_text(name, f"{before}{me.effect_key}\n")
        else:
            self.write(me.effect_key, value)
        self.fuse.burn()

    def write(self, key: str, value: Any) -> None:
        """What is done outside; whoever asks for the same twice will find it done twice."""
        line = json.dumps([key, value]) + "\n"
        handle = os.open(self.folder / "effects", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(handle, line.encode())
        os.close(handle)

    def known(self, key: str) -> Any:
        """What came of a step, by asking the outside."""
        return dict(effects(self.folder)).get(key, RERUN)


class Deduplicating(World):
    """An outside that does nothing a second time for the same key, for idempotent steps."""

    def write(self, key: str, value: Any) -> None:
        if key not in dict(effects(self.folder)):
            super().write(key, value)


def effects(folder: Path) -> list[tuple[str, Any]]:
    path = folder / "effects"
    text = path.read_text() if path.exists() else ""
    return [(key, value) for key, value in map(json.loads, text.splitlines())]


def digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def burning(store: EventStore, fuse: Fuse) -> EventStore:
    """The store, before and after each entry of which the process may die."""
    claim, append = store.claim, store.append

    def burning_claim(*arguments: Any) -> bool:
        fuse.burn()
        made = claim(*arguments)
        fuse.burn()
        return made

    def burning_append(*arguments: Any) -> int:
        fuse.burn()
        number = append(*arguments)
        fuse.burn()
        return number

    store.claim, store.append = burning_claim, burning_append  # type: ignore[method-assign]
    return store


def run(order: dict[str, Any]) -> None:
    """What a child does."""
    folder = Path(order["folder"])
    fuse = Fuse(order["fuse"])
    strict, lenient = World(folder, fuse), Deduplicating(folder, fuse)
    idempotent = {f"s{n}" for n, step in enumerate(order["steps"]) if step["idempotent"]}

    def effect(me: Any, value: Any) -> None:
        name = me.step.split("/")[0].split("[")[0].split("#")[0]
        name = name.removesuffix("each").removesuffix("l")
        (lenient if name in idempotent else strict).effect(me, value)

    extra = {"inline": order["inline"], "transaction": True}
    graph = dags.built(order["steps"], effect, extra=extra)
    store = burning(EventStore(folder / "runs.db"), fuse)
    arguments = {
        "store": store, "run_id": "r", "unfinished": strict.known, "workspace": folder / "tree",
    }  # fmt: skip
    result = asyncio.run(graph.run(**arguments)) if order["loop"] else graph.run_sync(**arguments)
    (folder / "results").write_text(json.dumps(dags.results(order["steps"], result)))


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                run(json.loads(line))
            except BaseException:  # noqa: BLE001 - the parent is told
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else "done" if status == 0 else "failed", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
