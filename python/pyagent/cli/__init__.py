"""The command line: one table of commands, each in a module that only its own call imports."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from pyagent.errors import PyAgentError

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Protocol

    class CommandModule(Protocol):
        """What a command's module offers."""

        def configure(self, parser: argparse.ArgumentParser) -> None:
            """Add the command's arguments."""

        def run(self, args: argparse.Namespace) -> int:
            """Do it, and give the exit code."""


__all__ = ["main"]

# As the shell reports a process that a signal ended: 128 and the signal's number.
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141
EXIT_USAGE = 2


class Command:
    """An entry of the command table.

    The one-line help stands here and not in the module, so that listing the commands imports none.
    """

    __slots__ = ("help", "module")

    def __init__(self, module: str, help_line: str) -> None:
        self.module = module
        self.help = help_line

    def load(self) -> CommandModule:
        """Import the command."""
        module: CommandModule = import_module(self.module)
        return module


COMMANDS = {
    "audit": Command("pyagent.cli.audit", "measure code and report what exceeds the limits"),
    "run": Command("pyagent.cli.run", "do a task on a project and prove it by its own tests"),
    "diff": Command("pyagent.cli.diff", "show what differs between two files or folders"),
    "demo": Command("pyagent.cli.demo", "show a run on a copy of a small project, or of any"),
    "replace": Command("pyagent.cli.replace", "search and replace over a tree, shown before done"),
    "patch": Command("pyagent.cli.patch", "apply a patch of any format, all of it or nothing"),
    "grammar": Command("pyagent.cli.grammar", "explain, check or compile a grammar for a model"),
    "history": Command("pyagent.cli.history", "list the transactions on a tree, or show one"),
    "undo": Command("pyagent.cli.undo", "take back what a transaction or a task did"),
    "recover": Command("pyagent.cli.recover", "finish or take back what a crash left"),
    "completion": Command("pyagent.cli.completion", "print shell completion for bash, zsh or tcsh"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments without the program's name; those of the process by default.

    Returns:
        The exit code. An error of this package becomes one line on stderr; any other exception
        is a fault of ours and keeps its traceback.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    _open_closed_streams()
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()
    except PyAgentError as error:
        sys.stderr.write(f"pyagent: error: {error}\n")
        return EXIT_USAGE
    except KeyboardInterrupt as interrupt:
        sys.stderr.write(f"pyagent: {str(interrupt) or 'interrupted'}\n")
        return int(getattr(interrupt, "exit_code", EXIT_INTERRUPTED))
    except BrokenPipeError:
        from pyagent.cli.console import discard_output

        discard_output()
        return EXIT_BROKEN_PIPE
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else EXIT_USAGE
    return code


def _open_closed_streams() -> None:
    """Let what nobody can read go nowhere, as where a caller has closed a stream."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for good


def _dispatch(arguments: list[str]) -> int:
    from pyagent.cli import parser

    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        top = parser.top_level(COMMANDS)
        if arguments:
            top.parse_args(arguments)
        top.print_help(sys.stderr)
        return EXIT_USAGE
    name, rest = arguments[0], arguments[1:]
    module = command.load()
    # Intermixed, so that a path may also stand behind an option.
    return module.run(parser.of_command(name, command, module).parse_intermixed_args(rest))
