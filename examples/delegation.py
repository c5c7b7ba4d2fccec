"""Two agents: a lead that plans the work, and an auditor that it delegates the measuring to.

    python examples/delegation.py                              plays the recording beside it
    python examples/delegation.py --model openai:gpt-5         asks a model
    python examples/delegation.py --model ollama:llama3 --path ../my-project

The auditor is a tool of the lead's. Its run is a task below the lead's: it shares budget, deadline
and cancellation, and the lineage says who did what. The recording was made from a scripted
stand-in, not by a model.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from pyagent import Agent, tool
from pyagent.agents import Limits, RunResult
from pyagent.complexity import measure_tree
from pyagent.models import infer_model
from pyagent.tools import ToolContext

HERE = Path(__file__).resolve().parent


@dataclass
class Hotspot:
    """A function that is hard to follow, and what to do about it."""

    function: str
    file: str
    cyclomatic: int
    advice: str


@tool
def measure(context: ToolContext, limit: int = 5) -> list[dict[str, str | int]]:
    """Measure every function of the project, and list the most complex ones.

    Args:
        limit: How many to list.
    """
    root: Path = context.deps
    tree = measure_tree(root)
    functions = [(file.path, each) for file in tree.files for each in file.functions]
    functions.sort(key=lambda found: -found[1].cyclomatic)
    return [
        {
            "file": Path(path).relative_to(root).as_posix(),
            "function": each.qualname,
            "cyclomatic": each.cyclomatic,
        }
        for path, each in functions[:limit]
    ]


def find_hotspots(root: Path, model: str) -> RunResult[list[Hotspot]]:
    """Let two agents find out where a project is hard to follow."""
    shared = infer_model(model)
    auditor = Agent(
        "auditor",
        model=shared,
        tools=[measure],
        instructions="You measure code and report the figures, nothing else.",
        capabilities=["measure the complexity of functions"],
    )
    lead = Agent(
        "lead",
        model=shared,
        delegates=[auditor],
        output=list[Hotspot],
        instructions="You say where a project is hard to follow and what to do. Let the auditor"
        " measure; do not guess figures.",
        limits=Limits(steps=20, seconds=300),
    )
    return lead.run_sync("Where is this project hard to follow?", deps=root)


def main(arguments: list[str] | None = None) -> int:
    """Find the hotspots of a small project, or of one of yours."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--model", default=f"replay:{HERE / 'replays/delegation.jsonl'}")
    parser.add_argument("--path", default=str(HERE / "data/orders"))
    options = parser.parse_args(arguments)

    result = find_hotspots(Path(options.path), options.model)
    for spot in result.output:
        print(f"{spot.file}: {spot.function} ({spot.cyclomatic}): {spot.advice}")
    print(f"{result.usage.requests} requests, {result.usage.total_tokens} tokens")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
