"""What a case may not be: impossible dates, impossible steps, lists nobody knows. Reads nothing, writes nothing."""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.timezone import localtime

from .models import Case
from .refusals import refusal, wrong_order
from .vocabulary import DOCUMENTS, FOUND_BY, OCCUPATIONS, OUTCOMES, SEXES
from .wire import NewEntry, NewResult

S = Case.State
# What may follow what. A confirmation that proves wrong is excluded with a reason; what is over stays over, and
# somebody who falls ill again is a new case.
STEPS: Mapping[str, tuple[str, ...]] = {
    S.REPORTED: (S.HELD, S.CONFIRMED, S.EXCLUDED),
    S.HELD: (S.CONFIRMED, S.EXCLUDED),
    S.CONFIRMED: (S.IN_TREATMENT, S.CLOSED, S.EXCLUDED),
    S.IN_TREATMENT: (S.CLOSED, S.EXCLUDED),
    S.EXCLUDED: (),
    S.CLOSED: (),
}
OVER = (S.EXCLUDED, S.CLOSED)
LONGEST_STAY_DAYS = 31
EARLIEST_STAY_DAYS = 366  # before somebody fell ill: longer than anything incubates that is traced by whereabouts
LONGEST_TEXT = 4000
LISTS = {
    "sex": (SEXES, "性别", "sex"),
    "occupation": (OCCUPATIONS, "职业", "occupation"),
    "document_kind": (DOCUMENTS, "证件类型", "kind of document"),
    "found_by": (FOUND_BY, "发现途径", "how it was found"),
    "outcome": (OUTCOMES, "转归", "outcome"),
}


def check_step(row: Case, wanted: str) -> None:
    if wanted not in STEPS[row.state]:
        raise wrong_order(row.number, row.state, wanted, STEPS[row.state])


def check_lists(row: Case) -> None:
    """Each of the closed lists has what the row says, or the row says nothing."""
    for column, (words, what_zh, what_en) in LISTS.items():
        value = getattr(row, column)
        if value and value not in words:
            raise refusal("cases.not_a_choice", value=value, what_zh=what_zh, what_en=what_en)
    if not row.name.strip():
        raise refusal("cases.no_name")


def check_dates(row: Case, now: datetime) -> None:
    """Born, fell ill, died: in this order, and none of it tomorrow."""
    born_on, onset_on, died_on = row.born_on, row.onset_on, row.died_on
    days = [day for day in (born_on, onset_on, died_on) if day is not None]
    if days != sorted(days) or (days and days[-1] > now.date()):  # of a long list hardly any
        _refuse_days(born_on, onset_on, died_on, localtime(now).date())
    if row.first_positive_sampled_at and row.first_positive_sampled_at > now:
        raise refusal("cases.sampled_in_future", sampled_at=_clock(row.first_positive_sampled_at), now=_clock(now))


def _refuse_days(born_on: date | None, onset_on: date | None, died_on: date | None, today: date) -> None:
    wrong = {
        "cases.birth_in_future": _is_after(born_on, today),
        "cases.onset_in_future": _is_after(onset_on, today),
        "cases.death_in_future": _is_after(died_on, today),
        "cases.death_before_birth": _is_after(born_on, died_on),
        "cases.onset_before_birth": _is_after(born_on, onset_on),
        "cases.onset_after_death": _is_after(onset_on, died_on),
    }
    for code, is_wrong in wrong.items():
        if is_wrong:
            raise refusal(code, today=today, born_on=born_on, onset_on=onset_on, died_on=died_on)


def check_result(new: NewResult, now: datetime) -> None:
    facts = {"sampled_at": _clock(new.sampled_at), "resulted_at": _clock(new.resulted_at), "now": _clock(now)}
    if new.sampled_at > now:
        raise refusal("cases.sampled_in_future", **facts)
    if new.resulted_at < new.sampled_at:
        raise refusal("cases.resulted_before_sampling", **facts)
    if new.resulted_at > now:
        raise refusal("cases.resulted_in_future", **facts)


def check_entry(new: NewEntry, now: datetime, *, ill_on: date) -> None:
    """One stay or ride of an itinerary: it has happened, not ages before, it ends after it begins, and was somewhere.

    Parameters
    ----------
    ill_on : the day of onset; of somebody without one, of the report
    """
    if (days := (ill_on - new.begins_at.date()).days) > EARLIEST_STAY_DAYS:
        raise refusal("cases.stay_long_ago", begins_at=_clock(new.begins_at), ill_on=ill_on, days=days)
    if new.begins_at > now:
        raise refusal("cases.stay_in_future", begins_at=_clock(new.begins_at), now=_clock(now))
    if new.ends_at is not None:
        if new.ends_at <= new.begins_at:
            facts = {"begins_at": _clock(new.begins_at), "ends_at": _clock(new.ends_at)}
            raise refusal("cases.ends_before_it_begins", **facts)
        if (days := (new.ends_at - new.begins_at).days) > LONGEST_STAY_DAYS:
            raise refusal("cases.stay_too_long", days=days, most=LONGEST_STAY_DAYS)
    if not (new.place.strip() or new.venue or new.vehicle.strip()):
        raise refusal("cases.no_place")
    for text in (new.place, new.remark):
        if len(text) > LONGEST_TEXT:
            raise refusal("cases.too_long", what=text[:12] + "…", n=len(text), most=LONGEST_TEXT)


def _is_after(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and one > other


def _clock(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}"
