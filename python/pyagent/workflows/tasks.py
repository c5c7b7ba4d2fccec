"""From the words of a task to a job, without a model: by a fixed vocabulary.

Every word of a task must be known, and the words must name the job's subject. A task that says
more than the vocabulary can is refused rather than half understood: "remove the import of os from
a.py" must not turn into "remove every unused import".
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


class Job(NamedTuple):
    """A job that tasks can ask for.

    Attributes:
        name: Its name, which is also understood as a task.
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
    """

    text: str
    job: Job
    kinds: frozenset[str]


OPTIMIZE_IMPORTS = Job(
    "optimize-imports",
    "Analyze dependencies and optimize imports",
    "remove unused and duplicate imports, sort the rest, report missing dependencies and cycles",
)
JOBS = (OPTIMIZE_IMPORTS,)


def understand(text: str) -> Task:
    """Find the job that a task asks for.

    Args:
        text: The task, such as "Analyze dependencies and optimize imports", "sort the imports" or
            "optimize-imports".

    Returns:
        The job, and the kinds of edits asked for.

    Raises:
        UnknownTaskError: No job answers to it; the hint lists the jobs.
    """
    words = _words(text)
    unknown = sorted(words - _KINDS.keys() - _EVERYTHING - _ACTIONS - _SUBJECT - _OTHER)
    if unknown or _SUBJECT.isdisjoint(words):
        listed = "; ".join(f"{job.example!r}: {job.help}" for job in JOBS)
        about = f", not knowing {', '.join(map(repr, unknown))}" if unknown else ""
        raise UnknownTaskError(f"no job answers to the task {text!r}{about}", f"jobs: {listed}")
    return Task(text, OPTIMIZE_IMPORTS, _kinds(words))


def _kinds(words: frozenset[str]) -> frozenset[str]:
    every = frozenset(_KINDS.values())
    if words & _EVERYTHING:
        return every
    if not words & _ACTIONS:
        return frozenset()
    return frozenset(kind for word, kind in _KINDS.items() if word in words) or every
