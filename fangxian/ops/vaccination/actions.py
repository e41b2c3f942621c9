"""The only writers of the vaccination room. Each takes a set, is one transaction and leaves one audit line."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.people.models import Person
from fangxian.ops.realm.as_before import Return, Stays, put_back
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import MERGED, STRENGTH, Course, Dose, Product, Source, VaccineAnswer
from .schedule import stands
from .wire import REASONS_OF, NewAnswer, NewDose
from .words import SOURCES

AT_ONCE = 500
FIRST_VACCINES = date(2020, 6, 1)  # emergency use began on 2020-07-22; nothing was given before
STRONGER = "来源更可靠的记录代替 · replaced by a stronger source"
MERGED_WHY = "合并档案后同日有两针 · two doses of one day after a merge"


@transaction.atomic
def record_doses(*, doses: Sequence[NewDose], by: str, refused: dict[int, Refusal] | None = None) -> int:
    """Put doses on record, in their order; how many are new. One that is on record already changes nothing.

    Parameters
    ----------
    refused : where given, a dose that cannot be taken is put here by its place in `doses`, and spoils no other

    Refuses
    -------
    vaccination.dose_day, vaccination.product_wrong, vaccination.dose_contradicts
    """
    born, standing = _locked({it.person for it in doses}), _standing(it.person for it in doses)
    fresh: list[Dose] = []
    at, gone = county_now(), list[Dose]()
    for place, new in enumerate(doses):
        try:
            if new.person in born:
                _take(new, born[new.person], standing[new.person], fresh, gone, by=by)
        except Refusal as refusal:
            if refused is None:
                raise
            refused[place] = refusal
    for row in gone:
        row.superseded_at, row.superseded_by, row.superseded_why = at, by, STRONGER
    Dose.objects.bulk_update(gone, ["superseded_at", "superseded_by", "superseded_why"], batch_size=AT_ONCE)
    names = [field.attname for field in Dose._meta.concrete_fields]
    insert_rows(Dose, ({name: getattr(row, name) for name in names} for row in fresh))
    if persons := {row.person_id for row in fresh}:
        _settle({person: born[person] for person in persons}, by)
        about = sorted(f"person:{it}" for it in persons) if len(persons) < AT_ONCE else []
        record("vaccination.doses_recorded", by=by, about=about, facts={"n": len(fresh), "n_replaced": len(gone)})
    return len(fresh)


@transaction.atomic
def take_dose_back(*, dose: UUID, why: str, by: str) -> Dose:
    """A dose on record is wrong: it does not count any more, and stays to be seen.

    Refuses
    -------
    vaccination.no_reason, vaccination.unknown.not_found
    """
    if not why.strip():
        raise refusals.why_missing()
    row = Dose.objects.filter(pk=dose, superseded_at=None).first()
    if row is None:
        raise refusals.dose_unknown()
    born = _locked({row.person_id})
    row.superseded_at, row.superseded_by, row.superseded_why = county_now(), by, why.strip()
    row.save(update_fields=["superseded_at", "superseded_by", "superseded_why"])
    _settle(born, by)
    record("vaccination.dose_taken_back", by=by, about=[f"person:{row.person_id}"], details={"dose": str(dose)})
    return row


@transaction.atomic
def record_answers(*, answers: Sequence[NewAnswer], by: str) -> int:
    """Put on record why people are not vaccinated; how many are new. The answer before is superseded.

    Refuses
    -------
    vaccination.reason_wrong, vaccination.until_wrong
    """
    at = county_now()
    today = localtime(at).date()
    newest = {it.person: it for it in answers}
    born = _locked(newest)
    known = {row.person_id: row for row in VaccineAnswer.objects.filter(person__in=newest, superseded_at=None)}
    fresh = [it for it in newest.values() if it.person in born and not _is_said(it, known.get(it.person))]
    for it in fresh:
        if it.reason not in REASONS_OF.get(it.kind, ()):
            raise refusals.reason_wrong()
        if it.until_on is not None and it.until_on <= today:
            raise refusals.until_wrong(today)
    persons = [it.person for it in fresh]
    VaccineAnswer.objects.filter(person__in=persons, superseded_at=None).update(superseded_at=at, superseded_by=by)
    VaccineAnswer.objects.bulk_create(
        VaccineAnswer(
            person_id=it.person, kind=it.kind, reason=it.reason, until_on=it.until_on, note=it.note.strip(),
            said_on=it.said_on, recorded_at=at, recorded_by=by,
        )
        for it in fresh
    )  # fmt: skip
    if fresh:
        _settle({person: born[person] for person in persons}, by)
        record("vaccination.answers_recorded", by=by, about=[f"person:{it}" for it in persons], facts={"n": len(fresh)})
    return len(fresh)


@transaction.atomic
def carry_vaccinations_over(*, kept: UUID, merged: UUID, by: str) -> None:
    """Of a merged record the doses are those of the one that goes on; of two of one day the stronger source's."""
    born = _locked({kept, merged})
    doses = Dose.objects.filter(person__in=[kept, merged], superseded_at=None)
    of_day: dict[date, list[Dose]] = defaultdict(list)
    for row in doses:
        of_day[row.given_on].append(row)
    for rows in of_day.values():
        rows.sort(key=lambda it: (-STRENGTH[Source(it.source)], it.person_id != kept))
        for row in rows[1:]:
            row.superseded_at, row.superseded_by, row.superseded_why = county_now(), by, MERGED_WHY
            row.save(update_fields=["superseded_at", "superseded_by", "superseded_why"])
    standing = VaccineAnswer.objects.filter(person__in=[kept, merged], superseded_at=None).order_by(
        "-recorded_at", "pk"
    )
    for answer in list(standing)[1:]:
        answer.superseded_at, answer.superseded_by = county_now(), by
        answer.save(update_fields=["superseded_at", "superseded_by"])
    n = Dose.objects.filter(person=merged).update(person_id=kept)
    n += VaccineAnswer.objects.filter(person=merged).update(person_id=kept)
    if n:
        _settle(born, by)
        record("vaccination.carried_over", by=by, about=[f"person:{kept}", f"person:{merged}"], details={"n_rows": n})


