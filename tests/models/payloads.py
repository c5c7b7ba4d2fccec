"""Answers as the `openai` package's own types make them, and requests as they accept them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat import completion_create_params as chat_params
from openai.types.responses import Response, ResponseStreamEvent
from openai.types.responses import response_create_params as responses_params
from pydantic import TypeAdapter

USAGE = {
    "prompt_tokens": 30,
    "completion_tokens": 7,
    "total_tokens": 37,
    "prompt_tokens_details": {"cached_tokens": 20},
}
RESPONSES_USAGE = {
    "input_tokens": 30,
    "input_tokens_details": {"cached_tokens": 20, "cache_write_tokens": 0},
    "output_tokens": 7,
    "output_tokens_details": {"reasoning_tokens": 3},
    "total_tokens": 37,
}
Call = tuple[str, str, str]  # id, name, arguments


def completion(
    content: str | None = None,
    calls: Iterable[Call] = (),
    finish: str = "stop",
    usage: Mapping[str, Any] | None = USAGE,
    **message: Any,
) -> bytes:
    made = [
        {"id": id_, "type": "function", "function": {"name": name, "arguments": arguments}}
        for id_, name, arguments in calls
    ]
    value = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-5-2025-08-07",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {
                    "role": "assistant",
                    "content": content,
                    "tool_calls": made or None,
                    **message,
                },
            }
        ],
        "usage": usage,
    }
    return ChatCompletion.model_validate(value).model_dump_json().encode()


def chunk(
    delta: Mapping[str, Any] | None = None,
    finish: str | None = None,
    usage: Mapping[str, Any] | None = None,
) -> bytes:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}] if delta is not None else []
    value = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-5-2025-08-07",
        "choices": choices,
        "usage": usage,
    }
    return ChatCompletionChunk.model_validate(value).model_dump_json().encode()


def call_delta(index: int, id_: str | None, name: str | None, arguments: str) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    kind = "function" if id_ else None
    return {"tool_calls": [{"index": index, "id": id_, "type": kind, "function": function}]}


def sse(*data: bytes, done: bool = True) -> bytes:
    lines = [b"data: %b\n\n" % item for item in data]
    return b"".join([*lines, b"data: [DONE]\n\n" if done else b""])


def message_item(*content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"annotations": [], "logprobs": [], **part} for part in content],
    }


def text_item(text: str) -> dict[str, Any]:
    return message_item({"type": "output_text", "text": text})


def call_item(id_: str, name: str, arguments: str) -> dict[str, Any]:
    return {
        "type": "function_call",
        "id": f"fc_{id_}",
        "call_id": id_,
        "name": name,
        "arguments": arguments,
        "status": "completed",
    }


REASONING_ITEM = {"type": "reasoning", "id": "rs_1", "summary": []}


def response_value(*output: Mapping[str, Any], status: str = "completed", **more: Any) -> Any:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1.0,
        "model": "gpt-5-2025-08-07",
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "status": status,
        "usage": RESPONSES_USAGE,
        **more,
    }


def response(*output: Mapping[str, Any], status: str = "completed", **more: Any) -> bytes:
    value = response_value(*output, status=status, **more)
    return Response.model_validate(value).model_dump_json().encode()


def events(*values: Mapping[str, Any]) -> list[bytes]:
    """Each event as bytes of a stream, numbered and checked."""
    pieces = []
    for number, value in enumerate(values):
        made = adapter("event").validate_python({"sequence_number": number, **value})
        data = made.model_dump_json().encode()
        pieces.append(b"event: %b\ndata: %b\n\n" % (made.type.encode(), data))
    return pieces


def text_delta(delta: str) -> dict[str, Any]:
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    return {"type": "response.output_text.delta", "delta": delta, "logprobs": [], **place}


@cache
def adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(
        {
            "chat": chat_params.CompletionCreateParamsNonStreaming,
            "chat stream": chat_params.CompletionCreateParamsStreaming,
            "responses": responses_params.ResponseCreateParamsNonStreaming,
            "responses stream": responses_params.ResponseCreateParamsStreaming,
            "event": ResponseStreamEvent,
        }[kind]
    )


def accepted(kind: str, body: Mapping[str, Any]) -> None:
    """That the package's own types take a request, all the way down, and know each name in it."""
    if body.get("stream"):
        kind += " stream"
    consume(adapter(kind).validate_python(dict(body)))
    params = chat_params if kind.startswith("chat") else responses_params
    base = "CompletionCreateParamsBase" if params is chat_params else "ResponseCreateParamsBase"
    known = {*getattr(params, base).__annotations__, "stream"}
    assert body.keys() <= known, body.keys() - known


def consume(value: Any) -> None:
    """Iterables are validated only as they are walked."""
    if isinstance(value, str | bytes | int | float | None):
        return
    for item in value.values() if isinstance(value, Mapping) else value:
        consume(item)
