"""The county's situation as pictures: the shaded map, the census table, households by size."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django import forms

from fangxian.core.refusal import Said
from fangxian.ops.pages import maps
from fangxian.ops.pages.county.trails import area_href
from fangxian.ops.pages.county.words import short_name
from fangxian.ops.pages.maps import MapArea, SchematicMap
from fangxian.ops.pages.pictures import Bar, BarChart
from fangxian.ops.pages.words import MINUS, both, number, said, share
from fangxian.ops.situation.areas import Area, AreaSituation, Census, Tally
from fangxian.ops.situation.county_file import PublishedCensus


@dataclass(frozen=True, slots=True)
class Measure:
    """What a map can be shaded by."""

    label: Said
    unit: Said
    is_share: bool = False

    def of(self, tally: Tally, name: str) -> float | None:
        if self.is_share:
            return tally.n_elders / tally.n_persons if tally.n_persons else None
        return getattr(tally, name)

    def figure(self, value: float | None) -> str:
        """The value as it stands on the map."""
        return "" if value is None else share(value, 1) if self.is_share else number(value)

    def told(self, value: float | None) -> str:
        """The value with its unit."""
        if value is None:
            return said("未知", "not known")
        return self.figure(value) if self.is_share else f"{self.figure(value)}{said(self.unit.zh, ' ' + self.unit.en)}"


NO_UNIT = Said("", "")
MEASURES = {
    "n_persons": Measure(Said("居民人数", "Residents"), Said("人", "people")),
    "n_elders": Measure(Said("65 岁以上占比", "Share aged 65 or over"), NO_UNIT, is_share=True),
    "n_households": Measure(Said("户数", "Households"), Said("户", "households")),
    "n_venues": Measure(Said("场所数", "Venues"), Said("个", "venues")),
}


class ShadeForm(forms.Form):
    """What the map is shaded by."""

    by = forms.ChoiceField(
        label=both("地图着色", "The map shows"),
        required=False,
        choices=[(name, both(measure.label.zh, measure.label.en)) for name, measure in MEASURES.items()],
    )

    @property
    def chosen(self) -> str:
        asked = self.data.get("by", "")
        return asked if asked in MEASURES else "n_persons"


def shade_form(request) -> ShadeForm:
    asked = request.GET.get("by", "")
    return ShadeForm({"by": asked if asked in MEASURES else "n_persons"})


def map_of(found: AreaSituation, by: str) -> SchematicMap:
    """The area's parts, shaded; those beside it faint. A grid cell is drawn within its unit, beside its neighbours."""
    measure = MEASURES[by]
    parts = found.parts or [found.area]
    unit = found.trail[-2].shape if not found.parts and len(found.trail) > 1 else ()

    def drawn(area: Area) -> MapArea:
        value = measure.of(area.tally, by)
        href = area_href(area.area_path) if area is not found.area else ""
        return MapArea(
            name=short_name(area.name),
            shape=area.shape,
            more=area.more,
            href=href,
            value=value,
            told=measure.told(value),
            figure=measure.figure(value),
        )

    beside = [MapArea(name=short_name(area.name), shape=area.shape, more=area.more) for area in found.beside]
    drawn_by = Said("地图", "A map") if found.is_own else Said("示意图", "A schematic")
    title = Said(
        f"{found.area.name.zh}{drawn_by.zh}：{measure.label.zh}。数字见旁边的表",
        f"{drawn_by.en} of {found.area.name.en}: {measure.label.en}. The numbers are in the table beside it",
    )
    return maps.draw(
        [drawn(part) for part in parts],
        title=title,
        beside=beside,
        outline=unit or found.area.shape,
        names_beside=bool(unit),
        as_share=measure.is_share,
    )


def census_rows(on_record: Census, published: PublishedCensus) -> list[dict]:
    """One row a figure: its label, and as cells on record, published, the difference; None where there is none."""

    def row(label: Said, mine: float | None, theirs: float, write, step: int = 1, unit: Said = NO_UNIT) -> dict:
        gap = None if mine is None else round(mine * step - theirs * step, 2)
        difference = None if gap is None else f"{'+' if gap > 0 else MINUS if gap < 0 else '±'}{number(abs(gap))}"
        difference = difference and difference + said(unit.zh, unit.en)
        return {"label": label, "cells": [None if mine is None else write(mine), write(theirs), difference]}

    def percent(value: float) -> str:
        return f"{100 * value:.2f}%"

    def hundredths(value: float) -> str:
        return number(value, 2)

    points = Said(" 个百分点", " points")
    mine, theirs = on_record, published
    return [
        row(Said("常住人口", "Residents"), mine.n_persons, theirs.n_persons, number),
        row(
            Said("平均每户人数", "Persons a household"),
            mine.mean_household_persons,
            theirs.mean_household_persons,
            hundredths,
        ),
        row(Said("0–14 岁占比", "Aged 0–14"), mine.aged_0_14_fraction, theirs.aged_0_14_fraction, percent, 100, points),
        row(
            Said("65 岁以上占比", "Aged 65 or over"),
            mine.aged_65_over_fraction,
            theirs.aged_65_over_fraction,
            percent,
            100,
            points,
        ),
        row(Said("城镇人口占比", "Living in town"), mine.town_fraction, theirs.town_fraction, percent, 100, points),
        row(
            Said("性别比（女性为 100）", "Men per 100 women"),
            mine.men_per_100_women,
            theirs.men_per_100_women,
            hundredths,
        ),
    ]


def sizes_chart(sizes: Mapping[int, int], *, at: datetime) -> BarChart:
    """Households by how many live in them."""
    last = max(sizes)

    def label(size: int) -> str:
        return said(f"{size} 人", f"{size}") if size < last else said(f"{size} 人以上", f"{size} or more")

    return BarChart(
        title=Said("各规模住户", "Households by size"),
        unit=Said("户", "households"),
        label_title=Said("每户人数", "Persons"),
        bars=[Bar(label=label(size), value=n) for size, n in sorted(sizes.items()) if size or n],
        at=at,
    )
