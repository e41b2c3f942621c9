"""An investigator's decisions: confirmed to a ring, rejected, put back. The evidence and the codes follow elsewhere."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.arrivals import Plan
from fangxian.core.policy.contacts import contact_rule, management_days
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.policy.vocabulary import Place
from fangxian.core.refusal import Refusal
from fangxian.ops.realm.current import county_now

from ..models import OBSERVED, Contact, Mode, State
from ..words import STATES
from .rows import locked, move, need_reason, no_more_follow_ups, note_line, write

QUARANTINING = (Place.HOSPITAL, Place.CENTRAL, Place.HOME)
DATES = ("release_on", "release_computed_on", "watched_until_on")
DECISION = ("ring", "state", "state_since", "decided_at", "decided_by", "mode", "home_reason", *DATES)


@transaction.atomic
def confirm_contacts(
    *, contacts: Sequence[UUID], ring: str, reason: str, rulebook: Rulebook, by: str, seen_at: datetime | None = None
) -> tuple[UUID, ...]:
    """Confirm contacts to a ring, or those confirmed already to another; ids of those whose ring is new.

    Dates follow from the rulebook: the day of last exposure is day 0. Confirmed to this ring already: nothing changes.

    Parameters
    ----------
    seen_at : as of when whoever decides saw the contacts; None for who looks at them in the same transaction

    Refuses
    -------
    contacts.unknown, contacts.no_reason, contacts.other_disease, contacts.not_to_decide, contacts.decided_meanwhile,
    rulebook.unknown_ring
    """
    at = county_now()
    rule = contact_rule(rulebook, ring, at)
    rows = [row for row in locked(contacts) if not (row.state in OBSERVED and row.ring == ring)]
    need_reason(reason, n=len(rows))
    _refuse_decided_since(rows, seen_at, by)
    _refuse_other_disease(rows, rulebook)
    _refuse_states(rows, (State.PROPOSED, *OBSERVED))
    for row in rows:
        row.ring, row.decided_at, row.decided_by = ring, at, by
        date_by_rulebook(row, rulebook=rulebook)
        if not row.mode and rule.measure.stages[:1] and rule.measure.stages[0].place is Place.HOME:
            row.mode, row.home_reason = Mode.HOME, "rulebook"
        elif not row.mode and not any(stage.place in QUARANTINING for stage in rule.measure.stages):
            row.mode = Mode.MONITORING
    move(rows, after=lambda row: row.state if row.state in OBSERVED else State.CONFIRMED, at=at, by=by, reason=reason)
    write(rows, *DECISION)
    note_line("contacts.confirmed", rows=rows, by=by, ring=ring, reason=reason)
    return tuple(row.pk for row in rows)


@transaction.atomic
def reject_contacts(
    *, contacts: Sequence[UUID], reason: str, by: str, seen_at: datetime | None = None
) -> tuple[UUID, ...]:
    """These people were no contacts (排除), in their days or after them; ids of those rejected now. Rejected already:
    nothing changes.

    Refuses
    -------
    contacts.unknown, contacts.no_reason, contacts.not_to_decide, contacts.decided_meanwhile
    """
    at = county_now()
    rows = [row for row in locked(contacts) if row.state != State.REJECTED]
    need_reason(reason, n=len(rows))
    _refuse_decided_since(rows, seen_at, by)
    _refuse_states(rows, (State.PROPOSED, *OBSERVED, State.RELEASED))
    for row in rows:
        row.decided_at, row.decided_by = at, by
    no_more_follow_ups(rows)
    move(rows, after=lambda row: State.REJECTED, at=at, by=by, reason=reason)
    write(rows, "state", "state_since", "decided_at", "decided_by", "follow_up_due_at")
    note_line("contacts.rejected", rows=rows, by=by, reason=reason)
    return tuple(row.pk for row in rows)


@transaction.atomic
def put_back(*, contacts: Sequence[UUID], reason: str, by: str, seen_at: datetime | None = None) -> tuple[UUID, ...]:
    """Make these proposals again: rejected or confirmed by mistake, or new facts came. Proposed already: no change.

    Refuses
    -------
    contacts.unknown, contacts.no_reason, contacts.not_to_decide, contacts.decided_meanwhile
    """
    at = county_now()
    rows = [row for row in locked(contacts) if row.state != State.PROPOSED]
    need_reason(reason, n=len(rows))
    _refuse_decided_since(rows, seen_at, by)
    _refuse_states(rows, (State.REJECTED, *OBSERVED))
    for row in rows:
        row.decided_at, row.decided_by = None, ""
        row.release_on = row.release_computed_on = row.watched_until_on = None
    no_more_follow_ups(rows)
    move(rows, after=lambda row: State.PROPOSED, at=at, by=by, reason=reason)
    write(rows, "state", "state_since", "decided_at", "decided_by", "follow_up_due_at", *DATES)
    note_line("contacts.put_back", rows=rows, by=by, reason=reason)
    return tuple(row.pk for row in rows)


def date_by_rulebook(row: Contact, *, rulebook: Rulebook) -> None:
    """The days of observation of a row's ring, from its last exposure (or placement, where the rulebook counts so)."""
    at = row.last_exposure_at if row.decided_at is None else row.decided_at
    counts_from_placement = contact_rule(rulebook, row.ring, at).day_zero == "placement"
    # Days before somebody was placed count like the others: only where day 0 is the placement does it matter here.
    placed_on = row.checked_in_on if counts_from_placement else None
    plan = management_days(rulebook, row.ring, last_exposure_on=row.last_exposure_on, at=at, placed_on=placed_on)
    was_computed = row.release_on == row.release_computed_on
    row.release_computed_on, row.watched_until_on = _release(plan), _last_day(plan)
    if was_computed:  # a date somebody stated stands, and the quality rule tells
        row.release_on = row.release_computed_on


