"""A number of the world: its unit, its range, what it means and where it comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number that somebody outside this program decided or measured.

    Every `Parameter` at module level of `fangxian.core` is listed in docs/reference/parameters.md.

    Raises
    ------
    ValueError
        If the value lies outside `low`..`high`; names the meaning, the value and the range.
    """

    value: float
    unit: str
    low: float
    high: float
    meaning: str
    source: str

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.meaning}: {self.value} {self.unit} is outside {self.low} to {self.high}")
