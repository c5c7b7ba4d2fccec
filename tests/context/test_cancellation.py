"""Asking tasks to stop: from above downwards, once, from any thread."""

from __future__ import annotations

import functools
import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from pyagent.context import Cancellation, CascadeContext


def ignore(reason: str) -> None:
    pass


def test_it_stays_asked_for_and_keeps_the_first_reason() -> None:
    cancellation = Cancellation()
    assert (cancellation.requested, cancellation.reason) == (False, None)
    cancellation.cancel("first")
    cancellation.cancel("second")
    assert (cancellation.requested, cancellation.reason) == (True, "first")


def test_children_hear_of_it_and_parents_do_not() -> None:
    root = CascadeContext("a")
    middle = root.child("b")
    leaf, other = middle.child("c"), root.child("d")
    middle.cancellation.cancel("enough")
    assert leaf.cancellation.reason == "enough"
    assert not root.cancellation.requested
    assert not other.cancellation.requested
    root.cancellation.cancel("all")
    assert other.cancellation.reason == "all"
    assert leaf.cancellation.reason == "enough"


def test_callbacks_are_called_once_each() -> None:
    root = Cancellation()
    leaf = Cancellation(Cancellation(root))
    heard: list[str] = []
    leaf.on_cancel(heard.append)
    leaf.on_cancel(heard.append)
    root.on_cancel(lambda reason: heard.append(f"root {reason}"))
    root.cancel("x")
    root.cancel("y")
    leaf.cancel("z")
    assert sorted(heard) == ["root x", "x"]


@pytest.mark.parametrize("above", [False, True])
def test_a_callback_that_comes_late_is_called_at_once(above: bool) -> None:
    parent = Cancellation()
    leaf = Cancellation(parent)
    (parent if above else leaf).cancel("x")
    heard: list[str] = []
    leaf.on_cancel(heard.append)
    assert heard == ["x"]


def test_a_callback_is_taken_back() -> None:
    parent = Cancellation()
    leaf = Cancellation(parent)
    heard: list[str] = []
    leaf.on_cancel(heard.append)
    leaf.forget(heard.append)
    leaf.forget(print)
    parent.cancel()
    assert heard == []
    assert leaf.requested


def test_one_of_two_callbacks_is_taken_back() -> None:
    parent = Cancellation()
    leaf = Cancellation(parent)
    heard: list[str] = []
    other: list[str] = []
    leaf.on_cancel(heard.append)
    leaf.on_cancel(other.extend)
    leaf.forget(heard.append)
    parent.cancel("x")
    assert (heard, other) == ([], ["x"])


def test_who_has_ended_hears_no_more() -> None:
    root = CascadeContext("a")
    ended, heard = root.child("b"), list[str]()
    ended.cancellation.on_cancel(heard.append)
    ended.end()
    root.cancellation.cancel()
    assert not heard
    assert not ended.cancellation.requested


def test_who_had_heard_when_it_ended_still_has() -> None:
    root = CascadeContext("a")
    task = root.child("b")
    root.cancellation.cancel("x")
    task.end("cancelled")
    assert task.cancellation.reason == "x"


def test_a_task_that_is_dropped_leaves_nothing_with_its_parent() -> None:
    root = CascadeContext("a")
    dropped = weakref.ref(root.child("b"))
    gc.collect()
    assert dropped() is None


def test_a_callback_that_fails_keeps_no_other_from_being_called() -> None:
    cancellation, heard = Cancellation(), list[str]()

    def fail(reason: str) -> None:
        raise ValueError(reason)

    cancellation.on_cancel(fail)
    cancellation.on_cancel(heard.append)
    with pytest.raises(ExceptionGroup, match="cancelled") as caught:
        cancellation.cancel("x")
    assert [str(error) for error in caught.value.exceptions] == ["x"]
    assert heard == ["x"]
    assert repr(cancellation) == "Cancellation('x')"


@pytest.mark.parametrize("_", range(50))
def test_threads_that_ask_and_threads_that_wait_miss_nothing(_: int) -> None:
    """Whatever the order, each callback is called exactly once."""
    root = Cancellation()
    leaves = [Cancellation(root) for _ in range(8)]
    heard: list[int] = []
    start = threading.Barrier(5)

    def wait(number: int) -> None:
        start.wait()
        for each in (number, number + 4):
            leaves[each].on_cancel(functools.partial(lambda each, _: heard.append(each), each))
            leaves[each].on_cancel(ignore)
            leaves[each].forget(ignore)

    def ask() -> None:
        start.wait()
        root.cancel()

    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(wait, number) for number in range(4)] + [pool.submit(ask)]
    for future in asked:
        future.result()
    assert sorted(heard) == list(range(8))
