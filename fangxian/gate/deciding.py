"""One person at one door, step by step: each step fills in its own fields of a `Passage`, or refuses.

    identify → locate → read_code → open_handles_of → look_up → decide

A gate takes everybody who asked in one turn of its loop through a step before the next step begins (`answering`). Each
step is plain arithmetic on what those before it have found; nothing here waits, and nothing is looked up twice. What is
answered can be written again from its record alone (`answer_again`), so that a repeat, also after a restart, is told
the same.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from fangxian.core.policy.byte_card import open_card
from fangxian.core.policy.byte_document import document_hash
from fangxian.core.policy.byte_journal import (
    NOT_DECIDED,
    ScanMark,
    ScanRecord,
    digest_of_scan,
    pack_fields,
    pack_record,
    unpack_records,
)
from fangxian.core.policy.byte_refusals import refuse as refuse_code
from fangxian.core.policy.byte_snapshot_rows import DeviceRow
from fangxian.core.policy.doors import find_door_mask_of
from fangxian.core.policy.handles import HandleKey, open_handles
from fangxian.core.policy.person_qr import require_generation, sealed_handle
from fangxian.core.policy.vocabulary import Outcome, Permit, Presence
from fangxian.core.policy.words import card_generation_of, qr_generation_of, reason_of, words_at_door

from .clock import minute_of_ms
from .contract import CompanionIn, ScanIn, id_bytes, id_text
from .keys import GateKeys
from .passage import Moment, Passage, end_of_answer
from .presence import asking_device, door_shown, presence_of
from .refusals import refuse
from .sentences import Told, said_of

MOST_AHEAD_MS: Final = 5 * 60_000
LATE_MS: Final = 15 * 60_000
OLDEST_MS: Final = 14 * 86_400_000

# As plain numbers: an IntFlag or an IntEnum costs a microsecond each time it is asked.
_OUT, _LATE, _ANONYMOUS, _STALE = int(ScanMark.OUT), int(ScanMark.LATE), int(ScanMark.ANONYMOUS), int(ScanMark.STALE)
_COMPANION, _BY_CARD, _BY_DOCUMENT = int(ScanMark.COMPANION), int(ScanMark.BY_CARD), int(ScanMark.BY_DOCUMENT)
_STAFFED, _NO_PERMIT = int(Presence.STAFFED), int(Permit.UNKNOWN)
_VERIFY: Final = int(Outcome.VERIFY)
_DECIDED: Final = {outcome.word: int(outcome) for outcome in Outcome}


# ---- what was sent, and where ----


def identify(passage: Passage, now: Moment) -> None:
    """Who asks, and for which scan.

    Raises
    ------
    Refusal
        `device.…`, `scan.device_over`, `scan.field_wrong` for an id that is none
    """
    scan, place = passage.scan, passage.place
    passage.scanned_ms = unix_ms(scan.scanned_at)
    device = asking_device(passage.token, now.read, now.knowledge, now.at_day, passage.scanned_ms)
    if device:
        passage.device, passage.device_number = device, device.device
    id_, text = id_bytes(scan.id), scan.id
    if place:
        passage.id = companion_id(id_, place)
        passage.id_text = id_text(passage.id)
        passage.shown = shown_of(scan.companions[place - 1], now.keys)
    else:
        passage.id = id_
        passage.id_text = text.lower() if len(text) == 36 else id_text(id_)
        passage.shown = shown_of(scan, now.keys)
        if scan.temperature_c is not None:
            passage.tenths = round(scan.temperature_c * 10)
    passage.digest = digest_of(passage, now.keys)


def shown_of(who: ScanIn | CompanionIn, keys: GateKeys) -> str:
    """A code as it is read, or a document by its keyed hash: the journal would tell it to whoever tries them all."""
    if who.code is not None:
        return who.code.strip()  # some scanners send the end of a line with it
    return f"d{document_hash(who.document or '', keys.document_key)}"


def locate(passage: Passage, now: Moment) -> None:
    """Where and when, and how presence was shown.

    Raises
    ------
    Refusal
        `scan.from_the_future`, `scan.too_old`, `scan.venue_unknown`, `code.…`
    """
    scan, device, scanned_ms = passage.scan, passage.device, passage.scanned_ms
    behind = now.county_ms - scanned_ms
    if behind < -MOST_AHEAD_MS:
        raise refuse("scan.from_the_future", minutes=-behind // 60_000)
    if behind > OLDEST_MS:
        raise refuse("scan.too_old", days=behind // 86_400_000)
    at = passage.at = door_shown(scan.venue, now.read, now.knowledge, scanned_ms // 1000, device)
    is_late = behind > LATE_MS
    passage.presence = presence_of(device, at, scan.presence)
    marks = now.stale
    if scan.direction == "out":
        marks |= _OUT
    if is_late:
        marks |= _LATE
    if device is None:
        marks |= _ANONYMOUS
    if passage.place:
        marks |= _COMPANION
    passage.marks = marks
    if scan.sent_at is not None:
        # A moment before it was made or after now tells of a clock and not of a scan.
        sent_ms = unix_ms(scan.sent_at)
        if scanned_ms - MOST_AHEAD_MS <= sent_ms <= now.county_ms + MOST_AHEAD_MS:
            passage.sent_ms = sent_ms


# ---- who ----


def read_code(passage: Passage, now: Moment) -> None:
    """Whose code, card or document that is. A code is good if it was in force when it was scanned.

    Raises
    ------
    Refusal
        `scan.document_needs_keeper`, `scan.too_fast`, `scan.companion_twice`, `code.…` as its reader says
    """
    text, keys, place = passage.shown, now.keys, passage.place
    if place and text in [other.shown for other in passage.party]:
        raise refuse("scan.companion_twice", field=f"companions[{place - 1}]")
    if (passage.scan.companions[place - 1] if place else passage.scan).document is not None:
        if passage.presence != _STAFFED:
            raise refuse("scan.document_needs_keeper")
        now.pace.take_one(passage.device_number, now.county_ms, is_late=passage.marks & _LATE != 0)
        passage.number = now.knowledge.document_owner(int(text[1:])) or _owner_beside(passage, now)
        passage.marks |= _BY_DOCUMENT
        return
    at_min = minute_of_ms(passage.scanned_ms)
    if text.startswith("FXC"):
        passage.number, passage.generation = open_card(
            text, division=keys.division, at_min=at_min, card_keys=keys.card_keys, leaked=keys.leaked_cards
        )
        passage.marks |= _BY_CARD
    else:
        passage.sealed = sealed_handle(
            text, division=keys.division, at_min=at_min, day_keys=keys.day_keys, leaked=keys.leaked_days
        )


def _owner_beside(passage: Passage, now: Moment) -> int:
    """Whose a document is by a key that is being changed for another: 0 for nobody known, and mostly at once."""
    who = passage.scan.companions[passage.place - 1] if passage.place else passage.scan
    hashes = (document_hash(who.document or "", key) for key in now.keys.document_keys_beside)
    return next((owner for hash_ in hashes if (owner := now.knowledge.document_owner(hash_))), 0)


def open_handles_of(passages: Sequence[Passage]) -> None:
    """Open the handles of all QR codes, those of one key together. Whose opens to nothing has no number after it."""
    by_key: dict[HandleKey, list[Passage]] = {}
    for passage in passages:
        if passage.sealed:
            by_key.setdefault(passage.sealed.key, []).append(passage)
    for key, theirs in by_key.items():
        opened = open_handles([passage.sealed.handle for passage in theirs if passage.sealed], key)
        for passage, found in zip(theirs, opened, strict=True):
            if found:
                passage.number, passage.generation = found


def look_up(passage: Passage, now: Moment) -> None:
    """Their two words as they are now, which also say whether the code was revoked.

    Only now is the pace taken: with a poster's picture and codes that are none, anybody could use up what a venue has.

    Raises
    ------
    Refusal
        `code.seal`, `code.revoked`, `scan.companion_twice`, `scan.too_fast_…`, `gate.words_damaged`
    """
    if passage.number:
        passage.kept, passage.safety, passage.recent = now.knowledge.find(passage.number)
    elif passage.sealed:
        raise refuse_code("code.seal", key_id=passage.sealed.key_id)
    safety, marks = passage.safety, passage.marks
    if safety and not marks & _BY_DOCUMENT:  # of somebody nobody knows there is no generation: unknown, not revoked
        current = card_generation_of(safety) if marks & _BY_CARD else qr_generation_of(safety)
        if passage.generation != current:
            require_generation(passage.generation, current)
    if passage.place and passage.presence == _STAFFED and is_of_another(passage):
        raise refuse("scan.companion_twice", field=f"companions[{passage.place - 1}]")
    now.pace.take_scan(passage.device_number, passage.at.venue.number, now.county_ms, marks & _LATE != 0)


def is_of_another(passage: Passage) -> bool:
    """Whether somebody before them in the same scan is the same person. Only a keeper is told so."""
    return passage.kept != 0 and passage.kept in [other.kept for other in passage.party]


# ---- the decision ----


def decide(passage: Passage, now: Moment) -> None:
    """The record of a person and their answer. (two words and a door → outcome, with reasons)"""
    doors, at, presence = now.doors, passage.at, passage.presence
    safety, recent, from_sample = passage.safety, passage.recent, now.knowledge.counts_from_sample
    colour, exemptions, travel, age_min = words_at_door(safety, recent, now.at_min, from_sample)
    mask = 0  # on the way out, which only ends a stay
    if not passage.marks & _OUT:
        exempt = exemptions & doors.exemption_bits
        mask = find_door_mask_of(
            doors.tables, doors.class_of.get(at.venue.venue_class, 0), colour, travel, age_min, passage.tenths,
            _NO_PERMIT, presence, at.venue.status, now.age_s, exempt, doors.nothing_also,
        )  # fmt: skip
    told = (colour, travel, age_min // 60) if presence == _STAFFED else None
    passage.outcome, said = doors.answer(mask, reason_of(safety) if colour else 0, told)
    decided = passage.scan.decided
    if has_ended(passage.device):
        said = said_as_decided(NOT_DECIDED if decided is None else _DECIDED[decided.outcome])
    passage.answer = start_of_answer(passage.id_text) + said + now.told
    passage.moment = now
    passage.packed = pack_fields(
        passage.id,
        passage.device_number,
        passage.kept,
        at.venue.number,
        at.door,
        passage.marks,
        presence,
        passage.outcome,
        NOT_DECIDED if decided is None else _DECIDED[decided.outcome],
        passage.tenths,
        passage.scanned_ms,
        now.county_ms,
        passage.sent_ms,
        mask,
        safety,
        recent,
        now.number,
        passage.digest,
        doors.mark,
    )


def decide_again(passage: Passage, record: ScanRecord, now: Moment) -> bool:
    """Whether a scan that was recorded before is to be recorded once more: its door has decided by itself since.

    The answer to the first sending was lost, so whoever stood there went by what the door decided. The record is the
    first one with that beside it, and the answer is the first one.
    """
    decided = passage.scan.decided
    if decided is None or record.decided != NOT_DECIDED:
        return False
    passage.packed = pack_record(record._replace(decided=_DECIDED[decided.outcome]))
    passage.answer, passage.moment, passage.is_told_before = answer_again(record, now, passage.device), now, True
    return True


# ---- ids, digests, moments ----


def companion_id(id_: bytes, place: int) -> bytes:
    """The id of somebody who came along, made of the scan's and their place from 1 on."""
    return uuid5(UUID(bytes=id_), str(place)).bytes


