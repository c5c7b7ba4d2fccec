"""A model that plays a recorded run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from pyagent.errors import ConfigError, ModelError, ModelRequestForbiddenError
from pyagent.models.answers import in_parts
from pyagent.models.model import ModelResponse, ResponseDone
from pyagent.models.recording import (
    Answered,
    Exchange,
    Failed,
    Failure,
    as_text,
    cleaned,
    digest_of,
    head_line,
    lines_of,
    read_recording,
    redacted,
)
from pyagent.models.secret import Redactor, environment_secrets

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Iterable

    from pyagent.models.model import Model, ModelEvent, ModelRequest
    from pyagent.models.secret import Secret

LONGEST_DIFF = 80  # lines


class ReplayModel:
    """Records what a model answers to a file, or answers from it without the model.

    A request is answered with what was recorded for the same conversation, tools, output schema and
    settings, to the letter. What was recorded several times for the same request comes in that
    order, and then the last of it again. Errors of the model are recorded and raised too.

    In requests and answers `***` stands in the place of secrets: of those given, of the values of
    environment variables whose names end in KEY, TOKEN, SECRET, PASSWORD or CREDENTIAL, and of what
    looks like a key of a well-known form. The digests are made after that, so that a recording
    plays where other keys are in force.

    Args:
        path: The file, of JSON lines.
        model: Who answers while recording.
        mode: `record` writes the file anew, `replay` only reads it, and `auto` replays where the
            file is there and records where it is not.
        secrets: More texts that must not come into the file.

    Raises:
        ConfigError: The file is missing, cannot be read or is damaged, or there is no model to
            record.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        model: Model | None = None,
        mode: Literal["auto", "record", "replay"] = "auto",
        *,
        secrets: Iterable[str | Secret] = (),
    ) -> None:
        if mode not in {"auto", "record", "replay"}:
            raise ConfigError(f"mode={mode!r} is no mode", "give 'auto', 'record' or 'replay'")
        self._path = Path(path)
        self._redact = Redactor([*secrets, *environment_secrets()])
        self._record = mode == "record" or (mode == "auto" and not self._path.exists())
        self._exchanges: list[Exchange] = []
        self._played: set[int] = set()
        self._name = ""
        if not self._record:
            self._name, self._exchanges = read_recording(self._path)
        elif model is None:
            raise ConfigError(
                f"{self._path} is not there, and there is no model to record",
                "give model=..., once, on a machine that may ask it",
            )
        else:
            self._name = model.name
        self._model = model

    def __repr__(self) -> str:
        mode = "record" if self._record else "replay"
        return f"ReplayModel({str(self._path)!r}, mode={mode!r})"

    @property
    def name(self) -> str:
        """That of the model that is, or was, recorded."""
        return self._name or "replay"

    @property
    def recording(self) -> bool:
        """Whether the model is asked, and the file written."""
        return self._record

    @property
    def remaining(self) -> int:
        """How many of the recorded answers were not played yet."""
        return 0 if self._record else len(self._exchanges) - len(self._played)

    async def request(self, request: ModelRequest) -> ModelResponse:
        """Answer from the file, or with what the model says.

        Raises:
            ModelError: Nothing was recorded for this request, as a diff to what was; or the
                model's own error.
        """
        if not self._record or self._model is None:
            return self._replayed(request)
        clean = cleaned(request, self._redact)
        try:
            response = await self._model.request(request)
        except ModelError as error:
            self._write(clean, error)
            raise
        self._write(clean, response)
        return response

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Answer in parts: those of the model while recording, and word by word from the file.

        Raises:
            ModelError: As for `request`.
        """
        if not self._record or self._model is None:
            async for event in in_parts(self._replayed(request)):
                yield event
            return
        clean = cleaned(request, self._redact)
        try:
            async for event in self._model.stream(request):
                if isinstance(event, ResponseDone):
                    self._write(clean, event.response)
                yield event
        except ModelError as error:
            self._write(clean, error)
            raise

    def _replayed(self, request: ModelRequest) -> ModelResponse:
        clean = cleaned(request, self._redact)
        digest = digest_of(clean)
        fitting = [n for n, exchange in enumerate(self._exchanges) if exchange.digest == digest]
        if not fitting:
            raise self._unknown(clean)
        place = next((n for n in fitting if n not in self._played), fitting[-1])
        self._played.add(place)
        answer = self._exchanges[place].answer
        if isinstance(answer, Failed):
            raise answer.error.error()
        return answer.response

    def _unknown(self, request: ModelRequest) -> ModelError:
        hint = f"if the change is meant, record it again: delete {self._path}, or mode='record'"
        left = [e for n, e in enumerate(self._exchanges) if n not in self._played]
        candidates = left or self._exchanges
        if not candidates:
            return ModelError(f"{self._path} holds no answers", hint, self.name)
        nearest = max(candidates, key=lambda exchange: _common(exchange.request, request))
        return ModelError(
            f"no answer was recorded in {self._path} for this request; the one that comes nearest "
            f"is {nearest.digest}:\n{_diff(nearest.request, request)}",
            hint,
            self.name,
        )

    def _write(self, request: ModelRequest, outcome: ModelResponse | ModelError) -> None:
        if isinstance(outcome, ModelRequestForbiddenError):
            return  # says nothing about the model
        digest = digest_of(request)
        answer: Answered | Failed
        if isinstance(outcome, ModelResponse):
            plain = redacted(msgspec.to_builtins(outcome), self._redact)
            answer = Answered(digest, msgspec.convert(plain, ModelResponse))
        else:
            plain = redacted(msgspec.to_builtins(Failure.of(outcome)), self._redact)
            answer = Failed(digest, msgspec.convert(plain, Failure))
        exchange = Exchange(digest, request, answer)
        lines = lines_of(exchange, self._exchanges)
        try:
            if not self._exchanges:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.write_bytes(head_line(self._name))
            with self._path.open("ab") as file:
                file.write(lines)
        except OSError as error:
            raise ConfigError(f"{self._path} cannot be written: {error.strerror}") from error
        self._exchanges.append(exchange)


def _common(first: ModelRequest, second: ModelRequest) -> int:
    """How many messages two requests begin with in common."""
    count = 0
    for one, other in zip(first.messages, second.messages, strict=False):
        if one != other:
            break
        count += 1
    return count


def _diff(recorded: ModelRequest, came: ModelRequest) -> str:
    from pyagent.diff import unified  # noqa: PLC0415 - loads the native core

    lines = unified(
        as_text(recorded), as_text(came), from_name="recorded", to_name="came", headings="off"
    ).splitlines()
    if len(lines) > LONGEST_DIFF:
        lines[LONGEST_DIFF:] = [f"... and {len(lines) - LONGEST_DIFF} more lines"]
    return "\n".join(lines)
