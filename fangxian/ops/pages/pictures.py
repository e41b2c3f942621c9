"""Geometry of the charts: what stands where, in a plot 100 high; the words are HTML and keep their size."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from fangxian.core.refusal import Said


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes
    ----------
    label : under the bar (a date as 11-23, a name)
    value : ≥ 0; None is not known and leaves a gap
    low, high : the expected band, if there is one
    partial : not all reports are in yet
    alarm : outside the band, as the caller has decided
    mark : a rule changed here; the words
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    partial: bool = False
    alarm: bool = False
    mark: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Bars over one unit, from zero.

    Attributes
    ----------
    title, unit : the words above; the unit is never left out
    label_title : the heading of the labels in the table
    at : aware datetime the numbers are of, or None
    """

    title: Said
    unit: Said
    label_title: Said
    bars: Sequence[Bar]
    at: object = None

    @property
    def ceiling(self) -> float:
        """The top of the scale, as `round_up` of the largest bar or band."""
        tops = [max(bar.value or 0, bar.high or 0) for bar in self.bars]
        return round_up(max(tops, default=0))

    @property
    def scale(self) -> list[float]:
        """What is written at the side, from the top: the ceiling, its half, zero."""
        top = self.ceiling
        return [top, top // 2, 0]

    @property
    def places(self) -> list[dict]:
        """Each bar's rectangle and band in a plot one wide a bar and 100 high; every `step`th label is written."""
        top = self.ceiling
        step = max(1, -(-len(self.bars) // 8))
        return [self._place(bar, i, top, step) for i, bar in enumerate(self.bars)]

    def _place(self, bar: Bar, i: int, top: float, step: int) -> dict:
        height = 100 * (bar.value or 0) / top
        place = {"bar": bar, "x": f"{i + 0.14:.2f}", "width": "0.72", "left": i, "middle": f"{i + 0.5:.1f}"}
        place |= {"y": f"{100 - height:.2f}", "height": f"{height:.2f}", "label": bar.label if i % step == 0 else ""}
        if bar.high is not None:
            high, low = 100 * bar.high / top, 100 * (bar.low or 0) / top
            place |= {"band_y": f"{100 - high:.2f}", "band_height": f"{high - low:.2f}"}
        return place

    @property
    def has_band(self) -> bool:
        return any(bar.high is not None for bar in self.bars)

    @property
    def has_partial(self) -> bool:
        return any(bar.partial for bar in self.bars)

    @property
    def has_alarm(self) -> bool:
        return any(bar.alarm for bar in self.bars)

    @property
    def marks(self) -> list[Bar]:
        return [bar for bar in self.bars if bar.mark]


def round_up(value: float) -> float:
    """The next number at or above `value` that is good to write at the side of a plot, and so is its half."""
    if value <= 10:
        return next(step for step in (2, 4, 6, 8, 10) if step >= value)
    power = 10 ** (floor(log10(value)) - 1)
    return next(step * power for step in (10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100) if step * power >= value)
