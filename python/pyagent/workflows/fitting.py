"""Whether what one step returns is what another takes, as far as their annotations say.

Values are handed over once and not shared, so that generic types count as covariant: a `list[int]`
is taken for a `list[float]`. What cannot be decided fits: a check that refuses a right graph is
worse than one that lets a wrong one through to its first run.
"""

from __future__ import annotations

import collections.abc
import types
import typing
from typing import Annotated, Any, Literal, TypeVar, Union

from pyagent.workflows.result import Skipped

# PEP 484: an int is a float, and a float is a complex number.
_NUMBERS = {(int, float), (int, complex), (float, complex)}
_UNIONS = (Union, types.UnionType)
_NONE: type = type(None)


def fits(source: Any, target: Any) -> bool:  # noqa: PLR0911 - a case each
    """Whether a value of type `source` may be given where `target` is expected."""
    source, target = _plain(source), _plain(target)
    if _unknown(source) or _unknown(target) or source == target or target is object:
        return True
    if _origin(source) in _UNIONS:
        return all(fits(member, target) for member in typing.get_args(source))
    if _origin(target) in _UNIONS:
        return any(fits(source, member) for member in typing.get_args(target))
    if _origin(source) is Literal:
        return _literal_fits(typing.get_args(source), target)
    if _origin(target) is Literal:
        return source is bool and {True, False} <= set(typing.get_args(target))
    if _is_new_type(source):
        return fits(source.__supertype__, target)
    if _is_new_type(target):
        return False
    return _classes_fit(source, target)


def without_skipped(annotation: Any) -> Any:
    """The type of what comes when a step is not skipped."""
    if _origin(annotation) not in _UNIONS:
        return annotation
    return union([each for each in typing.get_args(annotation) if each is not Skipped])


def takes_skipped(annotation: Any) -> bool:
    """Whether a parameter says that it wants to know of a step that was skipped."""
    return annotation is Skipped or (
        _origin(annotation) in _UNIONS and Skipped in typing.get_args(annotation)
    )


def union(members: list[Any]) -> Any:
    """The type of a value that has one of several types."""
    if not members or any(_unknown(each) for each in members):
        return Any
    return Union[tuple(members)]  # noqa: UP007 - as many as there are


def element(annotation: Any) -> Any:
    """The type of what an iterable of this type gives; `None` where it is no iterable."""
    annotation = _plain(without_skipped(annotation))
    if _unknown(annotation):
        return Any
    if _origin(annotation) in _UNIONS:
        parts = [element(member) for member in typing.get_args(annotation)]
        return None if None in parts else union(parts)
    if not fits(annotation, collections.abc.Iterable):
        return None
    arguments = _arguments_as(annotation, collections.abc.Iterable)
    return arguments[0] if arguments else Any


def shown(annotation: Any) -> str:
    """A type as it is written in code."""
    if annotation is Any:
        return "Any"
    if annotation is _NONE:
        return "None"
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return annotation.__qualname__.rpartition("<locals>.")[2]
    if _origin(annotation) in _UNIONS:
        return " | ".join(shown(member) for member in typing.get_args(annotation))
    arguments = typing.get_args(annotation)
    if arguments and isinstance(_origin(annotation), type):
        inside = ", ".join("..." if each is ... else shown(each) for each in arguments)
        return f"{_origin(annotation).__qualname__}[{inside}]"
    return str(annotation).replace("typing.", "")


def _plain(annotation: Any) -> Any:
    """Without what says nothing about the value: `Annotated`, `None` for its type, old aliases."""
    while _origin(annotation) is Annotated:
        annotation = annotation.__origin__
    if annotation is None:
        return _NONE
    # `type X = ...` of Python 3.12.
    if type(annotation).__name__ == "TypeAliasType":
        return _plain(annotation.__value__)
    if isinstance(annotation, TypeVar):
        if annotation.__constraints__:
            return union(list(annotation.__constraints__))
        return Any if annotation.__bound__ is None else _plain(annotation.__bound__)
    return annotation


