"""Beginning a run with a store, or going on with one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.errors import StepError, WorkflowError
from pyagent.workflows.codec import Codec
from pyagent.workflows.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyagent.storage import EventStore
    from pyagent.workflows.graph import Graph
    from pyagent.workflows.plan import Plan


def open_journal(  # noqa: PLR0917 - the options of `Graph.run`, in their order
    graph: Graph,
    store: EventStore,
    run_id: str,
    codecs: Mapping[int, Codec],
    unfinished: str | Callable[[str], Any],
    given: Mapping[str, Any],
) -> tuple[Journal, list[Any]]:
    """The journal of a run, and its inputs: those given, or those that it was begun with.

    Raises:
        WorkflowError: The run was begun with another graph or other inputs.
        StoreError: The store cannot be read.
    """
    journal = Journal(store, graph.name, run_id, codecs, unfinished)
    names = [each.name for each in graph.inputs]
    kinds = [Codec(f"input {each.name!r}", each.annotation) for each in graph.inputs]
    if journal.header is not None and not given:
        stored = journal.stored_header()[1]
    else:
        values = graph.values(given)
        try:
            stored = [kind.encode(value)[0] for kind, value in zip(kinds, values, strict=True)]
        except StepError as error:
            raise WorkflowError(error.message, error.hint) from error
    journal.open(stored, names, _shape(graph.plan))
    return journal, [kind.decode(data) for kind, data in zip(kinds, stored, strict=True)]


def _shape(plan: Plan) -> bytes:
    """What tells a graph from others: its steps, of which kind they are, and what they take."""
    import hashlib  # noqa: PLC0415 - for those who store

    return hashlib.blake2b(repr(_described(plan)).encode(), digest_size=16).digest()


def _described(plan: Plan) -> list[Any]:
    return [
        (
            node.name,
            node.kind,
            node.edges,
            node.at_most,
            _described(node.call.plan) if node.is_graph else None,
        )
        for node in plan.nodes
    ]
