"""Whose result is known stands so on the roster, until it is taken back."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.lab.models import RosterPlace
from fangxian.ops.realm.current import county_now

from .refolding import refold
from .taking import locked

AT_ONCE = 500
RESULTED = RosterPlace.Stage.RESULTED


@transaction.atomic
def note_resulted(*, places: Collection[UUID], by: str) -> int:
    """The results of these people are known; how many were not before."""
    n = 0
    for round, ids in _by_round(places).items():
        locked(round)
        for at in range(0, len(ids), AT_ONCE):
            rows = RosterPlace.objects.filter(pk__in=ids[at : at + AT_ONCE]).exclude(stage=RESULTED)
            n += rows.update(stage=RESULTED, why="")
        record("lab.resulted", by=by, about=[f"round:{round}"], facts={"n": len(ids)})
    return n


@transaction.atomic
def take_results_back(*, places: Collection[UUID], by: str) -> None:
    """The results of these people are known no more: they are as far again as tables and boxes say."""
    for round, ids in _by_round(places).items():
        row = locked(round)
        for at in range(0, len(ids), AT_ONCE):
            RosterPlace.objects.filter(pk__in=ids[at : at + AT_ONCE], stage=RESULTED).update(stage="due", why="")
        refold(row, tubes=(), boxes=(), places=ids, at=county_now())
        record("lab.results_taken_back", by=by, about=[f"round:{round}"], facts={"n": len(ids)})


def _by_round(places: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Round after round in one order, so that two who do this never wait for one another."""
    found, every = defaultdict(list), sorted(set(places))
    for at in range(0, len(every), AT_ONCE):
        rows = RosterPlace.objects.filter(pk__in=every[at : at + AT_ONCE]).order_by().values_list("round", "pk")
        for round, pk in rows:
            found[round].append(pk)
    return dict(sorted(found.items()))
