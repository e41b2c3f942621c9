"""What a door's phone takes with it for when there is no network (离线包): made for one device, signed, soon over.

1. the door tables in force, and those that come into force while it lasts   measures, compiled by core.policy
2. handles that do not count any more, as a filter:                          core.policy
   codes and cards that were revoked                                         movement, people
   codes shown minutes ago, of people who are no longer green                changes
3. the public keys by which a code is proved                                 realm
4. the venue of the device                                                   places
5. the county's signature                                                    realm

Nothing of anybody is in it but marks in the filter, and nothing that could make a code.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from fangxian.core.parameters import Parameter
from fangxian.core.policy.byte_bundle import bundle_to_sign
from fangxian.core.policy.byte_filter import HandleFilter, pack_filter
from fangxian.core.policy.byte_snapshot_rows import VenueRow
from fangxian.core.policy.byte_time import DAY_MIN, minute_of
from fangxian.core.policy.doors import compile_doors, door_moments
from fangxian.core.policy.handles import HandleKey, handle_of
from fangxian.core.policy.person_qr import LONGEST_VALIDITY_MIN
from fangxian.core.policy.vocabulary import Colour, Travel
from fangxian.core.policy.words import colour_at, qr_generation_of, travel_at
from fangxian.core.refusal import Refusal
from fangxian.ops.changes.queries import last_number, published_since
from fangxian.ops.measures.queries import beginnings
from fangxian.ops.movement.queries import with_renewed_codes
from fangxian.ops.people.queries import gate_aliases
from fangxian.ops.places.models import DoorDevice, Venue
from fangxian.ops.places.queries import gate_venue
from fangxian.ops.places.wire import TOPIC
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.folder import Realm
from fangxian.ops.realm.keys import Purpose

from .issue_codes import qr_minutes
from .recolour import rules_of_codes

BUNDLE_LASTS = Parameter(
    value=720,
    unit="min",
    low=60,
    high=1440,
    meaning="How long a door may answer from its bundle without a network, in minutes of wall time",
    source="a guess: one shift; the rulebook's stale_after has long turned greens into a check by then",
)
KEPT_S: Final = 20  # every device asks each few minutes: what is the same for all is made this often at most
# Who renews a code more often than this while one of them still counts is nobody.
RECENT_GENERATIONS: Final = 4
NO_DEVICE: Final = 0
EVERY_DOOR: Final = 0


@dataclass(frozen=True, slots=True)
class CountyPart:
    """What is the same in every device's bundle."""

    number: int
    known_at: datetime
    tests_count_from: str
    tables: tuple[bytes, ...]
    revoked: HandleFilter


def door_bundle(device: DoorDevice) -> bytes:
    """The signed bundle of one keeper's device, made now. (what is known → what a door knows without a network)

    Refuses
    -------
    doors.no_rules
    """
    return _signed(device.pk, device.door, [device.venue] if device.venue else [])


def field_door_bundle(venues: Sequence[Venue]) -> bytes:
    """The same for a phone in the field, which is no device of any door: for whichever of some posts it stands at.

    Refuses
    -------
    doors.no_rules
    """
    return _signed(NO_DEVICE, EVERY_DOOR, venues)


