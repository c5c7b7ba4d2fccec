"""The pytest plugin: no test asks a real model, fixtures for agents, and the audit as test items.

- Requests to real models are forbidden, but for tests with the marker `pyagent_allow_requests`.
- Fixtures: `scripted_model`, `workspace`, `replay`.
- `pytest --pyagent-audit`: what is beyond its limit, or broken, becomes a failing item. Limits,
  exclusions and the baseline are those of `pyagent audit`.

Until one of them is used, nothing of this package is imported but this module.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from pyagent.pytest_plugin.replays import Replays
    from pyagent.pytest_plugin.scripts import Scripts
    from pyagent.pytest_plugin.workspaces import Workspace

__all__ = [
    "pytest_addoption",
    "pytest_configure",
    "pytest_runtest_call",
    "pytest_runtest_protocol",
    "replay",
    "scripted_model",
    "workspace",
]

AUDIT_MARKER = "pyagent_audit"
REQUESTS_MARKER = "pyagent_allow_requests"
# As in `pyagent.models.requests`, which is not to be imported for its sake. What is said by the
# environment also reaches the programs that tests start.
_VARIABLE = "PYAGENT_ALLOW_MODEL_REQUESTS"
_CHECKED = pytest.StashKey["list[Scripts | Replays]"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and the settings."""
    audit = parser.getgroup("pyagent", "pyagent")
    audit.addoption(
        "--pyagent-audit",
        action="store_true",
        help="fail for functions and files beyond the limits of [tool.pyagent.audit]",
    )
    audit.addoption(
        "--pyagent-audit-baseline",
        metavar="FILE",
        help="fail only for findings that are new or worse than in FILE",
    )
    audit.addoption(
        "--pyagent-record",
        action="store_true",
        help="let the fixture `replay` ask real models and write down what they answer",
    )
    parser.addini("pyagent_audit", "always run as if --pyagent-audit were given", "bool", False)  # noqa: FBT003 - pytest's signature
    parser.addini("pyagent_audit_baseline", "the file for --pyagent-audit-baseline")
    parser.addini(
        "pyagent_allow_model_requests",
        "let tests ask real models",
        "bool",
        False,  # noqa: FBT003 - pytest's signature
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, forbid real models, and begin the audit if it is asked for."""
    config.addinivalue_line("markers", f"{AUDIT_MARKER}: a finding of the code health audit")
    config.addinivalue_line("markers", f"{REQUESTS_MARKER}: the test may ask real models")
    if not config.getini("pyagent_allow_model_requests") and _VARIABLE not in os.environ:
        os.environ[_VARIABLE] = "0"
        config.add_cleanup(_unset)
    if config.getoption("--pyagent-audit") or config.getini("pyagent_audit"):
        from pyagent.pytest_plugin.audit import Audit  # noqa: PLC0415 - for those who ask for it

        config.pluginmanager.register(Audit(config), "pyagent-audit-items")


def _unset() -> None:
    os.environ.pop(_VARIABLE, None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test with the marker, and its fixtures, ask real models."""
    if item.get_closest_marker(REQUESTS_MARKER) is None:
        return (yield)
    from pyagent.models import allow_requests  # noqa: PLC0415 - for tests with the marker

    with pytest.MonkeyPatch.context() as patch, allow_requests(True):  # noqa: FBT003 - the switch
        patch.setenv(_VARIABLE, "1")
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that passed and has left a part of a script or of a recording."""
    result = yield
    for used in item.stash.get(_CHECKED, ()):
        used.check()
    return result


@pytest.fixture
def scripted_model(request: pytest.FixtureRequest) -> Scripts:
    """Make a model that says what it is told: `scripted_model("text", [ToolCall(...)], ...)`.

    The test fails where it ends before the whole script was used.
    """
    from pyagent.pytest_plugin.scripts import Scripts  # noqa: PLC0415 - where it is used

    scripts = Scripts()
    request.node.stash.setdefault(_CHECKED, []).append(scripts)
    return scripts


@pytest.fixture
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    """A transaction on an empty folder, current during the test and rolled back at its end."""
    from pyagent.pytest_plugin.workspaces import Workspace  # noqa: PLC0415 - where it is used

    root = tmp_path / "workspace"
    root.mkdir()
    with Workspace(root, beside=request.path.parent) as transaction:
        yield transaction
        transaction.rollback()


@pytest.fixture
def replay(request: pytest.FixtureRequest) -> Iterator[Replays]:
    """Play what a real model answered once: `replay("openai:gpt-5-mini")`.

    The answers are in `__replays__/<module>/<test>.jsonl` beside the test; `--pyagent-record`
    writes them anew.
    """
    from pyagent.pytest_plugin.replays import Replays  # noqa: PLC0415 - where it is used

    recording = bool(request.config.getoption("--pyagent-record"))
    name = request.node.nodeid.partition("::")[2].replace("::", ".")
    with Replays(request.path, name, recording=recording) as replays:
        request.node.stash.setdefault(_CHECKED, []).append(replays)
        yield replays
