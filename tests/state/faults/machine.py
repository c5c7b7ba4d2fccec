"""What the experiments need of the machine, and how their programs are started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def lacking(*, fuse: bool) -> str:
    """Why an experiment cannot run here; empty where it can."""
    if sys.platform != "linux":
        return "Linux only: system calls and FUSE"
    if shutil.which("strace") is None:
        return "strace is missing"
    return f"no FUSE at hand: {reason}" if fuse and (reason := without_fuse()) else ""


def without_fuse() -> str:
    """Why no file system of ours can be mounted; empty where one can."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse cannot be opened"
    probe = subprocess.run([*namespace(), "true"], capture_output=True, text=True, check=False)
    return probe.stderr.strip()


def namespace() -> list[str]:
    """What gives a program mounts of its own; somebody who is not root is made root of them."""
    return ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]


def program(module: str, *arguments: str) -> list[str]:
    """The command line of a program of this folder."""
    return [sys.executable, "-P", "-m", f"faults.{module}", *arguments]


def environment() -> dict[str, str]:
    """What such a program is started with: this folder's parent is where it is found."""
    known = os.environ.get("PYTHONPATH")
    places = [str(HERE.parent), *([known] if known else [])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places), "PYTHONDONTWRITEBYTECODE": "1"}