def _signed(device: int, door: int, venues: Sequence[Venue]) -> bytes:
    realm = the_realm()
    part = _county_part(realm.id, int(time.time() // KEPT_S))
    signer_id = realm.keys.current(Purpose.SIGNING).id
    signed = bundle_to_sign(
        realm=realm.id,
        division=int(realm.division_code),
        number=part.number,
        signer_id=signer_id,
        made_at=county_now(),
        known_at=part.known_at,
        lasts_s=int(BUNDLE_LASTS.value) * 60,
        rate=realm.clock.rate,
        device=device,
        door=door,
        venues=[VenueRow(*gate_venue(venue)) for venue in venues],
        verifiers=realm.keys.public_keys(),
        tests_count_from=part.tests_count_from,
        tables=part.tables,
        revoked=part.revoked,
    )
    return signed + realm.keys.signer(signer_id).sign(signed)


@lru_cache(maxsize=2)
def _county_part(_realm_id: str, _slot: int) -> CountyPart:
    """Made anew every `KEPT_S` seconds; in a county of 98,833 it takes 0.2 s, most of it to look for renewed codes."""
    at, number = county_now(), last_number(TOPIC)  # before anything is read: never later than what is known
    rules = rules_of_codes(at)
    if rules is None:
        raise _no_rules(at)
    realm = the_realm()
    return CountyPart(
        number=number,
        known_at=at,
        tests_count_from=rules.rulebook.tests_count_from,
        tables=tuple(_tables(at, at + timedelta(minutes=BUNDLE_LASTS.value) * realm.clock.rate)),
        revoked=pack_filter(set(_revoked(realm, at))),
    )


def _tables(at: datetime, until: datetime) -> Iterator[bytes]:
    """The door tables of each period that touches `[at, until)`; of those in force at a moment the last one counts."""
    seen = set()
    for moment in (at, *beginnings(at, until)):
        rules = rules_of_codes(moment)
        if rules is None or rules.digest in seen:
            continue
        seen.add(rules.digest)
        moments = [one for one in door_moments(rules.rulebook) if one < until]
        past = sum(1 for one in moments if one <= at) - 1
        yield from (compile_doors(rules.rulebook, one).to_bytes() for one in moments[max(0, past) :])


def _revoked(realm: Realm, at: datetime) -> Iterator[int]:
    """Handles by which nobody passes without a check by hand, of codes that could still be shown."""
    day_keys = _day_keys(realm, at)
    card_keys = [HandleKey(key.secret, purpose="card") for key in realm.keys.all_of(Purpose.CARDS)]
    merged: dict[int, list[int]] = {}
    for alias, kept in gate_aliases():
        merged.setdefault(kept, []).append(alias)
    for kept, qr_generation, card_generation in with_renewed_codes():
        for number in (kept, *merged.get(kept, ())):
            recent = range(max(0, qr_generation - RECENT_GENERATIONS), qr_generation)
            yield from (handle_of(number, generation, key) for generation in recent for key in day_keys)
            yield from (handle_of(number, old, key) for old in range(card_generation) for key in card_keys)
    yield from _turned(realm, at, day_keys)


def _turned(realm: Realm, at: datetime, day_keys: list[HandleKey]) -> Iterator[int]:
    """Of whoever ceased to be green while a code that says so may still be in force: its own term is minutes.

    Not of a computation of everybody, which is no change of single people: for those minutes such a code is believed.
    """
    at_min = minute_of(at)
    for key, payload in published_since(TOPIC, at - timedelta(minutes=qr_minutes(realm.clock.rate))):
        kind, _, number = key.partition(":")
        if kind != "person":
            continue
        safety, recent = payload["s"], payload["r"]
        if colour_at(safety, at_min) != Colour.GREEN or travel_at(recent, at_min) == Travel.RISK:
            generation = qr_generation_of(safety)
            yield from (handle_of(int(number), max(0, generation), day_key) for day_key in day_keys)


def _day_keys(realm: Realm, at: datetime) -> list[HandleKey]:
    """The keys of each UTC day whose codes may be shown now, those that leaked too."""
    days = {(minute_of(at) - back) // DAY_MIN for back in (LONGEST_VALIDITY_MIN, 0)}
    return [HandleKey(key.secret, purpose="day") for day in sorted(days) for key in realm.keys.keys_of_day(day)]


def _no_rules(at: datetime) -> Refusal:
    return Refusal(
        "doors.no_rules",
        zh="{at:%m-%d %H:%M} 没有在执行的门岗规则，所以没有离线包。门岗须按已发布的规则查验。"
        "请县指挥部发布规则；在此之前核对证件、人工登记。",
        en="No door rules are in force at {at:%m-%d %H:%M}, so there is no door bundle; a door answers by published "
        "rules only. Have the county publish them; until then check documents and register by hand.",
        at=at,
    )
