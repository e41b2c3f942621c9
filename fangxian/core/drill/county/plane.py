"""Polygons in the plane: cutting, joining and dividing them into cells without gaps.

A ring is a simple polygon: its corners in order, counter-clockwise, the last not repeating the first.
"""

import math
from collections.abc import Sequence

Point = tuple[float, float]
Ring = tuple[Point, ...]

SAME = 1e-6  # corners nearer than this are one corner
SETTLING_STEPS = 40


def area(ring: Sequence[Point]) -> float:
    """Positive for a counter-clockwise ring."""
    return sum(p[0] * q[1] - q[0] * p[1] for p, q in zip(ring, (*ring[1:], ring[0]), strict=True)) / 2


def centroid(ring: Sequence[Point]) -> Point:
    """The centre of mass; the mean corner where the ring has no area."""
    x = y = total = 0.0
    for p, q in zip(ring, (*ring[1:], ring[0]), strict=True):
        cross = p[0] * q[1] - q[0] * p[1]
        x, y, total = x + (p[0] + q[0]) * cross, y + (p[1] + q[1]) * cross, total + cross
    if abs(total) < SAME:
        return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)
    return x / (3 * total), y / (3 * total)


def contains(ring: Sequence[Point], point: Point) -> bool:
    """Whether the point lies inside; points on the border may fall either way."""
    x, y = point
    inside = False
    for p, q in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (p[1] > y) != (q[1] > y) and x < (q[0] - p[0]) * (y - p[1]) / (q[1] - p[1]) + p[0]:
            inside = not inside
    return inside


def clip(ring: Ring, a: float, b: float, c: float) -> list[Ring]:
    """The parts of a ring where a·x + b·y ≤ c: none, one, or several if the ring is not convex."""
    depth = [a * x + b * y - c for x, y in ring]
    if all(d <= 0 for d in depth):
        return [ring]
    if all(d > 0 for d in depth):
        return []
    chains = _chains_inside(ring, depth)
    # Along the cutting line the ring leaves and enters in pairs; each pair is joined by the line.
    ends = [
        (b * chain[at][0] - a * chain[at][1], number, is_exit)
        for number, chain in enumerate(chains)
        for at, is_exit in ((0, False), (-1, True))
    ]
    ends.sort()
    follows = {}
    for (_, i, i_exits), (_, j, j_exits) in zip(ends[::2], ends[1::2], strict=True):
        if i_exits != j_exits:
            follows[i if i_exits else j] = j if i_exits else i
    return _joined(chains, follows)


def _chains_inside(ring: Ring, depth: list[float]) -> list[list[Point]]:
    """Runs of corners inside, each from where the ring enters to where it leaves."""
    n = len(ring)
    outside = next(i for i in range(n) if depth[i] > 0)
    chains: list[list[Point]] = []
    for k in range(outside, outside + n):
        i, j = k % n, (k + 1) % n
        if (depth[i] > 0) != (depth[j] > 0):
            t = depth[i] / (depth[i] - depth[j])
            crossing = (ring[i][0] + t * (ring[j][0] - ring[i][0]), ring[i][1] + t * (ring[j][1] - ring[i][1]))
            if depth[i] > 0:
                chains.append([crossing])
            else:
                chains[-1].append(crossing)
        if depth[j] <= 0:
            chains[-1].append(ring[j])
    return chains


def _joined(chains: list[list[Point]], follows: dict[int, int]) -> list[Ring]:
    rings = []
    left = set(range(len(chains)))
    while left:
        first = i = min(left)
        corners: list[Point] = []
        while i in left:
            left.discard(i)
            corners += chains[i]
            i = follows.get(i, first)
        ring = tuple(p for p, q in zip(corners, corners[-1:] + corners[:-1], strict=True) if not _same(p, q))
        if len(ring) > 2 and area(ring) > SAME:
            rings.append(ring)
    return rings


def _same(p: Point, q: Point) -> bool:
    return abs(p[0] - q[0]) < SAME and abs(p[1] - q[1]) < SAME


def divide(ring: Ring, sites: Sequence[Point], weights: Sequence[float]) -> list[Ring]:
    """The ring divided among sites: each point to the site of least squared distance less weight.

    Every cell is one ring. Where a bend of the outer ring cuts a cell in two, the smaller part goes to
    the neighbour it has the longest border with. Cells meet corner to corner.
    """
    mains: list[Ring] = []
    scraps: list[Ring] = []
    for i in range(len(sites)):
        parts = sorted(_cell(ring, i, sites, weights), key=area)
        if not parts:
            raise ValueError(f"site {i} at {sites[i]} has no cell: a neighbour outweighs it")
        mains.append(parts[-1])
        scraps += parts[:-1]
    stitched = stitch([*mains, *scraps])
    mains, scraps = stitched[: len(mains)], stitched[len(mains) :]
    for scrap in scraps:
        best = max(range(len(mains)), key=lambda i: _shared_border(mains[i], scrap))
        mains[best] = join([mains[best], scrap])
    return mains


