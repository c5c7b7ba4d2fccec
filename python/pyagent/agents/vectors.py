"""Facts by meaning: vectors from a function of the user, compared one by one, hence exactly."""

from __future__ import annotations

import math
import operator
from array import array
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from pyagent.errors import ConfigError

if TYPE_CHECKING:
    from pyagent.storage.database import Database

# Texts in, as many vectors out, all of one length.
Embed: TypeAlias = Callable[[list[str]], Sequence[Sequence[float]]]
_BATCH = 256
# The state of the file in which they were read, the numbers of the facts, and their vectors.
_Loaded: TypeAlias = tuple[tuple[int, int, int], list[int], Any]


class VectorIndex:
    """The vectors of all facts, in the file with them, and in memory once they were asked for.

    Args:
        database: Where the facts are.
        embed: Turns texts into vectors.
    """

    def __init__(self, database: Database, embed: Embed) -> None:
        self._database = database
        self._embed = embed
        self._loaded: _Loaded | None = None

    def cosines(self, query: str) -> list[tuple[int, float]]:
        """How near each fact is to a text: its number and the cosine, in no order.

        Facts that have no vector of the same length get one now: those that are new, and all of
        them when the function is another one.

        Raises:
            ConfigError: The function does not give one vector for each text.
        """
        wanted = self._vectors([query])[0]
        loaded = self._loaded
        if loaded is None or loaded[0] != (len(wanted), *self._database.state()):
            self._fill(len(wanted))
            loaded = self._loaded = self._load(len(wanted))
        _, numbers, matrix = loaded
        return list(zip(numbers, _products(matrix, wanted), strict=True))

    def _fill(self, size: int) -> None:
        """Give a vector to each fact that has none of this size."""
        while rows := self._database.read(
            "SELECT id, trim(subject || ' ' || predicate || ' ' || object) FROM facts"
            " WHERE vector IS NULL OR length(vector) <> ? LIMIT ?",
            (4 * size, _BATCH),
        ):
            vectors = self._vectors([text for _, text in rows])
            if any(len(vector) != size for vector in vectors):
                raise ConfigError("embed gave vectors of several lengths", "give them all one")
            with self._database.transaction():
                for (number, _), vector in zip(rows, vectors, strict=True):
                    self._database.write(
                        "UPDATE facts SET vector = ? WHERE id = ?", (vector.tobytes(), number)
                    )

    def _load(self, size: int) -> _Loaded:
        state = (size, *self._database.state())
        rows = self._database.read(
            "SELECT id, vector FROM facts WHERE length(vector) = ?", (4 * size,)
        )
        return state, [number for number, _ in rows], _matrix([data for _, data in rows], size)

    def _vectors(self, texts: list[str]) -> list[array[float]]:
        """The vectors of texts, each of length 1, so that a product of two is their cosine."""
        given = self._embed(texts)
        if len(given) != len(texts):
            raise ConfigError(
                f"embed gave {len(given)} vectors for {len(texts)} texts", "give one for each"
            )
        return [_unit(vector) for vector in given]


def _unit(vector: Sequence[float]) -> array[float]:
    norm = math.sqrt(math.fsum(value * value for value in vector))
    if not norm or not math.isfinite(norm):
        # Nothing is near to it: the cosine with everything is 0.
        return array("f", bytes(4 * len(vector)))
    return array("f", [value / norm for value in vector])


def _numpy() -> Any:
    """NumPy, if it is there."""
    try:
        import numpy  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415
    except ImportError:
        return None
    return numpy


def _matrix(rows: list[bytes], size: int) -> Any:
    numpy = _numpy()
    if numpy is not None:
        return numpy.frombuffer(b"".join(rows), dtype="f4").reshape(len(rows), size)
    vectors = []
    for data in rows:
        vector = array("f")
        vector.frombytes(data)
        vectors.append(vector)
    return vectors


def _products(matrix: Any, vector: array[float]) -> list[float]:
    numpy = _numpy()
    if numpy is not None and not isinstance(matrix, list):
        products: list[float] = (matrix @ numpy.frombuffer(vector, dtype="f4")).tolist()
        return products
    values = tuple(vector)
    sumprod: Any = getattr(math, "sumprod", _sumprod)
    return [sumprod(row, values) for row in matrix]


def _sumprod(left: Sequence[float], right: Sequence[float]) -> float:
    """`math.sumprod`, which came with Python 3.12."""
    total: float = sum(map(operator.mul, left, right))
    return total
