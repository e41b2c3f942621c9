"""A round's results and whoever is called back for a tube of their own (结果、召回), as an account may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.lab.members import OneTube, places_named, tubes_with
from fangxian.ops.lab.queries import RosterPlace, ScreeningRound
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.queries import ends_by_itself
from fangxian.ops.realm.current import county_now
from fangxian.ops.results.queries import CallBack, Told, call_backs_of_round, counted_by_outcome, results_with, told_to

from .round_board import NAMES

UNDECIDED = ("awaited", "sampled")
HOLD = "pool-hold"


@dataclass(frozen=True, slots=True)
class CalledBack:
    """One person who is called back: who, because of which tube, how far. `own`: the tube of their own, if any."""

    row: CallBack
    place: RosterPlace
    tube: OneTube
    outcome: str
    own: OneTube | None
    lapses_at: datetime | None = None  # until when what holds them stands at most

    @property
    def pk(self) -> UUID:
        return self.row.pk

    def is_late(self, at: datetime) -> bool:
        return self.row.state == "awaited" and self.row.due_at < at

    def has_lapsed(self, at: datetime) -> bool:
        """Whether nothing holds them any more though nothing was decided."""
        return self.row.state in UNDECIDED and self.lapses_at is not None and self.lapses_at <= at


def called_back(row: ScreeningRound, account: Account, *, state: str = "") -> QuerySet[CallBack]:
    """Who is called back in a round, of the areas whose people the account knows; "open": nothing is decided."""
    rows = within_scope(call_backs_of_round(row.pk), account, NAMES)
    if state == "open":
        return rows.filter(state__in=UNDECIDED)
    return rows.filter(state=state) if state else rows


def counted(row: ScreeningRound) -> dict[str, int]:
    """How many people of the round's call-backs are how far, in the whole county."""
    rows = call_backs_of_round(row.pk).order_by().values_list("state")
    return dict(rows.annotate(n=Count("*")))


def outcomes(row: ScreeningRound) -> dict[str, int]:
    """How many of the round's tubes have which result that counts."""
    return counted_by_outcome(row.pk)


def shown(rows: Sequence[CallBack]) -> list[CalledBack]:
    """These, with whoever and whatever they are about; as many queries for a page as for one."""
    places = places_named([it.place for it in rows])
    tubes = tubes_with({it.tube for it in rows} | {it.own_tube for it in rows if it.own_tube})
    results: Mapping[UUID, object] = results_with({it.result_id for it in rows})
    lapses = lapses_of(rows, {it.place: places[it.place].round.disease for it in rows if it.place in places})
    return [
        CalledBack(
            it,
            places[it.place],
            tubes[it.tube],
            results[it.result_id].outcome,
            tubes.get(it.own_tube or UUID(int=0)),
            lapses.get(it.pk),
        )
        for it in rows
        if it.place in places and it.tube in tubes
    ]


def lapses_of(rows: Sequence[CallBack], diseases: Mapping[UUID, str]) -> dict[UUID, datetime]:
    """Until when the hold of each of these stands at most, by the rulebook of what was tested for (by the place)."""
    books, found = rulebooks_by_disease(county_now()), {}
    for disease in sorted({diseases[it.place] for it in rows if it.hold and it.place in diseases}):
        kinds = books[disease].evidence if disease in books else ()
        longest = next((it.longest for it in kinds if it.kind == HOLD), None)
        of_hold = {it.hold: it.pk for it in rows if it.hold and diseases.get(it.place) == disease}
        if longest is not None:
            found |= {of_hold[hold]: at for hold, at in ends_by_itself(list(of_hold), longest=longest).items()}
    return found


def told_at(place: RosterPlace) -> list[Told]:
    """What whoever has a place on the roster was told, and holds; the newest first."""
    return list(told_to([place.pk]).filter(ended_at=None))
