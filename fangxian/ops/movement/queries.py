"""What others may ask of the movement room."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, Min, Model, OuterRef, Q, QuerySet

from fangxian.core.policy import evidence as core
from fangxian.core.policy.vocabulary import Colour, Presence, Travel
from fangxian.core.policy.words import LastResult
from fangxian.ops.people.models import Person
from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return
from fangxian.ops.realm.ids import any_of
from fangxian.ops.realm.wholesale import among

from .models import MERGED, Appeal, Evidence, HealthCode, ProposedRuling, Recolouring, SamplingDay, TestKnown
from .rows import Turned, as_id, as_they_lie, read_minute, read_moment, read_reference
from .wire import (
    EVIDENCE_COLUMNS,
    Knowledge,
    Known,
    NewEvidence,
    StoredCode,
    evidence_of_row,
    read_attributes,
    unsigned,
)


def what_is_known(persons: Sequence[UUID], *, are_all_between: bool = False) -> Knowledge:
    """All that each person's code is computed from; for up to some thousand people, in their order.

    Codes are read before evidence: whoever records evidence raises the version, so what was read too early
    is never taken for what belongs to a later version. Rows are read as they lie: to turn the ids and moments of a
    hundred thousand people into objects takes longer than to compute their codes.

    Parameters
    ----------
    are_all_between : the people are in order, and everybody from the first to the last is wanted or has
        nothing here; then one range is read instead of two thousand ids
    """
    if not persons:
        return Knowledge([], [()])
    key = as_id()
    keys = [key(person) for person in persons]
    which, values = ("BETWEEN %s AND %s", [keys[0], keys[-1]]) if are_all_between else among(persons)
    which = f"person_id {which}"
    codes = {row[0]: row for row in _rows(HealthCode, CODE, which, values)}
    said, all_said = _said(_evidence_rows(which, values))
    tests = {
        row[0]: (read_minute(row[1]), read_minute(row[2]), RESULTS[row[3]])
        for row in _rows(TestKnown, TEST, which, values)
    }
    people = [
        Known(version, *said.get(key, NOTHING_SAID), tests.get(key), qr, card, unsigned(document))
        for key in keys
        for _, version, qr, card, document in (codes.get(key, NO_CODE),)
    ]
    return Knowledge(people, all_said)


CODE = ("person_id", "version", "qr_generation", "card_generation", "document")
TEST = ("person_id", "sampled_at", "resulted_at", "result")
RESULTS = tuple(LastResult)
NO_CODE = ("", 0, 0, 0, 0)
NOTHING_SAID: tuple[int, tuple[str, ...]] = (0, ())


def _rows(model: type[Model], columns: Sequence[str], where: str, values: Sequence[object]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {as_they_lie(columns)} FROM {model._meta.db_table} WHERE {where}", values)
        return cursor.fetchall()


def _evidence_rows(where: str, values: Sequence[object]) -> list[tuple]:
    columns = ("person_id", "id", "about_id", *EVIDENCE_COLUMNS)
    return _rows(Evidence, columns, f"withdrawn_at IS NULL AND {where}", values)


def _said(rows: Iterable[tuple]) -> tuple[dict[object, tuple[int, tuple[str, ...]]], list[Sequence[core.Evidence]]]:
    """Of each person the number of what is said and the references of the pieces; and what has which number."""
    of_person: dict[object, list[tuple]] = {}
    for row in rows:
        of_person.setdefault(row[0], []).append(row)
    numbers: dict[tuple, int] = {(): 0}
    reference, moments = read_reference, Turned(read_moment)
    said = {}
    for person, pieces in of_person.items():
        if len(pieces) > 1:
            pieces.sort(key=itemgetter(1))
        names = tuple([reference(row[1]) for row in pieces])
        says = tuple([(row[2] and _place(names, reference(row[2])), *row[3:]) for row in pieces])
        said[person] = numbers.setdefault(says, len(numbers)), names
    return said, [
        [evidence_of_row(row[1:], id_=f"{n:04}", about=row[0], moments=moments) for n, row in enumerate(says)]
        for says in numbers
    ]


def _place(names: Sequence[str], name: str) -> str:
    """The place of the piece of that name; one that nothing has where it was withdrawn."""
    return f"{names.index(name):04}" if name in names else "withdrawn"


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


def evidence_resting_on(things: Collection[UUID]) -> QuerySet[Evidence]:
    """What was recorded for these contacts, cases, … and was not withdrawn, the oldest first."""
    return Evidence.objects.filter(rests_on__in=things, withdrawn_at=None).order_by("from_at", "id")


def persons_with(
    kind: str, *, persons: Collection[UUID], since: datetime | None = None, until: datetime | None = None
) -> set[UUID]:
    """Those of these people of whom evidence of that kind is on record and was not withdrawn, ended or not; of some
    that begins in `[since, until)` where that is asked."""
    found: set[UUID] = set()
    wanted = list(persons)
    between = {"from_at__gte": since, "from_at__lt": until} if since and until else {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = Evidence.objects.filter(person__in=some, kind=kind, withdrawn_at=None, **between)
        found.update(rows.order_by().values_list("person_id", flat=True))
    return found


def ends_by_itself(evidence: Collection[UUID], *, longest: timedelta) -> dict[UUID, datetime]:
    """Until when each of these pieces counts at most, where its kind ends after `longest` (core.policy.colours)."""
    found: dict[UUID, datetime] = {}
    wanted = list(evidence)
    for start in range(0, len(wanted), 500):
        rows = Evidence.objects.filter(pk__in=wanted[start : start + 500], withdrawn_at=None).order_by()
        for pk, from_at, until_at in rows.values_list("pk", "from_at", "until_at"):
            found[pk] = min(from_at + longest, until_at or from_at + longest)
    return found


def counting_evidence_of(person: UUID) -> list[core.Evidence]:
    """What was not withdrawn, as the rules read it."""
    moments, reference = Turned(read_moment), read_reference
    rows = _evidence_rows("person_id = %s ORDER BY movement_evidence.from_at, movement_evidence.id", [as_id()(person)])
    return [
        evidence_of_row(row, id_=reference(id_), about=about and reference(about), moments=moments)
        for _, id_, about, *row in rows
    ]


def has_evidence(kind: str, *, since: datetime, until: datetime) -> bool:
    """Whether anybody has evidence of that kind that begins in `[since, until)`."""
    return Evidence.objects.filter(kind=kind, from_at__gte=since, from_at__lt=until).exists()


def test_of(person: UUID) -> TestKnown | None:
    """The newest test known of a person."""
    return TestKnown.objects.filter(pk=person).first()


def tests_of(persons: Collection[UUID]) -> dict[UUID, TestKnown]:
    """The newest test known of each of these people who has one."""
    return {row.person_id: row for row in TestKnown.objects.filter(pk__in=persons)}


def sampling_days(
    person_ids: Collection[UUID], since: date, *, only_negative: bool = False
) -> dict[UUID, frozenset[date]]:
    """The distinct county days since that one, it included, on which each of these people was sampled, resulted.

    Whoever was not sampled is left out.

    Parameters
    ----------
    only_negative : days on which every sample was negative
    """
    found: dict[UUID, set[date]] = {}
    wanted = list(person_ids)
    for start in range(0, len(wanted), 500):
        rows = SamplingDay.objects.filter(person__in=wanted[start : start + 500], sampled_on__gte=since)
        if only_negative:
            rows = rows.filter(result=TestKnown.Result.NEGATIVE)
        for person, day in rows.order_by().values_list("person_id", "sampled_on"):
            found.setdefault(person, set()).add(day)
    return {person: frozenset(days) for person, days in found.items()}


def due(at: datetime, *, limit: int) -> list[UUID]:
    """People whose code must be computed anew at `at`, those longest due first."""
    rows = HealthCode.objects.filter(due_at__lte=at).order_by("due_at", "person_id")
    return list(rows.values_list("person_id", flat=True)[:limit])


def due_since() -> datetime | None:
    """The earliest moment at which a code is or was due; None where nobody has one."""
    return HealthCode.objects.aggregate(first=Min("due_at"))["first"]


def marked_at_risk(at: datetime) -> set[UUID]:
    """People whose itinerary is at risk by what is known of it, such as a star on the itinerary card."""
    rows = HealthCode.objects.filter(travel=Travel.RISK).filter(Q(travel_until=None) | Q(travel_until__gt=at))
    return set(rows.values_list("person_id", flat=True))


def without_code() -> list[UUID]:
    """People in use whose code was never computed, by id; in one go, since in a fast drill it is asked often."""
    codes = HealthCode.objects.filter(person_id=OuterRef("pk"))
    found = Person.objects.filter(~Exists(codes), merged_into__isnull=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def words_of_everybody() -> Iterator[tuple[int, int, int, int]]:
    """(gate number, safety, recent, hash of the document or 0) of everybody, by gate number; for a base."""
    rows = HealthCode.objects.order_by("gate_number").values_list("gate_number", "safety", "recent", "document")
    return rows.iterator(chunk_size=10_000)


def with_documents(after: int, *, limit: int) -> list[tuple[int, UUID]]:
    """(gate number, person) of the next with a code and a document, by gate number."""
    rows = HealthCode.objects.filter(gate_number__gt=after).exclude(document=0).order_by("gate_number")
    return list(rows.values_list("gate_number", "person_id")[:limit])


def n_with_documents() -> int:
    return HealthCode.objects.exclude(document=0).count()


def with_renewed_codes() -> Iterator[tuple[int, int, int]]:
    """(gate number, QR generation, card generation) of everybody of whom a code or a card was ever revoked."""
    renewed = HealthCode.objects.filter(Q(qr_generation__gt=0) | Q(card_generation__gt=0)).order_by("gate_number")
    return renewed.values_list("gate_number", "qr_generation", "card_generation").iterator(chunk_size=2000)


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


WITHDRAWING = frozenset({"withdrawn_at", "withdrawn_by", "withdrawn_why"})


def rows_of_merge(persons: Collection[UUID], things: Sequence[UUID]) -> list[QuerySet]:
    """The rows that merging these records, or these cases and contacts, may change: codes too."""
    return [
        Evidence.objects.filter(person__in=persons),
        Evidence.objects.filter(rests_on__in=any_of(things)),
        TestKnown.objects.filter(pk__in=persons),
        SamplingDay.objects.filter(person__in=persons),
        HealthCode.objects.filter(pk__in=persons),
        Appeal.objects.filter(person__in=persons),
    ]


def return_of_merge(changes: Sequence[RowChange], *, united: Collection[str] = ()) -> Return:
    """How what a merge changed here would be put back now. A code that went is there again, to be computed anew.

    Parameters
    ----------
    united : ids of contacts that stay united: what was put to rest on them goes on resting there
    """
    here = [it for it in changes if not (it.after and it.after.get("rests_on") in united)]
    here = [it for it in here if it.table != HealthCode._meta.label_lower or it.after is None]
    return how_rows_return(here, MERGED, together={Evidence._meta.label_lower: [WITHDRAWING]})


def evidence_again(*, things: Collection[UUID]) -> list[NewEvidence]:
    """What rests on these contacts, cases, … and counts, as it would be recorded again; rulings left out."""
    rows = Evidence.objects.filter(rests_on__in=things, withdrawn_at=None, ruling_first="").order_by("from_at", "id")
    return [
        NewEvidence(
            person=row.person_id, kind=row.kind, disease=row.disease, from_at=row.from_at, until_at=row.until_at,
            source=row.source, issuer=row.issuer, attributes=read_attributes(row.attributes),
            presence=None if row.presence is None else Presence(row.presence), about=row.about_id,
            division=row.division, rests_on=row.rests_on,
        )
        for row in rows
    ]  # fmt: skip


def things_with_evidence(things: Collection[UUID]) -> set[UUID]:
    """Those of these things of which evidence was ever recorded, withdrawn or not."""
    found: set[UUID] = set()
    wanted = sorted(set(things))
    for n in range(0, len(wanted), 500):
        rows = Evidence.objects.filter(rests_on__in=wanted[n : n + 500]).values_list("rests_on", flat=True)
        found.update(pk for pk in rows if pk)
    return found


def recorded_since(*, things: Collection[UUID], persons: Collection[UUID], at: datetime) -> list[UUID]:
    """What was recorded of these people for these contacts, cases, … from a moment on, and counts."""
    rows = Evidence.objects.filter(rests_on__in=things, person__in=persons, recorded_at__gte=at, withdrawn_at=None)
    return list(rows.order_by("recorded_at", "id").values_list("pk", flat=True))


def persons_of(evidence: Collection[UUID]) -> dict[UUID, UUID]:
    """Of each of these pieces whose it is."""
    return dict(Evidence.objects.filter(pk__in=evidence).values_list("pk", "person_id"))


class Generations(NamedTuple):
    """How often the QR and the card of a code were renewed."""

    qr: int
    card: int


def generations_at_merge(changes: Sequence[RowChange], person: UUID, *, after: bool) -> Generations | None:
    """What the code of a record had before, or after, its merge; None where nothing is written down of it."""
    table = HealthCode._meta.label_lower
    row = next((it for it in changes if it.table == table and it.key == str(person)), None)
    said = row and (row.after if after else row.before)
    if not said or "qr_generation" not in said:
        return None
    return Generations(said["qr_generation"], said["card_generation"])
