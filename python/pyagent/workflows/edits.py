"""Steps that change files: each as one transaction, which bears the effect key of the step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyagent.errors import WorkflowError
from pyagent.state import StateTransaction, history, recover

if TYPE_CHECKING:
    from pyagent.workflows.plan import Node
    from pyagent.workflows.state import Run


def transaction_of(run: Run, node: Node, path: str) -> StateTransaction:
    """The transaction that an attempt of a step is made in; it is not begun."""
    lineage = (*run.context.agents, run.shared.run_id)
    key = f"{run.shared.run_id}/{path}"
    return StateTransaction(_folder(run, node), label=path, task=key, lineage=lineage)


def is_committed(run: Run, node: Node, path: str) -> bool:
    """Whether the changes of a step were made, by a process that may have died since."""
    folder = _folder(run, node)
    # What was being made when a process died is finished or taken back first.
    recover(folder)
    key = f"{run.shared.run_id}/{path}"
    return any(entry.task == key and not entry.undoes for entry in history(folder))


def _folder(run: Run, node: Node) -> Any:
    if node.options.transaction is not True:
        return node.options.transaction
    if run.shared.workspace is None:
        raise WorkflowError(
            f"step {run.prefix + node.name!r} changes files, and nobody said where",
            "run it with workspace=FOLDER",
        )
    return run.shared.workspace
