"""One's own tube of a round is a laboratory's result of one person (单管结果). Part of release_results.

Not negative: as `positive_result` has it. Negative: it is a second laboratory's word on whoever a single sample holds.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from fangxian.core.laboratory.following import Next
from fangxian.core.laboratory.judging import SUSPECT
from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.lab.members import members_of, places_named, same_people, tubes_with
from fangxian.ops.lab.queries import RosterPlace
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.queries import persons_with
from fangxian.ops.realm.current import county_now
from fangxian.ops.results.queries import TubeResult, counting, holding_of
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
    places, told = places_named({it.place for it in speaking}), Singles(n_second=len(bad))
    for it in sorted(speaking, key=lambda it: it.sampled_at):
        _enter(it, results[it.result], places[it.place], results[it.result].laboratory, by)
        told.persons |= {it.person} - {None}
    return told


def _enter(it: NewTold, result: TubeResult, place: RosterPlace, laboratory: str, by: str) -> None:
    disease, tube = place.round.disease, tubes_with([it.tube])[it.tube]
    enter_result(
        sampled=sampled_of(place),
        result=Result(
            disease=disease,
            found=Found(result.outcome.replace("_", "-")),
            specimen=_specimen(rulebooks_by_disease(county_now()).get(disease)),
            sampled_at=it.sampled_at,
            resulted_at=max(it.sampled_at, result.released_at),
            remark=f"管 {tube.label}",
        ),
        by=Reporter(actor=by, laboratory=laboratory),
    )


def enter_seconded(laboratories: Mapping[UUID, str], *, by: str) -> set[UUID]:
    """Another laboratory found in what is left of somebody's own tube what the first one had; whose evidence changed.

    Parameters
    ----------
    laboratories : tube → the laboratory that tested it again
    """
    members = members_of(laboratories)
    alone = [it for it in members if sum(other.tube == it.tube for other in members) == 1]
    results, places = counting(laboratories), places_named({it.place for it in alone})
    suspect = [it for it in alone if it.tube in results and results[it.tube].outcome in SUSPECT]
    for it in suspect:
        told = NewTold(results[it.tube].pk, it.tube, it.place, it.person, it.taken_at, Next.HOLD_AND_SECOND_LABORATORY)
        _enter(told, results[it.tube], places[it.place], laboratories[it.tube], by)
    return {it.person for it in suspect if it.person}


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
