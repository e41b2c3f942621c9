"""What a county's own file says: the published census, and what its trades are called. Read once a change."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fangxian.core.refusal import Said
from fangxian.ops.realm.current import county_data


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCensus:
    """The census's figures for the county; fractions of 1, persons a household, men per 100 women."""

    n_persons: int
    mean_household_persons: float
    aged_0_14_fraction: float
    aged_65_over_fraction: float
    town_fraction: float
    men_per_100_women: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyFile:
    """The parts of `county.toml` that pages show. A county without the file has none of them.

    trades : id of a trade → what it is called, in the file's order
    venue_classes : id of a trade → the class its venues have in the rulebook
    issuers : name of one who issues evidence, as evidence has it → in both languages
    census_source : where the census's figures are from
    n_scans : scans a day, as published
    """

    name: Said | None = None
    census: PublishedCensus | None = None
    census_source: Said | None = None
    trades: dict[str, Said]
    venue_classes: dict[str, str]
    issuers: dict[str, Said]
    n_scans: int | None = None

    def n_scans_of(self, n_persons: int) -> int:
        """Scans a day of so many people, in proportion to the published figures; two in three where none are."""
        if self.n_scans is None or self.census is None:
            return max(n_persons * 2 // 3, 1)
        return max(self.n_scans * n_persons // self.census.n_persons, 1)


def county_file() -> CountyFile:
    """The file of the realm's county."""
    path = county_data() / "county.toml"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return CountyFile(trades={}, venue_classes={}, issuers={})


@lru_cache(maxsize=4)
def _read(path: Path, _changed_ns: int) -> CountyFile:
    told = tomllib.loads(path.read_text("utf-8"))
    census, trades = told.get("census"), told.get("trades", {}).get("list", [])
    return CountyFile(
        name=Said(told["county"]["name_zh"], told["county"]["name_en"]),
        census=census and _census(census),
        census_source=_source(told, census["source"]) if census else None,
        trades={trade["id"]: Said(trade["zh"], trade["en"]) for trade in trades},
        venue_classes={trade["id"]: trade["venue_class"] for trade in trades},
        issuers={it["zh"]: Said(it["zh"], it["en"]) for it in told.get("issuers", {}).get("list", [])},
        n_scans=told.get("figures", {}).get("n_scans", {}).get("value"),
    )


def _source(told: dict, key: str) -> Said | None:
    """Where figures are from. A county's file may give it in one language only; then that is all there is."""
    source = told.get("sources", {}).get(key)
    return Said(source["zh"], source["en"]) if isinstance(source, dict) else source and Said(source, source)


def _census(told: dict) -> PublishedCensus:
    return PublishedCensus(
        n_persons=told["n_people"],
        mean_household_persons=told["mean_household_size"],
        aged_0_14_fraction=told["ages_0_14_fraction"],
        aged_65_over_fraction=told["ages_65_fraction"],
        town_fraction=told["urban_fraction"],
        men_per_100_women=told["men_per_100_women"],
    )
