"""Which model a task is given to, and what to say where there is none."""

from __future__ import annotations

import os

from pyagent.errors import ConfigError

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    import argparse

VARIABLE = "PYAGENT_MODEL"
_WITH_A_MODEL = """\
with a model, any task:
  pyagent run TASK --model openai:MODEL
      the key is read from OPENAI_API_KEY; OPENAI_BASE_URL names another server than OpenAI's
  pyagent run TASK --model ollama:MODEL
      a model of a local Ollama, without a key
  pyagent run TASK --model vllm:MODEL@http://localhost:8000/v1
      any server that speaks OpenAI's dialect: vLLM, llama.cpp (llamacpp:), Azure (azure:)
  Once and for all: PYAGENT_MODEL in the environment, or `model = "openai:MODEL"` under
  [tool.pyagent] in the pyproject.toml of the project.
"""


def chosen(args: argparse.Namespace) -> str | None:
    """The model that is to do the task; `None` where one of the built-in jobs does it.

    The jobs need no model, and so come before one that is only configured; `--model` comes first.

    Raises:
        ConfigError: The setting in `pyproject.toml` is no text.
        UnknownTaskError: No job answers to the task, and there is no model.
    """
    if args.model is not None:
        return str(args.model)
    from pyagent.errors import UnknownTaskError
    from pyagent.jobs import understand

    try:
        understand(args.task)
    except UnknownTaskError:
        name = configured(args.path)
        if name is None:
            raise
        return name
    return None


def configured(path: str) -> str | None:
    """The model that the environment or the project names."""
    return os.environ.get(VARIABLE) or _setting(os.path.join(path, "pyproject.toml"))


def _setting(path: str) -> str | None:
    import tomllib

    try:
        with open(path, "rb") as file:
            settings = tomllib.load(file)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    tool = settings.get("tool", {}).get("pyagent", {})
    value = tool.get("model") if isinstance(tool, dict) else None
    if value is not None and not isinstance(value, str):
        raise ConfigError(f"model in {path} is no text", 'write it as model = "openai:MODEL"')
    return value or None


def ways() -> str:
    """What can be done without a model, and how to configure one."""
    from pyagent.jobs import JOBS

    lines = ["without a model:"]
    for job in JOBS:
        lines += [f'  pyagent run "{job.example}"', f"      {job.help}"]
    return "\n".join([*lines, _WITH_A_MODEL])
