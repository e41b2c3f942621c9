"""What every action of this room does with a row: lock it, close it, name whom it is about."""

from collections.abc import Iterable
from uuid import UUID

from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now

from .. import refusals
from ..models import Application, State, Step
from ..wire import subject_of


def locked(application: UUID) -> Application:
    """The application, locked.

    Refuses
    -------
    departures.unknown
    """
    row = Application.objects.select_for_update().filter(pk=application).first()
    if row is None:
        raise refusals.unknown()
    return row


def hold(*, application: UUID) -> None:
    """Nobody else changes an application until the transaction ends; whoever looks at it reads it after this."""
    Application.objects.select_for_update().filter(pk=application).order_by().values_list("pk").first()


def hold_people(*, persons: Iterable[UUID]) -> None:
    """Nobody else applies for any of these people until the transaction ends; they are locked in one order."""
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=set(persons)).order_by("pk")
    list(rows.values_list("pk"))


def open_step_of(row: Application) -> Step | None:
    return row.steps.filter(decided_at=None).first()


def over(*, row: Application, by: str) -> None:
    """Whoever has the application need not decide any more."""
    row.steps.filter(decided_at=None).update(verdict=Step.Verdict.OVER, decided_at=county_now(), decided_by=by)


def close(*, row: Application, state: State, why: str) -> None:
    row.state, row.closed_at, row.closed_why = state, county_now(), why
    row.save(update_fields=["state", "closed_at", "closed_why"])


def about(row: Application) -> list[str]:
    """Subjects of the audit trail: the application, and everybody it is for."""
    return [subject_of(row.pk), *(f"person:{one}" for one in row.travellers.values_list("person_id", flat=True))]
