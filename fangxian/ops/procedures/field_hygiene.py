"""Done at a priority place without a network (外勤重点场所登记): one of the kinds of `field_kinds`.

1. the place, on the register when it was done, in sight of whoever was there   keep_hygiene
2. the same was told of it a moment before or after: one thing told twice       hygiene
3. what was done there goes on record, and what waited for it is done           keep_hygiene
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid5

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.policy.hygiene import KINDS
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.field.reading import count_of, one_of, text_of, uuid_of
from fangxian.ops.field.refusals import body_wrong
from fangxian.ops.field.wire import Intent, Outcome
from fangxian.ops.hygiene.actions import ANSWERS
from fangxian.ops.hygiene.queries import PriorityPlace, current_rounds
from fangxian.ops.hygiene.wire import NewRound, Remedy

from .keep_hygiene import place_for, record_done

# The agents that the county's own form offers.
AGENTS: Final = ("chlorine", "chlorine-dioxide", "peroxide", "peracetic", "quaternary", "alcohol", "other")
LONGEST, LONGEST_NAME, LONGEST_REMEDY, MOST_DAYS, MOST_ITEMS = 300, 60, 200, 60, 60
MOST_AMOUNT = 10**9
SAME: Final = ("place", "kind", "agent", "concentration_mg_l", "area_m2", "n_samples", "spots")
INSPECTION, DISINFECTION = "inspection", "disinfection"
ONE_ROUND = Parameter(
    value=30, unit="min", low=5, high=120,
    meaning="Within which the same work at a place with the same amounts or findings, told twice, is one",
    source="a guess: a second disinfection of a place on a day is hours after the first; two people write one down "
    "within minutes",
)  # fmt: skip


def take(intents: Sequence[Intent], by: Account) -> list[Outcome]:
    """Each is one thing done at one place; body: place, kind (KINDS), done_by, note; of an inspection answers (item →
    ok, fault, not_here) and remedies (item → [what, within days]); of a disinfection agent, concentration_mg_l,
    area_m2; of a sampling n_samples, spots. It was done when it was recorded. One that cannot be taken spoils no
    other."""
    return [_take(it, by) for it in intents]


def _take(intent: Intent, by: Account) -> Outcome:
    try:
        place = place_for(by, uuid_of(intent, "place"), then=intent.recorded_at)
        new = _told(intent, place.pk)
        # Two phones at one place wait here for each other.
        list(PriorityPlace.objects.select_for_update().filter(pk=place.pk).values_list("pk"))
        if _is_told(new):
            return Outcome(intent.number, "repeat")
        record_done(place=place, new=new, by=by)
    except Refusal as refusal:
        return Outcome(intent.number, "refused", refusal)
    return Outcome(intent.number, "taken")


def _is_told(new: NewRound) -> bool:
    """Whether two who were there, or one twice, told of one thing: the same work with the same amounts or findings."""
    near = timedelta(minutes=ONE_ROUND.value)
    same = {name: getattr(new, name) for name in SAME}
    rows = current_rounds().filter(done_at__gt=new.done_at - near, done_at__lt=new.done_at + near, **same)
    # A word more is something else that was told.
    told = rows.values_list("answers", "note")
    return any(answers == new.answers and new.note in ("", note) for answers, note in told)


def _told(intent: Intent, place: UUID) -> NewRound:
    kind = one_of(intent, "kind", KINDS)
    content = {INSPECTION: _looked_at, DISINFECTION: _used}.get(kind, _sampled)(intent)
    return NewRound(
        # By the phone's own number: told again, by whatever way, it is the same.
        id=uuid5(intent.device, f"hygiene:{intent.number}"), place=place, kind=kind, done_at=intent.recorded_at,
        done_by=text_of(intent, "done_by", LONGEST_NAME, may_be_empty=True),
        note=text_of(intent, "note", LONGEST, may_be_empty=True), **content,
    )  # fmt: skip


def _looked_at(intent: Intent) -> dict:
    answers, remedies = intent.body.get("answers"), intent.body.get("remedies", {})
    if not isinstance(answers, dict) or not 0 < len(answers) <= MOST_ITEMS:
        raise body_wrong(intent.kind, "answers")
    if not all(len(item) <= 40 and answer in ANSWERS for item, answer in answers.items()):
        raise body_wrong(intent.kind, "answers")
    if not isinstance(remedies, Mapping) or set(remedies) - {it for it, answer in answers.items() if answer == "fault"}:
        raise body_wrong(intent.kind, "remedies")
    return {"answers": answers, "remedies": {item: _remedy(intent, told) for item, told in remedies.items()}}


def _remedy(intent: Intent, told: object) -> Remedy:
    match told:
        case [str(what), int(days)] if what.strip() and len(what) <= LONGEST_REMEDY and 0 <= days <= MOST_DAYS:
            by_on = localtime(intent.recorded_at).date() + timedelta(days=days)
            return Remedy(what=what.strip(), by_on=by_on)
    raise body_wrong(intent.kind, "remedies")


def _used(intent: Intent) -> dict:
    return {
        "agent": one_of(intent, "agent", AGENTS),
        "concentration_mg_l": count_of(intent, "concentration_mg_l", MOST_AMOUNT),
        "area_m2": count_of(intent, "area_m2", MOST_AMOUNT),
    }


def _sampled(intent: Intent) -> dict:
    n_samples, spots = count_of(intent, "n_samples", MOST_AMOUNT), text_of(intent, "spots", LONGEST)
    return {"n_samples": n_samples, "spots": spots}
