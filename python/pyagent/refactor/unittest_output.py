"""Reading what unittest prints: the summary always, and every test under `-v`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyagent.refactor.outcomes import Counts, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

_RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
_SUMMARY = re.compile(r"^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?\s*$", re.MULTILINE)
_COUNT = re.compile(r"([a-z ]+)=(\d+)")
# `test_add (tests.test_cart.CartTests.test_add) ... ok`, with the first line of a docstring and
# whatever the test prints between the name and the result.
_NAME = re.compile(r"^\w+ \(([\w.<>]+)\)(?= \.\.\. |\n)", re.MULTILINE)
_RESULT = re.compile(
    r"(ok|FAIL|ERROR|expected failure|unexpected success|skipped (?:'.*'|\".*\"))\s*$", re.MULTILINE
)
_RULER = re.compile(r"^(?:={70}|-{70})$", re.MULTILINE)
_FAULT = re.compile(r"^={70}\n(FAIL|ERROR): (\S+)(?: \(([^)\n]+)\))?[^\n]*\n", re.MULTILINE)
_RESULTS = {
    "ok": Result.PASSED,
    "expected failure": Result.SKIPPED,
    "FAIL": Result.FAILED,
    "unexpected success": Result.FAILED,
    "ERROR": Result.ERROR,
}


def read(output: str) -> tuple[dict[str, Result] | None, dict[str, str], Counts] | None:
    """Results, messages of failing tests, and numbers.

    Results are `None` unless a line for every test was found, and the whole is `None` if the
    output does not end as unittest ends.
    """
    ran = list(_RAN.finditer(output))
    if not ran:
        return None
    counts = _counts(int(ran[-1][1]), output[ran[-1].end() :])
    results = dict(_results(output))
    messages = dict(_messages(output, results))
    if len(results) < counts.total or not results:
        return None, messages, counts
    return results, messages, Counts.of(results)


def _counts(total: int, summary: str) -> Counts:
    last = _SUMMARY.search(summary)
    found = (
        {name.strip(): int(number) for name, number in _COUNT.findall(last[1] or "")}
        if last
        else {}
    )
    return Counts(
        total=total,
        failed=found.get("failures", 0) + found.get("unexpected successes", 0),
        errors=found.get("errors", 0),
        skipped=found.get("skipped", 0) + found.get("expected failures", 0),
    )


def _results(output: str) -> Iterator[tuple[str, Result]]:
    # The list of tests ends where the reports of the failing ones, or the summary, begin.
    ruler = _RULER.search(output)
    for name, text in _sections(_NAME, output[: ruler.start()] if ruler else output):
        if result := _RESULT.search(text):
            yield name[1], _RESULTS.get(result[1], Result.SKIPPED)


def _messages(output: str, results: dict[str, Result]) -> Iterator[tuple[str, str]]:
    for fault, text in _sections(_FAULT, output):
        test = fault[3] or fault[2]
        if fault[3] and f"{fault[3]}.{fault[2]}" in results:
            test = f"{fault[3]}.{fault[2]}"
        yield test, text.partition("\n" + "-" * 70)[0].strip("-\n ")


def _sections(heading: re.Pattern[str], output: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each heading with the text up to the next one."""
    found = list(heading.finditer(output))
    for at, match in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(output)
        yield match, output[match.end() : end]
