"""The evidence that a pool's result is, and that one's own negative ends it with. Part of release_results."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from fangxian.core.policy.rulebook import EvidenceKind
from fangxian.ops.lab.queries import rounds
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.queries import ends_by_itself
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.realm.current import county_now
from fangxian.ops.results.queries import CallBack, TubeResult

from .settle_case import kind_of

SOURCE = "laboratory"
HOLD, OWN_NEGATIVE = "pool-hold", "negative-result"


class Kinds(NamedTuple):
    """What a round tests for, and the kinds of evidence its rulebook has of a hold and of its end; None: no such."""

    disease: str
    hold: EvidenceKind | None
    own_negative: EvidenceKind | None


def kinds_of(wanted: Collection[UUID]) -> dict[UUID, Kinds]:
    """Of each round what evidence its results may become."""
    books = rulebooks_by_disease(county_now())
    diseases = dict(rounds().filter(pk__in=wanted).values_list("pk", "disease"))
    return {
        round: Kinds(disease, *(kind_of(books.get(disease), kind) for kind in (HOLD, OWN_NEGATIVE)))
        for round, disease in diseases.items()
    }


def lapses_of(rows: Sequence[CallBack]) -> dict[UUID, datetime]:
    """Until when the hold of each of these (by the call-back's id) stands at most, by the rulebook."""
    found: dict[UUID, datetime] = {}
    for round, kinds in kinds_of({row.round for row in rows}).items():
        if kinds.hold is not None and kinds.hold.longest is not None:
            of_hold = {row.hold: row.pk for row in rows if row.round == round and row.hold}
            ends = ends_by_itself(list(of_hold), longest=kinds.hold.longest)
            found |= {of_hold[hold]: at for hold, at in ends.items()}
    return found


def hold_piece(row: CallBack, pool: TubeResult, kinds: Kinds) -> NewEvidence | None:
    """What holds somebody because of a pool; None where the rulebook knows no such hold."""
    if kinds.hold is None or row.person is None:
        return None
    return NewEvidence(
        person=row.person,
        kind=HOLD,
        disease=kinds.disease,
        from_at=county_now(),
        source=SOURCE,
        issuer=pool.laboratory,
        attributes={"result": pool.outcome.replace("_", "-")},
        rests_on=row.tube,
    )


def release_piece(row: CallBack, issuer: str, kinds: Kinds) -> NewEvidence | None:
    """What ends it: it rests on the tube of their own, and falls with that one's result."""
    if kinds.own_negative is None or row.person is None:
        return None
    return NewEvidence(
        person=row.person,
        kind=OWN_NEGATIVE,
        disease=kinds.disease,
        from_at=county_now(),
        source=SOURCE,
        issuer=issuer,
        about=row.hold,
        rests_on=row.own_tube or row.tube,
    )
