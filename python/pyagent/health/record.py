"""Values with named fields: what a `NamedTuple` is, without importing `typing` to define it."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` costs start-up time
if TYPE_CHECKING:
    from typing import Any, Self


class Record:
    """Compared and shown by its fields, which `__slots__` names."""

    __slots__: tuple[str, ...] = ()

    def replace(self, **changes: Any) -> Self:
        """A copy with other values in some fields."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return type(self)(**{**fields, **changes})

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(
            getattr(self, name) == getattr(other, name) for name in self.__slots__
        )

    __hash__ = None  # type: ignore[assignment] # as of other values that can be changed

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({fields})"
