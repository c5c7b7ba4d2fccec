"""Models that play what a real one answered when the test was recorded."""

from __future__ import annotations

import re
import zlib
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from pyagent.errors import ConfigError
from pyagent.models import Model, ReplayModel, allow_requests, infer_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

FOLDER = "__replays__"


class Replays:
    """What the fixture `replay` gives: call it to get a model.

    Args:
        module: The file of the test.
        test: The name of the test, with that of its class.
        recording: Whether real models are asked, and their answers written down.
    """

    def __init__(self, module: Path, test: str, *, recording: bool) -> None:
        self._folder = module.parent / FOLDER / module.stem
        self._test = _file_name(test)
        self._recording = recording
        self._models: dict[Path, tuple[ReplayModel, bool]] = {}
        self._stack = ExitStack()

    @property
    def recording(self) -> bool:
        """Whether real models are asked, as `--pyagent-record` says."""
        return self._recording

    def __call__(
        self,
        model: Model | str | Callable[[], Model] | None = None,
        *,
        name: str = "",
        unused_ok: bool = False,
    ) -> ReplayModel:
        """A model that answers from the file of the test, or writes it.

        Args:
            model: Who is asked while recording: a name as `openai:gpt-5-mini`, a model, or a
                function that makes one, which only a recording calls.
            name: Tells the files of one test apart, where it has several models.
            unused_ok: Whether the test may end before every recorded answer was asked for.

        Raises:
            ConfigError: There is no model to record, or the file is in use already.
        """
        path = self._folder / f"{self._test}{f'.{_file_name(name)}' if name else ''}.jsonl"
        if path in self._models:
            raise ConfigError(f"{path} is in use in this test", "tell them apart: replay(name=...)")
        made = self._recorded(path, model) if self._recording else self._played(path)
        self._models[path] = made, unused_ok
        return made

    def check(self) -> None:
        """That every recorded answer was asked for; the failure says what was left."""
        left = {
            path: model.remaining
            for path, (model, unused_ok) in self._models.items()
            if model.remaining and not unused_ok
        }
        if left:
            said = ", ".join(f"{count} answers of {path}" for path, count in left.items())
            pytest.fail(f"the recording was not used up: {said}", pytrace=False)

    def _played(self, path: Path) -> ReplayModel:
        if not path.exists():
            reason = f"there is no recording {path} (make it: pytest --pyagent-record)"
            pytest.fail(reason, pytrace=False)
        return ReplayModel(path, mode="replay")

    def _recorded(self, path: Path, model: Model | str | Callable[[], Model] | None) -> ReplayModel:
        if model is None:
            raise ConfigError(
                "there is no model to record", 'name one: replay("openai:gpt-5-mini")'
            )
        self._stack.enter_context(allow_requests(True))  # noqa: FBT003 - the switch itself
        return ReplayModel(path, _made(model), mode="record")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()


def _made(model: Model | str | Callable[[], Model]) -> Model:
    if isinstance(model, str):
        return infer_model(model)
    return model if isinstance(model, Model) else model()


def _file_name(name: str) -> str:
    """A name that every file system takes, another one for every name."""
    plain = re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).strip("-.")[:100]
    return plain if plain == name else f"{plain}-{zlib.crc32(name.encode()):08x}"
