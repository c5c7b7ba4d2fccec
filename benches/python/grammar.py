"""Masks of structured decoding beside those of other engines, on schemas in MaskBench's format.

    python benches/python/grammar.py [--schemas FOLDER ...] [--vocabulary FILE] [--engines NAME ...]

A file holds a schema and texts that are valid or not: {"schema": ..., "tests": [{"valid": ...,
"data": ...}]}. Each is compiled and gone through token by token by every engine in turn, each in a
process of its own on one core; a text counts as accepted only if the mask behind it has the end
token. Keys are put into the order of the schema first. Cold masks are those of the first time
through, warm ones those of later times with the same grammar. Speeds are compared on the schemas
that all engines of a table follow to the end; the others are counted. Long strings and batches have
tables of their own.

Without `--schemas` the samples in `benches/data/grammar` are taken; without `--vocabulary` the
tekken of 131,072 tokens that mistral-common ships, else any `tokenizer.json`. The packages are
those of the group `grammar-peers` of pyproject.toml: `python3 dev.py bench_grammar`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

PARTS = Path(__file__).resolve().parent / "grammar_peers"
sys.path.insert(0, str(PARTS))

import figures  # noqa: E402
from engines import CONTENDERS, schema_text, versions  # noqa: E402
from harness import RESULTS, machine  # noqa: E402
from order import in_order  # noqa: E402
from vocabularies import load, load_schemas  # noqa: E402
from worker import Worker  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "grammar"
SUITE = Path(__file__).resolve().parents[2] / "tests/grammar/data/suite/draft2020-12.jsonl"
ENGINES = ("pyagent", "llguidance", "glrmask", "xgrammar", "outlines-core")
# The engines that refuse little: the larger common set is theirs.
LEADERS = ("pyagent", "llguidance", "glrmask")
SENTENCE = "Lengths are counted in characters, as JSON Schema has it, and not in bytes or tokens. "
LONG_STRINGS = {
    name: {
        "schema": {"type": "array", "items": {"type": "string"} | bounds},
        "tests": [{"valid": True, "data": [SENTENCE * 120]}],
    }
    for name, bounds in {"unbounded": {}, "bounded": {"maxLength": 100_000}}.items()
}


def run(
    workers: dict[str, Worker],
    schemas: dict[str, dict[str, Any]],
    encode: Callable[[str], list[int]],
    options: argparse.Namespace,
) -> dict[str, figures.Answers]:
    """Every schema through every engine, the engines in turn."""
    names = list(workers)
    runs: dict[str, figures.Answers] = {name: {} for name in names}
    for number, (file, content) in enumerate(schemas.items(), 1):
        schema = schema_text(content["schema"])
        data = [in_order(content["schema"], test["data"]) for test in content["tests"]]
        verdicts = [test["valid"] for test in content["tests"]]
        texts = list(zip(map(encode, map(schema_text, data)), verdicts, strict=True))
        # Who goes first changes from schema to schema.
        for name in names[number % len(names) :] + names[: number % len(names)]:
            worker = workers[name]
            runs[name][file] = worker.run(schema, texts, options.replays, options.cap)
        if number % 20 == 0:
            print(f"{number} of {len(schemas)}", file=sys.stderr, flush=True)
    return runs


def suite() -> dict[str, dict[str, Any]]:
    """The required tests of draft 2020-12, a schema and its texts for each group."""
    lines = SUITE.read_text(encoding="utf-8").splitlines()
    return {str(number): json.loads(line) for number, line in enumerate(lines)}


def batches(options: argparse.Namespace) -> str:
    """The masks of many sequences at once, from a process that has all cores."""
    chosen = ["--vocabulary", options.vocabulary] if options.vocabulary else []
    command = [sys.executable, str(PARTS / "batch.py"), *map(str, options.schemas), *chosen]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout or done.stderr


def show(runs: dict[str, figures.Answers], verdicts: dict[str, list[bool]], *, every: bool) -> None:
    print(figures.outcome_table(runs, verdicts))
    leaders = {name: run for name, run in runs.items() if name in LEADERS}
    for some in [leaders, runs] if len(leaders) not in {0, len(runs)} else [runs]:
        names = figures.common(some)
        masks = len(figures.flat(next(iter(some.values())), names, "masks"))
        print(f"{len(names)} schemas that {', '.join(some)} follow to the end, {masks:,} masks:\n")
        if names:
            print(figures.speed_table(some, names))
    for name, run in runs.items():
        if every or name.startswith("pyagent"):
            print("\n".join([f"{name}:", *figures.wrong(run, verdicts), ""]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--schemas", type=Path, nargs="+", default=[SAMPLES], metavar="FOLDER")
    parser.add_argument("--vocabulary", metavar="FILE")
    parser.add_argument("--engines", nargs="+", choices=list(CONTENDERS), default=ENGINES)
    parser.add_argument("--only", default="", help="schemas whose names have this in them")
    parser.add_argument("--replays", type=int, default=3, help="warm ones; the least counts")
    parser.add_argument("--cap", type=float, default=4.0, help="seconds for compiling")
    parser.add_argument("--suite", action="store_true", help="the JSON Schema Test Suite, too")
    parser.add_argument("--every", action="store_true", help="list what peers refuse, too")
    options = parser.parse_args()
    schemas = load_schemas(options.schemas)
    schemas = {name: each for name, each in schemas.items() if options.only in name}
    verdicts = {name: [test["valid"] for test in each["tests"]] for name, each in schemas.items()}
    encode = load(options.vocabulary).encode
    workers = {name: Worker(name, options.vocabulary) for name in options.engines}
    runs = run(workers, schemas, encode, options)
    show(runs, verdicts, every=options.every)
    print(figures.length_table(run(workers, LONG_STRINGS, encode, options)))
    if options.suite:
        groups = suite()
        print(figures.suite_table(run(workers, groups, encode, options), groups))
    for name, worker in workers.items():
        print(f"{name}: {worker.begin / 1e9:.2f} s for all that is made once for a vocabulary")
        worker.stop()
    if {"pyagent", "llguidance"} <= set(options.engines):
        print(batches(options))
    RESULTS.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine(), "versions": versions(options.engines), "runs": runs}
    (RESULTS / "grammar.json").write_text(json.dumps(content) + "\n", encoding="utf-8")
    print(content["machine"], content["versions"])


if __name__ == "__main__":
    main()
