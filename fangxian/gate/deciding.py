"""One person at one door: from what was shown to a record, and from a record to an answer.

`scan read → who → door inputs → mask → record` runs once, before the journal; the answer is written from
the record alone, so that a repeat, also after a restart, is told the same.
"""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from msgspec import Raw

from fangxian.core.policy.byte_card import open_card
from fangxian.core.policy.byte_document import document_hash
from fangxian.core.policy.byte_journal import (
    NOT_DECIDED,
    NOT_TAKEN,
    ScanMark,
    ScanRecord,
    digest_of_scan,
)
from fangxian.core.policy.byte_snapshot_rows import DeviceRow
from fangxian.core.policy.doors import DoorInputs, find_door_mask
from fangxian.core.policy.person_qr import open_person_qr, require_generation
from fangxian.core.policy.vocabulary import Colour, Outcome, Permit, Presence, Travel
from fangxian.core.policy.words import (
    LastResult,
    card_generation_of,
    colour_at,
    exemptions_at,
    qr_generation_of,
    reason_of,
    result_age_min,
    result_of,
    sample_age_min,
    travel_at,
)

from .clock import minute_of_ms
from .contract import AnswerOut, CompanionIn, ScanIn, id_bytes, id_text
from .keys import GateKeys
from .knowledge import NOBODY, Knowledge
from .pace import Pace
from .presence import AtDoor, ReadOnce, door_shown, presence_of
from .refusals import refuse
from .sentences import DoorSentences

MOST_AHEAD_MS: Final = 5 * 60_000
LATE_MS: Final = 15 * 60_000
OLDEST_MS: Final = 14 * 86_400_000

# As plain numbers: an IntFlag costs a microsecond each time it is asked.
_OUT, _LATE, _ANONYMOUS, _STALE, _COMPANION, _BY_CARD, _BY_DOCUMENT = map(
    int,
    (
        ScanMark.OUT,
        ScanMark.LATE,
        ScanMark.ANONYMOUS,
        ScanMark.STALE,
        ScanMark.COMPANION,
        ScanMark.BY_CARD,
        ScanMark.BY_DOCUMENT,
    ),
)
_COLOURS: Final = tuple(colour.word for colour in Colour)
_TRAVELS: Final = tuple(travel.word for travel in Travel)
_OUTCOMES: Final = tuple(outcome.word for outcome in Outcome)
_DECIDED: Final = {outcome.word: int(outcome) for outcome in Outcome}


class Moment(NamedTuple):
    """What the gate has and when it is: everything a decision looks at beside the scan itself."""

    knowledge: Knowledge
    keys: GateKeys
    read: ReadOnce
    doors: DoorSentences
    pace: Pace
    county_ms: int
    age_ms: int


class Sent(NamedTuple):
    """A scan as it was sent, and by whom. `shown` are the person's code or document, then each companion's."""

    scan: ScanIn
    id: bytes
    device: DeviceRow | None
    device_number: int
    scanned_ms: int
    shown: tuple[str, ...]


class Who(NamedTuple):
    """Whoever was shown: the number kept (0 for nobody known), the two words, and how they were shown."""

    number: int
    safety: int
    recent: int
    marks: int


class Asked(NamedTuple):
    """A scan's own part of its records: the same for the person and for those who came along."""

    sent: Sent
    at: AtDoor
    presence: Presence
    marks: int


