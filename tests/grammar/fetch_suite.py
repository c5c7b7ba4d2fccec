"""Take the JSON Schema Test Suite over from the package index into `data/suite`.

    python tests/grammar/fetch_suite.py [FOLDER]

The suite has no package of its own; the source distribution of `jsonschema` on PyPI carries it
whole, in its folder `json`. pip downloads that archive, its SHA-256 is compared with the one pinned
here, and the drafts that the tests run are written as JSON lines: one group of tests a line, white
space removed and nothing else changed, so that numbers keep their digits and objects their order.
The suite's licence is written beside them. The tests read what is written and need no network.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import msgspec

VERSION = "4.26.0"
SHA256 = "0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326"
DATA = Path(__file__).resolve().parent / "data" / "suite"
# The files that are written, and the folders of the suite that go into each.
WANTED = {
    "draft2020-12.jsonl": ["draft2020-12"],
    "draft2020-12-optional.jsonl": ["draft2020-12/optional", "draft2020-12/optional/format"],
    "draft2019-09.jsonl": ["draft2019-09"],
}


class Group(msgspec.Struct):
    """A schema and its instances, as a file of the suite has them; further members are dropped."""

    description: str
    schema: msgspec.Raw
    tests: list[Instance]


class Instance(msgspec.Struct):
    description: str
    data: msgspec.Raw
    valid: bool


class Line(msgspec.Struct):
    """What is written: the group, with the file that it stands in."""

    file: str
    description: str
    schema: msgspec.Raw
    tests: list[Instance]


def download(folder: Path) -> Path:
    """The archive, as pip gets it from the index that it is set up for."""
    wanted = ["--no-deps", "--no-binary", "jsonschema", f"jsonschema=={VERSION}"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder), *wanted]
    subprocess.run(command, check=True)
    archive = folder / f"jsonschema-{VERSION}.tar.gz"
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != SHA256:
        raise SystemExit(f"{archive.name} has SHA-256 {digest}, not {SHA256}")
    return archive


def lines(folder: Path, base: Path) -> bytes:
    """Every group of the files that stand in `folder` itself."""
    written = b""
    for path in sorted(folder.glob("*.json")):
        compact = msgspec.json.format(path.read_bytes(), indent=-1)
        for group in msgspec.json.decode(compact, type=list[Group]):
            name = path.relative_to(base).as_posix()
            line = Line(name, group.description, group.schema, group.tests)
            written += msgspec.json.encode(line) + b"\n"
    return written


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with tarfile.open(download(folder)) as archive:
            archive.extractall(folder, filter="data")
        suite = folder / f"jsonschema-{VERSION}" / "json"
        for name, drafts in WANTED.items():
            tests = suite / "tests"
            parts = [lines(tests / draft, tests / drafts[0]) for draft in drafts]
            (target / name).write_bytes(b"".join(parts))
        (target / "LICENSE").write_bytes((suite / "LICENSE").read_bytes())


if __name__ == "__main__":
    main()
