"""What must work where nothing but the wheel and its dependencies is installed.

Run by the session `wheel` of noxfile.py, without pytest, on each Python.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = "import os\n\n\ndef choose(flag):\n    if flag:\n        return 1\n    return 2\n"


def pyagent(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command as a person would."""
    folder = Path(sys.executable).parent
    command = folder / ("pyagent.exe" if os.name == "nt" else "pyagent")
    return subprocess.run([str(command), *arguments], capture_output=True, text=True, check=False)


def check_package() -> None:
    """The package imports, and measures with its native module."""
    import pyagent
    from pyagent.complexity import measure

    assert pyagent.__version__ in pyagent_version(), pyagent.__version__
    (function,) = measure(SOURCE).functions
    assert (function.qualname, function.cyclomatic) == ("choose", 2), function


def pyagent_version() -> str:
    """The line that `pyagent --version` prints."""
    result = pyagent("--version")
    assert result.returncode == 0, result.stderr
    return result.stdout


def check_commands(folder: Path) -> None:
    """The audit and the dry run of the main job, on a project of one file."""
    (folder / "module.py").write_text(SOURCE, encoding="utf-8")
    audit = pyagent("audit", str(folder), "--json")
    assert audit.returncode == 0, audit.stderr
    (file,) = json.loads(audit.stdout)["files"]
    assert file["functions"][0]["qualname"] == "choose", file

    task = "Analyze dependencies and optimize imports"
    plan = pyagent("run", task, str(folder), "--dry-run")
    assert plan.returncode == 0, plan.stderr
    assert "-import os" in plan.stdout, plan.stdout
    assert (folder / "module.py").read_text(encoding="utf-8") == SOURCE

    missing = pyagent("audit", str(folder / "missing"))
    assert missing.returncode == 2, missing
    assert "Traceback" not in missing.stderr, missing.stderr


if __name__ == "__main__":
    check_package()
    with tempfile.TemporaryDirectory() as name:
        check_commands(Path(name))
    sys.stdout.write(f"smoke tests passed on Python {sys.version.split()[0]}\n")
