"""An agent that refactors inside a transaction: kept only where the tests pass, then undone.

    python examples/refactor.py                                plays the recording beside it
    python examples/refactor.py --model openai:gpt-5           asks a model
    python examples/refactor.py --model ollama:llama3 --path ../my-project --task "..." --keep

Nothing of the tree changes while the agent works: its tools read and write through the transaction,
and its test runs see what it has written. The recording was made from a scripted stand-in, not by a
model.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pyagent import Agent, StateTransaction
from pyagent.agents import Limits
from pyagent.models import infer_model
from pyagent.state import undo
from pyagent.tools.builtin import workspace_tools

HERE = Path(__file__).resolve().parent
TASK = "invoice_total and quote_total in orders/pricing.py are the same code twice: share it."
INSTRUCTIONS = """\
You refactor a Python project through tools. What it does must stay the same, and its tests must
pass. Read before you write, change as little as the task needs, and run the tests at the end.
"""


def refactor(root: Path, task: str, model: str) -> int | None:
    """Let an agent do the task; the number in the history, or `None` where nothing is kept."""
    agent = Agent(
        "refactorer",
        model=infer_model(model),
        tools=workspace_tools(),
        instructions=INSTRUCTIONS,
        limits=Limits(steps=30, seconds=600),
    )
    with StateTransaction(root, label=task) as transaction:
        result = agent.run_sync(task)
        print(f"{result.output}\n\n{transaction.diff()}")
        if not transaction.changes:
            return None
        # For a trial: should this process die during the tests, the next one takes it back.
        trial = transaction.commit(provisional=True)
        passed = False
        try:
            passed = tests_pass(root)
        finally:
            if passed:
                trial.confirm()
            else:
                trial.undo()
    return trial.id if passed else None


def tests_pass(root: Path) -> bool:
    """Whether the tests of the project pass."""
    command = [sys.executable, "-m", "unittest", "discover", "--quiet"]
    return subprocess.run(command, cwd=root, check=False).returncode == 0


def main(arguments: list[str] | None = None) -> int:
    """Refactor a copy of a small project, or a project of yours."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--model", default=f"replay:{HERE / 'replays/refactor.jsonl'}")
    parser.add_argument("--path", help="a project to work on; a copy of a small one by default")
    parser.add_argument("--task", default=TASK)
    parser.add_argument("--keep", action="store_true", help="do not undo it at the end")
    options = parser.parse_args(arguments)

    with tempfile.TemporaryDirectory() as folder:
        root = Path(options.path or folder)
        if options.path is None:
            shutil.copytree(HERE / "data/orders", root, dirs_exist_ok=True)
        entry = refactor(root, options.task, options.model)
        if entry is None:
            print("nothing was kept")
            return 1
        print(f"committed as {entry}: the tests pass")
        if not options.keep:
            undo(root, entry)
            print("undone: every file is as it was")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
