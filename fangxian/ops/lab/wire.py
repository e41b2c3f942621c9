"""What crosses the lab room's boundary: rounds as planned, events as tables send them. Parse; nothing is looked up."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from fangxian.core.refusal import Refusal, Said

from . import event_refusals, refusals
from .barcodes import barcode_of
from .words import REASONS

MOST_AT_ONCE = 500
LONGEST_TEXT, LONGEST_CODE = 200, 600
# What a device may send, and which barcodes each needs.
KINDS: Mapping[str, tuple[str, ...]] = {
    "open_box": ("box",),
    "seal_box": ("box",),
    "rename_box": ("box", "renamed"),
    "hand_box": ("box",),
    "receive_box": ("box",),
    "open_tube": ("tube",),
    "swab": ("tube",),
    "unswab": ("tube",),
    "seal_tube": ("tube",),
    "box_tube": ("tube", "box"),
    "rename_tube": ("tube", "renamed"),
    "void_tube": ("tube",),
    "exempt": (),
    "refuse": (),
    "due": (),
}
OF_BOXES = frozenset({"open_box", "seal_box", "rename_box", "hand_box", "receive_box"})
OF_PEOPLE = frozenset({"exempt", "refuse", "due"})
NEED_A_PERSON = OF_PEOPLE | {"swab", "unswab"}
NEED_A_REASON = frozenset({"exempt", "refuse"})
NEED_WORDS = frozenset({"rename_box", "rename_tube", "void_tube"})
CARRYING, RECEIVING = frozenset({"hand_box"}), frozenset({"receive_box"})
OF_LABORATORY = frozenset({"void_tube", "rename_tube", "box_tube", "rename_box"})  # what reception finds, it may record
# Why an event that came waits until its round is opened, or opened again.
WAITING = frozenset({"lab.came_after_closing", "lab.came_before_opening"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSite:
    """A sampling site of a round; `serves`: the areas whose people are to come to it, `groups`: the schools, classes
    and units, wherever their people live; none: whoever comes.
    """

    name: str
    area_path: str
    n_tables: int
    serves: Sequence[str] = ()
    groups: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGroup:
    """A group that a round covers: a kind of RoundGroup, which one, and what it is called now."""

    kind: str
    which: str = ""
    name: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """One line of a list of people: on the register (`person`), or as the list says."""

    person: UUID | None = None
    name: str = ""
    document_number: str = ""
    phone: str = ""
    group: str = ""
    area_path: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """Somebody without a slip, as they were typed in.

    Attributes
    ----------
    guardian : of a child without a document: the guardian's phone, or their name
    typed_as : the device's own id of them, the same each time it tells of them
    """

    name: str = ""
    document_number: str = ""
    phone: str = ""
    born_on: date | None = None
    guardian: str = ""
    typed_as: str = ""

    def said(self) -> str:
        return " ".join((self.name, self.document_number, self.phone, self.guardian)).strip()


@dataclass(slots=True, kw_only=True)
class NewEvent:
    """One thing done, as a device tells it. `fault` is why it cannot count already.

    Attributes
    ----------
    at : as the device says, aware
    nth : the device's running number, by which things of one moment are in order
    whom : what was scanned of the person: the token of a slip, or a code of another system; "" where they were typed
    why, said : a reason of words.REASONS, and in words
    reach : the areas whose tubes, boxes and people its teller may change; (): all
    doubt : of words.DISCREPANCIES what is asked of whoever it names; "": nothing
    row : as it came
    """

    id: UUID
    kind: str
    at: datetime
    nth: int
    site: UUID | None
    tube: str = ""
    box: str = ""
    renamed: str = ""
    whom: str = ""
    typed: Typed | None = None
    size: int = 0
    why: str = ""
    said: str = ""
    digest: str = ""
    reach: tuple[str, ...] = ()
    doubt: str = ""
    row: Mapping | None = None
    fault: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one event: `taken`, `repeat`, `doubtful` (kept, and something does not go together) or `refused`
    (kept where it could be read, does not count); with the words, or the kinds of words.DISCREPANCIES.
    """

    id: str
    what: str
    refusal: Refusal | None = None
    doubts: tuple[str, ...] = ()


