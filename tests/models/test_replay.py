"""Runs that are recorded to a file and played from it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyagent.errors import (
    ConfigError,
    ModelError,
    ModelHTTPError,
    ModelRequestForbiddenError,
    ModelResponseError,
)
from pyagent.models import (
    AssistantMessage,
    ModelRequest,
    ModelResponse,
    OpenAIChat,
    ReplayModel,
    ResponseDone,
    ScriptedModel,
    Settings,
    SystemMessage,
    TextDelta,
    ToolCall,
    ToolMessage,
    ToolSpec,
    Usage,
    UserMessage,
    allow_requests,
)
from pyagent.models.recording import cleaned, digest_of

from .payloads import chunk, completion, sse
from .server import Server, json_reply, sse_reply

if TYPE_CHECKING:
    from pathlib import Path

    from pyagent.models import Message, Model

TOOL = ToolSpec("add", "Adds.", {"type": "object", "properties": {"a": {"type": "integer"}}})
CALL = ToolCall("c1", "add", '{"a":1}')


def request(*messages: Message, **options: Any) -> ModelRequest:
    return ModelRequest(messages, (TOOL,), **options)


FIRST = request(SystemMessage("be brief"), UserMessage("add 1"))
SECOND = request(*FIRST.messages, AssistantMessage("", (CALL,)), ToolMessage("c1", "add", "2"))
THIRD = request(*SECOND.messages, AssistantMessage("2."), UserMessage("and again"))
ANSWERS: list[Any] = [CALL, "2.", "3."]


def ask(model: Model, *requests: ModelRequest) -> list[ModelResponse]:
    async def main() -> list[ModelResponse]:
        return [await model.request(request) for request in requests]

    return asyncio.run(main())


def record(path: Path, *requests: ModelRequest, answers: list[Any] = ANSWERS) -> None:
    recorder = ReplayModel(path, ScriptedModel(answers), "record")
    ask(recorder, *requests)


def test_a_run_is_recorded_and_played(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "run.jsonl"
    recorder = ReplayModel(path, ScriptedModel(ANSWERS, name="real"))
    assert (recorder.recording, recorder.name, recorder.remaining) == (True, "real", 0)
    recorded = ask(recorder, FIRST, SECOND, THIRD)
    player = ReplayModel(path)
    assert (player.recording, player.name, player.remaining) == (False, "real", 3)
    assert ask(player, FIRST, SECOND, THIRD) == recorded
    assert player.remaining == 0
    assert "replay" in repr(player)


def test_auto_records_once_and_then_asks_nobody(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    ask(ReplayModel(path, ScriptedModel(["x"])), FIRST)
    before = path.read_bytes()
    real = ScriptedModel([])
    assert ask(ReplayModel(path, real), FIRST)[0].message.content == "x"
    assert (real.requests, path.read_bytes()) == ([], before)


def test_the_file_is_for_people_too(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    record(path, FIRST, SECOND, THIRD)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["kind"] for line in lines] == ["pyagent-replay", *["request", "answer"] * 3]
    assert lines[0] == {"kind": "pyagent-replay", "version": 1, "model": "scripted"}
    asked = lines[1::2]
    assert [[message["content"] for message in line["messages"]] for line in asked] == [
        ["be brief", "add 1"],
        ["", "2"],
        ["2.", "and again"],
    ]
    assert asked[2]["continues"] == asked[1]["digest"]
    assert "continues" not in asked[0]
    again = tmp_path / "again.jsonl"
    record(again, FIRST, SECOND, THIRD)
    assert again.read_bytes() == path.read_bytes()


def test_the_same_request_again_gets_the_answers_in_order(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    record(path, FIRST, FIRST, answers=["a", "b"])
    played = ask(ReplayModel(path), FIRST, FIRST, FIRST)
    assert [response.message.content for response in played] == ["a", "b", "b"]


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        (request(SystemMessage("be brief"), UserMessage("add 2")), ["-add 1", "+add 2"]),
        (ModelRequest(FIRST.messages), ["-[tool]"]),
        (request(*FIRST.messages, settings=Settings(temperature=0.5)), ['+  "temperature": 0.5']),
        (request(*FIRST.messages, output_schema={"type": "null"}), ["+[output]"]),
        (request(*FIRST.messages, UserMessage("more")), ["+[user]", "+more"]),
        (
            request(*SECOND.messages[:-1], ToolMessage("c1", "add", "no", failed=True)),
            ["-[tool add (c1)]", "+[tool add (c1) failed]", "-2", "+no"],
        ),
    ],
)
def test_a_mismatch_is_shown_as_a_diff(
    changed: ModelRequest, shown: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "run.jsonl"
    record(path, FIRST, SECOND)
    with pytest.raises(ModelError) as caught:
        ask(ReplayModel(path), changed)
    text = str(caught.value)
    assert "--- recorded" in text
    assert "+++ came" in text
    for line in shown:
        assert f"\n{line}" in text
    assert "record it again" in caught.value.hint


def test_a_long_diff_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    record(path, FIRST)
    changed = request(UserMessage("\n".join(map(str, range(999)))))
    with pytest.raises(ModelError, match=r"\.\.\. and \d+ more lines"):
        ask(ReplayModel(path), changed)


def test_the_timeout_does_not_decide(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    record(path, FIRST)
    assert ask(ReplayModel(path), request(*FIRST.messages, settings=Settings(timeout=9.0)))


def test_errors_are_recorded_and_raised_again(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    errors = [
        ModelHTTPError("busy", "wait", "m", 429, "slow down", retryable=True),
        ModelResponseError("half", model="m"),
        ModelError("none", model="m", retryable=True),
    ]
    recorder = ReplayModel(path, ScriptedModel([*errors, "good"]))
    player: ReplayModel | None = None
    for model in (recorder, player):
        played = model or ReplayModel(path)
        for error in errors:
            with pytest.raises(type(error)) as caught:
                ask(played, FIRST)
            assert type(caught.value) is type(error)
            assert vars(caught.value) == vars(error)
        assert ask(played, FIRST)[0].message.content == "good"


def test_a_forbidden_request_is_not_recorded(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    recorder = ReplayModel(path, OpenAIChat("m", base_url="http://127.0.0.1:1"))
    with allow_requests(False), pytest.raises(ModelRequestForbiddenError):
        ask(recorder, FIRST)
    assert not path.exists()


def test_a_real_run(tmp_path: Path) -> None:
    """Over HTTP, whole and streamed; played with requests forbidden."""
    path = tmp_path / "run.jsonl"

    async def run(model: Model) -> list[Any]:
        whole = await model.request(FIRST)
        parts = [event async for event in model.stream(SECOND)]
        assert isinstance(parts[-1], ResponseDone)
        text = "".join(part.text for part in parts if isinstance(part, TextDelta))
        return [whole, text, parts[-1].response]

    async def main() -> list[Any]:
        stream = sse(chunk({"content": "It is "}), chunk({"content": "2."}), chunk({}, "stop"))
        replies = [
            json_reply(completion(None, [("c1", "add", '{"a":1}')], "tool_calls")),
            sse_reply([stream]),
        ]
        async with (
            Server(*replies) as server,
            OpenAIChat("gpt-5", base_url=server.url, api_key="key-of-a-test") as real,
        ):
            return await run(ReplayModel(path, real))

    recorded = asyncio.run(main())
    with allow_requests(False):
        played = asyncio.run(run(ReplayModel(path, mode="replay")))
    assert played == recorded
    assert played[1] == "It is 2."
    assert played[0].usage == Usage(30, 7, 20, 1)
    assert "key-of-a-test" not in path.read_text(encoding="utf-8")


def test_errors_of_streams_are_recorded(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"

    async def run(model: Model) -> None:
        assert [event async for event in model.stream(FIRST)]

    for model in (ReplayModel(path, ScriptedModel([ModelError("no")])), None):
        with pytest.raises(ModelError, match="no"):
            asyncio.run(run(model or ReplayModel(path)))


def test_secrets_stay_out_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.jsonl"

    def conversation(key: str) -> ModelRequest:
        return request(
            UserMessage(f"the key is {key}, and sk-abcdefghijklmnopqrstuv, and given-secret"),
            settings=Settings(extra={"user_token": key, key: ["x"]}),
        )

    monkeypatch.setenv("SHOP_API_KEY", "first-key-0123")
    answer = "I heard first-key-0123."
    recorder = ReplayModel(path, ScriptedModel([answer]), secrets=["given-secret"])
    assert ask(recorder, conversation("first-key-0123"))[0].message.content == answer
    text = path.read_text(encoding="utf-8")
    for secret in ("first-key-0123", "sk-abc", "given-secret"):
        assert secret not in text
    monkeypatch.setenv("SHOP_API_KEY", "second-key-4567")
    player = ReplayModel(path, secrets=["given-secret"])
    (played,) = ask(player, conversation("second-key-4567"))
    assert played.message.content == "I heard ***."


def test_without_a_model_there_is_nothing_to_record(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="give model="):
        ReplayModel(tmp_path / "run.jsonl")
    with pytest.raises(ConfigError, match="give model="):
        ReplayModel(tmp_path / "run.jsonl", mode="record")
    with pytest.raises(ConfigError, match="cannot be read"):
        ReplayModel(tmp_path / "run.jsonl", mode="replay")
    with pytest.raises(ConfigError, match="is no mode"):
        ReplayModel(tmp_path / "run.jsonl", mode="again")  # type: ignore[arg-type]


def test_record_writes_anew(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    record(path, FIRST, SECOND, THIRD)
    record(path, FIRST)
    assert ReplayModel(path).remaining == 1


def test_a_file_without_answers(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text('{"kind":"pyagent-replay","version":1,"model":""}\n', encoding="utf-8")
    player = ReplayModel(path)
    assert player.name == "replay"
    with pytest.raises(ModelError, match="holds no answers"):
        ask(player, FIRST)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"kind":"pyagent-replay","version":2}', "\xff"])
def test_files_that_are_no_recording(text: str, tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match="is no recording of version 1"):
        ReplayModel(path)


def test_damaged_lines_are_named(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    record(path, FIRST, SECOND)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for damaged, line in [
        (lines[:3] + lines[4:], 4),  # a request is missing
        (lines[:2] + lines[3:], 3),  # an answer is missing
        (lines[:1] + lines[3:], 2),  # what is continued is missing
        (lines[:-1], 4),  # the end is missing
        ([*lines[:-1], lines[-1][:20]], 5),  # the end is cut off
        ([*lines, lines[0]], 6),
    ]:
        path.write_text("".join(damaged), encoding="utf-8")
        with pytest.raises(ConfigError, match=rf"run\.jsonl:{line} is damaged"):
            ReplayModel(path)


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        ask(ReplayModel(tmp_path, ScriptedModel(["x"]), "record"), FIRST)


TEXT = st.text(max_size=20)
MESSAGES = st.lists(
    st.one_of(
        TEXT.map(UserMessage),
        TEXT.map(SystemMessage),
        st.builds(
            AssistantMessage, TEXT, st.lists(st.builds(ToolCall, TEXT, TEXT, TEXT)).map(tuple)
        ),
        st.builds(ToolMessage, TEXT, TEXT, TEXT, st.booleans()),
    ),
    max_size=4,
)


@settings(deadline=None, max_examples=40)
@given(st.lists(MESSAGES, min_size=1, max_size=5))
def test_any_conversations_are_played_as_recorded(
    tmp_path_factory: pytest.TempPathFactory, conversations: list[list[Message]]
) -> None:
    path = tmp_path_factory.mktemp("replay") / "run.jsonl"
    requests = [request(*messages) for messages in conversations]
    answers: list[Any] = [f"answer {n}" for n in range(len(requests))]
    record(path, *requests, answers=answers)
    played = ask(ReplayModel(path), *requests)
    assert [response.message.content for response in played] == answers


@settings(deadline=None)
@given(MESSAGES)
def test_a_digest_is_that_of_the_content(messages: list[Message]) -> None:
    clean = cleaned(request(*messages), lambda text: text)
    assert digest_of(clean) == digest_of(cleaned(clean, lambda text: text))
    other = request(*messages, UserMessage("more"))
    assert digest_of(other) != digest_of(clean)
