"""What a phone takes along of priority places and processes (外勤重点场所): part of `field_bundle`, kept small.

1. what a positive environmental sample asks for        tasks
   and what is due today or late in the account's sight hygiene_due
2. where the account may write down what is done        hygiene
3. what an inspection looks at there                    hygiene, the county's checklist
4. what was used the last time, to be proposed again    hygiene

Each place of one class says the same of its checklist, so the items come once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localtime

from fangxian.core.policy.hygiene import CLASSES, KINDS, how_often_said
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.hygiene.checklist import all_items, checklist
from fangxian.ops.hygiene.due import DueLine
from fangxian.ops.hygiene.queries import RECORD, PriorityPlace, current_rounds, within
from fangxian.ops.hygiene.vocabulary import AFTER_A_POSITIVE
from fangxian.ops.tasks.queries import unfinished

from .hygiene_due import hygiene_rules, lines_for

MOST_PLACES: Final = 150
PROPOSED_D: Final = 14  # an amount of longer ago is no habit
DUE: Final = ("late", "today")
POSITIVE: Final = Said("环境采样阳性，{at} 前做完", "a positive sample: before {at}")
Row = dict[str, object]


def hygiene_of(account: Account, at: datetime) -> Row | None:
    """What an account has to inspect, disinfect and sample now, the latest first; None where it records none of it
    or looks after no such place."""
    if not any(may(account, it) for it in RECORD) or not within(account).exists():
        return None
    # What a positive sample asks for has hours, and does not wait for routine work at the place.
    of_place = _after_positive(account, at)
    for it in lines_for(account, at, rules=hygiene_rules(at)):
        if it.standing.state in DUE:
            of_place.setdefault(it.place.pk, _Place(it.place)).add(it)
    own = _where_it_may(account, of_place)
    wanted = [of_one for pk, of_one in of_place.items() if pk in own]
    some = wanted[:MOST_PLACES]
    last = _last_amounts([of_one.place.pk for of_one in some], localtime(at).date())
    lists = {it: [item.key for item in checklist(it)] for it in sorted({of_one.place.of_class for of_one in some})}
    asked = {key for keys in lists.values() for key in keys}
    return {
        "n": len(wanted),
        "places": [_place(of_one, last) for of_one in some],
        "classes": {it: _said(CLASSES.get(it, Said(it, it))) for it in lists},
        "lists": lists,
        "items": [{"key": key, **_said(it.said)} for key, it in all_items().items() if key in asked],
        "kinds": [{"key": key, **_said(said)} for key, said in KINDS.items()],
    }


@dataclass(slots=True)
class _Place:
    """One place, and what is due there, as a phone shows it."""

    place: PriorityPlace
    due: list[Row] = field(default_factory=list)

    def add(self, it: DueLine) -> None:
        """Routine work, unless a positive sample asks for the same already."""
        if it.kind not in {one["kind"] for one in self.due}:
            on, is_late = it.standing.due_on.isoformat(), it.standing.state == "late"
            self.due.append({"kind": it.kind, "on": on, "late": is_late, "often": _said(how_often_said(it.rule))})


def _after_positive(account: Account, at: datetime) -> dict[UUID, _Place]:
    """The places in sight where a positive environmental sample still asks for something, the nearest clock first."""
    kind_of = {task: kind for kind, task in AFTER_A_POSITIVE.items()}
    waiting = unfinished().filter(kind__in=kind_of).order_by("due_at").values_list("about", "kind", "due_at")
    asked: dict[UUID, list[tuple[str, datetime]]] = {}
    for about, kind, due_at in waiting:
        asked.setdefault(UUID(about.partition(":")[2]), []).append((kind_of[kind], due_at))
    if not asked:
        return {}
    rows = within(account).filter(pk__in=asked).select_related("venue").in_bulk()
    return {
        pk: _Place(
            rows[pk],
            [
                {"kind": kind, "on": localtime(due_at).date().isoformat(), "late": due_at <= at,
                 "often": _said(POSITIVE.with_facts(at=f"{localtime(due_at):%m-%d %H:%M}"))}
                for kind, due_at in some
            ],
        )
        for pk, some in asked.items()
        if pk in rows
    }  # fmt: skip


def _where_it_may(account: Account, places: Collection[UUID]) -> set[UUID]:
    rows = PriorityPlace.objects.filter(pk__in=list(places))
    held = [it for it in RECORD if may(account, it)]
    found = (within_scope(rows, account, it, venue_field="venue").values_list("pk", flat=True) for it in held)
    return {pk for part in found for pk in part}


def _last_amounts(places: Sequence[UUID], today: date) -> Mapping[UUID, Row]:
    """What was used at each of these the last time: agent, concentration and area; and where swabs were taken."""
    rows = current_rounds().filter(place__in=places, done_on__gt=today - timedelta(days=PROPOSED_D))
    rows = rows.filter(Q(kind="disinfection") | Q(kind="sampling")).order_by("place", "done_at", "recorded_at")
    columns = ("place", "kind", "agent", "concentration_mg_l", "area_m2", "spots")
    found: dict[UUID, Row] = {}
    for place, of_one in groupby(rows.values_list(*columns), key=lambda it: it[0]):
        told: Row = {}
        for _, kind, agent, concentration, area, spots in of_one:
            told |= {"used": [agent, concentration, area]} if kind == "disinfection" else {"spots": spots}
        found[place] = told
    return found


def _place(of_one: _Place, last: Mapping[UUID, Row]) -> Row:
    place = of_one.place
    told: Row = {
        "id": str(place.pk),
        "name": place.name,
        "is": place.of_class,
        "due": of_one.due,
    }
    # A process is often named without the place it is at.
    if place.venue is not None:
        told |= {"number": place.venue.venue_number}
        told |= {"at": place.venue.name} if place.venue.name != place.name else {}
    return {**told, **last.get(place.pk, {})}


def _said(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}