@dataclass(slots=True)
class Batch:
    """An upload as it was read: what can be kept, and what has not even an id to be kept by."""

    events: list[NewEvent] = field(default_factory=list)
    unreadable: list[Answer] = field(default_factory=list)


def read_events(rows: object, *, at: datetime) -> Batch:
    """An upload's events. (what JSON gave → batch) What cannot be read spoils nothing else.

    Refuses
    -------
    lab.events_not_a_list, lab.too_many_events
    """
    if not isinstance(rows, list):
        raise refusals.not_a_list()
    if len(rows) > MOST_AT_ONCE:
        raise refusals.too_many(len(rows), MOST_AT_ONCE)
    batch = Batch()
    for row in rows:
        try:
            batch.events.append(read_event(row, at))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            named = row.get("id", "") if isinstance(row, dict) else ""
            batch.unreadable.append(Answer(str(named)[:40], "refused", refusals.not_readable()))
    return batch


def read_event(row: Mapping, at: datetime) -> NewEvent:
    """One event; what is wrong with its content is its `fault`, and it is kept as it came.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError, OverflowError
        Nothing by which it could be kept: no id, no kind, no time, or a text that is none.
    """
    told = datetime.fromisoformat(row["at"])
    if told.tzinfo is None:
        raise ValueError("a moment without a zone")
    told = told.astimezone(UTC)  # of a year that no database has it is no moment
    site = row.get("site")
    event = NewEvent(
        id=UUID(row["id"]),
        kind=_text(row["kind"], 12),
        at=min(told, at),
        nth=max(0, min(int(row.get("nth") or 0), 2**31 - 1)),
        site=UUID(site) if site else None,
        size=max(0, min(int(row.get("size") or 0), 99)),
        why=_text(row.get("why") or "", 12),
        said=_text(row.get("said") or "", LONGEST_TEXT),
        digest=_digest(row),
        row=row,
    )
    try:
        _read_content(event, row)
    except Refusal as refusal:
        event.fault = refusal
        event.said = f"{event.said} {_as_it_came(row)}"[:1000]
    return event


def _read_content(event: NewEvent, row: Mapping) -> None:
    if event.kind not in KINDS:
        raise refusals.kind_unknown(event.kind)
    for name in ("tube", "box", "renamed"):
        text = row.get(name) or ""
        if text or name in KINDS[event.kind]:
            setattr(event, name, barcode_of(_text(text, LONGEST_TEXT)))
    event.whom = _text(row.get("token") or "", LONGEST_CODE).strip()
    if typed := row.get("person"):
        plain = {it: _text(typed.get(it) or "", 80).strip() for it in ("name", "document_number", "phone", "guardian")}
        born_on = _day(_text(typed.get("born_on") or "", 10))
        event.typed = Typed(**plain, born_on=born_on, typed_as=_text(typed.get("id") or "", 60).strip())
    if event.kind in NEED_A_PERSON and not event.whom and (event.typed is None or not event.typed.name):
        raise refusals.nobody_named()
    if event.why and event.why not in REASONS:
        raise refusals.reason_wrong()
    if event.kind in NEED_A_REASON and not event.why:
        raise refusals.reason_wrong()
    if event.kind in NEED_WORDS and not event.said.strip():
        raise refusals.words_missing()


def _text(value: object, longest: int) -> str:
    """A text that a database takes: one that it would refuse would hold up all that came with it."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    if "\0" in value:
        raise ValueError("a text with a sign that is none")
    value.encode()  # half a sign is none either
    return value[:longest]


NAMES = ("id", "kind", "at", "nth", "site", "tube", "box", "renamed", "token", "person", "size", "why", "said")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise event_refusals.birth_wrong() from None


def _as_it_came(row: Mapping) -> str:
    return json.dumps(row, ensure_ascii=False).encode(errors="replace").decode()


def _digest(row: Mapping) -> str:
    plain = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def as_kept(event: NewEvent) -> str:
    """An event that waits, as it is kept to be read again."""
    return json.dumps({name: value for name, value in (event.row or {}).items() if name in NAMES})


def within_an_hour(one: datetime, other: datetime) -> bool:
    return abs(one - other) < timedelta(hours=1)
