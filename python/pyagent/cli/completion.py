"""`pyagent completion`: print the completion script of a shell."""

from __future__ import annotations

import argparse
import sys

_INSTALL = """\
to install:
  bash   pyagent completion bash > ~/.local/share/bash-completion/completions/pyagent
  zsh    pyagent completion zsh > "${fpath[1]}/_pyagent", then start a new shell
  tcsh   pyagent completion tcsh > ~/.pyagent.tcsh, and `source ~/.pyagent.tcsh` in ~/.tcshrc
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = _INSTALL
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="the shell to complete in")


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    from pyagent.cli import COMMANDS, parser

    whole = parser.complete(COMMANDS)
    _complete_paths(whole, shtab.FILE)
    sys.stdout.write(shtab.complete(whole, shell=args.shell))
    return 0


def _complete_paths(parser: argparse.ArgumentParser, choice: object) -> None:
    """Let every argument that is a PATH or a FILE complete file names."""
    for action in parser._actions:  # argparse has no public list of them
        if isinstance(action, argparse._SubParsersAction):
            for subparser in action.choices.values():
                _complete_paths(subparser, choice)
        elif action.metavar in {"PATH", "FILE"}:
            vars(action)["complete"] = choice
