"""The measure on arrival as evidence, which the code follows (来返措施入证). Part of declare_arrival.

Evidence says what the newest version was decided as, and nothing else: whose measure no evidence tells of (monitoring,
the community's care) has none, and so has whoever is only announced. What was wrong is withdrawn and recorded anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.policy.rulebook import EvidenceKind, Rulebook
from fangxian.ops.arrivals.queries import DECLARED_AS, STATES
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.actions.evidence import record_evidence, withdraw_what_rests_on
from fangxian.ops.movement.queries import evidence_again
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.realm.current import county_now

from .arrival_decision import by_book, named
from .recolour import recolour

KIND, MEASURE, ARRIVED_ON = "arrival", "measure", "arrived_on"
SOURCES = {DECLARED_AS.GRID_WORKER: "grid-worker", DECLARED_AS.CHECKPOINT: "checkpoint"}
BY_DECLARATION = "declaration"
CHANGED = "落地申报有变 · the declaration of the arrival changed"


def settle_evidence(*, rows: Sequence, issuer: str, by: str) -> list[UUID]:
    """Let what is on record of these arrivals be what they were decided as; whose code was computed anew."""
    if persons := change_evidence(rows=rows, issuer=issuer, by=by):
        recolour(persons, county_now(), by=by)
    return persons


def change_evidence(*, rows: Sequence, issuer: str, by: str) -> list[UUID]:
    """The same, but codes are left to be computed: they are due from then on. Whose."""
    rulebooks = rulebooks_by_disease(county_now())
    standing: dict[UUID, list[NewEvidence]] = {}
    for piece in evidence_again(things=[row.pk for row in rows]):
        standing.setdefault(piece.rests_on, []).append(piece)
    wanted = {row.pk: list(_evidence_of_each(row, rulebooks, issuer)) for row in rows}
    wrong = [pk for pk, pieces in wanted.items() if pk in standing and not _say_alike(standing[pk], pieces)]
    persons = set(withdraw_what_rests_on(things=wrong, why=CHANGED, by=by)) if wrong else set()
    pieces = [it for pk, some in wanted.items() if pk in wrong or pk not in standing for it in some]
    if pieces:
        record_evidence(pieces=pieces, by=by)
    return sorted(persons | {it.person for it in pieces})


def _evidence_of_each(row, rulebooks: Mapping[str, Rulebook], issuer: str) -> Iterator[NewEvidence]:
    """The evidence that an arrival is for each disease that asks something of it: its own measure, not the other's."""
    books = {named(it): it for it in rulebooks.values()}
    for name, numbers in by_book(row.rulebook, row.rules).items():
        is_first = name == row.rulebook
        rulebook = rulebooks.get(row.disease) if is_first else books.get(name)
        piece = evidence_of(row, rulebook, issuer, measure=None if is_first else _measure(rulebook, numbers[0]))
        if piece is not None:
            yield piece


def _measure(rulebook: Rulebook | None, number: str) -> str:
    rule = next((it for it in rulebook.arrivals if it.number == number), None) if rulebook else None
    return rule.measure.stages[0].place.value if rule and rule.measure.stages else ""


def evidence_of(row, rulebook: Rulebook | None, issuer: str, measure: str | None = None) -> NewEvidence | None:
    """The evidence that an arrival is, where the rules of a disease know such; None where it is none.

    Parameters
    ----------
    measure : what these rules ask, where that is not what the arrival was decided as in all
    """
    kind = next((it for it in rulebook.evidence if it.kind == KIND), None) if rulebook else None
    measure = row.measure if measure is None else measure
    if (
        rulebook is None
        or kind is None
        or row.state != STATES.LANDED
        or measure not in kind.attributes.get(MEASURE, ())
    ):
        return None
    attributes: dict[str, object] = {MEASURE: measure}
    if ARRIVED_ON in kind.attributes:
        attributes[ARRIVED_ON] = localtime(row.arrives_at).date()
    return NewEvidence(
        person=row.person_id,
        kind=kind.kind,
        disease=rulebook.disease.key,
        from_at=_from(row.arrives_at),
        source=_source(row.declared_as, kind),
        issuer=issuer,
        attributes=attributes,
        rests_on=row.pk,
    )


def _from(arrives_at: datetime) -> datetime:
    return arrives_at.replace(second=0, microsecond=0)


def _source(declared_as: str, kind: EvidenceKind) -> str:
    found = SOURCES.get(declared_as, BY_DECLARATION)
    return found if found in kind.sources else kind.sources[0]


def _say_alike(standing: Sequence[NewEvidence], wanted: Sequence[NewEvidence]) -> bool:
    told = [
        sorted((it.disease, it.kind, it.from_at, sorted((name, str(said)) for name, said in it.attributes.items()))
               for it in some)
        for some in (standing, wanted)
    ]  # fmt: skip
    return told[0] == told[1]
