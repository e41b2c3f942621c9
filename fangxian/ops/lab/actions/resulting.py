"""Whose result is known stands so on the roster, until it is taken back."""

from collections import defaultdict
from collections.abc import Collection
from operator import attrgetter
from uuid import UUID

from django.db import connection, transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.lab.doubts import TWICE
from fangxian.ops.lab.models import Discrepancy, RosterPlace
from fangxian.ops.realm.bulk import rows_with, update_rows
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.wholesale import among

from .refolding import refold
from .taking import locked

AT_ONCE = 500
CALLED_BACK = "召回复采，单独一管 · called back for a tube of their own"
RESULTED = RosterPlace.Stage.RESULTED
MAKE_RESULTED = f"UPDATE {RosterPlace._meta.db_table} SET stage = %s, why = %s WHERE id"


@transaction.atomic
def note_resulted(*, places: Collection[UUID], by: str) -> int:
    """The results of these people are known; how many were not before."""
    n = 0
    for round, ids in _by_round(places).items():
        locked(round)
        fresh = [pk for pk, stage in ids.items() if stage != RESULTED]
        for at in range(0, len(fresh), AT_ONCE):  # all alike: written by sets, not one by one
            which, values = among(fresh[at : at + AT_ONCE])
            with connection.cursor() as cursor:
                cursor.execute(f"{MAKE_RESULTED} {which}", [str(RESULTED), "", *values])
        record("lab.resulted", by=by, about=[f"round:{round}"], facts={"n": len(fresh)})
        n += len(fresh)
    return n


@transaction.atomic
def take_results_back(*, places: Collection[UUID], by: str) -> None:
    """The results of these people are known no more: they are as far again as tables and boxes say."""
    for round, ids in _by_round(places).items():
        row = locked(round)
        back = [pk for pk, stage in ids.items() if stage == RESULTED]
        update_rows(RosterPlace, [{"id": pk, "stage": "due", "why": ""} for pk in back])
        refold(row, tubes=(), boxes=(), places=ids, at=county_now())
        record("lab.results_taken_back", by=by, about=[f"round:{round}"], facts={"n": len(ids)})


def _by_round(places: Collection[UUID]) -> dict[UUID, dict[UUID, str]]:
    """Of each round these places with their stages; round after round in one order, so that two who do this never wait
    for one another.
    """
    found: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    wanted = [(it,) for it in sorted(set(places), key=attrgetter("int"))]
    for pk, round, stage in rows_with(RosterPlace, ("id",), wanted, ("id", "round_id", "stage")):
        found[round][pk] = stage
    return dict(sorted(found.items()))


@transaction.atomic
def note_sampled_again(*, places: Collection[UUID], by: str) -> int:
    """These people were called back for another tube: that they are in two is as it should be. How many were asked
    about.
    """
    n, every = 0, sorted(set(places))
    for at in range(0, len(every), AT_ONCE):
        asked = Discrepancy.objects.filter(place__in=every[at : at + AT_ONCE], kind__in=TWICE, settled_at=None)
        for it in asked.filter(gone_at=None).order_by("pk"):
            it.settled_at, it.settled_by, it.settled_how = county_now(), by, CALLED_BACK
            it.save(update_fields=["settled_at", "settled_by", "settled_how"])
            n += 1
    if n:
        record("lab.sampled_again", by=by, facts={"n": n})
    return n
