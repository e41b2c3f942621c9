"""Vaccination found out at a door (外勤接种登记): one of the kinds of `field_kinds`.

Each is one person: a dose of which a card was seen or was told, or why they are not vaccinated.
"""

from collections.abc import Sequence

from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.field.reading import count_of, day_of, one_of, text_of, uuid_of
from fangxian.ops.field.refusals import body_wrong
from fangxian.ops.field.wire import Intent, Outcome
from fangxian.ops.vaccination.queries import ANSWERS, PRODUCTS, SOURCES
from fangxian.ops.vaccination.wire import REASONS_OF, NewAnswer, NewDose

from .vaccinate import note_answer, note_dose

DOSE, LONGEST, LONGEST_UNIT, MOST_DOSES = "dose", 300, 60, 9
WHATS = (DOSE, *ANSWERS.values)
SEEN_BY_HAND = (SOURCES.CARD, SOURCES.OWN)


def take(intents: Sequence[Intent], by: Account) -> list[Outcome]:
    """Each is one person; body: person, what (dose or an answer); of a dose product, given_on, number, unit, source; of
    an answer reason, until_on, note, seen. One that cannot be taken spoils no other."""
    return [_take(it, by) for it in intents]


def _take(intent: Intent, by: Account) -> Outcome:
    try:
        what = one_of(intent, "what", WHATS)
        is_new = _dose(intent, by) if what == DOSE else _answer(intent, what, by)
    except Refusal as refusal:
        return Outcome(intent.number, "refused", refusal)
    return Outcome(intent.number, "taken" if is_new else "repeat")


def _dose(intent: Intent, by: Account) -> bool:
    given_on = day_of(intent, "given_on")
    if given_on is None:
        raise body_wrong(intent.kind, "given_on")
    dose = NewDose(
        person=uuid_of(intent, "person"), given_on=given_on, product=one_of(intent, "product", PRODUCTS.values),
        source=one_of(intent, "source", SEEN_BY_HAND), number=count_of(intent, "number", MOST_DOSES) or 0,
        unit=text_of(intent, "unit", LONGEST_UNIT, may_be_empty=True),
    )  # fmt: skip
    return note_dose(dose=dose, by=by)


def _answer(intent: Intent, what: str, by: Account) -> bool:
    answer = NewAnswer(
        person=uuid_of(intent, "person"), kind=what, reason=one_of(intent, "reason", REASONS_OF[ANSWERS(what)]),
        said_on=localtime(intent.recorded_at).date(), until_on=day_of(intent, "until_on"),
        note=text_of(intent, "note", LONGEST, may_be_empty=True),
    )  # fmt: skip
    return note_answer(answer=answer, by=by, seen=count_of(intent, "seen"))
