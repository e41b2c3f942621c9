"""What others may ask of the movement room."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from fangxian.core.policy import evidence as core
from fangxian.core.policy.vocabulary import Colour, Travel
from fangxian.core.policy.words import LastResult
from fangxian.ops.people.models import Person

from .models import Appeal, Evidence, HealthCode, ProposedRuling, Recolouring, TestKnown
from .rows import as_id
from .wire import EVIDENCE_COLUMNS, NOTHING_KNOWN, Known, StoredCode, evidence_of_row, unsigned


def what_is_known(persons: Sequence[UUID], *, are_all_between: bool = False) -> list[Known]:
    """All that each person's code is computed from, and the words there are; for up to some thousand people.

    Codes are read before evidence: whoever records evidence raises the version, so what was read too early
    is never taken for what belongs to a later version.

    Parameters
    ----------
    are_all_between : the people are in order, and everybody from the first to the last is wanted or has
        nothing here; then one range is read instead of two thousand ids

    Returns
    -------
    list, in the order of `persons`
    """
    if not persons:
        return []
    which = Q(person_id__in=persons)
    if are_all_between:
        which = Q(person_id__gte=persons[0], person_id__lte=persons[-1])
    codes = _codes(persons, are_all_between)
    evidence = _evidence_by_person(which)
    tests = TestKnown.objects.filter(which).values_list("person_id", "sampled_at", "resulted_at", "result")
    test_of = {row[0]: (row[1], row[2], LastResult(row[3])) for row in tests}
    return [
        _known(code, evidence.get(person, ()), test_of.get(person)) for person, code in zip(persons, codes, strict=True)
    ]


SELECT_CODES = (
    "SELECT person_id, version, qr_generation, card_generation, document, safety, recent "
    "FROM movement_healthcode WHERE "
)


def _codes(persons: Sequence[UUID], are_all_between: bool) -> list[tuple | None]:
    """The columns of each person's code, read as they lie: turning a hundred thousand ids takes seconds."""
    key = as_id()
    keys = [key(person) for person in persons]
    places = ", ".join(["%s"] * len(keys))
    where = "person_id BETWEEN %s AND %s" if are_all_between else f"person_id IN ({places})"
    with connection.cursor() as cursor:
        cursor.execute(SELECT_CODES + where, [keys[0], keys[-1]] if are_all_between else keys)
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return [found.get(key) for key in keys]


def _known(code: tuple | None, evidence: Sequence[core.Evidence], test: tuple | None) -> Known:
    if code is None:
        return NOTHING_KNOWN._replace(evidence=evidence, test=test)
    version, qr_generation, card_generation, document, safety, recent = code
    return Known(version, evidence, test, qr_generation, card_generation, unsigned(document), safety, recent)


def _evidence_by_person(which: Q) -> dict[UUID, list[core.Evidence]]:
    found: dict[UUID, list[core.Evidence]] = {}
    rows = Evidence.objects.filter(which, withdrawn_at=None).order_by("from_at", "id")
    for row in rows.values_list(*EVIDENCE_COLUMNS):
        found.setdefault(row[0], []).append(evidence_of_row(row))
    return found


def health_of(person: UUID) -> StoredCode | None:
    """A person's code as last computed; None if it never was."""
    row = HealthCode.objects.filter(pk=person).values_list(*_STORED).first()
    return row and _stored(row)


def health_of_many(persons: Sequence[UUID]) -> dict[UUID, StoredCode]:
    """The codes of several people; those who have none are left out."""
    rows = HealthCode.objects.filter(pk__in=persons).values_list(*_STORED)
    return {row[0]: _stored(row) for row in rows}


_STORED = (
    "person_id", "gate_number", "colour", "local", "rule", "evidence", "begins_at", "until_at", "then", "travel",
    "travel_until", "qr_generation", "card_generation", "safety", "recent", "computed_at",
)  # fmt: skip


