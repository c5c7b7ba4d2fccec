"""Dask's synchronous scheduler on a graph written out as a dictionary."""

from __future__ import annotations

import shape
from dask.local import get_sync


def step(*values: int) -> int:
    return (1 + sum(values)) & 0xFFFFFFFF


graph = {
    f"n{number}": (step, *(f"n{source}" for source in needs))
    for number, needs in enumerate(shape.sources())
}
shape.report(lambda: get_sync(graph, f"n{shape.NODES - 1}"), shape.total())
