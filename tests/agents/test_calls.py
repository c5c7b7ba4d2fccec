"""Calls that are made once: claimed before, kept after, and known to whoever comes later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent.agents.calls import CallLedger, Outcome, encode
from pyagent.models import AssistantMessage, ToolCall, ToolMessage
from pyagent.models.messages import decode
from pyagent.storage import EventStore

if TYPE_CHECKING:
    from pathlib import Path

ANSWER = ToolMessage("call-1", "add", "3")


def test_a_call_is_begun_once_and_its_answer_is_known_afterwards(tmp_path: Path) -> None:
    with EventStore(tmp_path / "store.db") as store:
        ledger = CallLedger(store, "run")
        assert ledger.begin("call-1") is None
        assert ledger.begin("call-1") == Outcome(None)
        assert ledger.finish("call-1", ANSWER) is ANSWER
    with EventStore(tmp_path / "store.db") as store:
        assert CallLedger(store, "run").begin("call-1") == Outcome(ANSWER)
        assert CallLedger(store, "other").begin("call-1") is None


def test_the_first_answer_counts() -> None:
    ledger = CallLedger(EventStore(), "run")
    ledger.begin("call-1")
    ledger.finish("call-1", ANSWER)
    assert ledger.finish("call-1", ToolMessage("call-1", "add", "4")) == ANSWER


def test_a_released_call_may_be_begun_again_by_one() -> None:
    ledger = CallLedger(EventStore(), "run")
    assert ledger.begin("call-1") is None
    for _ in range(3):
        ledger.release("call-1")
        ledger.release("call-1")
        assert ledger.begin("call-1") is None
        assert ledger.begin("call-1") == Outcome(None)
    ledger.finish("call-1", ANSWER)
    assert ledger.begin("call-1") == Outcome(ANSWER)


def test_half_a_surrogate_pair_is_kept_as_a_question_mark() -> None:
    message = AssistantMessage("a\ud800b", (ToolCall("1", "f", '{"x": "\udfff"}'),))
    assert decode(b"[" + encode(message) + b"]") == [
        AssistantMessage("a?b", (ToolCall("1", "f", '{"x": "?"}'),))
    ]