def sent_of(scan: ScanIn, device: DeviceRow | None, keys: GateKeys) -> Sent:
    """A scan with what is asked of it again and again; refuses `scan.field_wrong` for an id that is none."""
    shown: tuple[str, ...] = (_shown(scan, keys),)
    if scan.companions:
        shown += tuple(_shown(companion, keys) for companion in scan.companions)
    return Sent(scan, id_bytes(scan.id), device, device.device if device else 0, unix_ms(scan.scanned_at), shown)


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
        `scan.from_the_future`, `scan.too_old`, `scan.venue_unknown`, `code.…`
    """
    scan, device = sent.scan, sent.device
    behind = now.county_ms - sent.scanned_ms
    if behind < -MOST_AHEAD_MS:
        raise refuse("scan.from_the_future", minutes=-behind // 60_000)
    if behind > OLDEST_MS:
        raise refuse("scan.too_old", days=behind // 86_400_000)
    at = door_shown(scan.venue, now.read, now.knowledge, sent.scanned_ms // 1000)
    marks = _OUT if scan.direction == "out" else 0
    if behind > LATE_MS:
        marks |= _LATE
    if device is None:
        marks |= _ANONYMOUS
    if now.age_ms >= now.doors.tables.stale_after_s * 1000:
        marks |= _STALE
    return Asked(sent, at, presence_of(device, at, scan.presence), marks)


def who_shown(place: int, asked: Asked, now: Moment) -> Who:
    """Who that is; place 0 is the person, from 1 on companions. (code, card or document → gate number → two words)

    A code is good if it was in force when it was scanned; whether it was revoked is asked of the words of now.

    Raises
    ------
    Refusal
        `scan.document_needs_keeper`, `scan.too_fast`, `code.…` as its reader says, `code.revoked`
    """
    text, scan = asked.sent.shown[place], asked.sent.scan
    if (scan.companions[place - 1] if place else scan).document is not None:
        return _by_document(int(text[1:]), asked, now)
    at_min, keys = minute_of_ms(asked.sent.scanned_ms), now.keys
    if text.startswith("FXC"):
        number, generation = open_card(
            text, division=keys.division, at_min=at_min, card_keys=keys.card_keys, leaked=keys.leaked_cards
        )
        who = _known(number, now.knowledge, _BY_CARD)
        current = card_generation_of(who.safety)
    else:
        number, generation = open_person_qr(
            text, division=keys.division, at_min=at_min, day_keys=keys.day_keys, leaked=keys.leaked_days
        )
        who = _known(number, now.knowledge, 0)
        current = qr_generation_of(who.safety)
    if who.safety:  # of somebody nobody knows there is no generation to compare: unknown, not revoked
        require_generation(generation, current)
    return who


def _by_document(hash_: int, asked: Asked, now: Moment) -> Who:
    if asked.presence is not Presence.STAFFED:
        raise refuse("scan.document_needs_keeper")
    now.pace.take_one(asked.sent.device_number, now.county_ms, is_late=asked.marks & _LATE != 0)
    return _known(now.knowledge.documents.get(hash_, 0), now.knowledge, _BY_DOCUMENT)


def _known(number: int, knowledge: Knowledge, marks: int) -> Who:
    kept = knowledge.kept(number)
    safety, recent = knowledge.words(kept) if kept else NOBODY
    return Who(kept, safety, recent, marks)


def find_mask(who: Who, asked: Asked, temperature_tenths: int, now: Moment) -> int:
    """The mask of reasons; none on the way out, which only ends a stay. (two words and a door → mask)"""
    if asked.marks & _OUT:
        return 0
    at_min, tables, venue = minute_of_ms(now.county_ms), now.doors.tables, asked.at.venue
    age_min = negative_age_min(who.recent, at_min, counts_from_sample=now.knowledge.counts_from_sample)
    return find_door_mask(
        tables,
        DoorInputs(
            venue_class=now.doors.class_of.get(venue.venue_class, 0),
            colour=colour_at(who.safety, at_min),
            travel=travel_at(who.recent, at_min),
            test_age_min=-1 if age_min is None else age_min,
            temperature_tenths=temperature_tenths,
            permit=Permit.UNKNOWN,
            presence=asked.presence,
            venue_status=venue.status,
            knowledge_age_s=now.age_ms // 1000,
            exempt=exemptions_at(who.safety, at_min) & (1 << len(tables.exemptions)) - 1,
            also=(0,) * tables.n_also,
        ),
    )


def negative_age_min(recent: int, at_min: int, *, counts_from_sample: bool) -> int | None:
    """How old the last negative test is by the rulebook's way of counting; None for none.

    The last sample need not be the one the last result is of. Where it is newer than that result, the result
    is of an earlier one, and is at least as old as itself.
    """
    if result_of(recent) != LastResult.NEGATIVE:
        return None
    resulted = result_age_min(recent, at_min)
    if not counts_from_sample or resulted is None:
        return resulted
    sampled = sample_age_min(recent, at_min)
    return resulted if sampled is None else max(sampled, resulted)


def decide(digest: bytes, asked: Asked, now: Moment) -> ScanRecord:
    """The record of the person who was scanned. (scan → record)"""
    degrees = asked.sent.scan.temperature_c
    tenths = NOT_TAKEN if degrees is None else round(degrees * 10)
    return _record(asked.sent.id, who_shown(0, asked, now), asked, tenths, digest, now)


def decide_companion(place: int, digest: bytes, asked: Asked, now: Moment) -> ScanRecord:
    """The record of somebody who came along; `place` counts from 1."""
    who = who_shown(place, asked, now)
    who = who._replace(marks=who.marks | _COMPANION)
    return _record(companion_id(asked.sent.id, place), who, asked, NOT_TAKEN, digest, now)


def companion_id(id_: bytes, place: int) -> bytes:
    """The id of somebody who came along, made of the scan's and their place from 1 on."""
    return uuid5(UUID(bytes=id_), str(place)).bytes


