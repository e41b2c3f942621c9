"""The session's keyring in a test's hand: whatever is rotated or retired is undone afterwards."""

import json
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from fangxian.core.policy.byte_card import open_card
from fangxian.core.policy.byte_time import minute_of
from fangxian.core.policy.person_qr import (
    open_person_qr,
)
from fangxian.gate.keys import read_keys
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.procedures.publish_snapshot import Publisher
from fangxian.ops.procedures.retire_keys import named, retire
from fangxian.ops.realm.current import county_now, keys_changed, the_realm
from fangxian.ops.realm.keys import FILE

from .people_with_codes import BY


def keyring_file() -> Path:
    return the_realm().path / "keys" / FILE


@contextmanager
def keys_put_back():
    """The keyring as it was, after the block."""
    before = keyring_file().read_bytes()
    try:
        yield
    finally:
        keyring_file().write_bytes(before)
        keys_changed()
        the_realm()


def no_wait(_seconds: float) -> None:
    """Nobody looks at these files in between."""


def give():
    """The worker's pulse."""
    Publisher().publish()


def gate():
    """The keys as a gate reads them now."""
    return read_keys((the_realm().gate_folder / "keys.json").read_bytes())


def current_base():
    return json.loads((the_realm().gate_folder / "current.json").read_text())["number"]


def ring():
    return the_realm().keys


def retired(*names, because="门岗主机被盗"):
    done = retire(keys=named(names), because=because, by=BY, wait=no_wait)
    give()
    return done


def lines(action):
    return list(AuditLine.objects.filter(action=action).order_by("id"))


def age(days):
    """Put back by so many days when everything in the ring was made and begun."""
    back = timedelta(days=days)
    cards = json.loads(keyring_file().read_text())
    for card in cards:
        for field in ("made_at", "begun_at"):
            if card.get(field):
                card[field] = (datetime.fromisoformat(card[field]) - back).isoformat()
    keyring_file().write_text(json.dumps(cards))
    keys_changed()


def opened(text):
    """Whom a gate takes a code for: (gate number, generation)."""
    known = gate()
    at_min = minute_of(county_now())
    if text.startswith("FXC"):
        return open_card(
            text, division=known.division, at_min=at_min, card_keys=known.card_keys, leaked=known.leaked_cards
        )
    return open_person_qr(
        text, division=known.division, at_min=at_min, day_keys=known.day_keys, leaked=known.leaked_days
    )
