"""One person at one door: from what was sent to a record and its answer.

    ScanIn ── sent_of ──► Sent ── asked_of ──► Asked ── who_shown ──► Who ── find_mask ──► mask ──► Decision

Each step is plain arithmetic on what the one before has found; nothing here waits, and nothing is looked up twice. A
decision is made once, before the journal. What it answers can be written again from its record alone
(`decided_before`), so that a repeat, also after a restart, is told the same.
"""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from msgspec import Struct

from fangxian.core.policy.byte_card import open_card
from fangxian.core.policy.byte_document import document_hash
from fangxian.core.policy.byte_journal import (
    NOT_DECIDED,
    NOT_TAKEN,
    ScanMark,
    ScanRecord,
    digest_of_scan,
    pack_fields,
    unpack_records,
)
from fangxian.core.policy.byte_snapshot_rows import DeviceRow
from fangxian.core.policy.byte_time import DAY_MIN
from fangxian.core.policy.doors import find_door_mask_of
from fangxian.core.policy.person_qr import open_person_qr, require_generation
from fangxian.core.policy.vocabulary import Outcome, Permit, Presence
from fangxian.core.policy.words import card_generation_of, qr_generation_of, reason_of, words_at_door

from .clock import minute_of_ms
from .contract import CompanionIn, ScanIn, id_bytes, id_text
from .keys import GateKeys
from .knowledge import Knowledge
from .pace import Pace
from .presence import AtDoor, ReadOnce, door_shown, presence_of
from .refusals import refuse
from .sentences import DoorSentences, Told, said_of

MOST_AHEAD_MS: Final = 5 * 60_000
LATE_MS: Final = 15 * 60_000
OLDEST_MS: Final = 14 * 86_400_000

# As plain numbers: an IntFlag or an IntEnum costs a microsecond each time it is asked.
_OUT, _LATE, _ANONYMOUS, _STALE = int(ScanMark.OUT), int(ScanMark.LATE), int(ScanMark.ANONYMOUS), int(ScanMark.STALE)
_COMPANION, _BY_CARD, _BY_DOCUMENT = int(ScanMark.COMPANION), int(ScanMark.BY_CARD), int(ScanMark.BY_DOCUMENT)
_STAFFED, _NO_PERMIT = int(Presence.STAFFED), int(Permit.UNKNOWN)
_VERIFY: Final = int(Outcome.VERIFY)
_DECIDED: Final = {outcome.word: int(outcome) for outcome in Outcome}


class Moment(Struct, gc=False):
    """What the gate has and when it is: everything a decision looks at beside the scan itself.

    at_min, at_day : county time, since the epoch of our bytes
    stale : STALE among a record's marks if the knowledge is older than the rulebook allows, else 0
    told : the end of each answer: the number and the age of the knowledge
    """

    knowledge: Knowledge
    keys: GateKeys
    read: ReadOnce
    doors: DoorSentences
    pace: Pace
    number: int
    county_ms: int
    at_min: int
    at_day: int
    age_s: int
    stale: int
    told: bytes

    @classmethod
    def of(
        cls, knowledge: Knowledge, keys: GateKeys, read: ReadOnce, doors: DoorSentences, pace: Pace, *,
        county_ms: int, age_ms: int,
    ) -> "Moment":  # fmt: skip
        at_min, number, age_s = minute_of_ms(county_ms), knowledge.number, age_ms // 1000
        stale = _STALE if age_s >= doors.tables.stale_after_s else 0
        told = end_of_answer(number, age_s)
        return cls(
            knowledge, keys, read, doors, pace, number, county_ms, at_min, at_min // DAY_MIN, age_s, stale, told
        )  # fmt: skip


class Sent(Struct, gc=False):
    """A scan as it was sent, and by whom. `shown` are the person's code or document, then each companion's."""

    scan: ScanIn
    id: bytes
    id_text: str
    device: DeviceRow | None
    device_number: int
    scanned_ms: int
    tenths: int
    shown: tuple[str, ...]


class Asked(Struct, gc=False):
    """What is proved of a scan beside who it is: the same for the person and for those who came along."""

    sent: Sent
    at: AtDoor
    presence: int
    marks: int
    sent_ms: int


class Who(Struct, gc=False):
    """Whoever was shown: the number kept (0 for nobody known), the two words, and how they were shown."""

    number: int
    safety: int
    recent: int
    marks: int


class Decision(Struct, gc=False):
    """What is recorded of one person (`packed`) and what they are answered, ready to send."""

    id: bytes
    device: int
    gate_number: int
    is_staffed: bool
    outcome: int
    marks: int
    packed: bytes
    answer: bytes


# ---- from what was sent to what is proved ----


