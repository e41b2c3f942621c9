"""The schematic map: areas drawn from their shapes as one SVG, shaded by shares of the accent, each a link.

The map never stands alone: the page puts its table beside it, and says that it is schematic.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isinf, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from fangxian.core.drill.county.plane import centroid, contains
from fangxian.core.refusal import Said
from fangxian.ops.pages.words import in_words, number, share

WIDTH, TALLEST = 560, 640  # units of the drawing; type on it is 14 of these high
MARGIN, MARGIN_BESIDE = 6, 30  # round the areas; wider where those beside them show
HAN_WIDTH, LATIN_WIDTH, LINE = 14.5, 8.0, 17
SMALL = 12 / 14  # the size of a value beside that of a name
N_SHARES = 4
STEPS = 5  # a label's place is sought on a grid of so many by so many points, and their halves

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapArea:
    """One area of a map.

    Attributes
    ----------
    shape : [[x, y], …], y downwards; an area without one is left out
    more : further rings of an area of several pieces, or with holes; its name stands in `shape`
    value : what it is shaded by; None is not known and stays unshaded
    told : the value with its unit, for those who listen and those who point
    figure : the value without its unit, to stand under the name where there is room
    """

    name: Said
    shape: Sequence[Sequence[float]]
    href: str = ""
    value: float | None = None
    told: str = ""
    figure: str = ""
    more: Sequence[Sequence[Sequence[float]]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place that has no shape of its own: where it stands in the areas' plane, what it is, what is written in it."""

    at: Sequence[float]
    told: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Shade:
    """One share of the accent: which, and the least and the largest value that has it."""

    share: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SchematicMap:
    """A drawn map. `svg` and `legend` are empty when nothing has been drawn for these areas."""

    svg: SafeString
    legend: SafeString

    @property
    def markup(self) -> SafeString:
        """What `map_frame` is given."""
        legend = format_html('<p class="map-legend">{}</p>', self.legend) if self.legend else ""
        return format_html("{}{}", self.svg, legend)


