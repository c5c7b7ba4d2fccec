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
    from pyagent.jobs import Options, propose

    source = None if args.path is None else _folder(args.path)
    # A copy keeps the name of its folder, which is a package's name if the folder is a package.
    project = Path(tempfile.mkdtemp(prefix="pyagent-demo-")) / (source.name if source else "shop")
    progress = Progress()
    python = progress.during("copying", lambda: _fill(project, source))
    if not args.json:
        console = Console()
        console.print(f"Working on a copy, which stays for you to look at: {project}\n")
        console.stream.flush()
    options = Options(python=python, test_command=args.test_command, progress=progress.update)
    proposal = progress.during("analyzing", lambda: propose(TASK, project, options))
    return do(proposal, progress, args, dry_run=False)


def _folder(path: str) -> Path:
    folder = Path(path).resolve()
    if not folder.is_dir():
        from pyagent.errors import ConfigError

        what = "not a folder" if folder.exists() else "no such folder"
        raise ConfigError(f"{path}: {what}", "name the folder of a project")
    return folder


def _fill(project: Path, source: Path | None) -> str | None:
    """Put a project into the folder; the interpreter to use for it, if it had its own."""
    if source is None:
        from pyagent.demo import create

        create(project)
        return None
    import shutil

    from pyagent.errors import JobError
    from pyagent.refactor.detect import interpreter

    # Environments and histories are large, and an environment does not work at another place.
    by_name = shutil.ignore_patterns(
        ".git", ".hg", ".venv", "venv", ".nox", ".tox", "node_modules", "__pycache__", ".pyagent"
    )

    def ignored(folder: str, names: list[str]) -> set[str]:
        return by_name(folder, names) | {name for name in names if _is_special(Path(folder, name))}

    try:
        shutil.copytree(source, project, symlinks=True, ignore=ignored)
    except OSError as error:
        # shutil goes on after the files that it cannot copy, and lists them at the end.
        listed = error.args[0] if isinstance(error, shutil.Error) else [(error.filename, "", error)]
        first, _, reason = listed[0]
        raise JobError(
            f"cannot copy {len(listed)} of the files, such as {first}: {reason}",
            f"what could be copied is in {project.parent}",
        ) from error
    return str(interpreter(source))


def _is_special(path: Path) -> bool:
    """Whether it is a pipe, a socket or a device, of which there is no copy."""
    return not (path.is_symlink() or path.is_file() or path.is_dir())
