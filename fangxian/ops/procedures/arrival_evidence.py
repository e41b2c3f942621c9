"""The measure on arrival as evidence, which the code follows (来返措施入证). Part of declare_arrival.

Evidence says what the newest version was decided as, and nothing else: whose measure no evidence tells of (monitoring,
the community's care) has none, and so has whoever is only announced. What was wrong is withdrawn and recorded anew.
"""

from collections.abc import Sequence
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

from .recolour import recolour

KIND, MEASURE, ARRIVED_ON = "arrival", "measure", "arrived_on"
SOURCES = {DECLARED_AS.GRID_WORKER: "grid-worker", DECLARED_AS.CHECKPOINT: "checkpoint"}
BY_DECLARATION = "declaration"
CHANGED = "落地申报有变 · the declaration of the arrival changed"


def settle_evidence(*, rows: Sequence, issuer: str, by: str) -> list[UUID]:
    """Let what is on record of these arrivals be what they were decided as; whose code was computed anew."""
    at = county_now()
    rulebooks = rulebooks_by_disease(at)
    standing = {it.rests_on: it for it in evidence_again(things=[row.pk for row in rows])}
    wanted = {row.pk: evidence_of(row, rulebooks.get(row.disease), issuer) for row in rows}
    wrong = [row.pk for row in rows if row.pk in standing and not _says(standing[row.pk], wanted[row.pk])]
    persons = set(withdraw_what_rests_on(things=wrong, why=CHANGED, by=by)) if wrong else set()
    pieces = [it for pk, it in wanted.items() if it is not None and (pk in wrong or pk not in standing)]
    if pieces:
        record_evidence(pieces=pieces, by=by)
    persons |= {it.person for it in pieces}
    if persons:
        recolour(sorted(persons), at, by=by)
    return sorted(persons)


def evidence_of(row, rulebook: Rulebook | None, issuer: str) -> NewEvidence | None:
    """The evidence that an arrival is, where the rules of its disease know such; None where it is none."""
    kind = next((it for it in rulebook.evidence if it.kind == KIND), None) if rulebook else None
    if kind is None or row.state != STATES.LANDED or row.measure not in kind.attributes.get(MEASURE, ()):
        return None
    attributes: dict[str, object] = {MEASURE: row.measure}
    if ARRIVED_ON in kind.attributes:
        attributes[ARRIVED_ON] = localtime(row.arrives_at).date()
    return NewEvidence(
        person=row.person_id,
        kind=kind.kind,
        disease=row.disease,
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


def _says(standing: NewEvidence, wanted: NewEvidence | None) -> bool:
    if wanted is None:
        return False
    same = (standing.kind, standing.disease, dict(standing.attributes), standing.from_at)
    return same == (wanted.kind, wanted.disease, dict(wanted.attributes), wanted.from_at)
