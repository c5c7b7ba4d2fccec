"""From the words of a task to a job, without a model: by forms and a fixed vocabulary.

A task that names symbols has one of a few forms. In any other every word must be known, and the
words must name the job's subject. A task that says more than that is refused rather than half
understood: "remove the import of os from a.py" must not turn into "remove every unused import".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pyagent.errors import UnknownTaskError


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", text.lower()))


# Words that ask for one kind of edit only; without any, or with one of _EVERYTHING, all kinds.
_KINDS = {
    "unused": "unused",
    "unneeded": "unused",
    "unnecessary": "unused",
    "dead": "unused",
    "duplicate": "duplicate",
    "duplicated": "duplicate",
    "duplicates": "duplicate",
    "deduplicate": "duplicate",
    "redundant": "duplicate",
    "sort": "unsorted",
    "order": "unsorted",
    "unsorted": "unsorted",
}
_EVERYTHING = _words("optimize optimise clean cleanup tidy organize organise fix improve")
# A task without any of these or of _EVERYTHING only asks to look, and gets no edits.
_ACTIONS = _words("remove delete drop deduplicate sort order")
_SUBJECT = _words("import imports")
_OTHER = _words(
    """
    a all analyse analyze and any around check code cycles dependencies dependency detect files
    find for from in its list missing module modules my of our out package please project python
    report show statement statements the their then this up
    """
)


# A symbol by its dotted path, or by its place.
_TARGET = r"[`'\"]?(?P<target>[^\s`'\"]+)[`'\"]?"
_RENAME = re.compile(
    r"rename\s+(?:the\s+)?(?:(?:symbol|name|function|class|method|variable|parameter|attribute|"
    rf"constant)\s+)?{_TARGET}\s+(?:to|as|into)\s+[`'\"]?(?P<new>[^\s`'\",.]+)[`'\"]?"
    r"(?P<certain>,?\s+(?:only\s+)?where\s+(?:it\s+is\s+)?certain)?"
    r"(?P<docstrings>,?\s+(?:also\s+in|and\s+in|including|with)\s+(?:the\s+)?docstrings)?\s*\.?",
    re.IGNORECASE,
)
_ALIASES = r"(?:,?\s+(?P<aliases>with|without)\s+alias(?:es)?)?\s*\.?"
_EXTRACT_ALL = re.compile(
    r"extract(?:-|\s+)(?:all\s+)?(?:the\s+)?methods(?:\s+(?:to|as|into)\s+functions)?" + _ALIASES,
    re.IGNORECASE,
)
_EXTRACT_ONE = re.compile(
    rf"extract\s+(?:the\s+)?(?:method\s+)?{_TARGET}\s+(?:to|as|into)\s+(?:a\s+)?function"
    + _ALIASES,
    re.IGNORECASE,
)


class Job(NamedTuple):
    """A job that tasks can ask for.

    Attributes:
        name: Its name, which is also understood as a task where nothing more need be said.
        example: A task that asks for it.
        help: What it does, in one line.
    """

    name: str
    example: str
    help: str


class Task(NamedTuple):
    """A task that was understood.

    Attributes:
        text: The words.
        job: The job that answers to it.
        kinds: The kinds of edits that it asks for; none if it only asks to look.
        target: The symbol that it names; empty if it names none.
        new: The new name that it gives.
        keep_alias: Whether classes keep the names of methods that become functions; `None`
            leaves it to the job.
    """

    text: str
    job: Job
    kinds: frozenset[str]
    target: str = ""
    new: str = ""
    keep_alias: bool | None = None


OPTIMIZE_IMPORTS = Job(
    "optimize-imports",
    "Analyze dependencies and optimize imports",
    "remove unused and duplicate imports, sort the rest, report missing dependencies and cycles",
)
RENAME_SYMBOL = Job(
    "rename-symbol",
    "rename package.module.old to new",
    "rename a function, class, method, variable or parameter wherever the project uses it",
)
EXTRACT_METHODS = Job(
    "extract-methods",
    "extract methods to functions",
    "make functions of methods that use neither their instance nor their class",
)
JOBS = (OPTIMIZE_IMPORTS, RENAME_SYMBOL, EXTRACT_METHODS)


def understand(text: str) -> Task:
    """Find the job that a task asks for.

    Args:
        text: The task, such as "Analyze dependencies and optimize imports", "sort the imports",
            "rename shop.prices.total to grand_total" or "extract methods to functions".

    Returns:
        The job, and what exactly is asked for.

    Raises:
        UnknownTaskError: No job answers to it; the hint lists the jobs.
    """
    if task := _of_form(text):
        return task
    words = _words(text)
    unknown = sorted(words - _KINDS.keys() - _EVERYTHING - _ACTIONS - _SUBJECT - _OTHER)
    if unknown or _SUBJECT.isdisjoint(words):
        listed = "; ".join(f"{job.example!r}: {job.help}" for job in JOBS)
        about = f", not knowing {', '.join(map(repr, unknown))}" if unknown else ""
        raise UnknownTaskError(f"no job answers to the task {text!r}{about}", f"jobs: {listed}")
    return Task(text, OPTIMIZE_IMPORTS, _kinds(words))


def _of_form(text: str) -> Task | None:
    """A task that names symbols, or methods as such."""
    words = text.strip()
    if found := _RENAME.fullmatch(words):
        kinds = {"rename"} if found["certain"] else {"rename", "possible-use", "string"}
        if found["docstrings"]:
            kinds.add("docstring")
        return Task(text, RENAME_SYMBOL, frozenset(kinds), found["target"], found["new"])
    if found := _EXTRACT_ALL.fullmatch(words) or _EXTRACT_ONE.fullmatch(words):
        aliases = (found["aliases"] or "").lower()
        keep_alias = None if not aliases else aliases == "with"
        target = found.groupdict().get("target") or ""
        kinds = {"extract-method"}
        return Task(text, EXTRACT_METHODS, frozenset(kinds), target, keep_alias=keep_alias)
    return None


def _kinds(words: frozenset[str]) -> frozenset[str]:
    every = frozenset(_KINDS.values())
    if words & _EVERYTHING:
        return every
    if not words & _ACTIONS:
        return frozenset()
    return frozenset(kind for word, kind in _KINDS.items() if word in words) or every
