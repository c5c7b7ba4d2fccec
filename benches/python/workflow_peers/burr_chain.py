"""Burr: one action, run 1,000 times."""

from __future__ import annotations

import shape
from burr.core import ApplicationBuilder, State, action, when


@action(reads=["value"], writes=["value"])
def step(state: State) -> State:
    return state.update(value=state["value"] + 1)


@action(reads=["value"], writes=[])
def end(state: State) -> State:
    return state


def run() -> int:
    application = (
        ApplicationBuilder()
        .with_actions(step=step, end=end)
        .with_transitions(("step", "end", when(value=shape.NODES)), ("step", "step"))
        .with_state(value=0)
        .with_entrypoint("step")
        .build()
    )
    _, _, state = application.run(halt_after=["end"])
    return state["value"]


shape.report(run, shape.NODES)
