"""keys.json: what a central gate needs of the keyring. Whoever has it can open codes and forge them for a gate."""

import base64
import json
from collections.abc import Iterable

from fangxian.core.policy.byte_time import DAY_MIN, minute_of

from .folder import Realm
from .keys import Key, Keyring, Purpose

FORMAT = 1
# A gate is given the keys of tomorrow's first codes, and of all that a scan sent late can still show: it is
# taken for 14 days, and a code shown just after midnight is of the day before.
DAYS_KNOWN = range(-15, 2)
GIVEN = {
    Purpose.SIGNING: "verifiers",
    Purpose.CARDS: "card_keys",
    Purpose.PRESENCE: "presence_keys",
    Purpose.DEVICES: "device_keys",
}


def keys_card(realm: Realm) -> dict:
    """The content of keys.json as of now.

    Of a key that was retired a gate is told the id; of days and cards also the secret, without which nobody could tell
    whose code it is. The one that is to follow is among those that count, so that gates know it before its first code.
    Identity numbers are looked for under each key that a base may be hashed with: the one in use, the next, and one
    that leaked until no base has its hashes (`hash_documents_anew`).
    """
    keys = realm.keys
    of_documents = keys.current(Purpose.DOCUMENTS)
    beside = [it for it in keys.all_of(Purpose.DOCUMENTS) if it.id != of_documents.id and not it.ended_at]
    days = [key for day in days_known(realm) for key in keys.keys_of_day(day)]
    return {
        "format": FORMAT,
        "realm": realm.id,
        "division": int(realm.division_code),
        "clock": realm.clock.as_card(),
        "zone": realm.clock.zone,
        "signer_id": keys.current(Purpose.SIGNING).id,
        "verifiers": {str(signer_id): _text(public) for signer_id, public in keys.public_keys().items()},
        "day_keys": _texts(key for key in days if not key.retired_at),
        "card_keys": _texts(keys.counting(Purpose.CARDS)),
        "presence_keys": _texts(keys.counting(Purpose.PRESENCE)),
        "device_keys": _texts(keys.counting(Purpose.DEVICES)),
        "document_key": _text(of_documents.secret),
        "document_keys_beside": [_text(key.secret) for key in beside],
        "retired": {
            "signers": _ids(keys, Purpose.SIGNING),
            "day_keys": _texts(key for key in days if key.retired_at),
            "card_keys": _texts(keys.retired(Purpose.CARDS)),
            "presence_keys": _ids(keys, Purpose.PRESENCE),
            "device_keys": _ids(keys, Purpose.DEVICES),
        },
    }


def days_known(realm: Realm) -> list[int]:
    """The county days whose codes a gate may be shown, counted from 2000-01-01."""
    today = minute_of(realm.clock.now()) // DAY_MIN
    return [today + n for n in DAYS_KNOWN if today + n > 0]


def has_been_given(realm: Realm, key: Key) -> bool:
    """Whether gates have been given a key that is made ahead."""
    try:
        card = json.loads((realm.gate_folder / "keys.json").read_text("utf-8"))
        return str(key.id) in card[GIVEN[key.purpose]]
    except (OSError, ValueError, KeyError):
        return False


def is_up_to_date(realm: Realm) -> bool:
    """Whether gates have been given the keys as they are now."""
    try:
        return json.loads((realm.gate_folder / "keys.json").read_text("utf-8")) == keys_card(realm)
    except (OSError, ValueError):
        return False


def _ids(keys: Keyring, purpose: Purpose) -> list[int]:
    return sorted(key.id for key in keys.retired(purpose))


def _texts(keys: Iterable[Key]) -> dict[str, str]:
    return {str(key.id): _text(key.secret) for key in keys}


def _text(secret: bytes) -> str:
    return base64.b64encode(secret).decode()
