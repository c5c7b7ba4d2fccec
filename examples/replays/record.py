"""Records the replays of the examples from scripted stand-ins, not from a model.

    python examples/replays/record.py

To record what a real model says, give `ReplayModel(path, infer_model("openai:gpt-5"), "record")`
in the place of the script. What tools answer is real: they run while it is recorded.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from pyagent.models import ReplayModel, ScriptedModel, ToolCall

HERE = Path(__file__).resolve().parent
NAME = "scripted stand-in"
TOTAL = '''\
"""What an order costs."""

VAT = {"DE": 1.19, "FR": 1.2, "CH": 1.081}


def invoice_total(items, country):
    return _total(items, country)


def quote_total(items, country):
    return _total(items, country)


def _total(items, country):
    net = sum(item["price"] * item["count"] for item in items)
    return round(net * VAT.get(country, 1), 2)
'''


def call(number: int, tool: str, **arguments: Any) -> ToolCall:
    """A call of a tool as a model writes it."""
    return ToolCall(f"call_{number}", tool, json.dumps(arguments))


def finding(line: int, severity: str, message: str) -> dict[str, Any]:
    """A finding of a review."""
    return {"path": "discount.py", "line": line, "severity": severity, "message": message}


def review(*findings: dict[str, Any]) -> str:
    """A review as a model writes it."""
    return json.dumps(
        {
            "summary": "Errors of any kind are taken for an unknown kind of discount.",
            "verdict": "request changes",
            "findings": findings,
        }
    )


DEFAULT = finding(6, "bug", "a list as a default is shared by all calls, and grows for ever")
EXCEPT = finding(14, "bug", "a bare except also hides a price that is no number; catch KeyError")
SCRIPTS = {
    "code_review": [
        call(1, "show_lines", path="discount.py", first=1, last=23),
        review(DEFAULT, EXCEPT, finding(19, "style", "sum hides the built-in function")),
        review(DEFAULT, EXCEPT),
    ],
    "refactor": [
        [call(1, "list_files"), call(2, "read_file", path="orders/pricing.py")],
        call(3, "read_file", path="tests/test_pricing.py"),
        call(4, "write_file", path="orders/pricing.py", content=TOTAL),
        call(5, "run_tests"),
        "Both functions now share _total, with the rates in one table. All tests pass.",
    ],
    "delegation": [
        call(1, "delegate_to_auditor", task="Measure the project; name the 2 most complex."),
        call(2, "measure", limit=2),
        "orders/pricing.py: invoice_total and quote_total both have a cyclomatic complexity of 5.",
        json.dumps(
            {
                "result": [
                    {
                        "function": name,
                        "file": "orders/pricing.py",
                        "cyclomatic": 5,
                        "advice": "Put the rates into a table, and share it with the other one.",
                    }
                    for name in ("invoice_total", "quote_total")
                ]
            }
        ),
    ],
}


def load(name: str) -> ModuleType:
    """An example as a module."""
    spec = importlib.util.spec_from_file_location(name, HERE.parent / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def record(name: str, folder: Path = HERE) -> Path:
    """Run an example on its script, and write down what was asked and said."""
    path = folder / f"{name}.jsonl"
    example = load(name)
    example.infer_model = lambda _name: ReplayModel(
        path, ScriptedModel(SCRIPTS[name], name=NAME), mode="record"
    )
    example.main([])
    return path


if __name__ == "__main__":
    for each in SCRIPTS:
        print(f"wrote {record(each)}\n")
