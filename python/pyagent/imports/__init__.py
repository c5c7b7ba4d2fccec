"""What is wrong with the imports of a project, and the edits that mend it.

`analyze_imports` parses every file once, natively and in parallel, and reports imports that
nothing reads, imports that repeat an earlier one, import blocks that are not sorted, imports of
packages that the project does not declare, and cycles. Edits come in groups that can be applied
one by one, each with the reason for it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pyagent._core.imports import (
    Cycle,
    EditGroup,
    ExternalImport,
    FileEdit,
    ImportFinding,
    ImportGraph,
)
from pyagent._core.imports import analyze as _analyze
from pyagent.errors import SourceReadError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyagent._core.imports import Analysis

__all__ = [
    "Cycle",
    "EditGroup",
    "ExternalImport",
    "FileEdit",
    "ImportFinding",
    "ImportGraph",
    "ImportReport",
    "analyze_imports",
]

# Modules of the standard library that `sys.stdlib_module_names` does not have: those of older
# versions, and those for its own tests. An import of one is not third party.
# fmt: off
_UNLISTED = frozenset({
    "aifc", "asynchat", "asyncore", "audioop", "binhex", "cgi", "cgitb", "chunk", "crypt",
    "distutils", "imghdr", "imp", "lib2to3", "mailcap", "msilib", "nis", "nntplib",
    "ossaudiodev", "pipes", "smtpd", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib",
    "_ctypes_test", "_testbuffer", "_testcapi", "_testclinic", "_testimportmultiple",
    "_testinternalcapi", "_testmultiphase", "_testsinglephase", "_xxsubinterpreters",
    "_xxtestfuzz", "xxlimited", "xxsubtype",
})
# fmt: on


class ImportReport:
    """All that was found in one project.

    Attributes:
        root: The folder that was analysed.
        sources: The folders below it that its packages are imported from.
        files: How many Python files were looked at.
        findings: What is wrong, by path and line.
        edits: The edits that mend what can be mended, one entry for each file.
        cycles: Modules that import each other at import time.
        soft_cycles: Cycles that only imports in functions or under `TYPE_CHECKING` close.
        graph: Which module of the project imports which.
        errors: Files that could not be read or parsed: path, reason and line.
        external: Imports from outside the project and the standard library.
    """

    __slots__ = (
        "cycles",
        "edits",
        "errors",
        "external",
        "files",
        "findings",
        "graph",
        "root",
        "soft_cycles",
        "sources",
    )

    def __init__(
        self,
        root: str,
        sources: Sequence[str],
        analysis: Analysis,
        missing: Sequence[ImportFinding],
    ) -> None:
        cycles = analysis.cycles
        self.root = root
        self.sources: list[str] = list(sources)
        self.files: int = analysis.files
        self.findings: list[ImportFinding] = sorted(
            [*analysis.findings, *missing], key=lambda found: (found.path, found.line, found.kind)
        )
        self.edits: list[FileEdit] = analysis.edits
        self.cycles: list[Cycle] = [cycle for cycle in cycles if cycle.hard]
        self.soft_cycles: list[Cycle] = [cycle for cycle in cycles if not cycle.hard]
        self.graph: ImportGraph = analysis.graph
        self.errors: list[tuple[str, str, int | None]] = analysis.errors
        self.external: list[ExternalImport] = analysis.external

    def __repr__(self) -> str:
        return f"<ImportReport {self.root}: {self.files} files, {len(self.findings)} findings>"


def analyze_imports(
    root: str | os.PathLike[str],
    *,
    exclude: Sequence[str] = (),
    gitignore: bool = True,
    line_length: int | None = None,
    python: str | os.PathLike[str] | None = None,
) -> ImportReport:
    """Analyse the imports of the project in a folder.

    Args:
        root: The project's folder: packages in it are first party, and so are those in `src`,
            `lib` and `python` below it, and in what the project's settings name as sources.
        exclude: Globs of files and folders to leave out.
        gitignore: Leave out what `.gitignore` names.
        line_length: What sorted imports are to fit; by default what the project tells ruff, isort
            or black, or 88.
        python: The interpreter in whose environment the project's dependencies are installed; by
            default the one that runs this.

    Returns:
        The findings, the edits, the graph, and the files that could not be read.

    Raises:
        SourceReadError: If `root` is not a folder.
        ConfigError: If a glob or the project's `pyproject.toml` has no meaning.
    """
    from pyagent.imports import missing, project  # noqa: PLC0415 - only an analysis needs them

    folder = os.fspath(root)
    if not os.path.isdir(folder):  # noqa: PTH112 - pathlib would double the start-up time
        raise SourceReadError(folder, "not a folder")
    config = project.read(folder)
    sources = config.sources()
    analysis = _analyze(
        folder,
        exclude=list(exclude),
        gitignore=gitignore,
        line_length=config.line_length() if line_length is None else line_length,
        stdlib=sys.stdlib_module_names | _UNLISTED,
        used_paths=config.used_paths(),
        sources=sources,
    )
    found = missing.findings(analysis.external, config, os.fspath(python) if python else None)
    return ImportReport(folder, sources, analysis, found)
