"""Polygons on the ground: where a ring crosses itself, how large a polygon is, how much two of them overlap.

A ring is an (n, 2) array of longitude and latitude whose last corner repeats the first. A polygon is its rings, the
outer one first; an outline is its polygons. Inside is what an odd number of rings goes around.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Ring = npt.NDArray[np.float64]
Polygon = Sequence[Ring]
Outline = Sequence[Polygon]

KM_TO_A_DEGREE = 111.32
PAIRS_AT_ONCE = 500_000
SCAN_LINES = 400  # of two outlines' common height: a strip of a four-hundredth may be missed


def rings_of(outline: Outline) -> list[Ring]:
    """All rings of an outline."""
    return [ring for polygon in outline for ring in polygon]


def box_of(outline: Outline) -> tuple[float, float, float, float]:
    """West, south, east and north."""
    corners = np.concatenate(rings_of(outline))
    west, south = corners.min(axis=0)
    east, north = corners.max(axis=0)
    return float(west), float(south), float(east), float(north)


def crossing_in(ring: Ring) -> tuple[float, float] | None:
    """A corner at an edge that meets another than its neighbours, or doubles back; None for a simple ring."""
    p = ring[:-1][np.any(ring[:-1] != ring[1:], axis=1)]  # a corner said twice in a row is one corner
    if len(p) < 3:
        return (float(ring[0][0]), float(ring[0][1]))
    q = np.roll(p, -1, axis=0)
    along = q - p
    after = np.roll(along, -1, axis=0)
    turns = _cross(along, after)
    backwards = (turns == 0) & ((along * after).sum(axis=1) < 0)
    if backwards.any():
        return _point(q[int(np.argmax(backwards))])
    for i, j in _neighbouring(p, q):
        apart = np.abs(i - j)
        apart = np.minimum(apart, len(p) - apart)
        i, j = i[apart > 1], j[apart > 1]
        meets = _straddle(p[i], q[i], p[j], q[j]) & _straddle(p[j], q[j], p[i], q[i])
        if meets.any():
            return _point(p[j[int(np.argmax(meets))]])
    return None


def _point(corner: npt.NDArray[np.float64]) -> tuple[float, float]:
    return float(corner[0]), float(corner[1])


def _cross(u: npt.NDArray[np.float64], v: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    product: npt.NDArray[np.float64] = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    return product


def _straddle(a: Ring, b: Ring, c: Ring, d: Ring) -> npt.NDArray[np.bool_]:
    """Whether c and d lie on different sides of the line through a and b, or on it."""
    beside = np.sign(_cross(b - a, c - a)) * np.sign(_cross(b - a, d - a)) <= 0
    return np.asarray(beside, dtype=np.bool_)


def _neighbouring(p: Ring, q: Ring) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Pairs of edges whose boxes touch, some at a time."""
    low, high = np.minimum(p, q), np.maximum(p, q)
    order = np.argsort(low[:, 0], kind="stable")
    n_after = np.searchsorted(low[order, 0], high[order, 0], side="right") - np.arange(len(p)) - 1
    ends = np.cumsum(n_after)
    begins = 0
    while begins < len(p):
        done = int(ends[begins - 1]) if begins else 0
        until = max(begins + 1, int(np.searchsorted(ends, done + PAIRS_AT_ONCE, side="right")))
        counts = n_after[begins:until]
        first = np.repeat(np.arange(begins, until), counts)
        second = first + 1 + _counting(counts)
        i, j = order[first], order[second]
        touches = (low[i, 1] <= high[j, 1]) & (low[j, 1] <= high[i, 1])
        yield i[touches], j[touches]
        begins = until


