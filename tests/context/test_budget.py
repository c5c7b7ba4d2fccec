"""What may be spent, here and by everybody above."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from pyagent.context import Budget, CascadeContext
from pyagent.errors import ConfigError, LimitExceededError
from pyagent.models import Usage

USAGE = Usage(3, 2, requests=1)


@pytest.mark.parametrize("name", ["steps", "tokens", "cost"])
@pytest.mark.parametrize("bound", [-1, float("nan")])
def test_a_bound_is_a_number_from_nothing_up(name: str, bound: float) -> None:
    with pytest.raises(ConfigError, match=f"{name}=.* is no bound"):
        Budget(**{name: bound})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("budget", "limit", "used", "bound"),
    [
        (Budget(steps=2), "steps", 2, 2),
        (Budget(tokens=10), "tokens", 10, 10),
        (Budget(cost=0.5), "cost", 0.5, 0.5),
    ],
)
def test_a_bound_is_reached(budget: Budget, limit: str, used: float, bound: float) -> None:
    budget.check()
    budget.spend(USAGE, 0.25)
    budget.check()
    budget.spend(USAGE, 0.25)
    with pytest.raises(LimitExceededError) as caught:
        budget.check()
    assert (caught.value.limit, caught.value.used, caught.value.bound) == (limit, used, bound)


def test_no_money_lets_free_models_be_asked() -> None:
    budget = Budget(cost=0)
    budget.spend(USAGE)
    budget.check()
    budget.spend(USAGE, 0.001)
    with pytest.raises(LimitExceededError):
        budget.check()


def test_what_a_part_spends_is_missing_to_the_whole() -> None:
    whole = Budget(steps=2)
    part = Budget(steps=5, parent=whole)
    part.spend(USAGE, 0.1)
    assert (whole.used_steps, whole.used_tokens, whole.used_cost) == (1, 5, 0.1)
    assert part.left() == (1, None, None)
    part.spend(USAGE)
    with pytest.raises(LimitExceededError, match="2 steps of 2"):
        part.check()


def test_a_part_ends_before_the_whole() -> None:
    whole = Budget(steps=5)
    part = Budget(steps=1, parent=whole)
    part.spend(USAGE)
    whole.check()
    with pytest.raises(LimitExceededError, match="1 steps of 1"):
        part.check()


def test_a_childs_own_budget_spends_from_its_parents() -> None:
    outer, inner = Budget(tokens=100), Budget(steps=1)
    task = CascadeContext("a", budget=outer).child("b", budget=inner)
    assert task.budget is not None
    task.budget.spend(USAGE)
    assert (outer.used_tokens, inner.used_steps) == (5, 1)
    with pytest.raises(LimitExceededError, match="1 steps of 1"):
        task.budget.check()
    outer.check()


def test_a_budget_used_for_several_parents_is_bound_to_none() -> None:
    own = Budget(steps=9)
    first, second = Budget(), Budget()
    for outer in (first, second):
        task = CascadeContext("a", budget=outer).child("b", budget=own)
        assert task.budget is not None
        task.budget.spend(USAGE)
    assert (own.used_steps, first.used_steps, second.used_steps) == (2, 1, 1)


def test_a_budget_that_is_reached_on_two_ways_is_spent_from_once() -> None:
    root = Budget()
    left, right = Budget(parent=root), Budget(parent=root)
    left.within(right).spend(USAGE)
    assert [budget.used_steps for budget in (root, left, right)] == [1, 1, 1]
    assert left.within(root) is left


def test_a_child_without_its_own_has_its_parents() -> None:
    budget = Budget()
    assert CascadeContext("a", budget=budget).child("b").budget is budget


def test_threads_spend_to_the_last_token() -> None:
    whole = Budget()
    parts = [Budget(parent=whole) for _ in range(4)]

    def spend(part: Budget) -> None:
        for _ in range(500):
            part.spend(USAGE, 0.5)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(spend, parts))
    assert (whole.used_steps, whole.used_tokens, whole.used_cost) == (2000, 10_000, 1000)
    assert [part.used_steps for part in parts] == [500] * 4


def test_what_is_left_is_never_below_nothing() -> None:
    budget = Budget(steps=1, tokens=3, cost=0.1)
    assert budget.left() == (1, 3, 0.1)
    budget.spend(USAGE, 0.2)
    assert budget.left() == (0, 0, 0.0)
    assert repr(budget) == "Budget(steps=1 of 1, tokens=5 of 3, cost=0.2 of 0.1)"
