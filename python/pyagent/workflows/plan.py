"""A checked graph in the form in which it is run: results have places instead of names.

The values of a run are one list: first the inputs, then a place for each step in an order in which
they can be run, then the constants that parameters with a default are given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyagent.workflows.declared import Input, Options


class Wires(NamedTuple):
    """Where a step gets what from, as places in the list of values.

    Attributes:
        positional: What is given by position.
        keywords: What is given by name.
        roles: Parameters that the run fills in: a position or a name, and `context` or
            `transaction`.
        required: Places that lead to the step being skipped where they hold `SKIPPED`.
        defaults: For a source that may be skipped: a position or a name, and the place of the value
            to take instead.
        gates: The place of a router, the choices that lead here, the choices that are known.
        when: The places of what the condition is asked with.
    """

    positional: tuple[int, ...]
    keywords: tuple[tuple[str, int], ...]
    roles: tuple[tuple[int | str, str], ...]
    required: tuple[int, ...]
    defaults: tuple[tuple[int | str, int], ...]
    gates: tuple[tuple[int, tuple[Any, ...], tuple[Any, ...]], ...]
    when: tuple[int, ...]


class Node(NamedTuple):
    """A step that is ready to be run.

    Attributes:
        name: Of the step.
        kind: `call`, `map`, `loop` or `first`.
        slot: The place of its result.
        call: The function or graph; `None` for `first`.
        is_async: Whether the function is a coroutine function.
        is_graph: Whether it is a graph.
        is_plain: Whether it is a function of positions that always runs and runs once.
        condition: Whether to run it, asked with `wires.when`.
        options: How to run it.
        wires: Where it gets what from.
        sources: The steps that it waits for, by their number.
        consumers: The steps that wait for it, by their number.
        returns: The type of its result.
        unit: The type of one call's result: for a map, that of an item.
        feed: Of a map or a loop, the position of the parameter that changes.
        limit: Of a map, how many items at a time.
        until: Of a loop, when it ends.
        at_most: Of a loop, the most rounds.
        edges: For pictures, the names of the sources, each with what stands beside the arrow, and
            whether the result is taken.
    """

    name: str
    kind: str
    slot: int
    call: Any
    is_async: bool
    is_graph: bool
    is_plain: bool
    condition: Callable[..., Any] | None
    options: Options
    wires: Wires
    sources: tuple[int, ...]
    consumers: tuple[int, ...]
    returns: Any
    unit: Any
    feed: int | str
    limit: int | None
    until: Callable[[Any], Any] | None
    at_most: int
    edges: tuple[tuple[str, str, bool], ...]


class Plan(NamedTuple):
    """A whole graph that is ready to be run.

    Attributes:
        inputs: The inputs, whose values come first.
        nodes: The steps, each behind those that it waits for.
        outputs: The outputs, by name, with the places of their results.
        template: The list of values as a run begins: constants in their places.
        is_sync: Whether it can be run without an event loop.
    """

    inputs: tuple[Input, ...]
    nodes: tuple[Node, ...]
    outputs: dict[str, int]
    template: tuple[Any, ...]
    is_sync: bool