def _counting(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """0, 1, … for each count, one after another: [2, 3] → 0 1 0 1 2."""
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    return np.arange(int(counts.sum())) - starts


def area_km2(outline: Outline) -> float:
    """Square kilometres, holes left out."""
    return sum(abs(_ring_area(p[0])) - sum(abs(_ring_area(hole)) for hole in p[1:]) for p in outline)


def _ring_area(ring: Ring) -> float:
    on_ground = _on_ground(ring, float(ring[0][1]))
    at = on_ground - on_ground[0]
    return float((at[:-1, 0] * at[1:, 1] - at[1:, 0] * at[:-1, 1]).sum() / 2)


def _on_ground(ring: Ring, latitude: float) -> Ring:
    """In kilometres east and north, as they are near a latitude."""
    scales = np.array([KM_TO_A_DEGREE * math.cos(math.radians(latitude)), KM_TO_A_DEGREE], dtype=np.float64)
    return np.asarray(ring * scales, dtype=np.float64)


def overlap_km2(one: Outline, other: Outline) -> float:
    """Square kilometres of ground in both, by lines from west to east across what they have in common."""
    mine, theirs = box_of(one), box_of(other)
    south, north = max(mine[1], theirs[1]), min(mine[3], theirs[3])
    if south >= north or max(mine[0], theirs[0]) >= min(mine[2], theirs[2]):
        return 0.0
    step = (north - south) / SCAN_LINES
    lines = np.asarray(south + step * (np.arange(SCAN_LINES) + 0.5), dtype=np.float64)
    n_one, x_one = _met(one, lines)
    n_other, x_other = _met(other, lines)
    number, x = np.concatenate([n_one, n_other]), np.concatenate([x_one, x_other])
    is_one = np.concatenate([np.ones(len(n_one), dtype=np.int64), np.zeros(len(n_other), dtype=np.int64)])
    order = np.lexsort((x, number))
    x, is_one = x[order], is_one[order]
    # Every line enters each as often as it leaves it, so what is counted is even again where the next line begins.
    in_both = (np.cumsum(is_one) % 2 == 1) & (np.cumsum(1 - is_one) % 2 == 1)
    degrees = float(np.diff(x)[in_both[:-1]].sum()) * step
    return degrees * KM_TO_A_DEGREE**2 * math.cos(math.radians((south + north) / 2))


def _met(outline: Outline, lines: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Where an outline's edges meet lines from west to east: of which line, and its x."""
    numbers, places = [], []
    for ring in rings_of(outline):
        p, q = ring[:-1], ring[1:]
        low = np.searchsorted(lines, np.minimum(p[:, 1], q[:, 1]), side="left")
        counts = np.searchsorted(lines, np.maximum(p[:, 1], q[:, 1]), side="left") - low
        edge = np.repeat(np.arange(len(p)), counts)
        number = low[edge] + _counting(counts)
        part = (lines[number] - p[edge, 1]) / (q[edge, 1] - p[edge, 1])
        numbers.append(number)
        places.append(p[edge, 0] + part * (q[edge, 0] - p[edge, 0]))
    return np.concatenate(numbers), np.concatenate(places)


def contains(outline: Outline, longitude: float, latitude: float) -> bool:
    """Whether a point lies inside."""
    _, x = _met(outline, np.array([latitude]))
    return bool(int((x < longitude).sum()) % 2)


def coarse(ring: Sequence[Sequence[float]], step: float) -> list[list[float]]:
    """A ring on a lattice, what then lies on one line or in one place said once; [] where nothing is left of it.

    Two rings that share a border still share it: each corner moves by itself, wherever it stands.
    """
    on_lattice = [(round(x / step), round(y / step)) for x, y in ring]
    if on_lattice and on_lattice[0] == on_lattice[-1]:
        on_lattice.pop()
    kept: list[tuple[int, int]] = []
    for corner in on_lattice:
        if kept and kept[-1] == corner:
            continue
        if len(kept) > 1 and _on_one_line(kept[-2], kept[-1], corner):
            kept.pop()
        kept.append(corner)
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return [[round(x * step, 2), round(y * step, 2)] for x, y in kept] if len(kept) > 2 else []


def _on_one_line(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    """Whether b lies between a and c."""
    turn = (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
    return turn == 0 and (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) > 0
