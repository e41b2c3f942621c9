"""What crosses the field room's boundary: a phone's records coming in, what became of each going out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from math import isfinite
from typing import Final, Literal
from uuid import UUID

from fangxian.core.refusal import Refusal
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.sealed import index_of

from .refusals import app_is_old, not_in_order, not_readable, too_many

# What this program can speak, the newest last. An app of an older one goes on until it is taken out of here.
PROTOCOLS: Final = (1,)
MOST_AT_ONCE: Final = 500
LONGEST_BODY: Final = 8_000
LARGEST_NUMBER: Final = 2**53 - 1
YEARS: Final = range(1970, 2200)
NUL: Final = "\\u0000"  # as JSON writes it; PostgreSQL keeps no such text
DIGEST, SECRET = "field_intent", "field_device"

What = Literal["taken", "repeat", "refused"]


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing that somebody recorded with a phone: "this reading", never "here is the whole record".

    Attributes
    ----------
    number : rising on each phone, never used twice; with `device` it names the record for good
    recorded_at : county time; where the phone could not vouch for it, as the program reckons it from both clocks
    device_at : what the phone's own clock showed
    """

    device: UUID
    number: int
    kind: str
    recorded_at: datetime
    body: Mapping
    device_at: datetime | None = None
    is_time_sure: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record: taken now, known already, or refused, and then why."""

    number: int
    what: What
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One request of a phone.

    Attributes
    ----------
    sent_at : what the phone's own clock showed as it sent
    n_waiting : how many records it had to send, these among them
    damaged : numbers of records that cannot be read, with why
    """

    protocol: int
    app: str
    sent_at: datetime
    n_waiting: int
    intents: tuple[Intent, ...]
    damaged: tuple[Outcome, ...] = field(default=())


def read_sending(text: bytes, *, device: UUID) -> Sending:
    """A phone's request; one record that cannot be read spoils no other.

    Refuses
    -------
    field.app_old, field.not_readable, field.too_many, field.not_in_order
    """
    try:
        plain = json.loads(text)
        protocol, rows = plain["protocol"], plain["intents"]
        numbers = [row["number"] for row in rows]
        sent_at = moment(plain["sent_at"])
        n_waiting = waiting(plain.get("n_waiting", len(rows)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise not_readable(type(error).__name__) from None
    require_protocol(protocol)
    if len(rows) > MOST_AT_ONCE:
        raise too_many(len(rows), MOST_AT_ONCE)
    if not all(type(number) is int and 0 < number <= LARGEST_NUMBER for number in numbers):
        raise not_readable("number")
    if any(later <= sooner for sooner, later in pairwise(numbers)):
        raise not_in_order()
    intents, damaged = [], []
    for row in rows:
        try:
            intents.append(_intent(row, device))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            damaged.append(Outcome(row["number"], "refused", not_readable(type(error).__name__)))
    app = str(plain.get("app", ""))[:40]
    return Sending(
        protocol=protocol, app=app, sent_at=sent_at, n_waiting=n_waiting, intents=tuple(intents), damaged=tuple(damaged)
    )


def waiting(told: object) -> int:
    """How many records wait, as far as a phone can be believed; ValueError or TypeError for what is no number."""
    if isinstance(told, float) and not isfinite(told):
        raise ValueError("n_waiting")
    return max(0, min(int(told), 2**31 - 1))  # type: ignore[call-overload]


def require_protocol(protocol: object) -> None:
    """Refuses `field.app_old` for a protocol that is not spoken here."""
    if protocol not in PROTOCOLS:
        raise app_is_old(protocol, PROTOCOLS)


def _intent(row: Mapping, device: UUID) -> Intent:
    body = row["body"]
    if not isinstance(body, dict) or len(text := _canonical(body)) > LONGEST_BODY or NUL in text:
        raise ValueError("body")
    text.encode()  # half a sign, as a keyboard may leave it, is a ValueError here and no failure later
    kind, is_sure = row["kind"], row.get("sure", True)
    is_word = isinstance(kind, str) and 0 < len(kind) <= 40 and kind.isascii()
    if not is_word or not isinstance(is_sure, bool):
        raise ValueError("kind")
    return Intent(
        device=device,
        number=row["number"],
        kind=kind,
        recorded_at=moment(row["recorded_at"]),
        body=body,
        device_at=moment(row["device_at"]),
        is_time_sure=is_sure,
    )


def moment(text: object) -> datetime:
    """An RFC 3339 moment that names its zone, of a year that a clock may show; ValueError for anything else."""
    if not isinstance(text, str):
        raise ValueError("moment")
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("zone")
    if found.year not in YEARS:
        raise ValueError("year")
    return found


def digest_of(intent: Intent) -> bytes:
    """What tells the same record sent again from another one under its number: all that the phone fixed as it wrote."""
    told = [intent.kind, intent.body, intent.recorded_at.isoformat(), intent.device_at and intent.device_at.isoformat()]
    return index_of(DIGEST, _canonical(told))


def _canonical(plain: object) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def secret_index(secret: str) -> bytes | None:
    """By what a phone is found from the secret it shows."""
    return index_of(SECRET, secret[:128])


def outcomes_told(outcomes: Sequence[Outcome], *, at: datetime) -> dict[str, object]:
    """The answer to a request: each record's fate in the order of the numbers, and the county's time."""
    told = [_told(it) for it in sorted(outcomes, key=lambda it: it.number)]
    return {"at": at.isoformat(timespec="milliseconds"), "rate": the_realm().clock.rate, "outcomes": told}


def _told(outcome: Outcome) -> dict[str, object]:
    row: dict[str, object] = {"number": outcome.number, "outcome": outcome.what}
    if outcome.refusal is not None:
        said = outcome.refusal.said
        row |= {"refusal": outcome.refusal.code, "zh": said.zh, "en": said.en}
    return row
