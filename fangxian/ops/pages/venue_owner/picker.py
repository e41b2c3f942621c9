"""Choosing a village or community: by township, and of two of one name each with its township."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.words import both
from fangxian.ops.places.models import Division
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS


def unit_choices(places: Mapping[str, Division], units: Sequence[Division]) -> list:
    """Groups for a select, a township each.

    A select that is shut shows the chosen one without its group: two villages called 南庄 would then look alike, so
    those say their township themselves.
    """
    n_named = Counter(it.name_zh for it in places.values())
    in_order = sorted(units, key=lambda it: it.area_path)
    groups = []
    for township, inside in groupby(in_order, key=lambda it: it.area_path[:TOWNSHIP_DIGITS]):
        town = places.get(township)
        name = place_name(town) if town else None
        choices = []
        for it in inside:
            own = place_name(it)
            told = both(own.zh, own.en)
            if name and n_named[it.name_zh] > 1:
                told = both(f"{own.zh}（{name.zh}）", f"{own.en} ({name.en})")
            choices.append((it.area_path, told))
        groups.append((both(name.zh, name.en) if name else township, choices))
    return groups
