"""Changes to many files as one transaction: all or nothing, whatever happens, and undoable.

`StateTransaction` buffers changes below one folder; reads inside it see them; a commit makes them
all, or none, across a kill and across a loss of power. `history` lists what was committed, `undo`
takes it back, `recover` finishes or takes back what a crash left, as every opening does.
"""

from __future__ import annotations

from pyagent.state.history import FileChange, HistoryEntry, Recovery, history, recover, undo
from pyagent.state.manager import AgentStateManager
from pyagent.state.transaction import (
    Change,
    Commit,
    Savepoint,
    StateTransaction,
    current_transaction,
)

__all__ = [
    "AgentStateManager",
    "Change",
    "Commit",
    "FileChange",
    "HistoryEntry",
    "Recovery",
    "Savepoint",
    "StateTransaction",
    "current_transaction",
    "history",
    "recover",
    "undo",
]
