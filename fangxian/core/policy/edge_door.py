"""A door without network: what it answers from a code alone, by the same tables as a gate.

A gate has a person's two words as of this second. Here there is the short word in the person's QR, as old as
the code, and a bundle, as old as the last network. Both ages count, the greater one: past the rulebook's
`stale_after` the tables themselves turn a green into *verify*. What cannot be proved is not believed: the
tables are then asked about somebody of whom nothing is known, and the answer is *verify*, but for a door with
emergency care, whose tables show the way in.

This is the definition; a phone runs its twin (web/src/core/edgeDoor.ts), held to it by
spec/vectors/edge_door.jsonl.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from fangxian.core.policy.byte_short_word import ShortWord, age_at_most_min
from fangxian.core.policy.doors import DoorInputs, find_door_mask
from fangxian.core.policy.tables import DoorTables
from fangxian.core.policy.vocabulary import Outcome, Permit, Presence
from fangxian.core.policy.words import LastResult

NOTHING_SHOWN = ShortWord()


class Doubt(StrEnum):
    """Why a door without network does not believe what it was shown. The first one is what is said."""

    CLOCK = "clock"  # the device's clock was changed or did not run through: nobody knows what has ended
    REVOKED = "revoked"  # the handle is in the filter: revoked, or no longer green, or one in a thousand
    PLACE = "place"  # the bundle does not know the venue, so nobody knows by which rules its door goes
    CARD = "card"  # a paper card says who, never how
    DOCUMENT = "document"  # there is no register here to look anybody up in


class EdgePlace(NamedTuple):
    """The door: the index of its venue class in the tables (0 where it is not known), and the venue's status."""

    venue_class: int
    status: int
    presence: int = Presence.STAFFED


class EdgeAges(NamedTuple):
    """Wall seconds since the bundle was complete, −1 if nobody can say, and since the code was made."""

    bundle_s: int
    code_s: int

    @property
    def knowledge_s(self) -> int:
        return -1 if self.bundle_s < 0 else max(self.bundle_s, self.code_s)


class EdgeAnswer(NamedTuple):
    """What the door says; `mask` are the reasons by the tables, which stand behind that of a doubt."""

    outcome: Outcome
    mask: int
    doubt: Doubt | None


def negative_age_at_most_min(short: ShortWord, *, from_min: int, at_min: int, counts_from_sample: bool) -> int:
    """How old the last negative test may be, as `gate.deciding.negative_age_min` counts it; −1 for none."""
    if short.result != LastResult.NEGATIVE:
        return -1
    resulted = age_at_most_min(short.resulted_hours_back, from_min=from_min, at_min=at_min)
    if resulted is None:
        return -1
    sampled = age_at_most_min(short.sampled_hours_back, from_min=from_min, at_min=at_min)
    return resulted if not counts_from_sample or sampled is None else max(sampled, resulted)


def answer_at_edge(
    tables: DoorTables,
    place: EdgePlace,
    short: ShortWord,
    ages: EdgeAges,
    *,
    from_min: int,
    at_min: int,
    counts_from_sample: bool,
    temperature_tenths: int = -1,
    doubts: Collection[Doubt] = (),
    is_out: bool = False,
) -> EdgeAnswer:
    """The answer to one person. (code proved by its signature, bundle, door → what is said)

    Parameters
    ----------
    short : of a QR in force at `at_min`; anything for a card or a document, which have none
    from_min : when the QR was made; its hours are counted back from there
    doubts : everything that keeps the code from being believed; none on the way out, which asks nothing
    """
    if is_out:
        return EdgeAnswer(Outcome.ADMIT, 0, None)
    doubt = next((one for one in Doubt if one in doubts), None)
    if doubt is not None:
        short, ages = NOTHING_SHOWN, EdgeAges(-1, 0)
    mask = find_door_mask(
        tables,
        DoorInputs(
            venue_class=place.venue_class,
            colour=short.colour,
            travel=short.travel,
            test_age_min=negative_age_at_most_min(
                short, from_min=from_min, at_min=at_min, counts_from_sample=counts_from_sample
            ),
            temperature_tenths=temperature_tenths,
            permit=Permit.UNKNOWN,
            presence=place.presence,
            venue_status=place.status,
            knowledge_age_s=ages.knowledge_s,
            exempt=short.exemptions & (1 << len(tables.exemptions)) - 1,
            also=(0,) * tables.n_also,
        ),
    )
    outcome = tables.outcome_of(mask)
    if doubt is not None and not tables.emergency_care[place.venue_class]:
        outcome = Outcome.VERIFY
    return EdgeAnswer(outcome, mask, doubt)
