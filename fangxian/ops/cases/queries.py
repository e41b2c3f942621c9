"""What others may ask of the cases room. Whose rows: `within`, `reports_within`; everything else narrows or reads."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return
from fangxian.ops.realm.bulk import rows_with
from fangxian.ops.realm.sealed import index_of

from .models import MERGED, Answer, Case, CaseClock, CaseLink, CaseReport, CaseResult, ItineraryEntry
from .rules import OVER
from .wire import Link

VIEW, REPORT, INVESTIGATE = "cases.view", "cases.report", "cases.investigate"
BATCH = 500


def within(account: Account) -> QuerySet[Case]:
    """The cases an account may see, by where the person lives or by its tracing team; those merged away left out."""
    return within_scope(Case.objects.filter(same_as__isnull=True), account, VIEW, team_field="team")


def reports_within(account: Account) -> QuerySet[CaseReport]:
    """The report cards an account may see: of its area, or filed by its own clinic or hospital."""
    return within_scope(CaseReport.objects.all(), account, REPORT, venue_field="venue").select_related("of_case")


def case_with(case: UUID) -> Case | None:
    """The case of this id, merged into another or not (`same_as` then names it)."""
    return Case.objects.select_related("person__merged_into", "same_as").filter(pk=case).first()


def goes_on_in(case: UUID, account: Account) -> Case | None:
    """A case that was merged into another (`same_as_id`), if the account may see it; None of any other."""
    row = Case.objects.filter(pk=case, same_as__isnull=False).first()
    return row if row is not None and may_see(account, case) else None


def case_numbered(number: str) -> Case | None:
    return Case.objects.filter(number=number.strip()).first()


def cases_with(cases: Collection[UUID], *, only: Sequence[str] = ()) -> dict[UUID, Case]:
    """These cases by id, with these columns or all; one that is not on record is not in it."""
    wanted, found = list(cases), {}
    rows = Case.objects.only(*only) if only else Case.objects
    for start in range(0, len(wanted), BATCH):
        found |= rows.in_bulk(wanted[start : start + BATCH])
    return found


def numbers_of(cases: Collection[UUID]) -> dict[UUID, str]:
    """What these cases are called, by id. Not limited by rights."""
    return dict(Case.objects.filter(pk__in=cases).order_by().values_list("pk", "number"))


IN_LIST = (
    "id", "number", "name", "document_kind", "document_number", "phone", "sex", "born_on", "occupation", "area_path",
    "address", "workplace", "state", "case_class", "onset_on", "first_positive_sampled_at", "confirmed_at",
    "reported_at", "outcome", "died_on", "treated_at_hospital",
)  # fmt: skip


def as_listed(ids: Collection[UUID]) -> dict[UUID, SimpleNamespace]:
    """Cases by id with what a list says of each; quicker than whole. Not limited by rights."""
    rows = rows_with(Case, ("id",), ((pk,) for pk in ids), IN_LIST)
    return {row[0]: SimpleNamespace(pk=row[0], **dict(zip(IN_LIST, row, strict=True))) for row in rows}


def cases_of_person(person: UUID) -> QuerySet[Case]:
    """Every case of a resident, newest first."""
    return Case.objects.filter(person=person).order_by("-reported_at", "-number")


def unfinished_of_person(person: UUID, disease: str) -> Case | None:
    """The case of a disease that a resident has and that is neither excluded nor closed."""
    found = cases_of_person(person).filter(disease=disease, same_as__isnull=True).exclude(state__in=OVER)
    return found.first()


CONFIRMED = (Case.State.CONFIRMED, Case.State.IN_TREATMENT)


def open_cases_of(persons: Collection[UUID]) -> dict[tuple[UUID, str], Case]:
    """By resident and disease the case that each of these residents has now, a confirmed one before one that is not;
    narrow rows. Not limited by rights. One query for some hundred residents.
    """
    rows = Case.objects.filter(person__in=persons, same_as__isnull=True).exclude(state__in=OVER)
    narrow = rows.order_by("reported_at", "number").only("id", "number", "person_id", "disease", "state")
    inorder = sorted(narrow, key=lambda it: it.state in CONFIRMED)
    return {(it.person_id, it.disease): it for it in inorder}


def with_document(number: str) -> QuerySet[Case]:
    """The cases under a (normalised) document number, newest first."""
    return Case.objects.filter(document_index=index_of("document_number", number)).order_by("-reported_at")


def with_phone(phone: str) -> QuerySet[Case]:
    return Case.objects.filter(phone_index=index_of("phone", phone)).order_by("-reported_at")


def cases_of_disease(disease: str, *, since: datetime | None = None) -> QuerySet[Case]:
    """The cases of a disease that count: neither excluded nor merged into another, oldest first."""
    found = Case.objects.filter(disease=disease, same_as__isnull=True).exclude(state=Case.State.EXCLUDED)
    return (found.filter(reported_at__gte=since) if since else found).order_by("reported_at", "number")


def links(disease: str = "") -> list[Link]:
    """Who infected whom, of one disease or of all, in the order it was put on record."""
    found = CaseLink.objects.filter(infector__disease=disease) if disease else CaseLink.objects.all()
    columns = ("id", "infector_id", "infected_id", "setting", "certainty")
    return [
        Link(id=key, infector=infector, infected=infected, setting=setting, certainty=certainty)
        for key, infector, infected, setting, certainty in found.order_by("linked_at", "id").values_list(*columns)
    ]


def links_of(case: UUID) -> list[CaseLink]:
    """The links of one case to either side, with both cases at hand and what each rests on."""
    found = CaseLink.objects.filter(Q(infector=case) | Q(infected=case))
    return list(found.select_related("infector", "infected").order_by("linked_at", "id"))


def results_of(case: UUID) -> list[CaseResult]:
    return list(CaseResult.objects.filter(of_case=case))


def reports_of(case: UUID) -> list[CaseReport]:
    """The report cards of a case, newest first."""
    return list(CaseReport.objects.filter(of_case=case))


def report_numbered(card_number: str) -> CaseReport | None:
    return CaseReport.objects.filter(card_number=card_number).select_related("of_case").first()


def report_with(report: UUID) -> CaseReport | None:
    return CaseReport.objects.filter(pk=report).select_related("of_case", "corrects").first()


def clocks_of(case: UUID) -> list[CaseClock]:
    """The clocks of a case: first those that run by themselves, then the steps of its report in their order."""
    return list(CaseClock.objects.filter(of_case=case))


def clock_with(clock: UUID) -> CaseClock | None:
    return CaseClock.objects.filter(pk=clock).select_related("of_case").first()


def answers_of(case: UUID) -> dict[str, Answer]:
    """The answers of a case's questionnaire, by question."""
    return {row.question: row for row in Answer.objects.filter(of_case=case)}


