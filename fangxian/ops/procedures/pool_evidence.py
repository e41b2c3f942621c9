"""The evidence that a pool's result is, and that one's own negative ends it with. Part of release_results."""

from fangxian.core.policy.rulebook import EvidenceKind
from fangxian.ops.lab.queries import rounds
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.realm.current import county_now
from fangxian.ops.results.queries import CallBack, TubeResult

from .settle_case import kind_of

SOURCE = "laboratory"
HOLD, OWN_NEGATIVE = "pool-hold", "negative-result"


def hold_piece(row: CallBack, pool: TubeResult) -> NewEvidence | None:
    """What holds somebody because of a pool; None where the rulebook knows no such hold."""
    disease, kind = _kind(row, HOLD)
    if kind is None or row.person is None:
        return None
    return NewEvidence(
        person=row.person,
        kind=kind.kind,
        disease=disease,
        from_at=county_now(),
        source=SOURCE,
        issuer=pool.laboratory,
        attributes={"result": pool.outcome.replace("_", "-")},
        rests_on=row.tube,
    )


def release_piece(row: CallBack, issuer: str) -> NewEvidence | None:
    """What ends it: it rests on the tube of their own, and falls with that one's result."""
    disease, kind = _kind(row, OWN_NEGATIVE)
    if kind is None or row.person is None:
        return None
    return NewEvidence(
        person=row.person,
        kind=kind.kind,
        disease=disease,
        from_at=county_now(),
        source=SOURCE,
        issuer=issuer,
        about=row.hold,
        rests_on=row.own_tube or row.tube,
    )


def _kind(row: CallBack, kind: str) -> tuple[str, EvidenceKind | None]:
    disease = disease_of(row.round)
    return disease, kind_of(rulebooks_by_disease(county_now()).get(disease), kind)


def disease_of(round: object) -> str:
    """What a round tests for."""
    return rounds().values_list("disease", flat=True).get(pk=round)