def _unknown(annotation: Any) -> bool:
    """Whether nothing can be said: `Any`, a name that could not be looked up, a special form."""
    if isinstance(annotation, str | typing.ForwardRef) or annotation is Any:
        return True
    known = isinstance(annotation, type) or _is_new_type(annotation) or _origin(annotation)
    return not known


def _origin(annotation: Any) -> Any:
    if isinstance(annotation, types.UnionType):
        return types.UnionType
    return typing.get_origin(annotation)


def _is_new_type(annotation: Any) -> bool:
    return isinstance(annotation, typing.NewType)


def _literal_fits(values: tuple[Any, ...], target: Any) -> bool:
    if _origin(target) is Literal:
        wanted = typing.get_args(target)
        return all(any(v == w and type(v) is type(w) for w in wanted) for v in values)
    return all(fits(type(value), target) for value in values)


def _classes_fit(source: Any, target: Any) -> bool:
    """Of two classes, either of which may have arguments."""
    source_class, target_class = _class_of(source), _class_of(target)
    if source_class is None or target_class is None:
        return True
    if source_class is type and target_class is type:
        pairs = zip(typing.get_args(source), typing.get_args(target), strict=False)
        return all(fits(given, wanted) for given, wanted in pairs)
    if not _is_subclass(source_class, target_class):
        return False
    wanted = typing.get_args(target)
    given = _arguments_as(source, target_class)
    if not wanted or given is None or target_class.__name__ == "Callable":
        return True
    if target_class is tuple:
        return _tuples_fit(given, wanted)
    return len(given) != len(wanted) or all(map(fits, given, wanted))


def _class_of(annotation: Any) -> type | None:
    origin = _origin(annotation)
    found = annotation if origin is None else origin
    return found if isinstance(found, type) else None


def _is_subclass(source: type, target: type) -> bool:
    if (source, target) in _NUMBERS:
        return True
    if typing.is_typeddict(target):
        return source is target or source is dict
    if getattr(target, "_is_protocol", False):
        return all(hasattr(source, name) for name in _members(target))
    try:
        return issubclass(source, target)
    except TypeError:
        return True


def _members(protocol: type) -> list[str]:
    """The methods that a protocol asks for.

    Attributes of instances alone are not seen on a class, so that nothing is said of them.
    """
    found = []
    for base in protocol.__mro__:
        if getattr(base, "_is_protocol", False):
            found += [n for n in vars(base) if n == "__call__" or not n.startswith("_")]
    return found


def _tuples_fit(given: tuple[Any, ...], wanted: tuple[Any, ...]) -> bool:
    if wanted[-1] is ...:
        return all(fits(each, wanted[0]) for each in given if each is not ...)
    if given and given[-1] is ...:
        return all(fits(given[0], each) for each in wanted)
    return len(given) == len(wanted) and all(map(fits, given, wanted))


def _arguments_as(annotation: Any, target: type) -> tuple[Any, ...] | None:  # noqa: PLR0911 - a case each
    """The arguments of a generic type, as those of one of its bases; `None` where not known."""
    source = _class_of(annotation)
    arguments = typing.get_args(annotation)
    if source is None:
        return None
    if source is target:
        return arguments or None
    if not arguments and source in {str, bytes, bytearray, range}:
        return (str,) if source is str else (int,)
    for base in getattr(source, "__orig_bases__", ()):
        base_class = _class_of(base)
        if base_class is not None and base_class is not typing.Generic:
            inner = _substituted(base, source, arguments)
            if _is_subclass(base_class, target):
                return _arguments_as(inner, target)
    if source is tuple and arguments:
        return (union([each for each in arguments if each is not ...]),)
    if source.__module__ in {"builtins", "collections", "collections.abc"} and arguments:
        wanted = 2 if issubclass(target, collections.abc.Mapping) else 1
        return arguments[:wanted]
    return None


def _substituted(base: Any, owner: type, arguments: tuple[Any, ...]) -> Any:
    """A base with the type variables of its class replaced by what is known of them."""
    parameters = getattr(owner, "__parameters__", ())
    free = getattr(base, "__parameters__", ())
    if not free:
        return base
    known = dict(zip(parameters, arguments, strict=False))
    return base[tuple(known.get(each, Any) for each in free)]
