"""`pyagent demo`: the main job on a copy, so that nothing of anybody's is touched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyagent.cli.console import Console

if TYPE_CHECKING:
    import argparse

TASK = "Analyze dependencies and optimize imports"

_EPILOG = """\
exit codes: as of pyagent run
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = _EPILOG
    parser.add_argument(
        "path",
        metavar="PATH",
        nargs="?",
        help="a project; it is copied first (default: a small one that comes with pyagent)",
    )
    parser.add_argument("--test-command", metavar="CMD", help="the command that runs its tests")
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    parser.add_argument(
        "--diff", choices=("short", "full", "none"), default="short", help="how much diff to print"
    )


def run(args: argparse.Namespace) -> int:
    """Copy the project and do the job on the copy."""
    import tempfile

    from pyagent.cli.progress import Progress
    from pyagent.cli.run import do
    from pyagent.workflows import Options, propose

    project = Path(tempfile.mkdtemp(prefix="pyagent-demo-")) / "shop"
    python = _fill(project, args.path)
    if not args.json:
        Console().print(f"Working on a copy, which stays for you to look at: {project}\n")
    progress = Progress()
    options = Options(python=python, test_command=args.test_command, progress=progress.update)
    return do(propose(TASK, project, options), progress, args, dry_run=False)


def _fill(project: Path, source: str | None) -> str | None:
    """Put a project into the folder; the interpreter to use for it, if it had its own."""
    if source is None:
        from pyagent.demo import create

        create(project)
        return None
    import shutil

    from pyagent.errors import ConfigError
    from pyagent.refactor.detect import interpreter

    if not Path(source).is_dir():
        raise ConfigError(f"{source}: no such folder", "name the folder of a project")
    # Environments and histories are large, and an environment does not work at another place.
    ignored = shutil.ignore_patterns(
        ".git", ".hg", ".venv", "venv", ".nox", ".tox", "node_modules", "__pycache__", ".pyagent"
    )
    shutil.copytree(source, project, symlinks=True, ignore=ignored)
    return str(interpreter(Path(source).resolve()))
