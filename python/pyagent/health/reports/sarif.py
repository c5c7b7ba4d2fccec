"""The report as SARIF 2.1.0, for code scanning services and editors."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pyagent._core import VERSION
from pyagent.health.rules import RULES, Rule, breach

if TYPE_CHECKING:
    from pyagent.complexity import FileMetrics
    from pyagent.health.auditor import AuditReport
    from pyagent.health.baseline import Fixed, Judged, Key

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_BASE = "%SRCROOT%"
_STATES = {"new": "new", "worse": "updated", "known": "unchanged"}
_BROKEN = "unreadable-source"
# From how many times over the limit a finding is an error and not a warning.
_SEVERE = 2.0


def render(report: AuditReport) -> bytes:
    """The log file: one run, with a rule for each metric that has a limit."""
    rules = [*(_rule(RULES[metric]) for metric in _metrics(report)), _broken_rule()]
    index = {rule["id"]: at for at, rule in enumerate(rules)}
    results = _results(report)
    for result in results:
        result["ruleIndex"] = index[result["ruleId"]]
    run = {
        "tool": {"driver": {"name": "pyagent audit", "version": VERSION, "rules": rules}},
        "automationDetails": {"id": "pyagent-audit/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _BASE: {"description": {"text": "The root of the audited project."}}
        },
        "results": results,
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return (json.dumps(log, indent=2) + "\n").encode()


def _metrics(report: AuditReport) -> list[str]:
    used = {*report.config.limits, *(each.finding.metric for each in report.judged)}
    used.update(each.metric for each in report.fixed)
    return [metric for metric in RULES if metric in used]


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.key,
        "name": "".join(word.capitalize() for word in rule.metric.split("_")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.meaning},
        "help": {
            "text": f"{rule.meaning} {rule.remedy}",
            "markdown": f"{rule.meaning}\n\n**What helps:** {rule.remedy}",
        },
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["maintainability"], "precision": "very-high"},
    }


def _broken_rule() -> dict[str, Any]:
    text = "A file that cannot be read, decoded or parsed as Python."
    return {
        "id": _BROKEN,
        "name": "UnreadableSource",
        "shortDescription": {"text": "Unreadable source"},
        "fullDescription": {"text": text},
        "help": {"text": f"{text} Repair the file, or exclude it in pyproject.toml."},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["correctness"], "precision": "very-high"},
    }


def _results(report: AuditReport) -> list[dict[str, Any]]:
    seen: dict[Key, int] = {}
    results = [_result(report, each, seen) for each in report.judged]
    if report.baseline is not None:
        results += [_absent(each, seen) for each in report.fixed if each.value is None]
    return results + [_failure(report, file) for file in report.errors]


def _result(report: AuditReport, each: Judged, seen: dict[Key, int]) -> dict[str, Any]:
    finding = each.finding
    where = finding.qualname or "The file"
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _artifact(each.path),
            "region": {"startLine": max(finding.line, 1)},
        }
    }
    if finding.qualname:
        location["logicalLocations"] = [
            {"fullyQualifiedName": finding.qualname, "kind": "function"}
        ]
    message = (
        f"{where} is beyond its limit: {breach(finding.metric, finding.value, finding.limit)}."
    )
    result = {
        "ruleId": RULES[finding.metric].key,
        "level": "error" if finding.severity >= _SEVERE else "warning",
        "message": {"text": message},
        "locations": [location],
        "partialFingerprints": _fingerprints(each.key, seen),
        "properties": {"value": finding.value, "limit": finding.limit},
    }
    if report.baseline is not None:
        result["baselineState"] = _STATES[each.state]
    return result


def _absent(fixed: Fixed, seen: dict[Key, int]) -> dict[str, Any]:
    where = fixed.qualname or "The file"
    return {
        "ruleId": RULES[fixed.metric].key,
        "level": "none",
        "kind": "pass",
        "message": {"text": f"{where} is within its limit again."},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(fixed.path)}}],
        "partialFingerprints": _fingerprints(fixed.key, seen),
        "baselineState": "absent",
    }


def _failure(report: AuditReport, file: FileMetrics) -> dict[str, Any]:
    path = report.relative(file.path)
    physical: dict[str, Any] = {"artifactLocation": _artifact(path)}
    if file.error_line is not None:
        physical["region"] = {"startLine": max(file.error_line, 1)}
        if file.error_column is not None:
            physical["region"]["startColumn"] = max(file.error_column, 1)
    result = {
        "ruleId": _BROKEN,
        "level": "error",
        "message": {"text": file.error or "The file cannot be read."},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"pyagentAudit/v1": _digest(path, _BROKEN)},
    }
    if report.baseline is not None:
        result["baselineState"] = "new"
    return result


def _artifact(path: str) -> dict[str, str]:
    # A name that is not UTF-8 arrives with escapes of single bytes in it.
    return {"uri": quote(path.encode("utf-8", "surrogateescape")), "uriBaseId": _BASE}


def _fingerprints(key: Key, seen: dict[Key, int]) -> dict[str, str]:
    """What identifies the finding when its line has moved; functions of one name are counted."""
    ordinal = seen[key] = seen.get(key, 0) + 1
    return {"pyagentAudit/v1": _digest(*key, str(ordinal))}


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:32]
