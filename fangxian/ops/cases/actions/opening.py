"""Opening cases, and putting right what is on record of one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.sealed import index_of

from ..models import Case, CaseSeries
from ..refusals import refusal
from ..rules import OVER, check_dates, check_lists
from ..vocabulary import STATES
from ..wire import Changes, NewCase

BATCH = 500
# What an investigator may put right; where a case stands is changed by its steps alone.
CORRECTABLE = frozenset(
    {
        "person", "name", "document_kind", "document_number", "phone", "address", "workplace", "sex", "born_on",
        "occupation", "found_by", "case_class", "area_path", "onset_on", "died_on", "first_positive_sampled_at",
    }
)  # fmt: skip


def open_case(*, new: NewCase, by: str) -> Case:
    """Open one case.

    Refuses
    -------
    cases.known_already
        The same person has an unfinished case of this disease.
    cases.no_name, cases.not_a_choice, and the impossible dates
    """
    row, is_new = open_cases(cases=[new], by=by)[0]
    if not is_new:
        state = STATES[row.state]
        raise refusal("cases.known_already", number=row.number, state=state.zh, state_en=state.en)
    return row


@transaction.atomic
def open_cases(*, cases: Sequence[NewCase], by: str) -> list[tuple[Case, bool]]:
    """Open cases, in the order given: each with whether it is new, or the unfinished case its person has already.

    Known by document number or by the register; of two of one person in the batch the first is opened.

    Refuses
    -------
    cases.no_name, cases.not_a_choice, and the impossible dates: then none is opened
    """
    at = county_now()
    rows = [_row(new, at, by) for new in cases]
    for row in rows:
        check_lists(row)
        check_dates(row, at)
    _lock_series(at)  # of two who open the same person's case at once, the second finds the first's
    known = _unfinished(rows)
    answer: list[tuple[Case, bool]] = []
    for row in rows:
        found = next((known[key] for key in _keys(row) if key in known), None)
        answer.append((found or row, found is None))
        known |= dict.fromkeys(_keys(row), found or row)
    fresh = [row for row, is_new in answer if is_new]
    if fresh:
        _number(fresh, at)
        Case.objects.bulk_create(fresh, batch_size=BATCH)
        about = [subject for row in fresh[:BATCH] for subject in subjects_of(row)]
        numbers = {"first": fresh[0].number, "last": fresh[-1].number}
        record("cases.opened", by=by, about=about, facts={"n_cases": len(fresh)}, details=numbers)
    return answer


@transaction.atomic
def correct_case(*, case: UUID, changes: Changes, by: str) -> Case:
    """Put right who a case is or when it was, and say why. Nothing to change: nothing happens.

    Refuses
    -------
    cases.stale
        Somebody changed it after it was looked at.
    cases.no_reason, cases.not_a_choice, and the impossible dates
    """
    row = locked([case])[0]
    if row.version != changes.version:
        raise refusal("cases.stale", number=row.number, seen=changes.version, version=row.version)
    if unknown := set(changes.columns) - CORRECTABLE:
        raise ValueError(f"{sorted(unknown)} of a case are not corrected this way")
    columns = {_column(name): value for name, value in changes.columns.items()}
    wanted = {name: value for name, value in columns.items() if getattr(row, name) != value}
    if not wanted:
        return row
    if not changes.reason.strip():
        raise refusal("cases.no_reason")
    for name, value in wanted.items():
        setattr(row, name, value)
    _index(row)
    check_lists(row)
    check_dates(row, county_now())
    row.version += 1
    row.save(update_fields=[*wanted, "document_index", "phone_index", "version"])
    about = subjects_of(row)
    record("cases.corrected", by=by, about=about, details={"what": sorted(wanted), "reason": changes.reason})
    return row


@transaction.atomic
def carry_cases_over(*, kept: UUID, merged: UUID, by: str) -> int:
    """The cases of a resident whose record was merged are those of the record that goes on; how many."""
    rows = list(Case.objects.select_for_update(of=("self",)).filter(person=merged).order_by("pk"))
    if rows:
        Case.objects.filter(pk__in=[row.pk for row in rows]).update(person=kept)
        about = [f"case:{row.pk}" for row in rows]
        record("cases.carried_over", by=by, about=[*about, f"person:{kept}"], facts={"n_cases": len(rows)})
    return len(rows)


@transaction.atomic
def give_to_team(*, cases: Sequence[UUID], team: UUID | None, by: str) -> None:
    """Note which tracing team has these cases now, None for none, so that its members see them. Again is harmless."""
    rows = [row for row in locked(list(cases)) if row.team != team]
    if rows:
        Case.objects.filter(pk__in=[row.pk for row in rows]).update(team=team)
        about = [subject for row in rows for subject in subjects_of(row)]
        record("cases.given_to_team", by=by, about=about, details={"team": str(team or "")})


def locked(cases: Sequence[UUID]) -> list[Case]:
    """These cases, locked in one order; refuses when one is not on record."""
    rows = list(Case.objects.select_for_update(of=("self",)).filter(pk__in=cases).order_by("pk"))
    if len(rows) != len(set(cases)):
        raise refusal("cases.unknown", n_missing=len(set(cases)) - len(rows))
    return rows


def subjects_of(row: Case) -> list[str]:
    """Whom an audit line is about: the case, and the resident it is."""
    return [f"case:{row.pk}"] + ([f"person:{row.person_id}"] if row.person_id else [])


def _row(new: NewCase, at: datetime, by: str) -> Case:
    row = Case(
        disease=new.disease,
        area_path=new.area_path,
        person_id=new.person,
        name=new.name.strip(),
        document_kind=new.document_kind,
        document_number=new.document_number,
        phone=new.phone,
        address=new.address,
        workplace=new.workplace,
        sex=new.sex,
        born_on=new.born_on,
        occupation=new.occupation,
        found_by=new.found_by,
        case_class=new.case_class,
        onset_on=new.onset_on,
        died_on=new.died_on,
        first_positive_sampled_at=new.first_positive_sampled_at,
        reported_at=new.reported_at or at,
        reported_by=by,
        state_at=at,
    )
    _index(row)
    return row


def _index(row: Case) -> None:
    row.document_index = index_of("document_number", row.document_number)
    row.phone_index = index_of("phone", row.phone)


def _column(name: str) -> str:
    return "person_id" if name == "person" else name


def _keys(row: Case) -> list[tuple]:
    """By what an unfinished case of the same person and disease is known."""
    document = [("document", row.disease, bytes(row.document_index))] if row.document_index else []
    return document + ([("person", row.disease, row.person_id)] if row.person_id else [])


def _unfinished(rows: Sequence[Case]) -> dict[tuple, Case]:
    """The unfinished cases of the persons of these rows, by each of their keys."""
    found: dict[tuple, Case] = {}
    open_rows = Case.objects.exclude(state__in=OVER).filter(same_as__isnull=True)
    for start in range(0, len(rows), BATCH):
        chunk = rows[start : start + BATCH]
        documents = [row.document_index for row in chunk if row.document_index]
        persons = [row.person_id for row in chunk if row.person_id]
        for row in open_rows.filter(Q(document_index__in=documents) | Q(person__in=persons)).order_by("reported_at"):
            for key in _keys(row):
                found.setdefault(key, row)
    return found


def _lock_series(at: datetime) -> CaseSeries:
    """The row of the year's running numbers; locked until the transaction ends."""
    year = localtime(at).year
    CaseSeries.objects.bulk_create([CaseSeries(year=year)], ignore_conflicts=True)
    return CaseSeries.objects.select_for_update().get(pk=year)


def _number(rows: Sequence[Case], at: datetime) -> None:
    """Running numbers of the year; they are used, or given back by a rollback."""
    series = _lock_series(at)
    county = the_realm().division_code
    for place, row in enumerate(rows, start=series.last_number + 1):
        row.number = f"{county}-{series.year}-{place:04d}"
    series.last_number += len(rows)
    series.save(update_fields=["last_number"])
