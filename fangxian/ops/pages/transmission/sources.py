"""What is said of candidates of a source: in words how surprising, when and where, and who was there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import floor

from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.places.models import Division
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS
from fangxian.ops.situation.small_counts import told
from fangxian.ops.situation.sources import CLASS, DEPOT, GATHERED, PLACE, WORKPLACE, Candidate, CaseThere, SourcesFound

KINDS: Mapping[str, Said] = {
    PLACE: Said("场所", "place"),
    GATHERED: Said("同场所同时段", "place and hours"),
    DEPOT: Said("快递网点", "courier's depot"),
    CLASS: Said("班级", "class"),
    WORKPLACE: Said("工作单位", "workplace"),
}
COUNTED: Mapping[str, Said] = {
    PLACE: Said("个场所", "places"),
    GATHERED: Said("个场所时段", "places and hours"),
    DEPOT: Said("个快递网点", "couriers' depots"),
    CLASS: Said("个班级", "classes"),
    WORKPLACE: Said("个工作单位", "workplaces"),
}
TIMES_SHOWN = 4
BEYOND_COUNTING = 9  # 10^9: more exact than anybody's data


def candidates_shown(found: SourcesFound, places: Mapping[str, Division]) -> list[dict]:
    return [_shown(candidate, nth, places) for nth, candidate in enumerate(found.candidates, start=1)]


def looked_at_said(found: SourcesFound) -> list[dict]:
    return [{"n": n, "what": COUNTED[kind]} for kind, n in found.looked_at.items()]


def surprise_said(surprise: float) -> Said:
    """How unlikely it is to be accident; log10 odds in words that need no logarithm."""
    if surprise < 1:
        return Said("可能只是碰巧", "may well be accident")
    if surprise >= BEYOND_COUNTING:
        return Said("几乎不可能是碰巧", "hardly accident: less than one in a thousand million")
    odds = 10 ** floor(surprise)
    return Said(
        f"若只是碰巧，这种情形不到 {odds:,} 分之一", f"by accident it would come up less than once in {odds:,} searches"
    )


def _shown(candidate: Candidate, nth: int, places: Mapping[str, Division]) -> dict:
    township = places.get(candidate.area_path[:TOWNSHIP_DIGITS])
    return {
        "nth": nth,
        "kind": KINDS[candidate.kind],
        "name": candidate.name,
        "href": reverse("venue", args=[candidate.venue]) if candidate.venue else "",
        "where": Said(township.name_zh, township.name_en) if township else None,
        "is_membership": candidate.kind in (CLASS, WORKPLACE),
        "begins_at": candidate.begins_at,
        "ends_at": candidate.ends_at,
        "n_found": candidate.n_found,
        "n_expected": round(candidate.n_expected, 1),
        "n_people": told(candidate.n_people),
        "surprise": candidate.surprise,
        "said": surprise_said(candidate.surprise),
        "is_strong": candidate.surprise >= 2,
        "evidence": [
            _there(it) for it in sorted(candidate.evidence, key=lambda it: (it.case.stands_on, it.case.number))
        ],
    }


def _there(it: CaseThere) -> dict:
    case = it.case
    return {
        "number": case.number.replace("-", "-\u2060"),  # not to be broken at the end of a phone's line
        "href": f"/cases/{case.id}",
        "onset_on": case.onset_on,
        "stands_on": case.stands_on,
        **_times(it.at),
    }


def _times(at: Sequence[datetime]) -> dict:
    return {"times": [localtime(it) for it in at[:TIMES_SHOWN]], "n_more": max(0, len(at) - TIMES_SHOWN)}