def last_saved(cases: Iterable[UUID]) -> dict[UUID, datetime]:
    """When something was last saved of each case's interview or itinerary; cases without either are left out."""
    wanted, found = list(cases), {}
    for rows in (Answer.objects.all(), ItineraryEntry.objects.all()):
        of_these = rows.filter(of_case__in=wanted).order_by().values_list("of_case").annotate(at=Max("saved_at"))
        for case, at in of_these:
            found[case] = max(at, found.get(case, at))
    return found


def values_of(answers: Iterable[Answer]) -> dict[str, object]:
    """What the answers say, by question; an answer that was taken back says nothing."""
    return {row.question: json.loads(row.value) for row in answers if row.value}


def itinerary_of(case: UUID) -> list[ItineraryEntry]:
    """The stays and rides of a case, oldest first; those taken off left out."""
    return list(ItineraryEntry.objects.filter(of_case=case, removed_at__isnull=True))


def cases_at_venue(venue: UUID) -> QuerySet[ItineraryEntry]:
    """The stays at a venue that interviews told of."""
    found = ItineraryEntry.objects.filter(venue=venue, removed_at__isnull=True)
    return found.select_related("of_case").order_by("begins_at")


def likely_same(case: Case) -> list[Case]:
    """Other cases of the disease that are perhaps the same person: by the register, by document, by phone and birth,
    or by birth, sex and name. Names are sealed, so only those born on the day are compared."""
    others = Case.objects.filter(disease=case.disease, same_as__isnull=True).exclude(pk=case.pk)
    by = Q(pk__in=[])
    if case.person_id:
        by |= Q(person=case.person_id)
    if case.document_index:
        by |= Q(document_index=case.document_index)
    if case.born_on:
        by |= Q(born_on=case.born_on, sex=case.sex)
    found = others.filter(by).order_by("-reported_at")[:BATCH]
    return [row for row in found if _is_likely(case, row)]


