"""From what was measured to the tables."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from harness import percentile

Answers = dict[str, dict[str, Any]]


class Tally(NamedTuple):
    """What became of the schemas and their texts with one engine."""

    compiled: int
    right: int
    valid: int
    valid_rejected: int
    invalid: int
    invalid_accepted: int


def tally(answers: Answers, verdicts: dict[str, list[bool]]) -> Tally:
    """A schema is right where it compiles and each of its texts gets the verdict it should."""
    compiled = right = valid = rejected = invalid = wrong = 0
    for name, answer in answers.items():
        compiled += "compile" in answer
        if "accepted" not in answer:
            continue
        pairs = list(zip(verdicts[name], answer["accepted"], strict=True))
        right += all(wanted == accepted for wanted, accepted in pairs)
        valid += sum(wanted for wanted, _ in pairs)
        invalid += sum(not wanted for wanted, _ in pairs)
        rejected += sum(wanted and not accepted for wanted, accepted in pairs)
        wrong += sum(accepted and not wanted for wanted, accepted in pairs)
    return Tally(compiled, right, valid, rejected, invalid, wrong)


def wrong(answers: Answers, verdicts: dict[str, list[bool]]) -> list[str]:
    """The texts with a wrong verdict, and the schemas with none, one line each."""
    lines = []
    for name, answer in answers.items():
        why = answer.get("refused") or answer.get("failed")
        if why:
            lines.append(f"{name}: {'failed' if 'failed' in answer else 'refused'}: {why}")
            continue
        for place, wanted in enumerate(verdicts[name]):
            if answer["accepted"][place] != wanted:
                said = "valid rejected" if wanted else "invalid accepted"
                lines.append(f"{name}: text {place}: {said}")
    return lines


def common(runs: dict[str, Answers]) -> list[str]:
    """The schemas that every engine compiled and followed to the end."""
    first = next(iter(runs.values()))
    return [name for name in first if all("accepted" in run[name] for run in runs.values())]


def flat(answers: Answers, names: Iterable[str], key: str) -> list[int]:
    return [time for name in names for text in answers[name][key] for time in text]


def speeds(answers: Answers, names: Sequence[str]) -> dict[str, float]:
    """Compile times and the total in milliseconds, masks in microseconds, memory in MB."""
    compile_times = [answers[name]["compile"] for name in names]
    cold, taken = flat(answers, names, "masks"), flat(answers, names, "tokens")
    warm = [time for name in names for time in answers[name]["warm"]]
    starts = [time for name in names for time in answers[name]["starts"]]
    first = [answers[name]["masks"][0][0] for name in names if answers[name]["masks"]]
    memory = [answers[name]["memory"] for name in names]
    return {
        "compile p50, ms": percentile(compile_times, 0.5) / 1e6,
        "compile p99, ms": percentile(compile_times, 0.99) / 1e6,
        "compile max, ms": max(compile_times) / 1e6,
        "compile and all masks once, ms": sum(compile_times + starts + cold + taken) / 1e6,
        "first mask p50, µs": percentile(first, 0.5) / 1e3,
        "cold mask p50, µs": percentile(cold, 0.5) / 1e3,
        "cold mask mean, µs": statistics.fmean(cold) / 1e3,
        "cold mask p99, µs": percentile(cold, 0.99) / 1e3,
        "cold mask max, µs": max(cold) / 1e3,
        "warm mask p50, µs": percentile(warm, 0.5) / 1e3,
        "warm mask p99, µs": percentile(warm, 0.99) / 1e3,
        "warm mask max, µs": max(warm) / 1e3,
        "a token taken p50, µs": percentile(taken, 0.5) / 1e3,
        "a token taken p99, µs": percentile(taken, 0.99) / 1e3,
        "a sequence begun p50, µs": percentile(starts, 0.5) / 1e3,
        "memory added p50, MB": percentile(memory, 0.5) / 1e6,
        "memory added max, MB": max(memory) / 1e6,
    }


def outcome_table(runs: dict[str, Answers], verdicts: dict[str, list[bool]]) -> str:
    tallies = {name: tally(run, verdicts) for name, run in runs.items()}
    count = len(verdicts)
    rows: list[tuple[str, Callable[[Tally], str]]] = [
        (f"compiled of {count}", lambda each: str(each.compiled)),
        (f"right in all texts, of {count}", lambda each: str(each.right)),
        ("valid rejected", lambda each: f"{each.valid_rejected}/{each.valid}"),
        ("invalid accepted", lambda each: f"{each.invalid_accepted}/{each.invalid}"),
    ]
    return table(list(runs), [(label, list(map(cell, tallies.values()))) for label, cell in rows])


def speed_table(runs: dict[str, Answers], names: Sequence[str]) -> str:
    columns = [speeds(run, names) for run in runs.values()]
    labels = list(columns[0])
    rows = [(label, [f"{column[label]:.3g}" for column in columns]) for label in labels]
    return table(list(runs), rows)


def suite_table(runs: dict[str, Answers], groups: dict[str, dict[str, Any]]) -> str:
    """What became of the tests of the suite; those of a schema that is refused count one by one."""
    verdicts = {name: [test["valid"] for test in group["tests"]] for name, group in groups.items()}
    count = sum(map(len, verdicts.values()))
    tallies = [tally(run, verdicts) for run in runs.values()]
    rows = [
        (f"right, of {count} tests", [str(right_texts(each)) for each in tallies]),
        ("refused", [str(count - each.valid - each.invalid) for each in tallies]),
        ("valid rejected", [str(each.valid_rejected) for each in tallies]),
        ("invalid accepted", [str(each.invalid_accepted) for each in tallies]),
    ]
    return table(list(runs), rows)


def right_texts(each: Tally) -> int:
    return each.valid + each.invalid - each.valid_rejected - each.invalid_accepted


def length_table(runs: dict[str, Answers]) -> str:
    """Masks within a long string, without a bound on its length and with one."""
    rows: list[tuple[str, list[str]]] = []
    for key, label in (("masks", "cold"), ("warm", "warm")):
        for name in ("unbounded", "bounded"):
            times = [median_mask(run[name], key) for run in runs.values()]
            cells = ["refused" if time is None else f"{time / 1e3:.3g}" for time in times]
            rows.append((f"{label} mask p50, µs, {name}", cells))
    return table(list(runs), rows)


def median_mask(answer: dict[str, Any], key: str) -> float | None:
    if key not in answer:
        return None
    times = answer[key]
    return percentile(times[0] if key == "masks" else times, 0.5)


def table(heads: list[str], rows: list[tuple[str, list[str]]]) -> str:
    lines = ["| | " + " | ".join(heads) + " |", "|---|" + "--:|" * len(heads)]
    lines += [f"| {label} | " + " | ".join(cells) + " |" for label, cells in rows]
    return "\n".join([*lines, ""])