def _cell(ring: Ring, i: int, sites: Sequence[Point], weights: Sequence[float]) -> list[Ring]:
    x, y = sites[i]
    parts = [ring]
    others = sorted((j for j in range(len(sites)) if j != i), key=lambda j: _squared(sites[i], sites[j]))
    reach = math.sqrt(max(_squared(sites[i], p) for p in ring))
    for j in others:
        u, v = sites[j]
        apart = _squared(sites[i], sites[j])
        if apart + weights[i] - weights[j] > 2 * math.sqrt(apart) * reach:
            continue  # the border with this one runs beyond every corner
        c = (u * u + v * v - x * x - y * y + weights[i] - weights[j]) / 2
        parts = [piece for part in parts for piece in clip(part, u - x, v - y, c)]
        reach = math.sqrt(max((_squared(sites[i], p) for part in parts for p in part), default=0.0))
    return parts


def _squared(p: Point, q: Point) -> float:
    dx, dy = p[0] - q[0], p[1] - q[1]
    return dx * dx + dy * dy


def _shared_border(one: Ring, other: Ring) -> float:
    edges = {(q, p) for p, q in zip(one, (*one[1:], one[0]), strict=True)}
    shared = (edge for edge in zip(other, (*other[1:], other[0]), strict=True) if edge in edges)
    return sum(math.sqrt(_squared(p, q)) for p, q in shared)


def settle_sites(
    ring: Ring,
    sites: Sequence[Point],
    weights: Sequence[float],
    *,
    steps: int = SETTLING_STEPS,
    fixed: frozenset[int] = frozenset(),
) -> list[Point]:
    """Sites moved step by step to the centres of their cells, which makes the cells round and alike."""
    placed = list(sites)
    for _ in range(steps):
        cells = [max(_cell(ring, i, placed, weights), key=area, default=ring) for i in range(len(placed))]
        placed = [p if i in fixed else centroid(cells[i]) for i, p in enumerate(placed)]
    return placed


def scatter(ring: Ring, n: int) -> list[Point]:
    """`n` points inside a ring, evenly strewn and always the same (the R2 sequence over its box)."""
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    points: list[Point] = []
    k = 0
    while len(points) < n:
        k += 1
        x, y = k * 0.7548776662466927 % 1, k * 0.5698402909980532 % 1
        point = (min(xs) + x * (max(xs) - min(xs)), min(ys) + y * (max(ys) - min(ys)))
        if contains(ring, point):
            points.append(point)
    return points


def stitch(rings: Sequence[Ring]) -> list[Ring]:
    """The rings with near corners made one, and every corner that lies on another's edge put into it."""
    corners: dict[tuple[int, int], Point] = {}
    moved = [tuple(_canonical(p, corners) for p in ring) for ring in rings]
    points = sorted(set(corners.values()))
    result = []
    for ring in moved:
        kept = [p for p, q in zip(ring, (*ring[1:], ring[0]), strict=True) if p != q]
        stitched: list[Point] = []
        for p, q in zip(kept, (*kept[1:], kept[0]), strict=True):
            stitched.append(p)
            stitched += _on_edge(p, q, points)
        result.append(tuple(stitched))
    return result


def _canonical(point: Point, corners: dict[tuple[int, int], Point]) -> Point:
    x, y = round(point[0] / (2 * SAME)), round(point[1] / (2 * SAME))
    for key in ((x + i, y + j) for i in (0, -1, 1) for j in (0, -1, 1)):
        if key in corners and _same(corners[key], point):
            return corners[key]
    corners[x, y] = point
    return point


def _on_edge(p: Point, q: Point, points: list[Point]) -> list[Point]:
    """Points strictly between p and q on their edge, in order."""
    dx, dy = q[0] - p[0], q[1] - p[1]
    length = math.sqrt(dx * dx + dy * dy)
    low, high = sorted((p[0], q[0]))
    bottom, top = sorted((p[1], q[1]))
    found = []
    for r in points:
        if not (low - SAME <= r[0] <= high + SAME and bottom - SAME <= r[1] <= top + SAME):
            continue
        along = ((r[0] - p[0]) * dx + (r[1] - p[1]) * dy) / length
        aside = abs((r[0] - p[0]) * dy - (r[1] - p[1]) * dx) / length
        if SAME < along < length - SAME and aside < SAME:
            found.append((along, r))
    return [r for _, r in sorted(found)]


def join(rings: Sequence[Ring]) -> Ring:
    """The outer ring of rings that meet corner to corner.

    Raises
    ------
    ValueError
        If they do not make one piece.
    """
    edges = {(p, q) for ring in rings for p, q in zip(ring, (*ring[1:], ring[0]), strict=True)}
    border = {(p, q) for p, q in edges if (q, p) not in edges}
    follows: dict[Point, list[Point]] = {}
    for p, q in sorted(border):
        follows.setdefault(p, []).append(q)
    traced = []
    while follows:
        at = min(follows)
        corners = []
        while at in follows:
            corners.append(at)
            at, *left = follows[at]
            follows[corners[-1]] = left
            if not left:
                del follows[corners[-1]]
        traced.append(tuple(corners))
    outer = [ring for ring in traced if area(ring) > SAME]
    if len(outer) != 1:
        raise ValueError(f"{len(rings)} rings make {len(outer)} pieces, not one")
    return outer[0]
