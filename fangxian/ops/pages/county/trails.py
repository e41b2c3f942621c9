"""The way down to a page of the county, as far as the reader may go."""

from collections.abc import Sequence

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.realm.areas import COUNTY_DIGITS

Step = tuple[Said | str, str]


def area_href(area_path: str) -> str:
    """The page of an area; the county has one of its own."""
    return reverse("county") if len(area_path) == COUNTY_DIGITS else reverse("area", args=[area_path])


def trail_to(places: Sequence, account: Account, *further: Step) -> list[Step]:
    """Steps from the county down, leaving out areas above the reader's own; the last step is this page.

    Parameters
    ----------
    places : divisions and grid cells from the county down
    further : steps after the last place; without any, the last place is this page
    """
    steps: list[Step] = [
        (place_name(place), area_href(place.area_path))
        for place in places
        if may(account, "area.view", place.area_path)
    ]
    if further:
        return [*steps, *further]
    return [*steps[:-1], (steps[-1][0], "")] if steps else []


def whereabouts(places: Sequence) -> Said:
    """The township, unit and grid cell of a path in one line."""
    names = [place_name(place) for place in places[1:]]
    return Said(" · ".join(name.zh for name in names), " · ".join(name.en for name in names))
