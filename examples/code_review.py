"""An agent that reviews a diff, with typed findings that are checked before they count.

    python examples/code_review.py                         plays the recording beside it
    python examples/code_review.py --model openai:gpt-5    asks a model
    git diff | python examples/code_review.py --model ollama:llama3 --patch - --root .

What a finding points to must be a line that the diff adds: an answer that says otherwise goes back
to the model with what is wrong. The recording was made from a scripted stand-in, not by a model.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pyagent import Agent, tool
from pyagent.models import infer_model
from pyagent.patch import parse
from pyagent.tools import ToolContext

HERE = Path(__file__).resolve().parent
INSTRUCTIONS = """\
You review a change to Python code. Look at the code around what was changed before you judge. Name
only what is wrong or risky in the lines that the diff adds, most severe first, each with its file
and line number after the change. Approve where there is nothing severe.
"""


@dataclass
class Finding:
    """Something wrong in one line."""

    path: str
    line: int
    severity: Literal["bug", "risk", "style"]
    message: str


@dataclass
class Review:
    """What the agent makes of a diff."""

    summary: str
    verdict: Literal["approve", "request changes"]
    findings: list[Finding] = field(default_factory=list)


@dataclass
class Change:
    """What is reviewed: handed to the run, and from there to the tools."""

    patch: str
    root: Path

    def added(self) -> set[tuple[str, int]]:
        """The lines that the diff adds, by file and number."""
        lines = set()
        for file in parse(self.patch).files:
            for hunk in file.hunks:
                number = hunk.new_start or 1
                for mark, _text in hunk.lines:
                    if mark == "+":
                        lines.add((file.new_path or "", number))
                    number += mark != "-"
        return lines


@tool
def show_lines(path: str, first: int, last: int, context: ToolContext) -> str:
    """Show lines of a file as it is after the change, each with its number.

    Args:
        path: The file, as the diff names it.
        first: The first line, from 1.
        last: The last line.
    """
    change: Change = context.deps
    file = (change.root / path).resolve()
    if not file.is_relative_to(change.root.resolve()):
        raise ValueError(f"{path} is outside of the project")
    lines = file.read_text(encoding="utf-8").splitlines()
    shown = enumerate(lines[first - 1 : last], first)
    return "\n".join(f"{number}: {line}" for number, line in shown)


def review(change: Change, model: str) -> Review:
    """Let an agent review a change."""
    added = change.added()

    def points_to_the_change(review: Review) -> str | None:
        """What is wrong with a review; the agent answers again then."""
        for finding in review.findings:
            if (finding.path, finding.line) not in added:
                return f"{finding.path}:{finding.line} is no line that the diff adds"
        return None

    reviewer = Agent(
        "reviewer",
        model=infer_model(model),
        tools=[show_lines],
        output=Review,
        instructions=INSTRUCTIONS,
        verify=points_to_the_change,
    )
    return reviewer.run_sync(f"Review this diff:\n\n{change.patch}", deps=change).output


def main(arguments: list[str] | None = None) -> int:
    """Review a diff; the exit code is 1 where changes are requested."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--model", default=f"replay:{HERE / 'replays/code_review.jsonl'}")
    parser.add_argument("--patch", default=str(HERE / "data/review/discount.patch"))
    parser.add_argument("--root", default=str(HERE / "data/review"))
    options = parser.parse_args(arguments)
    text = sys.stdin.read() if options.patch == "-" else Path(options.patch).read_text("utf-8")

    found = review(Change(text, Path(options.root)), options.model)
    print(f"{found.verdict}: {found.summary}")
    for finding in found.findings:
        print(f"{finding.path}:{finding.line}: {finding.severity}: {finding.message}")
    return int(found.verdict != "approve")


if __name__ == "__main__":
    raise SystemExit(main())