def _stored(row: tuple) -> StoredCode:
    code = StoredCode(*row)
    return code._replace(
        colour=Colour(code.colour),
        local=Colour(code.local),
        then=None if code.then is None else Colour(code.then),
        travel=Travel(code.travel),
    )


def evidence_of(person: UUID) -> QuerySet[Evidence]:
    """Everything ever recorded about a person, newest first, what was withdrawn included."""
    return Evidence.objects.filter(person_id=person)


def counting_evidence_of(person: UUID) -> list[core.Evidence]:
    """What was not withdrawn, as the rules read it."""
    return _evidence_by_person(Q(person_id=person)).get(person, [])


def has_evidence(kind: str, *, since: datetime, until: datetime) -> bool:
    """Whether anybody has evidence of that kind that begins in `[since, until)`."""
    return Evidence.objects.filter(kind=kind, from_at__gte=since, from_at__lt=until).exists()


def test_of(person: UUID) -> TestKnown | None:
    """The newest test known of a person."""
    return TestKnown.objects.filter(pk=person).first()


def due(at: datetime, *, limit: int) -> list[UUID]:
    """People whose code must be computed anew at `at`, those longest due first."""
    rows = HealthCode.objects.filter(due_at__lte=at).order_by("due_at", "person_id")
    return list(rows.values_list("person_id", flat=True)[:limit])


def due_since() -> datetime | None:
    """The earliest moment at which a code is or was due; None where nobody has one."""
    return HealthCode.objects.aggregate(first=Min("due_at"))["first"]


def without_code() -> list[UUID]:
    """People in use whose code was never computed, by id; in one go, since in a fast drill it is asked often."""
    codes = HealthCode.objects.filter(person_id=OuterRef("pk"))
    found = Person.objects.filter(~Exists(codes), merged_into__isnull=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def words_of_everybody() -> Iterator[tuple[int, int, int, int]]:
    """(gate number, safety, recent, hash of the document or 0) of everybody, by gate number; for a base."""
    rows = HealthCode.objects.order_by("gate_number").values_list("gate_number", "safety", "recent", "document")
    return rows.iterator(chunk_size=10_000)


def last_recolouring() -> Recolouring | None:
    """The newest finished computation of everybody's code."""
    return Recolouring.objects.filter(ended_at__isnull=False).first()


def n_by_colour() -> dict[Colour, int]:
    """How many people have which colour, as last computed."""
    counted = HealthCode.objects.order_by().values_list("colour").annotate(n=Count("pk"))
    return dict.fromkeys(Colour, 0) | {Colour(colour): n for colour, n in counted}


def ruling_proposed(approval: UUID) -> ProposedRuling | None:
    """The ruling that a request for approval is about."""
    return ProposedRuling.objects.filter(approval=approval).select_related("person", "evidence", "about").first()


def rulings_about(person: UUID) -> QuerySet[ProposedRuling]:
    """Every ruling ever proposed about a person, newest first."""
    return ProposedRuling.objects.filter(person_id=person).select_related("evidence")


def appeals_of(person: UUID) -> QuerySet[Appeal]:
    """A person's appeals, newest first."""
    return Appeal.objects.filter(person_id=person)


def appeals_waiting() -> QuerySet[Appeal]:
    """Appeals without an answer, those due first. Limit them by accounts.scope (`area_path`)."""
    return Appeal.objects.filter(state=Appeal.State.WAITING).order_by("due_at", "id").select_related("person")


def appeals_answered() -> QuerySet[Appeal]:
    """Appeals with an answer, the newest answer first. Limit them by accounts.scope (`area_path`)."""
    rows = Appeal.objects.exclude(state=Appeal.State.WAITING).order_by("-answered_at", "id")
    return rows.select_related("person")


def appeals_with(appeal: UUID) -> QuerySet[Appeal]:
    """One appeal, waiting or answered, with what it is against. Limit it by accounts.scope (`area_path`)."""
    return Appeal.objects.filter(pk=appeal).select_related("person", "evidence")


def appeal_with(appeal: UUID) -> Appeal | None:
    return Appeal.objects.filter(pk=appeal).select_related("person").first()