def unix_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _record(id_: bytes, who: Who, asked: Asked, tenths: int, digest: bytes, now: Moment) -> ScanRecord:
    mask, scan = find_mask(who, asked, tenths, now), asked.sent.scan
    return ScanRecord(
        id=id_,
        device=asked.sent.device_number,
        gate_number=who.number,
        venue=asked.at.venue.number,
        door=asked.at.door,
        marks=asked.marks | who.marks,
        presence=asked.presence,
        outcome=now.doors.tables.outcome_of(mask),
        decided=_DECIDED[scan.decided.outcome] if scan.decided else NOT_DECIDED,
        temperature_tenths=tenths,
        scanned_ms=asked.sent.scanned_ms,
        received_ms=now.county_ms,
        sent_ms=_sent_ms(asked.sent, now) if scan.sent_at else 0,
        mask=mask,
        safety=who.safety,
        recent=who.recent,
        snapshot=now.knowledge.number,
        digest=digest,
        tables=now.doors.mark,
    )


def _sent_ms(sent: Sent, now: Moment) -> int:
    """When it was sent; 0 for a moment before it was made or after now, which tells of a clock and not of a scan."""
    sent_ms = unix_ms(sent.scan.sent_at) if sent.scan.sent_at else 0
    return sent_ms if sent.scanned_ms - MOST_AHEAD_MS <= sent_ms <= now.county_ms + MOST_AHEAD_MS else 0


def digest_of(sent: Sent) -> bytes:
    """What makes a repeat the same scan: who, with whom, where, when, which way and how warm.

    When it was sent and what the door had answered by itself are not part of it: a phone whose first sending was
    heard, and the answer to it lost, has decided by itself since, and is to be told what was answered then.
    """
    scan, people = sent.scan, "\n".join(sent.shown)
    return digest_of_scan(f"{people} {scan.venue} {sent.scanned_ms} {scan.direction} {scan.temperature_c}".encode())


def digest_of_companion(place: int, sent: Sent) -> bytes:
    """The same of somebody who came along; `place` counts from 1."""
    scan = sent.scan
    return digest_of_scan(f"{sent.shown[place]} {scan.venue} {sent.scanned_ms} {scan.direction}".encode())


def answer_to(record: ScanRecord, doors: DoorSentences | None, *, counts_from_sample: bool, age_ms: int) -> AnswerOut:
    """What is answered for a record. (record → answer)

    `doors` are the tables it was decided by; None if they are gone since, and then no reason can be told.
    """
    at_min = minute_of_ms(record.received_ms)
    colour = colour_at(record.safety, at_min)
    because = doors.because(record.mask, reason_of(record.safety) if colour else 0) if doors else b"[]"
    is_staffed = record.presence == Presence.STAFFED
    age_min = negative_age_min(record.recent, at_min, counts_from_sample=counts_from_sample) if is_staffed else None
    return AnswerOut(
        id=id_text(record.id),
        outcome=_OUTCOMES[record.outcome],
        health=_COLOURS[colour] if is_staffed else None,
        travel=_TRAVELS[travel_at(record.recent, at_min)] if is_staffed else None,
        test_age_hours=None if age_min is None else age_min // 60,
        because=Raw(because),
        snapshot=record.snapshot,
        snapshot_age_seconds=age_ms // 1000,
    )
