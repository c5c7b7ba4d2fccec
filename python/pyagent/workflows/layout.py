"""Places for the vertices of a graph in layers, so that arrows run down and seldom cross.

The method is that of Sugiyama, Tagawa and Toda (1981): layers by the longest way, vertices that
stand for nothing where an arrow passes a layer, the order in a layer by the mean place of the
neighbours, and then the places: as near to the neighbours as the order lets them, by least squares,
for which adjacent ones that would overlap are pooled (Ayer et al., 1955).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SWEEPS = 12
_GAP = 28.0
# Arrows over several layers are wanted straight more than boxes are wanted in the middle.
_STRAIGHT = 4.0


class Layout(NamedTuple):
    """Where everything stands, in pixels.

    Attributes:
        centres: The middle of each vertex, and the number of its layer.
        bends: For each arrow, by its number, the places at which it passes a layer.
        width: Of the whole.
        layers: How many there are.
    """

    centres: dict[str, tuple[float, int]]
    bends: list[list[tuple[float, int]]]
    width: float
    layers: int


def lay_out(widths: Mapping[str, float], edges: Sequence[tuple[str, str]]) -> Layout:
    """Find the places.

    Args:
        widths: The vertices, each behind those that lead to it, with their widths.
        edges: The arrows between them.
    """
    rank = _ranks(widths, edges)
    layers: list[list[int]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    sizes: list[float] = []
    number = {}
    for name, width in widths.items():
        number[name] = len(sizes)
        layers[rank[name]].append(len(sizes))
        sizes.append(width)
    real = len(sizes)
    chains = []
    for source, target in edges:
        chain = [number[source]]
        for layer in range(rank[source] + 1, rank[target]):
            layers[layer].append(len(sizes))
            chain.append(len(sizes))
            sizes.append(0.0)
        chains.append([*chain, number[target]])
    above, below = _neighbours(len(sizes), chains)
    _order(layers, above, below)
    places = _places(layers, above, below, sizes, real)
    first = min((x - sizes[each] / 2 for each, x in enumerate(places)), default=0.0)
    width = max((x + sizes[each] / 2 for each, x in enumerate(places)), default=0.0) - first
    return Layout(
        {name: (places[number[name]] - first, rank[name]) for name in widths},
        [
            [
                (places[each] - first, rank[source] + step)
                for step, each in enumerate(chain[1:-1], 1)
            ]
            for (source, _), chain in zip(edges, chains, strict=True)
        ],
        width,
        len(layers),
    )


def _ranks(names: Iterable[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The layer of each vertex: below all that lead to it; a source just above its targets."""
    rank = dict.fromkeys(names, 0)
    incoming: dict[str, list[str]] = {name: [] for name in rank}
    outgoing: dict[str, list[str]] = {name: [] for name in rank}
    for source, target in edges:
        incoming[target].append(source)
        outgoing[source].append(target)
    for name in rank:
        rank[name] = 1 + max((rank[each] for each in incoming[name]), default=-1)
    for name in rank:
        if not incoming[name] and outgoing[name]:
            rank[name] = min(rank[each] for each in outgoing[name]) - 1
    return rank


def _neighbours(
    count: int, chains: Sequence[Sequence[int]]
) -> tuple[list[list[int]], list[list[int]]]:
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for chain in chains:
        for upper, lower in pairwise(chain):
            above[lower].append(upper)
            below[upper].append(lower)
    return above, below


def _order(layers: list[list[int]], above: list[list[int]], below: list[list[int]]) -> None:
    """Put the vertices of each layer in an order with few crossings."""
    best, fewest = [layer.copy() for layer in layers], _crossings(layers, below)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        near = above if down else below
        order = layers if down else layers[::-1]
        for upper, layer in pairwise(order):
            place = {each: x for x, each in enumerate(upper)}
            means = {each: _mean(near[each], place, x) for x, each in enumerate(layer)}
            layer.sort(key=means.__getitem__)
        crossings = _crossings(layers, below)
        if crossings < fewest:
            best, fewest = [layer.copy() for layer in layers], crossings
    layers[:] = best


def _mean(neighbours: list[int], place: Mapping[int, float], otherwise: float) -> float:
    if not neighbours:
        return otherwise
    return sum(place[each] for each in neighbours) / len(neighbours)


def _crossings(layers: list[list[int]], below: list[list[int]]) -> int:
    """How many arrows cross: inversions of the ends, taken in the order of the beginnings."""
    total = 0
    for upper, lower in pairwise(layers):
        place = {each: x for x, each in enumerate(lower)}
        seen: list[int] = []
        for each in upper:
            ends = sorted(place[target] for target in below[each])
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _places(
    layers: list[list[int]],
    above: list[list[int]],
    below: list[list[int]],
    sizes: list[float],
    real: int,
) -> list[float]:
    """The middle of each vertex."""
    places = [0.0] * len(sizes)
    for layer in layers:
        _spread(layer, [0.0] * len(layer), sizes, real, places)
    for sweep in range(_SWEEPS):
        near = above if sweep % 2 == 0 else below
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            wanted = [_wanted(each, near[each], places, real) for each in layer]
            _spread(layer, wanted, sizes, real, places)
    return places


def _wanted(vertex: int, neighbours: list[int], places: list[float], real: int) -> float:
    if not neighbours:
        return places[vertex]
    # A bend follows the arrow it is of, and a box its boxes.
    weights = [_STRAIGHT if each >= real else 1.0 for each in neighbours]
    pairs = zip(weights, neighbours, strict=True)
    return sum(weight * places[each] for weight, each in pairs) / sum(weights)


def _spread(
    layer: list[int], wanted: list[float], sizes: list[float], real: int, places: list[float]
) -> None:
    """Give the vertices of a layer places in their order, as near as may be to where they would be.

    What is left of each place when the room that those before it need is taken off must not fall:
    where it would, vertices are pooled at their mean.
    """
    offset, offsets = 0.0, []
    pools: list[tuple[float, float, int]] = []
    for place, (vertex, want) in enumerate(zip(layer, wanted, strict=True)):
        if place:
            offset += (sizes[layer[place - 1]] + sizes[vertex]) / 2 + _GAP
        offsets.append(offset)
        pool = (want - offset, _STRAIGHT if vertex >= real else 1.0, 1)
        while pools and pools[-1][0] > pool[0]:
            x, weight, count = pools.pop()
            total = weight + pool[1]
            pool = ((x * weight + pool[0] * pool[1]) / total, total, count + pool[2])
        pools.append(pool)
    found = [x for x, _, count in pools for _ in range(count)]
    for vertex, x, shift in zip(layer, found, offsets, strict=True):
        places[vertex] = x + shift