def sent_of(scan: ScanIn, device: DeviceRow | None, keys: GateKeys) -> Sent:
    """A scan with what is asked of it again and again; refuses `scan.field_wrong` for an id that is none."""
    shown: tuple[str, ...] = (_shown(scan, keys),)
    if scan.companions:
        shown += tuple(_shown(companion, keys) for companion in scan.companions)
    degrees = scan.temperature_c
    tenths = NOT_TAKEN if degrees is None else round(degrees * 10)
    number = device.device if device else 0
    id_, text = id_bytes(scan.id), scan.id
    text = text.lower() if len(text) == 36 else id_text(id_)
    return Sent(scan, id_, text, device, number, unix_ms(scan.scanned_at), tenths, shown)


def _shown(who: ScanIn | CompanionIn, keys: GateKeys) -> str:
    """A code as it is read, or a document by its keyed hash: the journal would tell it to whoever tries them all."""
    if who.code is not None:
        return who.code.strip()  # some scanners send the end of a line with it
    return f"d{document_hash(who.document or '', keys.document_key)}"


def asked_of(sent: Sent, now: Moment) -> Asked:
    """Where and when a scan was made. (what was sent → what is proved)

    Raises
    ------
    Refusal
        `scan.from_the_future`, `scan.too_old`, `scan.venue_unknown`, `code.…`, `scan.too_fast_…`
    """
    scan, device = sent.scan, sent.device
    behind = now.county_ms - sent.scanned_ms
    if behind < -MOST_AHEAD_MS:
        raise refuse("scan.from_the_future", minutes=-behind // 60_000)
    if behind > OLDEST_MS:
        raise refuse("scan.too_old", days=behind // 86_400_000)
    at = door_shown(scan.venue, now.read, now.knowledge, sent.scanned_ms // 1000)
    is_late = behind > LATE_MS
    now.pace.take_scan(sent.device_number, at.venue.number, now.county_ms, is_late)
    marks = now.stale
    if scan.direction == "out":
        marks |= _OUT
    if is_late:
        marks |= _LATE
    if device is None:
        marks |= _ANONYMOUS
    return Asked(sent, at, presence_of(device, at, scan.presence), marks, _sent_ms(sent, now))


def _sent_ms(sent: Sent, now: Moment) -> int:
    """When it was sent; 0 for a moment before it was made or after now, which tells of a clock and not of a scan."""
    if sent.scan.sent_at is None:
        return 0
    sent_ms = unix_ms(sent.scan.sent_at)
    return sent_ms if sent.scanned_ms - MOST_AHEAD_MS <= sent_ms <= now.county_ms + MOST_AHEAD_MS else 0


def who_shown(place: int, asked: Asked, now: Moment) -> Who:
    """Who that is; place 0 is the person, from 1 on companions. (code, card or document → gate number → two words)

    A code is good if it was in force when it was scanned; whether it was revoked is asked of the words of now.

    Raises
    ------
    Refusal
        `scan.document_needs_keeper`, `scan.too_fast`, `code.…` as its reader says, `code.revoked`
    """
    sent, keys = asked.sent, now.keys
    text = sent.shown[place]
    if (sent.scan.companions[place - 1] if place else sent.scan).document is not None:
        return _by_document(int(text[1:]), asked, now)
    at_min = minute_of_ms(sent.scanned_ms)
    if text.startswith("FXC"):
        number, generation = open_card(
            text, division=keys.division, at_min=at_min, card_keys=keys.card_keys, leaked=keys.leaked_cards
        )
        kept, safety, recent = now.knowledge.find(number)
        marks, current = _BY_CARD, card_generation_of(safety)
    else:
        number, generation = open_person_qr(
            text, division=keys.division, at_min=at_min, day_keys=keys.day_keys, leaked=keys.leaked_days
        )
        kept, safety, recent = now.knowledge.find(number)
        marks, current = 0, qr_generation_of(safety)
    if safety and generation != current:  # of somebody nobody knows there is none to compare: unknown, not revoked
        require_generation(generation, current)
    return Who(kept, safety, recent, marks)


def _by_document(hash_: int, asked: Asked, now: Moment) -> Who:
    if asked.presence != _STAFFED:
        raise refuse("scan.document_needs_keeper")
    now.pace.take_one(asked.sent.device_number, now.county_ms, is_late=asked.marks & _LATE != 0)
    owner = now.knowledge.document_owner(hash_)
    kept, safety, recent = now.knowledge.find(owner) if owner else (0, 0, 0)
    return Who(kept, safety, recent, _BY_DOCUMENT)


# ---- from what is proved to the decision ----


def decide(place: int, digest: bytes, asked: Asked, now: Moment) -> Decision:
    """The record and the answer for one person; place 0 is who was scanned, from 1 on who came along."""
    sent, who = asked.sent, who_shown(place, asked, now)
    id_, text, tenths, marks = sent.id, sent.id_text, sent.tenths, asked.marks | who.marks
    if place:
        id_, tenths, marks = companion_id(id_, place), NOT_TAKEN, marks | _COMPANION
        text = id_text(id_)
    colour, travel, hours, mask = _found(who, asked, tenths, now)
    is_staffed = asked.presence == _STAFFED
    colour_reason = reason_of(who.safety) if colour else 0
    outcome, said = now.doors.answer(mask, colour_reason, (colour, travel, hours) if is_staffed else None)
    packed = pack_fields(
        id_,
        sent.device_number,
        who.number,
        asked.at.venue.number,
        asked.at.door,
        marks,
        asked.presence,
        outcome,
        NOT_DECIDED if sent.scan.decided is None else _DECIDED[sent.scan.decided.outcome],
        tenths,
        sent.scanned_ms,
        now.county_ms,
        asked.sent_ms,
        mask,
        who.safety,
        who.recent,
        now.number,
        digest,
        now.doors.mark,
    )
    answer = start_of_answer(text) + said + now.told
    return Decision(id_, sent.device_number, who.number, is_staffed, outcome, marks, packed, answer)


def _found(who: Who, asked: Asked, tenths: int, now: Moment) -> tuple[int, int, int, int]:
    """Colour, travel, hours since the test, and the mask of reasons. (two words and a door → what holds)

    On the way out the mask is none: that only ends a stay.
    """
    from_sample = now.knowledge.counts_from_sample
    colour, exemptions, travel, age_min = words_at_door(who.safety, who.recent, now.at_min, from_sample)
    hours = age_min // 60  # of none, which is -1, too
    if asked.marks & _OUT:
        return colour, travel, hours, 0
    doors, venue = now.doors, asked.at.venue
    mask = find_door_mask_of(
        doors.tables,
        doors.class_of.get(venue.venue_class, 0),
        colour,
        travel,
        age_min,
        tenths,
        _NO_PERMIT,
        asked.presence,
        venue.status,
        now.age_s,
        exemptions & doors.exemption_bits,
        doors.nothing_also,
    )
    return colour, travel, hours, mask


# ---- ids, digests, moments ----


def companion_id(id_: bytes, place: int) -> bytes:
    """The id of somebody who came along, made of the scan's and their place from 1 on."""
    return uuid5(UUID(bytes=id_), str(place)).bytes


def unix_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def digest_of(place: int, sent: Sent) -> bytes:
    """What makes a repeat the same scan: who, with whom, where, when, which way and how warm.

    When it was sent and what the door had answered by itself are not part of it: a phone whose first sending was
    heard, and the answer to it lost, has decided by itself since, and is to be told what was answered then. Of
    somebody who came along (`place` from 1 on) it is who, where, when and which way.
    """
    scan = sent.scan
    if place:
        return digest_of_scan(f"{sent.shown[place]} {scan.venue} {sent.scanned_ms} {scan.direction}".encode())
    people = sent.shown[0] if len(sent.shown) == 1 else "\n".join(sent.shown)
    return digest_of_scan(f"{people} {scan.venue} {sent.scanned_ms} {scan.direction} {sent.tenths}".encode())


# ---- answers ----


def decided_before(record: ScanRecord, now: Moment) -> Decision:
    """What was decided, and is answered again, but for the age of the knowledge. (record → decision)

    Where the tables it was decided by are gone since, no reason can be told.
    """
    colour, told = _told_of(record, now)
    doors = now.knowledge.doors_of(record.tables)
    if doors is None:
        said = said_of(record.outcome, told, b"[]")
    else:
        said = doors.answer(record.mask, reason_of(record.safety) if colour else 0, told)[1]
    answer = start_of_answer(id_text(record.id)) + said + end_of_answer(record.snapshot, now.age_s)
    return Decision(
        record.id, record.device, record.gate_number, told is not None, record.outcome, record.marks,
        pack_fields(*record), answer,
    )  # fmt: skip


def answer_unrecorded(decision: Decision, moment: Moment) -> bytes:
    """What is answered where the record could not be kept: *verify*, or *refuse* where it was that. (→ JSON)

    The disk has no say in who is red; but nobody is let in by a machine that will not remember it.
    """
    (record,) = unpack_records(decision.packed)
    colour, told = _told_of(record, moment)
    because = moment.doors.because_unrecorded(record.mask, reason_of(record.safety) if colour else 0)
    said = said_of(max(record.outcome, _VERIFY), told, because)
    return start_of_answer(id_text(record.id)) + said + moment.told[:-1] + b',"recorded":false}'


def _told_of(record: ScanRecord, moment: Moment) -> tuple[int, Told | None]:
    """The colour at the time of the decision, and what a keeper is told of the person; None for nobody but them."""
    at_min, from_sample = minute_of_ms(record.received_ms), moment.knowledge.counts_from_sample
    colour, _, travel, age_min = words_at_door(record.safety, record.recent, at_min, from_sample)
    return colour, (colour, travel, age_min // 60) if record.presence == _STAFFED else None


def start_of_answer(id_: str) -> bytes:
    return b'{"id":"' + id_.encode()


def end_of_answer(snapshot: int, age_s: int) -> bytes:
    return b'%d,"snapshot_age_seconds":%d}' % (snapshot, age_s)
