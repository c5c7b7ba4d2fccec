"""Pairs of texts, and the programs that ours are held against."""

from __future__ import annotations

import os
import random
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

# No setting of the machine's must change what git writes.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "LC_ALL": "C",
}


def run(
    *command: str | Path, folder: Path, text: bytes = b"", codes: Sequence[int] = (0,)
) -> bytes:
    """What a program writes; its exit code must be one of `codes`."""
    result = subprocess.run(
        command, cwd=folder, input=text, capture_output=True, check=False, env=ENVIRONMENT
    )
    assert result.returncode in codes, (command, result.returncode, result.stdout, result.stderr)
    return result.stdout


def unlike(seed: int, lines: int = 60) -> tuple[list[str], list[str]]:
    """Two lists of lines of which none occurs twice, so that there is one shortest diff."""
    rng = random.Random(seed)
    before = [f"line {number}" for number in range(rng.randrange(lines))]
    for at in range(0, len(before), 7):
        before[at] = f"def function_{at}():"
    after = list(before)
    for number in range(rng.randrange(1, 6)):
        at = rng.randrange(len(after) + 1)
        new = [f"new {number} {each}" for each in range(rng.randrange(3))]
        after[at : at + rng.randrange(3)] = new
    return before, after


def random_pairs(count: int, seed: int = 1) -> Iterator[tuple[bytes, bytes]]:
    """Texts of few different lines, of all line ends, with bytes that are no UTF-8."""
    rng = random.Random(seed)
    for _ in range(count):
        letters = [b"a", b"b", b"", b"    c", b"\xff\xfe", "\u00e9".encode(), b"x\ry", b"}"]
        lines = rng.sample(letters, rng.randrange(1, len(letters)))
        before = [rng.choice(lines) for _ in range(rng.randrange(30))]
        yield joined(rng, before), joined(rng, edited(rng, before, lines))


def edited(rng: random.Random, before: list[bytes], lines: list[bytes]) -> list[bytes]:
    """The lines with some of them taken out, put in or replaced."""
    after = list(before)
    for _ in range(rng.randrange(4)):
        at = rng.randrange(len(after) + 1)
        after[at : at + rng.randrange(4)] = [rng.choice(lines) for _ in range(rng.randrange(4))]
    return after


def joined(rng: random.Random, lines: list[bytes]) -> bytes:
    end = rng.choice([b"\n", b"\n", b"\r\n"])
    return end.join([*lines, b""]) if rng.random() < 0.75 else end.join(lines)


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A folder with these files."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def read(folder: Path) -> dict[str, bytes]:
    """The files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}
