"""`pyagent.diff.merge` beside `git merge-file`: how often both give the same bytes, and how soon.

    python benches/python/merge.py BASE OURS THEIRS
    python benches/python/merge.py --random 3000

Three folders, say the standard libraries of three releases, are merged file by file; files that are
alike in two of them are left out. Random texts are short and of few different lines, so that many
diffs are equally short.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pyagent import diff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAMES = ("ours", "base", "theirs")


class Triple(NamedTuple):
    name: str
    base: bytes
    ours: bytes
    theirs: bytes


def of_folders(folders: list[Path]) -> Iterator[Triple]:
    for path in sorted(folders[0].rglob("*.py")):
        name = path.relative_to(folders[0])
        if "site-packages" in name.parts or not all((each / name).is_file() for each in folders):
            continue
        texts = [(each / name).read_bytes() for each in folders]
        if len(set(texts)) == len(texts) and not any(b"\0" in text for text in texts):
            yield Triple(str(name), *texts)


def at_random(count: int) -> Iterator[Triple]:
    rng = random.Random(1)
    for number in range(count):
        letters = [*"abcdefghijkl"[: rng.choice([2, 3, 5, 12])], "", "}"]
        base = [rng.choice(letters) for _ in range(rng.randrange(40))]
        sides = (base, edited(rng, base, letters), edited(rng, base, letters))
        yield Triple(str(number), *("\n".join(side).encode() for side in sides))


def edited(rng: random.Random, base: list[str], letters: list[str]) -> list[str]:
    lines = list(base)
    for _ in range(rng.randrange(5)):
        at = rng.randrange(len(lines) + 1)
        lines[at : at + rng.randrange(4)] = [rng.choice(letters) for _ in range(rng.randrange(4))]
    return lines


def by_git(folder: Path, triple: Triple) -> bytes:
    for name in NAMES:
        (folder / name).write_bytes(getattr(triple, name))
    labels = [part for name in NAMES for part in ("-L", name)]
    command = ["git", "merge-file", "-p", "-q", *labels, *NAMES]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout


def compare(triples: Iterable[Triple]) -> None:
    count = equal = agree = 0
    seconds = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for triple in triples:
            start = time.perf_counter()
            merged = diff.merge(triple.base, triple.ours, triple.theirs)
            seconds += time.perf_counter() - start
            expected = by_git(Path(folder), triple)
            count += 1
            equal += merged.text == expected
            agree += merged.clean == (b"<<<<<<< ours" not in expected)
    print(
        f"{count} triples: {equal} equal to the byte, {agree} agree on whether there are conflicts"
    )
    print(f"pyagent.diff.merge: {1000 * seconds / max(count, 1):.3f} ms each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--random", type=int, default=0, metavar="N")
    args = parser.parse_args()
    if len(args.folders) == 3:
        compare(of_folders(args.folders))
    elif args.random:
        compare(at_random(args.random))
    else:
        parser.error("name three folders, or --random N")


if __name__ == "__main__":
    main()
