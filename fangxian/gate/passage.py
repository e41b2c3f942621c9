"""One person on their way through a gate, and the moment at which they come. The steps are in `deciding`."""

from collections.abc import Callable, Iterator
from functools import cache
from struct import Struct as Bytes
from typing import Any, Final, NamedTuple, Protocol

from msgspec import Struct

from fangxian.core.policy.byte_journal import NOT_TAKEN, RECORD_BYTES, ScanMark
from fangxian.core.policy.byte_snapshot_rows import DeviceRow
from fangxian.core.policy.byte_time import DAY_MIN
from fangxian.core.policy.person_qr import SealedHandle

from .clock import minute_of_ms
from .contract import ScanIn
from .head import Head
from .keys import GateKeys
from .knowledge import Knowledge
from .pace import Pace
from .presence import NOWHERE, AtDoor, ReadOnce
from .sentences import DoorSentences

Array = Any  # of NumPy's, which only the lane has
Respond = Callable[[int, bytes], None]
"""`respond(status, body)`: called once, in the loop, when the answer may go out."""

ID_BYTES: Final = 16
KEY_BYTES: Final = 20
"""A record begins with the scan's id, and with its key, which is the id and the device behind it."""
KEPT_AT, VENUE_AT, MARKS_AT, OUTCOME_AT, DIGEST_AT = 20, 24, 29, 31, 96
"""Where some other things stand in a record (`byte_journal`)."""

_STALE = int(ScanMark.STALE)


def key_of(device: int, id_: bytes) -> bytes:
    """What makes a scan one of its own: the id, and the device that gave it."""
    return id_ + device.to_bytes(4, "little")


@cache
def _keys_in(n: int) -> Bytes:
    return Bytes(f"{KEY_BYTES}s{RECORD_BYTES - KEY_BYTES}x" * n)


