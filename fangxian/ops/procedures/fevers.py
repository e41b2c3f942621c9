"""A fever at a post or a door is evidence, and the code follows (发热入证).

1. the rulebooks that know a fever as evidence, and what is one           measures
2. whose it was, and where it was taken                                   posts, visits, people
3. taken again at the same door soon afterwards and normal, it was none   visits
4. evidence, once a passing or a scan; the code follows                   movement, recolour
5. normal when taken again at a post, it is taken back                    post_emergency

How long it counts and what ends it the rulebook says. Who is on no register is seen to all the same, and has no code.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.core.policy.rulebook import EvidenceKind, Rulebook
from fangxian.core.refusal import Said
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.actions.evidence import record_evidence, withdraw_what_rests_on
from fangxian.ops.movement.queries import things_with_evidence
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.people.queries import persons_at_gate
from fangxian.ops.places.models import Venue
from fangxian.ops.posts.path import FEVER_FROM
from fangxian.ops.realm.current import county_now
from fangxian.ops.visits.queries import WarmScan, cooled_since, warm_scans

from .recolour import recolour

KIND, SOURCE = "fever", "checkpoint"
BY = "program:fevers"
TAKEN_AGAIN = "复测体温正常 · normal when the temperature was taken again"
A_DOOR = Said("门岗", "a door")
RETAKEN_WITHIN = Parameter(
    value=10, unit="min", low=5, high=30,
    meaning="How long after a fever at a door a normal temperature there makes it none",
    source="旬邑县卡口规程: rest, then take it again; the minutes are a guess",
)  # fmt: skip
LOOK_BACK = timedelta(hours=6)  # the worker may have stood still; what is on record already is passed over


@dataclass(frozen=True, slots=True)
class Fever:
    """A fever that was measured. `thing` is the passing or the scan, `by_whom` the post or door as people read it."""

    person: UUID
    thing: UUID
    at: datetime
    by_whom: str


class FeverRule(NamedTuple):
    """A disease whose rules know a fever as evidence."""

    disease: str
    kind: EvidenceKind


def fever_from_tenths(rulebooks: Iterable[Rulebook]) -> int:
    """From which temperature it is a fever, in tenths: the lowest that a rulebook with doors says, else the usual."""
    bands = [band.from_c for book in rulebooks for band in book.temperature_bands if band.key == KIND]
    return round(min(bands, default=FEVER_FROM.value) * 10)


@transaction.atomic
def record_fevers(*, fevers: Sequence[Fever], at: datetime, by: str) -> int:
    """Put these fevers on record, each once; how many were new. Nothing where no rulebook in force knows such."""
    rules = _rules(rulebooks_by_disease(at))
    known = things_with_evidence([it.thing for it in fevers]) if rules else set()
    new = list({it.thing: it for it in fevers if it.thing not in known}.values())
    pieces = [
        NewEvidence(
            person=it.person, kind=KIND, disease=rule.disease, from_at=it.at.replace(second=0, microsecond=0),
            source=_source(rule.kind), issuer=it.by_whom, rests_on=it.thing,
        )
        for it in new
        for rule in rules
    ]  # fmt: skip
    if pieces:
        record_evidence(pieces=pieces, by=by)
        recolour(sorted({it.person for it in new}), county_now(), by=by)
    return len(new) if pieces else 0


@transaction.atomic
def take_fever_back(*, thing: UUID, by: str) -> None:
    """It was none: taken again, the temperature was normal."""
    if persons := withdraw_what_rests_on(things=[thing], why=TAKEN_AGAIN, by=by):
        recolour(persons, county_now(), by=by)


def note_fevers_at_doors(*, at: datetime, by: str = BY) -> int:
    """A chore of the worker: whoever had a fever at a keeper's door, and was not normal there soon afterwards."""
    books = rulebooks_by_disease(at)
    if not _rules(books):
        return 0
    tenths, within = fever_from_tenths(books.values()), timedelta(minutes=RETAKEN_WITHIN.value)
    found = warm_scans(from_tenths=tenths, received_since=at - LOOK_BACK, scanned_until=at - within)
    if not found:
        return 0
    cooled = cooled_since(found, below_tenths=tenths, within=within)
    found = [it for it in found if it.scan_id not in cooled]
    persons = persons_at_gate({it.gate_number for it in found})
    names = _names(found)
    fevers = [
        Fever(persons[it.gate_number].pk, it.scan_id, it.scanned_at, names.get(it.venue_number, A_DOOR.zh))
        for it in found
        if it.gate_number in persons
    ]
    return record_fevers(fevers=fevers, at=at, by=by)


def _rules(books: Mapping[str, Rulebook]) -> list[FeverRule]:
    return [FeverRule(key, it) for key in sorted(books) for it in books[key].evidence if it.kind == KIND]


def _source(kind: EvidenceKind) -> str:
    return SOURCE if SOURCE in kind.sources else kind.sources[0]


def _names(scans: Iterable[WarmScan]) -> dict[int, str]:
    numbers = {it.venue_number for it in scans}
    return dict(Venue.objects.filter(venue_number__in=numbers).values_list("venue_number", "name"))
