"""Random graphs, and what they come to by the simplest means."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from pyagent.workflows import SKIPPED, Graph, Skipped, Workflow

if TYPE_CHECKING:
    from collections.abc import Callable

MODULUS = 1009
# A step as data, so that it can be sent to another process: `kind` is one of call, tolerant, map,
# loop, sub, first; `when` a number that the sum of its sources must not be divisible by, or 0.
Step = dict[str, Any]
Effect = "Callable[[str, Any], None]"


@st.composite
def dags(draw: st.DrawFn, most: int = 9) -> list[Step]:
    """A list of steps, each of which takes some of those before it."""
    steps: list[Step] = []
    for number in range(draw(st.integers(1, most))):
        sources = (
            draw(st.lists(st.integers(0, number - 1), max_size=3, unique=True)) if number else []
        )
        kinds = ["call", "call", "tolerant", "map", "loop", "sub"] + ["first"] * bool(sources)
        steps.append(
            {
                "kind": draw(st.sampled_from(kinds)),
                "sources": sources,
                "when": draw(st.sampled_from([0, 0, 0, 2, 3])) if sources else 0,
                "async": draw(st.booleans()),
                "idempotent": draw(st.booleans()),
                "edits": draw(st.booleans()),
            }
        )
    return steps


def oracle(steps: list[Step]) -> list[int | None]:
    """The results, `None` for a step that is skipped: one after the other, as they stand."""
    values: list[int | None] = []
    for number, step in enumerate(steps):
        taken = [values[each] for each in step["sources"]]
        present = [each for each in taken if each is not None]
        total = sum(present) + number
        if step["kind"] == "first":
            values.append(present[0] if present else None)
        elif is_skipped(step, taken):
            values.append(None)
        elif step["kind"] == "map":
            values.append(sum((total + item) * 3 % MODULUS for item in range(3)) % MODULUS)
        elif step["kind"] == "loop":
            for _ in range(3):
                total = (total * 3) % MODULUS
            values.append(total)
        elif step["kind"] == "sub":
            values.append((total * 3 + 1) * 3 % MODULUS)
        else:
            values.append(total * 3 % MODULUS)
    return values


def is_skipped(step: Step, taken: list[int | None]) -> bool:
    missing = None in taken
    if missing and step["kind"] != "tolerant":
        return True
    total = sum(each for each in taken if each is not None)
    return bool(step["when"]) and (missing or total % step["when"] == 0)


def built(steps: list[Step], effect: Callable[..., None], *, extra: dict[str, Any]) -> Graph:
    """The graph of the steps; `effect` is called with what is known of each call.

    Args:
        steps: As `dags` makes them.
        effect: Called by each step, item and round with its context and its result.
        extra: Further options of every step that has an effect.
    """
    from pyagent.workflows import StepContext  # noqa: F401 - of the annotations below

    flow = Workflow("dag")
    for number, step in enumerate(steps):
        name = f"s{number}"
        inputs = {f"x{place}": f"s{each}" for place, each in enumerate(step["sources"])}
        options = {"idempotent": step["idempotent"], **extra}
        if "transaction" in options and not step["edits"]:
            del options["transaction"]
        if step["when"] and step["kind"] != "first":
            options["when"] = condition([f"s{each}" for each in step["sources"]], step["when"])
        if step["kind"] == "first":
            flow.first_of(name, *inputs.values())
            continue
        if step["kind"] in {"call", "tolerant"}:
            made = maker(number, len(inputs), effect, step)
            flow.step(made, name=name, inputs=inputs, **options)
            continue
        when = {"when": options.pop("when")} if "when" in options else {}
        flow.step(summing(number, len(inputs)), name=f"{name}in", inputs=inputs, idempotent=True)
        flow.step(lambda total: [total + item for item in range(3)], name=f"{name}items",
                  inputs={"total": f"{name}in"}, idempotent=True, inline=True)  # fmt: skip
        one = tripling(effect, step)
        if step["kind"] == "map":
            flow.map(one, over=f"{name}items", name=f"{name}each", limit=2, **when, **options)
            flow.step(lambda xs: sum(xs) % MODULUS, name=name, inputs={"xs": f"{name}each"},
                      idempotent=True, inline=True)  # fmt: skip
        elif step["kind"] == "loop":
            # The number of rounds is in the value, as a loop knows no more than its last result.
            flow.loop(rounds(effect, step), name=f"{name}l", inputs={"x0": f"{name}items"},
                      until=lambda x: x[1] == 3, at_most=5, **when, **options)  # fmt: skip
            flow.step(
                lambda x: x[0], name=name, inputs={"x": f"{name}l"}, idempotent=True, inline=True
            )
        else:
            inner = Workflow("inner", {"y": int})
            inner.step(tripling(effect, step), name="a", inputs={"x0": "y"}, **options)
            inner.step(lambda a: a + 1, name="b", idempotent=True, inline=True)
            inner.step(tripling(effect, step), name="c", inputs={"x0": "b"}, **options)
            flow.add(inner, name=name, inputs={"y": f"{name}in"}, **when)
    return flow.build(outputs=[f"s{number}" for number in range(len(steps))])


def results(steps: list[Step], result: Any) -> list[int | None]:
    """What a run gave, in the form of the oracle."""
    values = [result[f"s{number}"] for number in range(len(steps))]
    return [None if value is SKIPPED else value for value in values]


def condition(names: list[str], divisor: int) -> Any:
    text = f"lambda {', '.join(names)}: ({' + '.join(names)}) % {divisor} != 0"
    return eval(text)


def maker(number: int, count: int, effect: Callable[..., None], step: Step) -> Any:
    def act(values: tuple[Any, ...], me: Any) -> int:
        value = (sum(each for each in values if each is not SKIPPED) + number) * 3 % MODULUS
        effect(me, value)
        return value

    return signed(act, count, step)


def summing(number: int, count: int) -> Any:
    def act(values: tuple[Any, ...], me: Any) -> int:
        return sum(values) + number

    return signed(act, count, {"kind": "call", "async": False})


def signed(act: Any, count: int, step: Step) -> Any:
    """A function with as many parameters as there are sources."""
    kind = "int | Skipped" if step["kind"] == "tolerant" else "int"
    names = [f"x{place}" for place in range(count)]
    parameters = ", ".join([*(f"{name}: {kind}" for name in names), "me: StepContext"])
    values = f"({', '.join(names)}{',' if names else ''})"
    scope: dict[str, Any] = {"act": act, "sleep": asyncio.sleep, **annotations()}
    body = f"return act({values}, me)"
    if step["async"]:
        exec(f"async def f({parameters}) -> int:\n await sleep(0)\n {body}", scope)
    else:
        exec(f"def f({parameters}) -> int:\n {body}", scope)
    return scope["f"]


def annotations() -> dict[str, Any]:
    from pyagent.workflows import StepContext

    return {"Skipped": Skipped, "StepContext": StepContext}


def tripling(effect: Callable[..., None], step: Step) -> Any:
    def act(values: tuple[Any, ...], me: Any) -> int:
        value = int(values[0]) * 3 % MODULUS
        effect(me, value)
        return value

    return signed(act, 1, {**step, "kind": "call"})


def rounds(effect: Callable[..., None], step: Step) -> Any:
    """A round: at first it is given a list of three, later the pair that it gave itself."""

    def act(values: tuple[Any, ...], me: Any) -> list[int]:
        (given,) = values
        total, count = (given[0], 0) if len(given) == 3 else given
        value = [total * 3 % MODULUS, count + 1]
        effect(me, value)
        return value

    function = signed(act, 1, {**step, "kind": "call"})
    function.__annotations__ = {
        "x0": list[int],
        "me": annotations()["StepContext"],
        "return": list[int],
    }
    return function
