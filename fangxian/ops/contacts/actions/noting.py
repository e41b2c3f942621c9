"""What is noted of contacts between the decision and the end: where they are, how they are observed, how it ended."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.policy.occupations import occupation_named
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.sealed import index_of

from ..models import OBSERVED, Contact, ContactFile, FollowUp, Mode, State
from ..wire import Noted
from ..words import STATES
from .deciding import date_by_rulebook
from .proposing import belonging
from .rows import locked, move, need_reason, no_more_follow_ups, note_line, write

IN_FILE = ("phone", "address", "workplace", "whereabouts", "key_place", "note")
MOVED = ("state", "state_since", "is_traced", "follow_up_due_at")
DATES = ("release_on", "release_computed_on", "watched_until_on")
TRACED = (State.TRACED, State.TRANSFERRED, State.IN_QUARANTINE)
GONE = (State.BECAME_CASE, State.HANDED_OVER)  # somebody else sees to them now


@transaction.atomic
def note_details(*, contact: UUID, noted: Noted, by: str, rulebook: Rulebook | None = None) -> None:
    """Write down what somebody found out about one contact; what is not given stays as it is.

    Parameters
    ----------
    rulebook : of the contact's disease; with it the days are computed anew where a check-in changes day 0

    Refuses
    -------
    contacts.unknown
    """
    given = noted.given()
    [row] = locked([contact])
    for name in [name for name in given if name not in IN_FILE]:
        setattr(row, name, given[name])
    row.occupation = occupation_named(row.occupation) or row.occupation
    if row.destination:
        row.belongs = belonging(row.destination, area_path=row.area_path)
    if given.get("mode") not in (None, Mode.HOME):
        row.home_reason = ""
    if rulebook is not None and row.state in OBSERVED:
        date_by_rulebook(row, rulebook=rulebook)
    _write_file(row, {name: given[name] for name in given if name in IN_FILE})
    if "area_path" in given:
        FollowUp.objects.filter(whose=row, state=FollowUp.State.DUE).update(area_path=row.area_path)
    names = [name for name in given if name not in IN_FILE]
    write([row], *names, "occupation", "belongs", "home_reason", *DATES)
    note_line("contacts.noted", rows=[row], by=by, fields=sorted(given))


def _write_file(row: Contact, given: dict) -> None:
    if not given:
        return
    ContactFile.objects.filter(pk=row.pk).update(**given)
    if "phone" in given:
        ContactFile.objects.filter(pk=row.pk).update(phone_index=index_of("phone", given["phone"]))
    if "workplace" in given:
        row.has_workplace = bool(given["workplace"])


@transaction.atomic
def note_traced(*, contacts: Sequence[UUID], by: str, reason: str = "") -> None:
    """They were found and spoken to: it is known where they are (落地). Known already: nothing changes.

    Refuses
    -------
    contacts.unknown, contacts.not_now
    """
    _step(contacts, State.TRACED, (State.CONFIRMED,), (*TRACED,), by, reason)


@transaction.atomic
def note_transferred(*, contacts: Sequence[UUID], by: str, site: str = "", reason: str = "") -> None:
    """They are on the way to `site`, or to another than before.

    Refuses
    -------
    contacts.unknown, contacts.not_now
    """
    rows = _step(contacts, State.TRANSFERRED, OBSERVED, (State.TRANSFERRED,), by, reason)
    for row in rows:
        row.mode, row.home_reason, row.site, row.checked_in_on = Mode.AWAITING_TRANSFER, "", site or row.site, None
    write(rows, "mode", "home_reason", "site", "checked_in_on")


@transaction.atomic
def note_in_quarantine(
    *,
    contacts: Sequence[UUID],
    mode: str,
    by: str,
    rulebook: Rulebook | None,
    site: str = "",
    checked_in_on: date | None = None,
    home_reason: str = "",
    reason: str = "",
) -> None:
    """They are where they are observed, from `checked_in_on` (the county's today by default) on.

    Refuses
    -------
    contacts.unknown, contacts.not_now
    """
    rows = _step(contacts, State.IN_QUARANTINE, OBSERVED, (), by, reason)
    away = mode in (Mode.CENTRAL, Mode.HOSPITAL)
    for row in rows:
        row.mode, row.home_reason = mode, home_reason if mode == Mode.HOME else ""
        row.site = site if away else ""
        row.checked_in_on = (checked_in_on or localtime(county_now()).date()) if away else None
        if rulebook is not None:
            date_by_rulebook(row, rulebook=rulebook)
    write(rows, "mode", "home_reason", "site", "checked_in_on", *DATES)


@transaction.atomic
def release_contacts(*, contacts: Sequence[UUID], by: str, reason: str = "") -> None:
    """Their observation is over (解除): from the midnight that ends the last day on.

    Refuses
    -------
    contacts.unknown, contacts.not_now, contacts.too_early
    """
    today = localtime(county_now()).date()
    early = [row for row in locked(contacts) if row.state in OBSERVED and row.release_on and row.release_on >= today]
    if early:
        last = max(row.release_on for row in early)
        raise Refusal(
            "contacts.too_early",
            zh="所选接触者里有 {n} 名的观察期要到 {last_on} 24 时才满（今天是 {today}），没有解除任何一名。满期后才能"
            "解除；请去掉他们。日期有误的，放回后按查清的情况重新判定；有理由提前的，由流调负责人在本人页面办理。",
            en="For {n} of the chosen contacts observation lasts to the end of {last_on} (today is {today}), so none "
            "was released. It must be over first: leave them out. Where the date is wrong, put them back and decide "
            "anew on what was found; with a reason to release early, the tracing lead does so on the contact's page.",
            n=len(early),
            last_on=last.isoformat(),
            today=today.isoformat(),
        )
    _step(contacts, State.RELEASED, OBSERVED, (State.RELEASED,), by, reason)


@transaction.atomic
def release_early(*, contacts: Sequence[UUID], reason: str, by: str) -> tuple[UUID, ...]:
    """Their observation ends today, before its days are over (提前解除); ids of those released now.

    Released already: nothing changes.

    Refuses
    -------
    contacts.unknown, contacts.no_reason, contacts.not_now
    """
    need_reason(reason, n=len(contacts))
    today = localtime(county_now()).date()
    rows = _step(contacts, State.RELEASED, OBSERVED, (State.RELEASED,), by, reason)
    for row in rows:
        row.release_on = row.watched_until_on = today
    no_more_follow_ups(rows)
    write(rows, "release_on", "watched_until_on", "follow_up_due_at")
    return tuple(row.pk for row in rows)


@transaction.atomic
def note_became_case(*, contacts: Sequence[UUID], by: str, reason: str = "") -> None:
    """They fell ill or were found positive: a case of their own has been opened (转确诊).

    Refuses
    -------
    contacts.unknown, contacts.not_now
    """
    _step(contacts, State.BECAME_CASE, (*OBSERVED, State.RELEASED), (State.BECAME_CASE,), by, reason)


@transaction.atomic
def note_handed_over(*, contacts: Sequence[UUID], destination: str, by: str, reason: str = "") -> None:
    """They live in another division, which has them now (推送); `destination` is its code.

    Refuses
    -------
    contacts.unknown, contacts.not_now
    """
    rows = _step(contacts, State.HANDED_OVER, OBSERVED, (State.HANDED_OVER,), by, reason)
    for row in rows:
        row.destination, row.belongs = destination, belonging(destination, area_path=row.area_path)
    write(rows, "destination", "belongs")


@transaction.atomic
def give_to_team(*, contacts: Sequence[UUID], team: UUID | None, by: str) -> None:
    """Whose work these contacts are, by the tracing room; None takes them back.

    Refuses
    -------
    contacts.unknown
    """
    rows = [row for row in locked(contacts) if row.team != team]
    for row in rows:
        row.team = team
    write(rows, "team")
    note_line("contacts.given_to_team", rows=rows, by=by)


@transaction.atomic
def note_exported(*, n: int, kind: str, by: str) -> None:
    """Put on record that somebody took a list of contacts out of the program, in full, as a file."""
    record("contacts.exported", by=by, facts={"n_contacts": n, "kind": kind})


@transaction.atomic
def carry_contacts_over(*, kept: UUID, merged: UUID, by: str) -> None:
    """What stands under a merged record stands under the one that goes on."""
    rows = list(Contact.objects.select_for_update().filter(person_id=merged))
    key = index_of("contact", f"person:{kept}")
    cases_of_both = set(Contact.objects.filter(who_key=key).values_list("case_id", flat=True))
    for row in rows:
        # Of one case both may be contacts already: then the two rows stand, each with its own evidence.
        row.who_key, row.person_id = (row.who_key if row.case_id in cases_of_both else key), kept
    Contact.objects.bulk_update(rows, ["who_key", "person"])
    note_line("contacts.carried_over", rows=rows, by=by)


def _step(
    contacts: Sequence[UUID], after: str, allowed: Sequence[str], already: Sequence[str], by: str, reason: str
) -> list[Contact]:
    """Move those that are not there yet; the rows moved, locked."""
    rows = [row for row in locked(contacts) if row.state not in already]
    _refuse_not_now(rows, after, allowed)
    for row in rows:
        row.is_traced = True if after in TRACED else row.is_traced
        row.follow_up_due_at = row.follow_up_due_at if after in OBSERVED else None
    if after in GONE:
        no_more_follow_ups(rows)
    move(rows, after=lambda row: after, at=county_now(), by=by, reason=reason)
    write(rows, *MOVED)
    note_line(f"contacts.{after}", rows=rows, by=by, reason=reason)
    return rows


def _refuse_not_now(rows: Sequence[Contact], after: str, allowed: Sequence[str]) -> None:
    wrong = [row for row in rows if row.state not in allowed]
    if wrong:
        names = [STATES[state] for state in sorted({row.state for row in wrong})]
        raise Refusal(
            "contacts.not_now",
            zh="所选接触者里有 {n} 名现在是“{states}”，不能记为“{after}”。没有改动任何一名；请去掉他们，未判定的先判"
            "定。",
            en="Of the chosen contacts {n} are “{states}” and cannot become “{after}”. None was changed: leave them "
            "out, "
            "and decide first on those nobody has decided on.",
            n=len(wrong),
            states=", ".join(f"{name.zh} {name.en}" for name in names),
            after=f"{STATES[after].zh} {STATES[after].en}",
        )
