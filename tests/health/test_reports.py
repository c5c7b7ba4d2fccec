"""The formats: what they hold, and that no name can break out of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from pyagent.health import AuditReport, Baseline, CodeHealthAuditor
from pyagent.health.reports import charts, html, items, machine, markdown, sarif, text
from pyagent.health.rules import RULES, number

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-schema-2.1.0.json").read_bytes())


def audit(**options: Any) -> AuditReport:
    return CodeHealthAuditor().audit(**options)


@pytest.fixture
def report(project: Any) -> AuditReport:
    """Two findings of one function, one of another, and a broken file."""
    project.write(
        {
            "src/a.py": "import os\n\n" + project.branches(40, "big"),
            "src/b.py": project.branches(12, "small"),
            "src/broken.py": "x = (\n",
        }
    )
    return audit()


@pytest.fixture
def ratcheted(project: Any, report: AuditReport) -> AuditReport:
    """One finding known, one worse, one new, one gone, beside a baseline."""
    baseline = report.updated_baseline()
    project.write(
        {
            "src/a.py": project.branches(41, "big"),
            "src/b.py": "",
            "src/c.py": project.branches(11, "new") + project.branches(40, "big"),
        }
    )
    old = {key: values for key, values in baseline.entries.items() if key[2] != "cognitive"}
    old.update({key: [99.0] for key in baseline.entries if key[2] == "cognitive"})
    return audit(baseline=Baseline(old))


def test_text(report: AuditReport) -> None:
    assert (
        text.render(report)
        == """\
metric      value  limit  where       function
cyclomatic     40     10  src/a.py:3  big
cognitive      39     15  src/a.py:3  big
cyclomatic     12     10  src/b.py:1  small

could not be measured
src/broken.py:2:1: unexpected EOF while parsing

