"""`pyagent audit`: measure code, and report what is beyond its limit."""

from __future__ import annotations

import argparse
import os
import sys

from pyagent.errors import BaselineError, ConfigError, GitError, PyAgentError, SourceReadError
from pyagent.health.rules import RULES

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from pyagent.health.auditor import AuditReport, CodeHealthAuditor
    from pyagent.health.baseline import Baseline
    from pyagent.health.config import AuditConfig
    from pyagent.health.hotspots import Hotspot
    from pyagent.health.trend import Trend

_FORMATS = ("text", "json", "sarif", "markdown", "html")
# How many points of a trend, and how many of the worst functions to find copies of, where nobody
# says.
_TREND, _DUPLICATES = 12, 100
_EPILOG = """\
limits and exclusions come from [tool.pyagent.audit] of the nearest pyproject.toml

exit codes: 0 nothing to report; 1 findings (with a baseline: new or worse ones) or broken files;
2 wrong usage, or nothing that could be read
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = _EPILOG
    _configure_files(parser.add_argument_group("what is read"))
    _configure_output(parser.add_argument_group("output"))
    _configure_judgement(parser.add_argument_group("what is a finding"))
    _configure_more(parser.add_argument_group("more to report"))


def _configure_output(group: argparse._ArgumentGroup) -> None:
    formats = group.add_mutually_exclusive_group()
    formats.add_argument("--format", choices=_FORMATS, default="text", help="default: text")
    formats.add_argument(
        "--json", action="store_const", const="json", dest="format",
        help="the same as --format json",
    )  # fmt: skip
    group.add_argument(
        "--output", metavar="FILE", help="write the report to FILE instead of standard output"
    )
    group.add_argument(
        "--limit", type=_count, default=20, metavar="N",
        help="lines in each part of a text or Markdown report; 0 for all (default: 20)",
    )  # fmt: skip


def _configure_judgement(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--max", action="append", default=[], metavar="METRIC=N", type=_assignment, dest="limits",
        help="another limit (cyclomatic=15), or `off`; a lower bound for maintainability-index",
    )  # fmt: skip
    group.add_argument(
        "--metrics", type=_names, metavar="NAME,...", help="measure and judge only these"
    )
    group.add_argument(
        "--since", metavar="REV", help="only findings in lines that changed since a git revision"
    )
    group.add_argument("--baseline", metavar="FILE", help="only findings new or worse than in FILE")
    group.add_argument(
        "--write-baseline", action="store_true", help="write all findings to the baseline"
    )


def _configure_more(group: argparse._ArgumentGroup) -> None:
    for name, default, what in (
        ("hotspots", 20, "the N files with the highest product of complexity and commits"),
        ("duplicates", _DUPLICATES, "functions that are like one of the N worst"),
        ("trend", _TREND, "N commits of the branch, each measured as it was"),
    ):
        group.add_argument(
            f"--{name}", nargs="?", type=_count, const=default, metavar="N",
            help=f"{what} (default: {default})",
        )  # fmt: skip


def _configure_files(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "paths", nargs="*", metavar="PATH", default=["."],
        help="files and folders (default: the current folder)",
    )  # fmt: skip
    group.add_argument(
        "--exclude", action="append", default=[], metavar="GLOB", help="leave out; repeatable"
    )
    group.add_argument("--no-gitignore", action="store_true", help="also what git ignores")
    group.add_argument("--hidden", action="store_true", help="also hidden files and folders")
    group.add_argument("--threads", type=_count, default=0, metavar="N", help="default: all cores")
    cache = group.add_mutually_exclusive_group()
    cache.add_argument(
        "--no-cache",
        action="store_true",
        help="neither read nor write measurements of unchanged files",
    )
    cache.add_argument(
        "--cache",
        metavar="FILE",
        help="keep them in FILE (default: .pyagent/audit.cache of the project)",
    )


def _count(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() else -1
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a count")
    return value


def _assignment(text: str) -> tuple[str, float | None]:
    key, _, value = text.partition("=")
    if key.replace("-", "_") not in RULES:
        known = ", ".join(rule.key for rule in RULES.values())
        raise argparse.ArgumentTypeError(f"unknown metric {key!r}; known are {known}")
    return key.replace("-", "_"), None if value == "off" else _limit(value)


def _limit(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a limit: a number of at least 0, or off")
    return value


def _names(text: str) -> list[str]:
    from pyagent.complexity import METRICS

    names = [name.strip().replace("-", "_") for name in text.split(",")]
    for name in names:
        if name not in METRICS:
            known = ", ".join(METRICS).replace("_", "-")
            raise argparse.ArgumentTypeError(f"unknown metric {name!r}; known are {known}")
    return names


def run(args: argparse.Namespace) -> int:
    """Audit, report, and say by the exit code whether anything fails."""
    from pyagent.health.auditor import CodeHealthAuditor

    for path in args.paths:
        if not os.path.exists(path):
            raise SourceReadError(path, "no such file or folder")
    config = _config(args)
    auditor = CodeHealthAuditor(args.paths[0], config=config)
    if args.write_baseline:
        return _write_baseline(args, auditor)
    report = _audit(args, auditor, args.baseline)
    _emit(_rendered(args, report), args.output)
    if len(report.tree.errors) == len(report.tree):
        return 2
    return 0 if report.clean else 1


def _config(args: argparse.Namespace) -> AuditConfig:
    """The settings of the project, with what the command line adds to them."""
    from pyagent.health.config import AuditConfig

    config = AuditConfig.discover(*args.paths)
    limits: dict[str, float | None] = {**config.limits, **dict(args.limits)}
    config = config.replace(
        limits={metric: limit for metric, limit in limits.items() if limit is not None},
        exclude=(*config.exclude, *args.exclude),
    )
    return config if args.metrics is None else config.only(args.metrics)


def _audit(
    args: argparse.Namespace, auditor: CodeHealthAuditor, baseline: str | Baseline | None
) -> AuditReport:
    """Measure and judge.

    Raises:
        PyAgentError: There was nothing to measure.
    """
    from pyagent.cli.progress import Progress

    with Progress() as bar:
        report = auditor.audit(
            args.paths,
            since=args.since,
            baseline=baseline,
            # The page shows more than it judges.
            metrics=None if args.format == "html" else args.metrics,
            gitignore=not args.no_gitignore,
            hidden=args.hidden,
            threads=args.threads,
            cache=_cache(args, auditor.config),
            progress=bar.counter("measuring"),
        )
    if not len(report.tree):
        raise PyAgentError(f"no Python file in {', '.join(args.paths)}")
    return report


def _cache(args: argparse.Namespace, config: AuditConfig) -> str | None:
    """The cache asked for; in a project, its own by default."""
    if args.no_cache or args.cache is not None:
        return None if args.no_cache else args.cache
    folder = os.path.join(config.root, ".pyagent")
    if not config.project or os.path.islink(folder):
        return None
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        ignore = os.path.join(folder, ".gitignore")
        if not os.path.lexists(ignore):
            with open(ignore, "x") as file:
                file.write("*\n")
    except OSError:
        # A tree that cannot be written to is measured without.
        return None
    return os.path.join(folder, "audit.cache") if os.access(folder, os.W_OK) else None


def _write_baseline(args: argparse.Namespace, auditor: CodeHealthAuditor) -> int:
    from pyagent.health.baseline import Baseline
    from pyagent.health.reports.text import quantity

    path = args.baseline or auditor.config.baseline
    if path is None:
        raise ConfigError(
            "--write-baseline needs a file", "name it by --baseline or in [tool.pyagent.audit]"
        )
    if args.since is not None:
        raise ConfigError("--write-baseline takes all findings, and --since hides some")
    try:
        known = Baseline.load(path)
    except BaselineError:
        # Missing, or damaged: either way it is about to be written anew.
        known = Baseline()
    baseline = _audit(args, auditor, known).updated_baseline()
    baseline.save(path)
    count = quantity(sum(map(len, baseline.entries.values())), "known finding")
    sys.stderr.write(f"pyagent: wrote {os.path.relpath(path)}: {count}\n")
    return 0


def _rendered(args: argparse.Namespace, report: AuditReport) -> bytes:
    """The report in the format asked for."""
    if args.format == "html":
        return _html(args, report)
    if args.format == "sarif":
        from pyagent.health.reports import sarif

        return sarif.render(report)
    hotspots = None if args.hotspots is None else report.hotspots(args.hotspots)
    duplicates = None if args.duplicates is None else report.duplicates(args.duplicates)
    if args.format == "markdown":
        from pyagent.health.reports import markdown

        page = markdown.render(
            report, limit=args.limit or None, hotspots=hotspots, duplicates=duplicates
        )
        return page.encode("utf-8", "backslashreplace")
    trend = None if args.trend is None else _trend(report, args.trend)
    if args.format == "json":
        from pyagent.health.reports import machine

        return machine.render(report, hotspots=hotspots, duplicates=duplicates, trend=trend)
    from pyagent.cli.console import colours
    from pyagent.health.reports import text

    lines = text.render(
        report,
        limit=args.limit or None,
        colour=args.output is None and colours(sys.stdout),
        hotspots=hotspots,
        duplicates=duplicates,
        trend=trend,
    )
    encoding = "utf-8" if args.output else sys.stdout.encoding
    return lines.encode(encoding, "backslashreplace")


def _html(args: argparse.Namespace, report: AuditReport) -> bytes:
    """The page, with everything in it that the project can tell."""
    from pyagent.health.reports import html

    hotspots: list[Hotspot] = []
    trend: Trend | None = None
    gap = ""
    try:
        hotspots = report.hotspots()
        trend = _trend(report, _TREND if args.trend is None else args.trend)
    except GitError as error:
        if args.hotspots is not None or args.trend is not None:
            raise
        gap = str(error)
    duplicates = report.duplicates(_DUPLICATES if args.duplicates is None else args.duplicates)
    return html.render(report, hotspots=hotspots, duplicates=duplicates, trend=trend, gap=gap)


def _trend(report: AuditReport, points: int) -> Trend:
    from pyagent.cli.progress import Progress

    with Progress() as bar:
        return report.trend(points, progress=bar.counter("measuring the history"))


def _emit(data: bytes, path: str | None) -> None:
    if path is None:
        from pyagent.cli.console import write_bytes

        write_bytes(data)
        return
    from pyagent.health.files import write_atomically

    try:
        write_atomically(path, data)
    except OSError as error:
        raise PyAgentError(f"{path}: {error.strerror or error}") from error
    sys.stderr.write(f"pyagent: wrote {path}\n")
