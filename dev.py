"""Run a task of this project on a machine that has nothing but Python and Rust.

    python3 dev.py demo
    python3 dev.py tests

Makes `.venv-dev` beside this file, puts the pinned nox into it, and hands the task over to the
session of that name in `noxfile.py`. Nothing is installed outside this folder.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv-dev"


def main(arguments: list[str]) -> int:
    """Prepare the environment and run nox; the exit code is that of nox."""
    if not arguments or arguments[0].startswith("-"):
        return run_nox(["--list", *arguments])
    session, *rest = arguments
    return run_nox(["--session", session, *(["--", *rest] if rest else [])])


def run_nox(arguments: list[str]) -> int:
    """Run the nox of `.venv-dev`, which is made first if it is missing or out of date."""
    python = prepared_python()
    nox = [str(python), "-m", "nox", "--noxfile", str(ROOT / "noxfile.py")]
    return subprocess.call([*nox, *arguments])


def prepared_python() -> Path:
    """The interpreter of `.venv-dev`, with exactly the requirements of the group `dev`."""
    import tomllib  # Not before the version check: Python 3.10 has no such module.

    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = "\n".join([sys.version, *groups["dependency-groups"]["dev"]])
    scripts = "Scripts" if sys.platform == "win32" else "bin"
    python = ENVIRONMENT / scripts / ("python.exe" if sys.platform == "win32" else "python")
    stamp = ENVIRONMENT / "prepared.txt"
    if not python.exists() or not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        make_environment(python, groups["dependency-groups"]["dev"])
        stamp.write_text(wanted, encoding="utf-8")
    return python


def make_environment(python: Path, requirements: list[str]) -> None:
    """Make `.venv-dev` anew and install the requirements into it."""
    try:
        import ensurepip  # noqa: F401 - Debian leaves it out of the base package.
        import venv
    except ImportError:
        version = ".".join(map(str, sys.version_info[:2]))
        sys.exit(
            f"This Python ({sys.executable}) cannot make virtual environments.\n"
            f"On Debian or Ubuntu: sudo apt-get install python{version}-venv"
        )
    venv.create(ENVIRONMENT, clear=True, with_pip=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.check_call([*pip, *requirements])


if __name__ == "__main__":
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit("PyAgent needs Python 3.11 or newer; this is " + found)
    sys.exit(main(sys.argv[1:]))