def _release(plan: Plan):
    """The last day of quarantine; where a ring asks none, of all its stages; None where it asks nothing."""
    ends = [stage.ends_on for stage in plan.stages if stage.place in QUARANTINING]
    return max(ends) - timedelta(days=1) if ends else _last_day(plan)


def _last_day(plan: Plan):
    return plan.ends_on - timedelta(days=1) if plan.stages else None


def _refuse_decided_since(rows: Sequence[Contact], seen_at: datetime | None, by: str) -> None:
    """Nobody's decision is overwritten by somebody who had not seen it; locked rows only, so of two one is second."""
    if seen_at is None:
        return
    # Without `decided_by` it was put back: whose that was stands in the changes, and it was somebody's decision too.
    meanwhile = [row for row in rows if (row.decided_at or row.state_since) > seen_at and row.decided_by != by]
    if meanwhile:
        names = [STATES[state] for state in sorted({row.state for row in meanwhile})]
        raise Refusal(
            "contacts.decided_meanwhile",
            zh="所选接触者里有 {n} 名在您打开页面之后已由同事判定（现在是“{states}”）。没有改动任何一名；应先看同事的"
            "判定和理由，仍要改的再办一次。",
            en="A colleague has decided on {n} of the chosen contacts since you opened the page (they are “{states}” "
            "now). None was changed: read that decision and its reason, and if yours still differs, decide again.",
            n=len(meanwhile),
            states=", ".join(f"{name.zh} {name.en}" for name in names),
        )


def _refuse_other_disease(rows: Sequence[Contact], rulebook: Rulebook) -> None:
    others = sorted({row.disease for row in rows if row.disease != rulebook.disease.key})
    if others:
        raise Refusal(
            "contacts.other_disease",
            zh="所选接触者里有 {others} 的，而规则 {rulebook} 是 {disease} 的。一次只判定同一种病的接触者；没有改动任"
            "何一名，"
            "请分开判定。",
            en="Among the chosen contacts are some of {others}, and rulebook {rulebook} is about {disease}. Decide on "
            "those of one disease at a time; none was changed.",
            others=", ".join(others),
            rulebook=rulebook.id,
            disease=rulebook.disease.key,
        )


def _refuse_states(rows: Sequence[Contact], allowed: Sequence[str]) -> None:
    wrong = [row for row in rows if row.state not in allowed]
    if wrong:
        names = [STATES[state] for state in sorted({row.state for row in wrong})]
        raise Refusal(
            "contacts.not_to_decide",
            zh="所选接触者里有 {n} 名现在是“{states}”，不能这样判定。没有改动任何一名；请去掉他们，已排除的要先放回再"
            "判定。",
            en="Of the chosen contacts {n} are “{states}” and cannot be decided on like this. None was changed: leave "
            "them out; one that was rejected is put back first.",
            n=len(wrong),
            states=", ".join(f"{name.zh} {name.en}" for name in names),
        )
