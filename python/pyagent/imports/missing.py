"""Imports of packages that the project does not declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyagent._core.imports import ImportFinding
from pyagent.imports.project import normalize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyagent._core.imports import ExternalImport
    from pyagent.imports.project import Project

# Distributions whose modules go by another name, for those that are not installed.
_KNOWN = {
    "OpenSSL": "pyopenssl",
    "PIL": "pillow",
    "_pytest": "pytest",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "git": "gitpython",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "magic": "python-magic",
    "pkg_resources": "setuptools",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "usb": "pyusb",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}

# Modules that exist for type checkers alone.
_TYPING_ONLY = frozenset({"_typeshed"})

_CHOICE = "which distribution to declare, and where, is for the project to say"


def findings(
    external: Sequence[ExternalImport], project: Project, python: str | None
) -> list[ImportFinding]:
    """One finding for each module that is imported and not declared.

    Args:
        external: The imports from outside the project and the standard library.
        project: What the project declares.
        python: The interpreter whose environment tells which distribution has which module.

    Returns:
        The findings, in the order of the modules' names.
    """
    modules: dict[str, list[ExternalImport]] = {}
    for one in external:
        modules.setdefault(one.module, []).append(one)
    declared = project.declared()
    own = project.name()
    names = set(modules) - _TYPING_ONLY
    if declared is not None:
        names = {name for name in names if not declared & _guesses(name)}
    if not names:
        return []
    # To ask the environment is slow; nothing declared under its own name needs it.
    from pyagent.imports.environment import installed  # noqa: PLC0415 - slow to import

    providers = installed(sorted(names), python, owners=declared is not None)
    found: list[ImportFinding] = []
    for name in sorted(names):
        provided = providers[name]
        known = {normalize(one) for one in provided or ()}
        if own is not None and own in known:
            continue
        # A project without any declaration says nothing of what is installed.
        if provided is not None and (declared is None or known & declared):
            continue
        found.append(_finding(name, modules[name], provided, declared=declared is not None))
    return found


def _guesses(module: str) -> set[str]:
    """Names under which the distribution of a module is probably declared."""
    guesses = {normalize(module), normalize(_KNOWN.get(module, module))}
    return guesses | {f"python-{normalize(module)}", f"py{normalize(module)}"}


def _weak(one: ExternalImport) -> str:
    """Why the import does not have to succeed; empty if it does."""
    if one.guarded:
        return "optional: its failure is handled"
    return "for type checkers alone" if one.typing else ""


def _finding(
    module: str, places: list[ExternalImport], provided: list[str] | None, *, declared: bool
) -> ImportFinding:
    strong = [one for one in places if not _weak(one)]
    first = (strong or places)[0]
    message = " ".join(_sentences(module, places, provided, declared=declared))
    reason = _CHOICE if strong else _weak(first)
    return ImportFinding(
        first.path, first.line, first.end_line, "missing-dependency", (module,), message, reason
    )


def _sentences(
    module: str, places: list[ExternalImport], provided: list[str] | None, *, declared: bool
) -> Iterator[str]:
    others = len(places) - 1
    more = f" and in {others} other {'place' if others == 1 else 'places'}" if others else ""
    yield f"`{module}` is imported here{more}, and"
    if not declared:
        yield "is not installed; the project declares no dependencies."
    elif provided:
        yield f"no dependency that the project declares provides it; installed is {provided[0]}."
    elif provided is None:
        yield "is neither declared nor installed."
    else:
        yield "is not declared; it is installed, but belongs to no distribution."
