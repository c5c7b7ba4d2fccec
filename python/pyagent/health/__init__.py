"""Code health: measurements held against limits, a baseline and the history in git.

`CodeHealthAuditor` is the entry point; the classes around it load when they are first used.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from typing import Any

    from pyagent.health.auditor import AuditReport, CodeHealthAuditor
    from pyagent.health.baseline import Baseline, Judged
    from pyagent.health.config import AuditConfig, Override
    from pyagent.health.hotspots import Hotspot
    from pyagent.health.trend import Trend, TrendPoint

_HOMES = {
    "AuditConfig": "config",
    "AuditReport": "auditor",
    "Baseline": "baseline",
    "CodeHealthAuditor": "auditor",
    "Hotspot": "hotspots",
    "Judged": "baseline",
    "Override": "config",
    "Trend": "trend",
    "TrendPoint": "trend",
}

__all__ = [
    "AuditConfig",
    "AuditReport",
    "Baseline",
    "CodeHealthAuditor",
    "Hotspot",
    "Judged",
    "Override",
    "Trend",
    "TrendPoint",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
