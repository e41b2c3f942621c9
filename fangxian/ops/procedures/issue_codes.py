"""Codes that people show (出示健康码、纸质卡): made from the words gates have, signed, and kept nowhere.

1. the person's code as last computed     movement
2. today's key, the cards' key, the county's signature    realm
3. the bytes                              core.policy
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from fangxian.core.parameters import Parameter
from fangxian.core.policy.byte_card import card_text, card_to_sign
from fangxian.core.policy.byte_short_word import shorten, until_at_most
from fangxian.core.policy.byte_time import DAY_MIN, minute_of
from fangxian.core.policy.handles import HandleKey
from fangxian.core.policy.person_qr import LONGEST_VALIDITY_MIN, person_qr_text, person_qr_to_sign
from fangxian.ops.movement.actions.codes import no_code_yet
from fangxian.ops.movement.queries import health_of, health_of_many
from fangxian.ops.movement.wire import StoredCode
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.keys import Purpose

QR_LASTS = Parameter(
    value=5,
    unit="min",
    low=1,
    high=60,
    meaning="How long a person's QR may be shown before the phone fetches another, in minutes of wall time",
    source="a guess: long enough for a queue at a door, too short for a picture of it to be of use to another",
)
CARD_LASTS = Parameter(
    value=366,
    unit="days",
    low=30,
    high=1830,
    meaning="How long a paper card counts before another is printed",
    source="a guess: a card says only who somebody is, and can be revoked at any time",
)
AT_ONCE = 500


def qr_minutes(rate: float) -> int:
    """How many county minutes a QR counts, where the county's clock runs `rate` times as fast as the wall's."""
    lasts = math.ceil(QR_LASTS.value * rate)
    return min(LONGEST_VALIDITY_MIN, max(int(QR_LASTS.value), lasts))


def person_qr(person: UUID, *, at: datetime | None = None) -> str:
    """The text of the QR a person shows from `at` (county time, now by default).

    Refuses
    -------
    movement.no_code_yet
    """
    code = health_of(person)
    if code is None:
        raise no_code_yet()
    return next(_qrs([code], at or county_now()))


def person_qrs(persons: Sequence[UUID], *, at: datetime | None = None) -> dict[UUID, str]:
    """The QR texts of many people, about 0.1 ms each; whoever has no code yet is left out."""
    at, texts = at or county_now(), {}
    for start in range(0, len(persons), AT_ONCE):
        codes = health_of_many(persons[start : start + AT_ONCE])
        texts |= dict(zip(codes, _qrs(codes.values(), at), strict=True))
    return texts


def _qrs(codes: Iterable[StoredCode], at: datetime) -> Iterator[str]:
    realm, from_min = the_realm(), minute_of(at)
    keys, of_day = realm.keys, realm.keys.day_key(from_min // DAY_MIN)
    day_key, signer = HandleKey(of_day.secret, purpose="day"), keys.signing_key
    signer_id, longest = keys.current(Purpose.SIGNING).id, from_min + qr_minutes(realm.clock.rate)
    for code in codes:
        until_min = until_at_most(code.safety, code.recent, from_min=from_min, until_min=longest)
        to_sign = person_qr_to_sign(
            division=int(realm.division_code),
            signer_id=signer_id,
            day_key_id=of_day.id,
            day_key=day_key,
            gate_number=code.gate_number,
            qr_generation=code.qr_generation,
            from_min=from_min,
            until_min=until_min,
            short=shorten(code.safety, code.recent, from_min=from_min, until_min=until_min),
        )
        yield person_qr_text(to_sign, signer.sign(to_sign))


def paper_card(person: UUID, *, at: datetime | None = None) -> str:
    """The text of the QR on a person's paper card: it says who, never how.

    Refuses
    -------
    movement.no_code_yet
    """
    code = health_of(person)
    if code is None:
        raise no_code_yet()
    realm = the_realm()
    key = realm.keys.current(Purpose.CARDS)
    today = minute_of(at or county_now()) // DAY_MIN
    to_sign = card_to_sign(
        division=int(realm.division_code),
        signer_id=realm.keys.current(Purpose.SIGNING).id,
        card_key_id=key.id,
        card_key=HandleKey(key.secret, purpose="card"),
        gate_number=code.gate_number,
        card_generation=code.card_generation,
        issued_day=today,
        ends_day=today + int(CARD_LASTS.value),
    )
    return card_text(to_sign, realm.keys.signing_key.sign(to_sign))