3 files, 2 functions, 106 lines: 3 findings (2 cyclomatic, 1 cognitive), 1 file could not be \
measured
"""
    )


def test_text_is_limited_and_says_so(report: AuditReport) -> None:
    lines = text.render(report, limit=1).splitlines()
    assert lines[2] == "... and 2 more findings"
    assert "... and" not in text.render(report, limit=None)


def test_text_beside_a_baseline(ratcheted: AuditReport) -> None:
    page = text.render(ratcheted)
    assert re.search(r"cyclomatic +40 -> 41 +10 +src/a\.py:1 +big", page)
    assert "better than the baseline; tighten it with --write-baseline\n" in page
    assert "src/b.py small: cyclomatic 12 -> within the limit" in page
    assert "new or worse findings" in page
    assert "1 known from the baseline" in page


def test_text_without_findings(project: Any) -> None:
    project.write({"a.py": "x = 1\n"})
    assert text.render(audit()) == "1 file, 0 functions, 1 line: no findings\n"
    assert "no new findings" in text.render(audit(baseline=Baseline()))
    assert text.render(audit(metrics=["cyclomatic"])) == "1 file, 0 functions: no findings\n"


def test_colours_only_where_asked_for(report: AuditReport) -> None:
    assert "\x1b" not in text.render(report)
    coloured = text.render(report, colour=True)
    assert "\x1b[31mcyclomatic" in coloured
    assert "\x1b[33mcyclomatic" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text.render(report)


def test_text_has_the_parts_asked_for(project: Any) -> None:
    project.commit({"a.py": project.branches(3)})
    project.commit({"a.py": project.branches(4)})
    report = audit()
    page = text.render(report, hotspots=report.hotspots(), duplicates=[], trend=report.trend())
    assert re.search(r"hotspots +commits +complexity +file\n +\d+ +2 +\d+ +a\.py", page)
    assert "duplicates: none" in page
    assert re.search(r"2020-09-15 +[0-9a-f]{10} +1 +1 +4\.00 +3\.00", page)
    assert "no measured file changed" in text.render(report, hotspots=[])


@pytest.mark.parametrize("name", ["a\x1b[31m.py", "a\nb.py", "a\u202eb.py", "a\u200b.py"])
def test_text_escapes_what_acts_on_a_terminal(project: Any, name: str) -> None:
    project.write({name: project.branches(12)})
    page = text.render(audit())
    assert name not in page
    assert all(char.isprintable() or char == "\n" for char in page)
    assert len(page.splitlines()) == 4


def test_json_is_the_native_one_with_findings(report: AuditReport) -> None:
    document = json.loads(machine.render(report))
    native = json.loads(report.tree.to_json())
    assert {"files": document["files"], "summary": document["summary"]} == native
    assert [file["path"] for file in document["files"]] == [
        "./src/a.py",
        "./src/b.py",
        "./src/broken.py",
    ]
    assert list(document) == ["files", "summary", "findings"]
    assert document["findings"][0] == {
        "path": "./src/a.py",
        "qualname": "big",
        "line": 3,
        "end_line": 82,
        "metric": "cyclomatic",
        "value": 40.0,
        "limit": 10.0,
        "severity": 4.0,
        "state": "new",
        "known": None,
    }


def test_json_beside_a_baseline(ratcheted: AuditReport) -> None:
    document = json.loads(machine.render(ratcheted))
    assert {each["state"] for each in document["findings"]} == {"new", "worse", "known"}
    assert {"path", "qualname", "metric", "known", "value"} == set(document["fixed"][0])


def test_json_has_the_parts_asked_for(project: Any) -> None:
    project.commit({"a.py": project.branches(3)})
    report = audit()
    document = json.loads(
        machine.render(report, hotspots=report.hotspots(), duplicates=[], trend=report.trend())
    )
    assert document["hotspots"] == [{"path": "./a.py", "commits": 1, "complexity": 4, "score": 4}]
    assert document["duplicates"] == []
    assert document["trend"][0]["mean_cyclomatic"] == 3


def checked(log: bytes) -> dict[str, Any]:
    """The run of a SARIF log that the schema accepts."""
    document = json.loads(log)
    jsonschema.Draft7Validator(
        SCHEMA, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
    ).validate(document)
    run: dict[str, Any] = document["runs"][0]
    return run


def test_sarif_is_valid(report: AuditReport) -> None:
    run = checked(sarif.render(report))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [
        "cyclomatic",
        "cognitive",
        "maintainability-index",
        "unreadable-source",
    ]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert all(rule["help"]["text"] for rule in rules)
    first, *_, broken = run["results"]
    assert (first["ruleId"], first["level"]) == ("cyclomatic", "error")
    assert first["message"]["text"] == "big is beyond its limit: cyclomatic 40 > 10."
    location = first["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "src/a.py", "uriBaseId": "%SRCROOT%"}
    assert location["region"] == {"startLine": 3}
    assert {result["level"] for result in run["results"]} == {"error", "warning"}
    assert broken["ruleId"] == "unreadable-source"
    assert "baselineState" not in first
    assert str(Path.cwd()) not in sarif.render(report).decode()


def test_sarif_tells_new_from_known(ratcheted: AuditReport) -> None:
    run = checked(sarif.render(ratcheted))
    states = {
        (result["ruleId"], result["message"]["text"].split()[0]): result["baselineState"]
        for result in run["results"]
        if "src/c.py" not in json.dumps(result)
    }
    assert states["cyclomatic", "big"] == "updated"
    assert states["cognitive", "big"] == "unchanged"
    assert states["cyclomatic", "small"] == "absent"
    assert all("baselineState" in result for result in run["results"])


def prints(log: bytes) -> list[str]:
    return [each["partialFingerprints"]["pyagentAudit/v1"] for each in checked(log)["results"]]


def test_sarif_fingerprints_stay_when_lines_move_and_are_unique(project: Any) -> None:
    twice = project.branches(12) + project.branches(13)
    project.write({"a.py": twice})
    before = prints(sarif.render(audit()))
    project.write({"a.py": "# moved\n" + twice})
    assert prints(sarif.render(audit())) == before
    assert len(set(before)) == len(before) == 2


def test_sarif_uris_are_quoted(project: Any) -> None:
    project.write({"a b#%é.py": project.branches(12)})
    run = checked(sarif.render(audit()))
    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "a%20b%23%25%C3%A9.py"


def test_markdown(report: AuditReport) -> None:
    page = markdown.render(report, limit=1)
    assert page.startswith("## Code health\n\n**3 findings (2 cyclomatic, 1 cognitive), 1 file")
    assert "| cyclomatic | 40 | 10 | src/a.py:3 | big |\n\n… and 2 more findings" in page
    assert "### Could not be measured\n\n- src/broken.py:2:1: " in page
    widths = {line.count("|") for line in page.splitlines() if line.startswith("| cyclomatic")}
    assert widths == {6}


def test_markdown_of_the_rest(ratcheted: AuditReport, project: Any) -> None:
    project.commit({})
    page = markdown.render(ratcheted, hotspots=ratcheted.hotspots(1), duplicates=[])
    assert "40 → 41" in page
    assert "### Better than the baseline" in page
    assert "### Hotspots\n\n| score |" in page


def test_duplicates_are_in_every_format(project: Any) -> None:
    project.write({"a.py": project.branches(12, "one"), "b.py": project.branches(12, "two")})
    report = audit()
    (pair,) = report.duplicates()
    names = ("a.py:1 one", "b.py:1 two")
    assert re.search(r"100% +\d+ +a\.py:1 one +b\.py:1 two", text.render(report, duplicates=[pair]))
    assert "| {} | {} |".format(*names) in markdown.render(report, duplicates=[pair])
    page = html.render(report, duplicates=[pair], gap="no repository").decode()
    assert '<td class="mono">one<br><span class="where">a.py:1</span></td>' in page
    (fields,) = json.loads(machine.render(report, duplicates=[pair]))["duplicates"]
    assert (fields["qualname"], fields["other_qualname"], fields["similarity"]) == ("one", "two", 1)


HOSTILE = "</script><img src=x onerror=alert(1)>`|*_[x](y)&amp;'\".py"


def test_markdown_escapes_names(project: Any) -> None:
    project.write({HOSTILE.replace("/", "\u2215"): project.branches(12)})
    page = markdown.render(audit())
    row = next(line for line in page.splitlines() if line.startswith("| cyclomatic | 12"))
    assert "<" not in row
    assert re.search(r"(?<!\\)[`*_\[\]]", row) is None
    assert len(re.findall(r"(?<!\\)\|", row)) == 6


def test_html_is_complete_without_scripts(project: Any) -> None:
    project.commit({"src/a.py": project.branches(12), "src/bad.py": "def ("})
    project.commit({"src/a.py": project.branches(14)})
    report = audit()
    page = html.render(report, hotspots=report.hotspots(), trend=report.trend()).decode()
    body = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert body.count("<svg") == 7  # Four trends, the hotspots, two histograms.
    for title in ("Map", "Trend", "Hotspots", "Distribution", "Findings", "Worst functions"):
        assert f"<h2>{title}</h2>" in body
    assert "src/bad.py:1" in body
    assert "2020-09-14" in body
    assert "needs JavaScript" in body


def test_html_asks_nothing_of_the_network(report: AuditReport) -> None:
    page = html.render(report, gap="no repository").decode()
    assert "http:" not in page.replace("http-equiv", "")
    assert "https:" not in page
    assert "default-src 'none'" in page
    assert "No trend: no repository." in page
    assert "No hotspots: no repository." in page


def test_html_escapes_names(project: Any) -> None:
    name = HOSTILE.replace("/", "\u2215")
    project.commit({name: project.branches(12), f"</script>/{name}": project.branches(13)})
    report = audit()
    page = html.render(report, hotspots=report.hotspots(), trend=report.trend()).decode()
    assert "<img" not in page
    assert page.count("<script") == page.count("</script>") == 2
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert {row[0] for row in data["files"]} == {name, f"</script>/{name}"}


def test_html_of_an_empty_and_of_a_young_project(project: Any) -> None:
    project.commit({"a.py": ""})
    report = audit()
    page = html.render(report, trend=report.trend()).decode()
    assert "One commit is no trend yet." in page
    assert "No measured file changed lately." in page
    assert "<h2>Findings</h2>" not in page


def test_items_are_in_the_order_of_the_source_and_have_names_of_their_own(project: Any) -> None:
    project.write({"a.py": project.branches(12) + project.branches(30), "b.py": "def ("})
    found = items.by_file(audit())
    a, b = found[f"{project.root}/a.py"], found[f"{project.root}/b.py"]
    assert [item.name for item in a] == ["f[cyclomatic]", "f[cognitive]", "f#2[cyclomatic]"]
    assert a[0].message.startswith("a.py:1: f: cyclomatic 12 > 10\n")
    assert [item.name for item in b] == ["<file>[unreadable]"]
    assert b[0].message.startswith("b.py:1:")


@pytest.mark.parametrize(
    ("low", "high", "step"), [(0, 7, 2), (48, 57, 5), (0, 4000, 1000), (0.2, 0.4, 0.05), (3, 3, 0)]
)
def test_ticks_are_round_and_cover_the_values(low: float, high: float, step: float) -> None:
    marks = charts.ticks(low, high)
    assert marks[0] <= low
    assert marks[-1] >= high
    assert 2 <= len(marks) <= 7
    if step:
        assert marks[1] - marks[0] == pytest.approx(step)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: charts.trend([5, 5], [charts.Line("x", [0, 0])]),
        lambda: charts.trend([5, 9], [charts.Line("x", [3, 3]), charts.Line("y", [1, 2])]),
        lambda: charts.histogram([], None, "x"),
        lambda: charts.histogram([0, 1, 7, 10**6], 10, "x"),
    ],
)
def test_charts_of_degenerate_values(draw: Callable[[], str]) -> None:
    drawn = draw()
    assert drawn.startswith("<svg")
    assert "nan" not in drawn
    assert "inf" not in drawn


def test_rules_explain_themselves() -> None:
    for rule in RULES.values():
        assert rule.meaning.endswith((".", "better."))
        assert rule.remedy.endswith(".")
        assert rule.key == rule.metric.replace("_", "-")
    assert [number(value) for value in (3.0, 9.876, 0.0)] == ["3", "9.9", "0"]


def test_a_trend_of_one_moment_is_spread_and_small_changes_look_small() -> None:
    drawn = charts.trend([5, 5, 5], [charts.Line("x", [49.1, 49.2, 49.15])], from_zero=False)
    dots = re.findall(r'<circle class="dot first" cx="([\d.]+)" cy="([\d.]+)"', drawn)
    across, up = ([float(dot[at]) for dot in dots] for at in (0, 1))
    assert across == sorted(set(across))
    assert across[2] - across[0] > 200
    assert max(up) - min(up) < 15


def test_columns_of_a_terminal(project: Any) -> None:
    project.write({"\u65e5\u672c.py": project.branches(12), "cafe\u0301.py": project.branches(12)})
    lines = text.render(CodeHealthAuditor().audit()).splitlines()
    assert lines[1:3] == [
        "cyclomatic     12     10  cafe\u0301.py:1  f",
        "cyclomatic     12     10  \u65e5\u672c.py:1  f",
    ]
