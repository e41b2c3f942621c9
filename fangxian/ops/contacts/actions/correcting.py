"""The day of last exposure was another (更正最后接触日期): day 0, from which all days of observation are counted."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Refusal
from fangxian.ops.realm.current import county_now

from ..models import OBSERVED, Contact, State
from ..words import STATES
from .deciding import DATES, date_by_rulebook
from .rows import locked, move, need_reason, no_more_follow_ups, note_line, write

OLDEST_EXPOSURE = Parameter(
    value=90, unit="days", low=21, high=365,
    meaning="How long before today the corrected day of a contact's last exposure may lie",
    source="a guess: longer than any look-back with an incubation; what lies before is a mistyped year",
)  # fmt: skip
EXPOSURE = ("last_exposure_at", "last_exposure_on", "first_exposure_at")


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction changed.

    Attributes
    ----------
    is_new : False where that day was on record already
    is_first_earlier : the first exposure, which lay after the corrected day, is that day now
    is_observed_again : released, and by the corrected day their days are not over
    """

    is_new: bool
    is_first_earlier: bool = False
    is_observed_again: bool = False


@transaction.atomic
def correct_last_exposure(*, contact: UUID, on: date, reason: str, rulebook: Rulebook, by: str) -> Corrected:
    """The day of last exposure of a contact who is decided on. Days of observation, and what is due today, follow.

    A last day of observation that somebody stated stands, and so does an early release, which was decided on its own
    grounds. Whoever was released at the end of days that are not over by the right day is observed again. The same day
    again changes nothing.

    Refuses
    -------
    contacts.unknown, contacts.no_reason, contacts.not_decided, contacts.no_such_exposure
    """
    at = county_now()
    [row] = locked([contact])
    _refuse(row, on, localtime(at).date())
    if on == row.last_exposure_on:
        return Corrected(is_new=False)
    need_reason(reason, n=1)
    before, first, at_their_end = row.last_exposure_on, row.first_exposure_at, _is_released_at_their_end(row)
    row.last_exposure_at, row.last_exposure_on = _moment(row, on, at), on
    row.first_exposure_at = min(first, row.last_exposure_at)
    date_by_rulebook(row, rulebook=rulebook)
    is_over = row.watched_until_on is None or row.watched_until_on < localtime(at).date()
    again = at_their_end and row.release_on is not None and row.release_on >= localtime(at).date()
    if again:
        row.decided_at, row.decided_by = at, by
    if is_over:
        no_more_follow_ups([row])
    since = row.state_since
    told = f"最后接触日期由 {before} 更正为 {on}：{reason} · day 0 corrected from {before} to {on}"
    move([row], after=lambda it: State.CONFIRMED if again else it.state, at=at, by=by, reason=told)
    row.state_since = at if again else since
    write([row], *EXPOSURE, *DATES, "state", "state_since", "decided_at", "decided_by", "follow_up_due_at")
    days = {"before": before.isoformat(), "after": on.isoformat()}
    note_line("contacts.exposure_corrected", rows=[row], by=by, reason=reason, **days)
    return Corrected(is_new=True, is_first_earlier=row.first_exposure_at < first, is_observed_again=again)


def _is_released_at_their_end(row: Contact) -> bool:
    if row.state != State.RELEASED:
        return False
    return row.release_on is None or localtime(row.state_since).date() >= row.release_on


def _moment(row: Contact, on: date, at: datetime) -> datetime:
    """The same time of that day, and not later than now."""
    then = localtime(row.last_exposure_at)
    return min(datetime.combine(on, then.timetz()), at)


def _refuse(row: Contact, on: date, today: date) -> None:
    if row.state not in (*OBSERVED, State.RELEASED):
        state = STATES[row.state]
        raise Refusal(
            "contacts.not_decided",
            zh="这名接触者现在是“{state}”，最后接触日期没有更正。只有已判定、在观察或已解除的可以更正；还没有判定的请先判"
            "定。",
            en="This contact is “{state_en}”, so the day of last exposure was not corrected. That is done for contacts "
            "who are confirmed, under observation or released: decide on this one first.",
            state=state.zh,
            state_en=state.en,
        )
    if on > today or (today - on).days > OLDEST_EXPOSURE.value:
        raise Refusal(
            "contacts.no_such_exposure",
            zh="最后接触日期填的是 {on}，今天是 {today}，没有更正。应为今天或之前 {days} 天以内的一天；请核对年月日。",
            en="The day of last exposure is given as {on} and today is {today}, so it was not corrected. It is today "
            "or one of the {days} days before: check the date.",
            on=on.isoformat(),
            today=today.isoformat(),
            days=int(OLDEST_EXPOSURE.value),
        )
