"""The metrics as a type checker sees them."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

from pyagent.complexity import (
    FileMetrics,
    Finding,
    FunctionMetrics,
    measure,
    measure_file,
    measure_tree,
)

metrics = measure(b"x = 1", filename="x.py")
assert_type(metrics, FileMetrics)
assert_type(metrics.functions, list[FunctionMetrics])
assert_type(metrics.functions[0].cyclomatic, int)
assert_type(metrics.functions[0].halstead.volume, float)
assert_type(metrics.error, str | None)
assert_type(metrics.maintainability_index, float | None)
assert_type(metrics.to_json(), bytes)
assert_type(measure_file(Path("x.py")).path, str)

tree = measure_tree("src", Path("tests"), metrics=["cyclomatic"], progress=print)
assert_type(tree.files, list[FileMetrics])
assert_type(tree.findings({"cyclomatic": 10}), list[Finding])
assert_type(tree.summary(), dict[str, int | float])

measure(1)  # type: ignore[arg-type]
measure("", "x.py")  # type: ignore[call-arg]
metrics.path = "y.py"  # type: ignore[misc]