def unix_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def digest_of(passage: Passage, keys: GateKeys) -> bytes:
    """What makes a repeat the same scan: who, with whom, where, when, which way and how warm.

    When it was sent and what the door had answered by itself are not part of it: a phone whose first sending was
    heard, and the answer to it lost, has decided by itself since, and is to be told what was answered then. Of
    somebody who came along it is who, where, when and which way.
    """
    scan, people = passage.scan, passage.shown
    if passage.place:
        return digest_of_scan(f"{people} {scan.venue} {passage.scanned_ms} {scan.direction}".encode())
    if scan.companions:
        people = "\n".join((people, *(shown_of(companion, keys) for companion in scan.companions)))
    return digest_of_scan(f"{people} {scan.venue} {passage.scanned_ms} {scan.direction} {passage.tenths}".encode())


# ---- answers ----


def has_ended(device: DeviceRow | None) -> bool:
    """Whether a device stands only for what it took down before it ended."""
    return device is not None and not device.generation


def said_as_decided(decided: int) -> bytes:
    """What a device that has ended is told: what its door decided then, and nothing of anybody. It may be lost."""
    return said_of(_VERIFY if decided == NOT_DECIDED else decided, None, b"[]")


def answer_again(record: ScanRecord, now: Moment, device: DeviceRow | None) -> bytes:
    """What was answered for a record, but for the age of the knowledge. (record → JSON)

    Where the tables it was decided by are gone since, no reason can be told.
    """
    if has_ended(device):
        said = said_as_decided(record.decided)
        return start_of_answer(id_text(record.id)) + said + end_of_answer(record.snapshot, now.age_s)
    colour, told = _told_of(record, now)
    doors = now.knowledge.doors_of(record.tables)
    if doors is None:
        said = said_of(record.outcome, told, b"[]")
    else:
        said = doors.answer(record.mask, reason_of(record.safety) if colour else 0, told)[1]
    return start_of_answer(id_text(record.id)) + said + end_of_answer(record.snapshot, now.age_s)


def answer_unrecorded(packed: bytes, moment: Moment, device: DeviceRow | None) -> bytes:
    """What is answered where a record could not be kept: *verify*, or *refuse* where it was that. (record → JSON)

    The disk has no say in who is red; but nobody is let in by a machine that will not remember it.
    """
    (record,) = unpack_records(packed)
    colour, told = _told_of(record, moment)
    because = moment.doors.because_unrecorded(record.mask, reason_of(record.safety) if colour else 0)
    said = said_of(max(record.outcome, _VERIFY), told, because)
    if has_ended(device):
        said = said_as_decided(record.decided)
    return start_of_answer(id_text(record.id)) + said + moment.told[:-1] + b',"recorded":false}'


def _told_of(record: ScanRecord, moment: Moment) -> tuple[int, Told | None]:
    """The colour at the time of the decision, and what a keeper is told of the person; None for nobody but them."""
    at_min, from_sample = minute_of_ms(record.received_ms), moment.knowledge.counts_from_sample
    colour, _, travel, age_min = words_at_door(record.safety, record.recent, at_min, from_sample)
    return colour, (colour, travel, age_min // 60) if record.presence == _STAFFED else None


def start_of_answer(id_: str) -> bytes:
    return b'{"id":"' + id_.encode()