def _is_likely(one: Case, other: Case) -> bool:
    same_person = one.person_id is not None and one.person_id == other.person_id
    same_document = bool(one.document_index) and _bytes(one.document_index) == _bytes(other.document_index)
    same_phone = bool(one.phone_index) and _bytes(one.phone_index) == _bytes(other.phone_index)
    return same_person or same_document or same_phone or one.name.replace(" ", "") == other.name.replace(" ", "")


def _bytes(index: object) -> bytes | None:
    return bytes(index) if index else None  # type: ignore[call-overload]


def may_see(account: Account, case: UUID) -> bool:
    """Whether a case is one of the account's, merged into another or not."""
    return within_scope(Case.objects.filter(pk=case), account, VIEW, team_field="team").exists()


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many cases are in a state, and how many of them without a finished questionnaire."""

    n_cases: int = 0
    n_uninvestigated: int = 0


def counts(rows: QuerySet[Case]) -> dict[str, StateCount]:
    """Of some cases how many are in each state, in one pass; a state without one has zeros."""
    counted = rows.order_by().values_list("state").annotate(n=Count("*"), n_done=Count("investigated_at"))
    found = {state: StateCount(n, n - n_done) for state, n, n_done in counted}
    return {state: found.get(state, StateCount()) for state in Case.State.values}


@dataclass(frozen=True, slots=True)
class ClockCount:
    """On how many cases a clock is overdue, on how many others one runs, and when the first is or was due."""

    n_overdue: int = 0
    n_in_time: int = 0
    first_due: datetime | None = None


def clock_counts(rows: QuerySet[Case], *, at: datetime) -> ClockCount:
    """Of some cases those on which a clock runs, by the first that is due, in one pass over them alone."""
    late = Count("pk", filter=Q(clock_due_at__lte=at))
    running = rows.filter(clock_due_at__isnull=False).order_by()
    told = running.aggregate(n_overdue=late, n=Count("pk"), first_due=Min("clock_due_at"))
    return ClockCount(told["n_overdue"], told["n"] - told["n_overdue"], told["first_due"])


def uninvestigated(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Those whose questionnaire is not finished, though they are neither excluded nor closed."""
    return rows.filter(investigated_at__isnull=True).exclude(state__in=OVER)


def with_clocks(rows: QuerySet[Case], which: str, *, at: datetime, column: str = "clock_due_at") -> QuerySet[Case]:
    """Those on which a clock is "overdue", runs "in_time" with none overdue, or is "running" either way.

    `column` is by which name `clock_due_at` is asked for.
    """
    asked = {"overdue": ("lte", at), "in_time": ("gt", at), "running": ("isnull", False)}
    lookup, value = asked[which]
    return rows.filter(**{f"{column}__{lookup}": value})


def next_clocks(cases: Collection[UUID]) -> dict[UUID, CaseClock]:
    """Of each of these cases the clock that is due first; a case on which none runs is not in it."""
    running = CaseClock.objects.filter(of_case__in=cases, begins_at__isnull=False, met_at__isnull=True)
    found: dict[UUID, CaseClock] = {}
    for row in running.order_by("due_at", "id"):
        found.setdefault(row.of_case_id, row)
    return found


def stampable(account: Account) -> QuerySet[CaseClock]:
    """The clocks an account may stamp: whoever investigates there, and a clinic or hospital its own step."""
    investigates = within_scope(CaseClock.objects.all(), account, INVESTIGATE)
    return investigates | within_scope(CaseClock.objects.all(), account, REPORT, venue_field="venue")


DERIVED = frozenset({"clock_due_at", "version"})  # computed again, or counted on
TOGETHER = (frozenset({"phone", "phone_index"}), frozenset({"state", "state_at", "state_why"}))


def rows_of_merge(persons: Collection[UUID], cases: Collection[UUID]) -> list[QuerySet]:
    """The rows that merging these records, or these cases, may change."""
    linked = Q(infector__in=cases) | Q(infected__in=cases)
    of_cases = [model.objects.filter(of_case__in=cases) for model in (Answer, CaseResult, CaseReport, ItineraryEntry)]
    theirs = Case.objects.filter(Q(pk__in=cases) | Q(same_as__in=cases) | Q(person__in=persons))
    return [theirs, *of_cases, CaseLink.objects.filter(linked)]


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what a merge changed here would be put back now."""
    table = Case._meta.label_lower
    return how_rows_return(changes, MERGED, derived={table: DERIVED}, together={table: TOGETHER})