def shades_of(values: Iterable[float]) -> list[Shade]:
    """At most four classes of about as many areas each, parted at round numbers; equal values fall together."""
    ordered = sorted(values)
    if not ordered:
        return []
    cuts = {_rounded_down(ordered[len(ordered) * k // N_SHARES]) for k in range(1, N_SHARES)}
    lows = [ordered[0], *sorted(cut for cut in cuts if cut > ordered[0])]
    classes = [
        [v for v in ordered if low <= v < high] for low, high in zip(lows, [*lows[1:], float("inf")], strict=True)
    ]
    met = [(low, met) for low, met in zip(lows, classes, strict=True) if met]
    first = N_SHARES - len(met) + 1 if len(met) > 1 else 2
    return [Shade(first + k, min(held), max(held)) for k, (_, held) in enumerate(met)]


def _rounded_down(value: float) -> float:
    """Two figures of a value, the rest dropped: 4,587 → 4,500; 0.1588 → 0.15."""
    if value < 0.001:  # nothing a map is shaded by is finer
        return 0
    step = 10.0 ** (int(log10(value)) - (1 if value >= 1 else 2))
    cut = int(value / step) * step
    return int(cut) if value >= 10 else round(cut, 6)


def draw(
    areas: Sequence[MapArea],
    *,
    title: Said,
    beside: Sequence[MapArea] = (),
    outline: Sequence[Sequence[float]] = (),
    as_share: bool = False,
    names_beside: bool = False,
    shades: Sequence[Shade] = (),
    borders: Sequence[MapArea] = (),
    named: Sequence[MapArea] | None = None,
    is_crowded: bool = False,
    marks: Sequence[Mark] = (),
) -> SchematicMap:
    """Areas shaded by their values, the areas beside them faint, the outline of the whole around them.

    Parameters
    ----------
    title : what the map shows, for those who listen
    as_share : whether values are fractions of 1, for the legend
    names_beside : whether the areas beside are named too
    shades : fixed shares, for a map whose values change while it is looked at; otherwise by `shades_of` the values
    borders : larger areas drawn over these as lines
    named : areas whose names stand on the map; None: these ones' own
    is_crowded : too many areas to go through by key; whoever has no pointer uses the table
    marks : drawn over everything, such as sites with their numbers
    """
    drawn = _with_shape(areas)
    corners = [corner for shape in (*_rings(drawn), outline) for corner in shape]
    if not corners:
        return SchematicMap(svg=SafeString(""), legend=SafeString(""))
    faint = _with_shape(beside)
    frame = _Frame.around(corners, MARGIN_BESIDE if faint else MARGIN)
    shades = shades or shades_of(area.value for area in drawn if area.value is not None)
    parts = [
        *(_faint(area, frame) for area in faint),
        *(_linked(area, frame, shades, is_crowded) for area in drawn),
        format_html('<path class="outline" d="{}"/>', frame.path(outline)) if outline else "",
        *(format_html('<path class="border" d="{}"/>', frame.path(it.shape)) for it in _with_shape(borders)),
        *_labels(drawn if named is None else _with_shape(named), frame, with_values=named is None),
        *(_labels(faint, frame, with_values=False) if names_beside else ()),
        *(_marked(mark, frame) for mark in marks),
    ]
    svg = format_html(
        '<svg viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>',
        WIDTH,
        f"{frame.height:.0f}",
        in_words(title),
        format_html_join("", "{}", ((part,) for part in parts)),
    )
    return SchematicMap(svg=svg, legend=_legend(shades, as_share))


@dataclass(frozen=True, slots=True)
class _Frame:
    """From the shapes' plane to the drawing."""

    west: float
    north: float
    scale: float
    inset: float
    margin: float
    height: float

    @classmethod
    def around(cls, corners: Sequence[Sequence[float]], margin: float) -> "_Frame":
        west, east = min(c[0] for c in corners), max(c[0] for c in corners)
        north, south = min(c[1] for c in corners), max(c[1] for c in corners)
        width, height = max(east - west, 1e-6), max(south - north, 1e-6)
        scale = min((WIDTH - 2 * margin) / width, (TALLEST - 2 * margin) / height)
        return cls(west, north, scale, (WIDTH - width * scale) / 2, margin, height * scale + 2 * margin)

    def place(self, corner: Sequence[float]) -> Point:
        return (corner[0] - self.west) * self.scale + self.inset, (corner[1] - self.north) * self.scale + self.margin

    def path(self, shape: Sequence[Sequence[float]]) -> str:
        return "M" + " ".join(f"{x:.1f} {y:.1f}" for x, y in map(self.place, shape)) + "z"


def _with_shape(areas: Sequence[MapArea]) -> list[MapArea]:
    return [area for area in areas if len(area.shape) > 2]


def _rings(areas: Sequence[MapArea]) -> Iterator[Sequence[Sequence[float]]]:
    return (ring for area in areas for ring in (area.shape, *area.more))


def _share_of(value: float | None, shades: Sequence[Shade]) -> int:
    """Which share an area is shaded with; 0 for none."""
    return next((shade.share for shade in reversed(shades) if value is not None and value >= shade.low), 0)


def _linked(area: MapArea, frame: _Frame, shades: Sequence[Shade], is_crowded: bool) -> SafeString:
    nth = _share_of(area.value, shades)
    said = f"{in_words(area.name)} {area.told}".strip()
    path = format_html(
        '<path class="area{}" d="{}"/>',
        format_html(" share-{}", nth) if nth else "",
        " ".join(map(frame.path, _rings([area]))),
    )
    if not area.href:
        return format_html("<g><title>{}</title>{}</g>", said, path)
    skipped = SafeString(' tabindex="-1"') if is_crowded else ""
    return format_html('<a href="{}" aria-label="{}"{}><title>{}</title>{}</a>', area.href, said, skipped, said, path)


def _faint(area: MapArea, frame: _Frame) -> SafeString:
    path = format_html('<path class="area is-beside" d="{}"/>', frame.path(area.shape))
    if not area.href:
        return path
    name = in_words(area.name)
    return format_html('<a href="{}" aria-label="{}"><title>{}</title>{}</a>', area.href, name, name, path)


def _marked(mark: Mark, frame: _Frame) -> SafeString:
    """A disc with its number; in the words of whoever points or listens, what it is."""
    x, y = frame.place(mark.at)
    disc = format_html('<circle cx="{}" cy="{}" r="9" fill="currentColor"/>', f"{x:.1f}", f"{y:.1f}")
    figure = '<text x="{}" y="{}" font-size="11" fill="Canvas" stroke="none" aria-hidden="true">{}</text>'
    number = format_html(figure, f"{x:.1f}", f"{y + 4:.1f}", mark.figure) if mark.figure else ""
    return format_html('<g class="mark"><title>{}</title>{}{}</g>', mark.told, disc, number)


@dataclass(frozen=True, slots=True)
class _Label:
    """Lines of a name, `told` small under them (or alone), and the point they are written about."""

    lines: Sequence[str]
    told: str
    spot: Point

    @property
    def half(self) -> Point:
        """Half its width and half its height."""
        n_lines = len(self.lines) + bool(self.told)
        return max([*map(_width, self.lines), SMALL * _width(self.told)]) / 2, LINE * n_lines / 2

    def touches(self, other: "_Label") -> bool:
        (w, h), (other_w, other_h) = self.half, other.half
        return abs(self.spot[0] - other.spot[0]) < w + other_w and abs(self.spot[1] - other.spot[1]) < h + other_h

    @property
    def svg(self) -> SafeString:
        small = [(self.told, SafeString(' class="small"'))] if self.told else []
        texts = [(line, SafeString("")) for line in self.lines] + small
        top = self.spot[1] - LINE * (len(texts) - 1) / 2 + 5
        return format_html_join(
            "",
            '<text x="{}" y="{}" aria-hidden="true"{}>{}</text>',
            ((f"{self.spot[0]:.1f}", f"{top + LINE * nth:.1f}", css, line) for nth, (line, css) in enumerate(texts)),
        )


def _labels(areas: Sequence[MapArea], frame: _Frame, *, with_values: bool) -> list[SafeString]:
    """The names that fit into their shapes; the values under them only where each has room for its own. A name
    that is a little too wide stands over the edge of its area, where no other name is.
    """
    named = [(in_words(area.name), [frame.place(corner) for corner in area.shape], area.figure) for area in areas]
    if with_values:
        valued = [_placed(_lines(name), figure, ring) for name, ring, figure in named]
        if all(valued):
            return [label.svg for label in valued if label]
    fitting = [
        _placed(_lines(name), "", ring) or _placed([name], "", ring) or _placed([], name, ring)
        for name, ring, _ in named
    ]
    placed = [label for label in fitting if label]
    for (name, ring, _), label in zip(named, fitting, strict=True):
        if label is None and (over := _over_the_edge(name, ring, placed)):
            placed.append(over)
    return [label.svg for label in placed]


def _placed(lines: list[str], told: str, ring: Sequence[Point]) -> _Label | None:
    """A label about the middle of a ring; None without room for it inside."""
    half = _Label(lines, told, (0, 0)).half
    spot = next((spot for spot in _spots(ring) if _holds(ring, spot, half)), None)
    return spot and _Label(lines, told, spot)


def _over_the_edge(name: str, ring: Sequence[Point], placed: Sequence[_Label]) -> _Label | None:
    """A small label that begins inside its ring's width and stands clear of the others; None without such a place."""
    wide = max(x for x, _ in ring) - min(x for x, _ in ring)
    tries = (_Label([], name, spot) for spot in _spots(ring) if contains(ring, spot))
    return next(
        (
            it
            for it in tries
            if it.half[0] <= min(wide, it.spot[0], WIDTH - it.spot[0])
            and not any(it.touches(other) for other in placed)
        ),
        None,
    )


def _lines(name: str) -> list[str]:
    """A name of several long words in two lines."""
    words = name.split(" ")
    if len(words) < 2 or len(name) < 9:
        return [name]
    middle = min(range(1, len(words)), key=lambda k: abs(len(" ".join(words[:k])) - len(name) / 2))
    return [" ".join(words[:middle]), " ".join(words[middle:])]


def _width(line: str) -> float:
    return sum(HAN_WIDTH if letter > "\u2e80" else LATIN_WIDTH for letter in line)


def _spots(ring: Sequence[Point]) -> list[Point]:
    """Where a label may be written about: points of a grid over the ring, those nearest to its middle first."""
    middle = centroid(ring)
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    n = 2 * STEPS
    grid = [
        (min(xs) + (max(xs) - min(xs)) * i / n, min(ys) + (max(ys) - min(ys)) * j / n)
        for i in range(1, n)
        for j in range(1, n)
    ]
    return sorted([middle, *grid], key=lambda p: (p[0] - middle[0]) ** 2 + (p[1] - middle[1]) ** 2)


def _holds(ring: Sequence[Point], spot: Point, half: Point) -> bool:
    (x, y), (w, h) = spot, half
    return all(contains(ring, (x + dx * w, y + dy * h)) for dx in (-1, -0.4, 0.4, 1) for dy in (-1, 1))


def _legend(shades: Sequence[Shade], as_share: bool) -> SafeString:
    def told(value: float) -> str:
        return share(value, 1) if as_share else number(value)

    def between(shade: Shade) -> str:
        if shade.low == shade.high:
            return told(shade.low)
        return f"≥{told(shade.low)}" if isinf(shade.high) else f"{told(shade.low)}–{told(shade.high)}"

    rows = [(shade.share, between(shade)) for shade in shades]
    if not rows:
        return SafeString("")
    swatch = '<svg viewBox="0 0 10 10" aria-hidden="true"><rect class="area share-{}" width="10" height="10"/></svg>'
    return format_html_join(" ", f"<span>{swatch}{{}}</span>", rows)
