"""Whoever was sampled in another round within the hour (一小时内在两轮采样): reads. Nobody is at two sites at once, so
that most likely one of them scanned the wrong person.

Another round is one of the same disease: for two diseases somebody may well be sampled twice. A site is another one
where it has another name or stands elsewhere: two rounds may share one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Q

from .folding import HOUR
from .models import RosterPlace, SamplingSite, ScreeningRound, Swab, Thing

AT_ONCE = 500
TWICE_ELSEWHERE = "twice_other_round"  # of words.DISCREPANCIES
Value = TypeVar("Value")


class Elsewhere(NamedTuple):
    """One swab that somebody gave in another round; `site`: its name and where it stands."""

    at: datetime
    site: tuple[str | None, str | None]
    tube: str
    round: UUID
    round_name: str


def swabs_elsewhere(same: Mapping[UUID, Collection[UUID]]) -> dict[UUID, list[Elsewhere]]:
    """By place the swabs of whoever stands there in other rounds, at another site and within an hour of one of theirs
    at this place; places without any are left out.

    Parameters
    ----------
    same : as `same_in_others` has them
    """
    taken = _taken({*same, *(it for theirs in same.values() for it in theirs)})
    found: dict[UUID, list[Elsewhere]] = {}
    for place, theirs in same.items():
        near = (it for other in theirs for it in taken[other] if any(_is_near(it, own) for own in taken[place]))
        if swabs := sorted(near, key=lambda it: (it.at, it.tube)):
            found[place] = swabs
    return found


def just_sampled_elsewhere(row: ScreeningRound, place: UUID, *, site: UUID | None, at: datetime) -> Elsewhere | None:
    """The last swab that whoever stands at this place gave in another round, at another site than this one of theirs
    and within an hour of `at`; None where there is none.
    """
    theirs = same_in_others(row, [place]).get(place, ())
    here = SamplingSite.objects.filter(pk=site).values_list("name", "area_path").first() or (None, None)
    own = Elsewhere(at, here, "", row.pk, row.name)
    near = [it for swabs in _taken(theirs).values() for it in swabs if _is_near(it, own)]
    return max(near, key=lambda it: it.at, default=None)


def same_in_others(row: ScreeningRound, places: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Of these places of a round those of the same people, by register or document, in rounds that ran when it did."""
    running = Q(state=ScreeningRound.State.OPEN) | Q(closed_at__gt=row.begins_at - HOUR)
    others = ScreeningRound.objects.filter(running, disease=row.disease, begins_at__lt=row.ends_at + HOUR)
    rounds = list(others.exclude(opened_at=None).exclude(pk=row.pk).order_by().values_list("pk", flat=True))
    if not rounds:  # as good as always: of one round at a time nothing more is asked
        return {}
    own = [one for some in _chunks(places) for one in _keys(RosterPlace.objects.filter(pk__in=some))]
    theirs: dict[object, set[UUID]] = defaultdict(set)
    for n, field in enumerate(("person", "document_index"), start=1):
        for some in _chunks({one[n] for one in own if one[n]}):
            for one in _keys(RosterPlace.objects.filter(round__in=rounds, **{f"{field}__in": some})):
                theirs[one[n]].add(one[0])
    found = {one[0]: theirs[one[1]] | theirs[one[2]] for one in own if one[1] in theirs or one[2] in theirs}
    return {place: some for place, some in found.items() if some}


def _keys(rows) -> list[tuple[UUID, UUID | None, bytes | None]]:
    columns = rows.order_by().values_list("pk", "person", "document_index")
    return [(pk, person, bytes(index) if index else None) for pk, person, index in columns]


def _taken(places: Iterable[UUID]) -> Mapping[UUID, list[Elsewhere]]:
    found: dict[UUID, list[Elsewhere]] = defaultdict(list)
    columns = ("place", "taken_at", "tube__site__name", "tube__site__area_path", "tube__label", "tube__round")
    for some in _chunks(places):
        rows = Swab.objects.filter(place__in=some).exclude(tube__state=Thing.VOID).order_by()
        for place, at, name, area, *more in rows.values_list(*columns, "tube__round__name"):
            found[place].append(Elsewhere(at, (name, area), *more))
    return found


def _is_near(one: Elsewhere, other: Elsewhere) -> bool:
    return abs(one.at - other.at) < HOUR and one.site != other.site


def _chunks(values: Iterable[Value]) -> Iterable[list[Value]]:
    every = list(values)
    return (every[at : at + AT_ONCE] for at in range(0, len(every), AT_ONCE))
