"""One's own tube of a round is a laboratory's result of one person (单管结果). Part of release_results.

Not negative: as `positive_result` has it. Negative: it is a second laboratory's word on whoever a single sample holds.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from fangxian.core.laboratory.following import Next
from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.lab.members import places_named, same_people, tubes_with
from fangxian.ops.lab.queries import RosterPlace
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.queries import persons_with
from fangxian.ops.realm.current import county_now
from fangxian.ops.results.queries import TubeResult, holding_of
from fangxian.ops.results.wire import NewTold

from .positive_result import HOLD, Found, Reporter, Result, Sampled, enter_result

THROAT = "throat-swab"


@dataclass(slots=True)
class Singles:
    """How many samples go to a second laboratory, and whose evidence changed."""

    n_second: int = 0
    persons: set[UUID] = field(default_factory=set)


def enter_singles(alone: Sequence[NewTold], results: Mapping[UUID, TubeResult], *, by: str) -> Singles:
    """What follows for whoever was alone in a tube."""
    bad = [it for it in alone if it.next is Next.HOLD_AND_SECOND_LABORATORY]
    speaking = [*bad, *_of_held([it for it in alone if it.next is Next.RELEASE])]
    if not speaking:
        return Singles()
    places, labels = places_named({it.place for it in speaking}), tubes_with({it.tube for it in speaking})
    books, told = rulebooks_by_disease(county_now()), Singles(n_second=len(bad))
    for it in sorted(speaking, key=lambda it: it.sampled_at):
        place, result = places[it.place], results[it.result]
        disease = place.round.disease
        enter_result(
            sampled=sampled_of(place),
            result=Result(
                disease=disease,
                found=Found(result.outcome.replace("_", "-")),
                specimen=_specimen(books.get(disease)),
                sampled_at=it.sampled_at,
                resulted_at=max(it.sampled_at, result.released_at),
                remark=f"管 {labels[it.tube].label}",
            ),
            by=Reporter(actor=by, laboratory=result.laboratory),
        )
        told.persons |= {it.person} - {None}
    return told


def _of_held(negative: Sequence[NewTold]) -> list[NewTold]:
    """Those negatives that speak about somebody whom a sample of their own holds, or held."""
    persons = persons_with(HOLD, persons={it.person for it in negative if it.person})
    listed = {it.place for it in negative if it.person is None}
    held = _listed_held(listed) if listed else set()
    return [it for it in negative if it.person in persons or it.place in held]


def _listed_held(places: Collection[UUID]) -> set[UUID]:
    same = same_people(places)
    rows = holding_of({it for some in same.values() for it in some})
    held = {row.place for row in rows if row.next == Next.HOLD_AND_SECOND_LABORATORY}
    return {place for place, some in same.items() if not held.isdisjoint(some)}


def sampled_of(place: RosterPlace) -> Sampled:
    """Whose sample it is, on the register or as a list says."""
    if place.person is not None:
        return Sampled(person=place.person)
    return Sampled(name=place.name, document_number=place.document_number, phone=place.phone)


def _specimen(rulebook: Rulebook | None) -> str:
    """Rounds swab throats, where the rulebook has such a specimen."""
    keys = [row.key for row in rulebook.specimens] if rulebook else []
    return THROAT if THROAT in keys or not keys else keys[0]
