"""`--pyagent-audit`: what is beyond its limit, or broken, becomes a failing item."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pyagent.pytest_plugin import AUDIT_MARKER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyagent.health.reports.items import Item

_NODE = "pyagent-audit"
_CLEAN = "pyagent_audit_clean"


class AuditFailure(Exception):  # noqa: N818 - what a failing item raises is a failure
    """A finding; its text is the whole report of the item."""


class Audit:
    """Measures what is collected, once, and adds items to the files that are not clean."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._items: dict[str, list[Item]] | None = None
        self._measured = 0
        self._deselected = 0
        self._clean = False

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Add a collector for a file with findings."""
        if self._items is None:
            self._items = {}  # An audit that fails is reported once, not for every folder.
            self._items = self._audit()
        found = self._items.get(os.path.abspath(file_path))  # noqa: PTH100 - links stay
        if found is None:
            return None
        node: AuditFile = AuditFile.from_parent(parent, path=file_path)
        node.found = found
        return node

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count what the user left out."""
        self._deselected += len(items)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Take an audit without findings for a success, though it leaves no item."""
        marked = AUDIT_MARKER in (self._config.getoption("markexpr") or "")
        if self._measured and not self._items and (marked or not self._deselected):
            self._clean = True
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput[_CLEAN] = self._clean
        if session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self._clean:
            session.exitstatus = pytest.ExitCode.OK

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear from a worker of pytest-xdist, whose parent measures nothing itself."""
        self._clean = self._clean or getattr(node, "workeroutput", {}).get(_CLEAN, False)

    def _audit(self) -> dict[str, list[Item]]:
        # Only here: a run without the option must not pay for the native core.
        from pyagent.errors import PyAgentError  # noqa: PLC0415
        from pyagent.health import AuditConfig, CodeHealthAuditor  # noqa: PLC0415
        from pyagent.health.reports import items  # noqa: PLC0415

        paths = list(_collected(self._config))
        if not paths:
            return {}
        try:
            config = AuditConfig.discover(*paths)
            auditor = CodeHealthAuditor(config.root, config=config)
            report = auditor.audit(paths, baseline=self._baseline())
        except PyAgentError as error:
            # Reported as the fault of the collection, without a traceback into this package.
            raise pytest.Collector.CollectError(f"pyagent audit: {error}") from error
        self._measured = len(report.tree)
        return items.by_file(report)

    def _baseline(self) -> Path | None:
        given: str | None = self._config.getoption("--pyagent-audit-baseline")
        if given:
            return self._config.invocation_params.dir / given
        setting = self._config.getini("pyagent_audit_baseline")
        return self._config.rootpath / setting if setting else None


def _collected(config: pytest.Config) -> Iterator[Path]:
    """The files and folders that the arguments name."""
    for argument in config.args:
        name = argument.partition("::")[0]
        path = config.invocation_params.dir / name
        if path.exists():
            yield path
        elif config.getoption("pyargs"):
            spec = importlib.util.find_spec(name)
            yield from map(Path, (spec.submodule_search_locations or ()) if spec else ())


class AuditFile(pytest.File):
    """A file with findings, beside the module that pytest may collect from it."""

    found: list[Item]

    def collect(self) -> Iterator[pytest.Collector]:
        """One collector, so that the items have a name of their own in between."""
        node: AuditGroup = AuditGroup.from_parent(self, name=_NODE)
        node.found = self.found
        yield node


class AuditGroup(pytest.Collector):
    """The findings of a file."""

    found: list[Item]

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each finding."""
        for found in self.found:
            node: AuditItem = AuditItem.from_parent(self, name=found.name)
            node.found = found
            node.add_marker(AUDIT_MARKER)
            yield node


class AuditItem(pytest.Item):
    """A finding, which fails."""

    found: Item

    def runtest(self) -> None:
        """Fail.

        Raises:
            AuditFailure: Always; findings that are known or within limits are no items.
        """
        raise AuditFailure(self.found.message)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], *_: object, **__: object
    ) -> str:
        """The finding alone; a traceback would only show this module."""
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the finding is."""
        return self.path, self.found.line - 1, self.name
