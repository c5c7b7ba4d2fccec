"""Reading the JUnit XML report that pytest writes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from pyagent.refactor.outcomes import Counts, Result

if TYPE_CHECKING:
    from pathlib import Path

_TAGS = {"failure": Result.FAILED, "error": Result.ERROR, "skipped": Result.SKIPPED}
_ORDER = list(Result)


def read(path: Path) -> tuple[dict[str, Result], dict[str, str], Counts] | None:
    """Results, messages of failing tests, and numbers; `None` without a complete report."""
    results: dict[str, Result] = {}
    messages: dict[str, str] = {}
    try:
        # The report is that of the user's own tests, which run with the same rights anyway.
        for _, element in ET.iterparse(path):  # noqa: S314
            if element.tag == "testcase":
                _add(element, results, messages)
                element.clear()
    except (OSError, ET.ParseError):
        return None
    return results, messages, Counts.of(results)


def _add(case: ET.Element, results: dict[str, Result], messages: dict[str, str]) -> None:
    """Enter a case; a test whose body and teardown both fail has two, and the worse one counts."""
    test = "::".join(filter(None, (case.get("classname"), case.get("name"))))
    result = Result.PASSED
    for child in case:
        if child.tag in _TAGS:
            result = max(result, _TAGS[child.tag], key=_ORDER.index)
            if result.bad:
                messages[test] = "\n".join(filter(None, (child.get("message"), child.text)))
    results[test] = max(results.get(test, Result.PASSED), result, key=_ORDER.index)