def keys_of(packed: bytes) -> tuple[bytes, ...]:
    """The keys of records that stand one behind the other."""
    return _keys_in(len(packed) // RECORD_BYTES).unpack(packed)


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


class Passage(Struct, gc=False):
    """One person at one door; `place` is 0 for who was scanned, from 1 on for who came along.

    Attributes
    ----------
    waiting : whom the answer goes to
    party : of a companion: the person who was scanned, and the companions before them
    id, id_text, device, device_number, scanned_ms, tenths, shown, digest : from `identify`; `shown` is the code, or a
        document by its keyed hash
    at, presence, marks, sent_ms : from `locate`
    sealed : from `read_code`, of a person's QR
    number, generation : from `read_code`, or of a person's QR from `open_handles_of`
    kept, safety, recent : from `look_up`; the number they are kept under (0 for nobody known) and the two words
    outcome, packed, answer, moment : from `decide`; `packed` is the record
    is_told_before : from `decide_again`; the scan is on record, and comes again with what the door decided
    """

    scan: ScanIn
    token: str
    waiting: list[Respond]
    place: int = 0
    party: tuple["Passage", ...] = ()
    id: bytes = b""
    id_text: str = ""
    device: DeviceRow | None = None
    device_number: int = 0
    scanned_ms: int = 0
    tenths: int = NOT_TAKEN
    shown: str = ""
    digest: bytes = b""
    at: AtDoor = NOWHERE
    presence: int = 0
    marks: int = 0
    sent_ms: int = 0
    sealed: SealedHandle | None = None
    number: int = 0
    generation: int = 0
    kept: int = 0
    safety: int = 0
    recent: int = 0
    outcome: int = 0
    packed: bytes = b""
    answer: bytes = b""
    moment: Moment | None = None
    is_told_before: bool = False

    @property
    def key(self) -> bytes:
        return key_of(self.device_number, self.id)


class QuickTurn(Struct):
    """The scans of one turn that go by the lane, as the gate keeps them until they are on disk.

    They come, are written and are answered together, so there is one object for them all: for an object of each Python
    would need as long as for everything else. Whoever has something to say to one of them sees it as a `Quick`.

    Attributes
    ----------
    packed : their records, one behind the other
    keys : of each, and by it `packed`: a dict that is handed on as it is costs a third of one filled anew
    devices : of each, 0 for an anonymous caller
    lines, answers : of each its connection, its head's place in `heads` and where its answer stands, as the lane has it
    began : when they came in
    waiting : by place, who sent the same scan meanwhile, and who asked it if their connection has left the lane
    number : the lane's, for those that were taken
    """

    packed: bytes
    keys: dict[bytes, bytes]
    devices: list[int]
    lines: Array
    answers: Array
    heads: list[Head]
    moment: Moment
    began: float
    waiting: dict[int, list[Respond]] = {}
    number: int = -1

    def __len__(self) -> int:
        return len(self.devices)

    @property
    def has_each_once(self) -> bool:
        """Whether each is a scan of its own; else one came on two connections."""
        return len(self.keys) == len(self.devices)

    def of(self, key: bytes) -> "Quick":
        """The scan of that key, the first if there are two."""
        return Quick(self, keys_of(self.packed).index(key))

    def column(self, at: int) -> bytes:
        """The byte at that place of each record."""
        return self.packed[at::RECORD_BYTES]

    def only(self, places: list[int]) -> "QuickTurn":
        """Those at some places, before anybody waits for them."""
        packed = b"".join([Quick(self, place).packed for place in places])
        return QuickTurn(
            packed,
            dict.fromkeys(keys_of(packed), packed),
            [self.devices[place] for place in places],
            self.lines[places],
            self.answers,
            self.heads,
            self.moment,
            self.began,
        )


class Quick(NamedTuple):
    """One scan that goes by the lane; most names are a `Passage`'s."""

    turn: QuickTurn
    place: int

    @property
    def key(self) -> bytes:
        return self.packed[:KEY_BYTES]

    @property
    def packed(self) -> bytes:
        return self.turn.packed[self.place * RECORD_BYTES : (self.place + 1) * RECORD_BYTES]

    @property
    def digest(self) -> bytes:
        return self.packed[DIGEST_AT : DIGEST_AT + 8]

    @property
    def kept(self) -> int:
        return int.from_bytes(self.packed[KEPT_AT : KEPT_AT + 4], "little")

    @property
    def moment(self) -> Moment:
        return self.turn.moment

    @property
    def waiting(self) -> list[Respond]:
        return self.turn.waiting.setdefault(self.place, [])

    @property
    def began(self) -> float:
        return self.turn.began

    @property
    def line(self) -> "QuickLine":
        return QuickLine(*self.turn.lines[self.place].tolist())

    @property
    def head(self) -> Head:
        """What its request began with."""
        return self.turn.heads[self.line.head]

    @property
    def response(self) -> bytes:
        """The whole answer, with its HTTP."""
        return bytes(self.turn.answers[self.line.begins : self.line.ends])

    @property
    def answer(self) -> bytes:
        """The JSON of the answer."""
        return self.response.partition(b"\r\n\r\n")[2]


class QuickLine(NamedTuple):
    """What the lane's loops say of one scan beside its record: its connection, its head, its answer, its device."""

    fd: int
    head: int
    begins: int
    ends: int
    device: int


class Caller(Protocol):
    """A connection as its lane sees it.

    `n_back` is how often it was given back since it was answered in the lane, `n_away` how many answers it still stays
    away.
    """

    n_back: int
    n_away: int

    def wait_for_lane(self) -> bool:
        """Not be listened to from now on, as it is asked to enter in a moment; False if it never can."""
        ...

    def enter_lane(self) -> int:
        """The number of its file, no longer listened to by the loop; −1 if it is not free to come."""
        ...

    def leave_lane(self, data: bytes, *, rest: bytes, due: Quick | None, heard_s: float) -> None:
        """Listen again; `data` came in and is unread, `rest` of an answer is unsent, `due` is still to be answered."""
        ...


class Lane(Protocol):
    """The quick way of a gate that has one (`quick.lane`), as those see it who do without.

    `is_open` is False after a bug in it, and once the gate ends: everybody goes the other way.
    """

    is_open: bool

    def send_all(self, turn: QuickTurn) -> None: ...

    def go_on(self) -> None: ...

    def learn(self, passage: Passage) -> None: ...

    def invite(self, caller: Caller, head: Head) -> None: ...

    def give_back_this(self, caller: Caller, fd: int) -> None: ...

    def give_back_due(self, turn: QuickTurn) -> None: ...

    def is_due(self, fd: int) -> bool: ...

    def heard_s(self, fd: int) -> float: ...

    def heard_since(self, at_s: float) -> Iterator[Caller]: ...

    def close(self) -> None: ...


def end_of_answer(snapshot: int, age_s: int) -> bytes:
    return b'%d,"snapshot_age_seconds":%d}' % (snapshot, age_s)