@transaction.atomic
def undo_merge(*, back: Return, persons: Collection[UUID], by: str) -> list[Stays]:
    """The doses that came with a record are its own again; what stays."""
    stays = put_back(back, MERGED)
    if back.returning:
        _settle(_locked(set(persons)), by)
        record("vaccination.merge_undone", by=by, details={"n_rows": len(back.returning)})
    return stays


# ---- one dose beside those there are ----


def _take(new: NewDose, born_on: date, rows: list[Dose], fresh: list[Dose], gone: list[Dose], *, by: str) -> None:
    """Add a dose to those that stand, or see that it is there; `rows`, `fresh` and `gone` follow."""
    today = localtime(county_now()).date()
    if not max(FIRST_VACCINES, born_on) < new.given_on <= today:
        raise refusals.dose_day(new.given_on, today)
    if new.product not in Product.values:
        raise refusals.product_wrong(new.product)
    against = [row for row in rows if row.given_on == new.given_on or (new.number and row.number == new.number)]
    strength = STRENGTH[Source(new.source)]
    if any(_says_the_same(row, new) and STRENGTH[Source(row.source)] >= strength for row in against):
        return
    weaker = [row for row in against if STRENGTH[Source(row.source)] < strength]
    if len(weaker) < len(against):
        row = next(it for it in against if it not in weaker)
        raise refusals.dose_contradicts(new.given_on, row.given_on, SOURCES[row.source])
    for row in weaker:
        rows.remove(row)
        if row in fresh:
            fresh.remove(row)
        else:
            gone.append(row)
    dose = Dose(
        person_id=new.person, given_on=new.given_on, product=new.product, number=new.number, unit=new.unit.strip(),
        source=new.source, intake=new.intake, recorded_at=county_now(), recorded_by=by,
    )  # fmt: skip
    rows.append(dose)
    fresh.append(dose)


def _says_the_same(row: Dose, new: NewDose) -> bool:
    is_product = row.product == new.product or Product.OTHER in (row.product, new.product)
    is_number = 0 in (row.number, new.number) or row.number == new.number
    return row.given_on == new.given_on and is_product and is_number


def _is_said(new: NewAnswer, row: VaccineAnswer | None) -> bool:
    if row is None:
        return False
    return (row.kind, row.reason, row.until_on, row.note) == (new.kind, new.reason, new.until_on, new.note.strip())


# ---- where somebody stands ----


def _locked(persons: Iterable[UUID]) -> dict[UUID, date]:
    """When each of these people was born. They are locked, in one order: two phones with one person wait here."""
    found: dict[UUID, date] = {}
    wanted = sorted(set(persons))
    for start in range(0, len(wanted), AT_ONCE):
        rows = Person.objects.select_for_update().filter(pk__in=wanted[start : start + AT_ONCE]).order_by("pk")
        found |= dict(rows.values_list("pk", "born_on"))
    return found


def _standing(persons: Iterable[UUID]) -> dict[UUID, list[Dose]]:
    found: dict[UUID, list[Dose]] = defaultdict(list)
    wanted = sorted(set(persons))
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        for row in Dose.objects.filter(person__in=some, superseded_at=None).order_by("given_on"):
            found[row.person_id].append(row)
    return found


def _settle(born: Mapping[UUID, date], by: str) -> None:
    """Reckon anew where these people stand, whatever was recorded of them."""
    at, wanted = county_now(), sorted(born)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        doses, versions = _standing(some), _versions(some)
        answers = {it.person_id: it for it in VaccineAnswer.objects.filter(person__in=some, superseded_at=None)}
        rows = [
            _course(person, born[person], doses[person], answers.get(person), versions[person], at, by)
            for person in some
        ]
        fields = [field.name for field in Course._meta.concrete_fields if field.name != "person"]
        Course.objects.bulk_create(rows, update_conflicts=True, unique_fields=["person"], update_fields=fields)


def _versions(persons: Sequence[UUID]) -> dict[UUID, int]:
    """How many times anything was written down of each, taken back or not."""
    found: dict[UUID, int] = defaultdict(int)
    for table in (Dose, VaccineAnswer):
        for is_gone in (False, True):
            rows = table.objects.filter(person__in=persons).order_by()
            rows = rows.filter(superseded_at__isnull=False) if is_gone else rows
            for person, n in rows.values_list("person_id").annotate(n=Count("pk")):
                found[person] += n
    return found


def _course(person: UUID, born_on: date, doses: Sequence[Dose], answer, version: int, at, by: str) -> Course:
    now = stands([(it.given_on, it.product) for it in doses], born_on)
    last = max(doses, key=lambda it: it.given_on, default=None)
    told = answer if answer and (last is None or answer.said_on > last.given_on) else None
    return Course(
        person_id=person, stage=now.stage, n_doses=now.n_counted, last_on=last and last.given_on,
        last_product=last.product if last else "", next_from=now.next_from, answer=told.kind if told else "",
        reason=told.reason if told else "", answer_until=told.until_on if told else None, version=version,
        changed_at=at, changed_by=by,
    )  # fmt: skip
