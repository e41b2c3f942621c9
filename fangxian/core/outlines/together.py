"""The outline of several grid cells together: a township's or a village's, where only its cells have been drawn."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import gcd, hypot

Corner = tuple[int, int]


def outline_together(rings: Iterable[Sequence[Sequence[float]]], step: float) -> list[list[list[float]]]:
    """The rings around some areas, each of which is given by its own rings, the largest first.

    On a lattice of `step`, what two of them share is within and falls away, also where one has a corner on the other's
    edge; what remains is drawn by the even-odd rule. An area narrower than a step may be lost.

    ([[[x, y], …], …], step → the same, in units of the plane)
    """
    edges: set[tuple[Corner, Corner]] = set()
    for ring in rings:
        corners = [(round(x / step), round(y / step)) for x, y in ring]
        for a, b in zip(corners, [*corners[1:], *corners[:1]], strict=True):
            for part in _unit_parts(a, b):
                edges ^= {part}
    loops = (_corners(loop) for loop in _loops(edges))
    found = [[[round(x * step, 2), round(y * step, 2)] for x, y in loop] for loop in loops if len(loop) > 2]
    return sorted(found, key=_span, reverse=True)


def _unit_parts(a: Corner, b: Corner) -> Iterable[tuple[Corner, Corner]]:
    """An edge cut at every point of the lattice on it, each part once, whichever way it was walked."""
    n = gcd(b[0] - a[0], b[1] - a[1])
    for k in range(n):
        dx, dy = (b[0] - a[0]) // n, (b[1] - a[1]) // n
        here, there = (a[0] + k * dx, a[1] + k * dy), (a[0] + (k + 1) * dx, a[1] + (k + 1) * dy)
        yield (here, there) if here < there else (there, here)


def _loops(edges: set[tuple[Corner, Corner]]) -> Iterable[list[Corner]]:
    """Closed walks that use every edge once: at each corner an even number of them meet."""
    at: dict[Corner, list[Corner]] = defaultdict(list)
    for a, b in sorted(edges):
        at[a].append(b)
        at[b].append(a)
    for start in sorted(at):
        while at[start]:
            loop, here = [start], start
            while True:
                there = at[here].pop()
                at[there].remove(here)
                here = there
                if here == start:
                    break
                loop.append(here)
            yield loop


def _corners(loop: Sequence[Corner]) -> list[Corner]:
    """A closed walk without the points at which it goes straight on."""
    around = zip([loop[-1], *loop[:-1]], loop, [*loop[1:], loop[0]], strict=True)
    return [b for a, b, c in around if (b[0] - a[0], b[1] - a[1]) != (c[0] - b[0], c[1] - b[1])]


def simpler(ring: Sequence[Sequence[float]], tolerance: float) -> list[list[float]]:
    """A closed ring with as few of its corners as leave none of the others further from it than the tolerance.

    Ramer (1972), Douglas and Peucker (1973), from the westernmost corner to the easternmost and back.
    """
    first = min(range(len(ring)), key=lambda k: tuple(ring[k]))
    turned = [*ring[first:], *ring[:first]]
    far = max(range(len(turned)), key=lambda k: tuple(turned[k]))
    there, back = _thinned(turned[: far + 1], tolerance), _thinned([*turned[far:], turned[0]], tolerance)
    return [list(corner) for corner in (*there[:-1], *back[:-1])]


def _thinned(line: Sequence[Sequence[float]], tolerance: float) -> list[Sequence[float]]:
    kept, parts = {0, len(line) - 1}, [(0, len(line) - 1)]
    while parts:
        a, b = parts.pop()
        if b - a < 2:
            continue
        furthest = max(range(a + 1, b), key=lambda k: _away(line[k], line[a], line[b]))
        if _away(line[furthest], line[a], line[b]) > tolerance:
            kept.add(furthest)
            parts += [(a, furthest), (furthest, b)]
    return [line[k] for k in sorted(kept)]


def _away(point: Sequence[float], a: Sequence[float], b: Sequence[float]) -> float:
    """How far a point lies from the segment between two others."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    long = dx * dx + dy * dy
    share = max(0.0, min(1.0, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / long)) if long else 0.0
    return hypot(point[0] - a[0] - share * dx, point[1] - a[1] - share * dy)


def _span(ring: list[list[float]]) -> float:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))
