"""Whose result is known stands so on the roster, until it is taken back."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.lab.models import RosterPlace
from fangxian.ops.realm.bulk import rows_with, update_rows
from fangxian.ops.realm.current import county_now

from .refolding import refold
from .taking import locked

RESULTED = RosterPlace.Stage.RESULTED


@transaction.atomic
def note_resulted(*, places: Collection[UUID], by: str) -> int:
    """The results of these people are known; how many were not before."""
    n = 0
    for round, ids in _by_round(places).items():
        locked(round)
        fresh = [pk for pk, stage in ids.items() if stage != RESULTED]
        update_rows(RosterPlace, [{"id": pk, "stage": "resulted", "why": ""} for pk in fresh])
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
    wanted = [(it,) for it in sorted(set(places))]
    for pk, round, stage in rows_with(RosterPlace, ("id",), wanted, ("id", "round_id", "stage")):
        found[round][pk] = stage
    return dict(sorted(found.items()))
