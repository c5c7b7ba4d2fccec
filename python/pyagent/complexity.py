"""Code metrics for Python source, measured natively in one walk over each syntax tree.

`measure` takes text or bytes, `measure_file` a path, and `measure_tree` whole trees in parallel.
Every function, method and closure has cyclomatic complexity in the three definitions that people
rely on (`cyclomatic` as ruff's C901, `mccabe` as the mccabe package, `radon_cc` as radon),
cognitive complexity as complexipy, Halstead's measures as radon, nesting and the number of
arguments; every file has line counts and the maintainability index in radon's and in Visual
Studio's form.
"""

from __future__ import annotations

from pyagent._core.complexity import (
    METRICS,
    ClassMetrics,
    Duplicate,
    FileMetrics,
    Finding,
    FunctionMetrics,
    Halstead,
    ImportedName,
    RawCounts,
    TreeMetrics,
    measure,
    measure_file,
    measure_tree,
)

__all__ = [
    "METRICS",
    "ClassMetrics",
    "Duplicate",
    "FileMetrics",
    "Finding",
    "FunctionMetrics",
    "Halstead",
    "ImportedName",
    "RawCounts",
    "TreeMetrics",
    "measure",
    "measure_file",
    "measure_tree",
]
