"""The changes behind a base, as bytes: signed frames, each following the last.

    frame   length of body u32 | body | signature 64
    body    kind u8 | base u64 | first number u64 | n u32 | known at, wall ms u64 | payload

All integers are little-endian. A frame holds the changes numbered `first .. first + n - 1`; a heartbeat (n = 0)
repeats the last number and says that nothing else happened until then. Each frame names the base it follows, so
that no frame of another base, and none out of its order, can be slipped in.
"""

import struct
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from fangxian.core.policy.byte_snapshot_refusals import damaged, other_base, wrong_signature
from fangxian.core.policy.byte_snapshot_rows import FrameKind, Row, pack_rows, rows_of
from fangxian.core.policy.person_qr import Verify
from fangxian.core.refusal import Refusal

SIGNATURE_BYTES: Final = 64
MOST_BODY_BYTES: Final = 8 << 20  # a frame is short: more at once is a new base
MOST_ROWS: Final = 100  # in a frame that is written: a gate takes it in half a millisecond, and then a scan

_LENGTH: Final = struct.Struct("<I")
_BODY: Final = struct.Struct("<BQQIQ")

Sign = Callable[[bytes], bytes]
"""`sign(message)`: the 64 bytes of the county's Ed25519 signature."""


class Frame(NamedTuple):
    """One frame, proved by its signature; `rows` are of the kind's own type, none for a heartbeat.

    n_bytes : to the end of it, from where the one before ended; heartbeats that it outdates lie between
    """

    kind: FrameKind
    base: int
    first: int
    n: int
    known_at_ms: int
    rows: Sequence[Row]
    n_bytes: int

    @property
    def last(self) -> int:
        """The number of the newest change that is known after this frame."""
        return self.first + self.n - 1 if self.n else self.first


def pack_frame(
    kind: FrameKind, *, base: int, first: int, known_at_ms: int, rows: Sequence[Row] = (), sign: Sign
) -> bytes:
    """The bytes of one frame. (changes → tail of the delta file)

    Parameters
    ----------
    base : number of the base that the file follows
    first : number of the first change in it; of a heartbeat, the last number there is
    known_at_ms : wall, Unix ms, up to which these and all earlier changes are everything
    rows : `PersonRow`, `VenueRow` or `DeviceRow` by the kind; none for a heartbeat

    Raises
    ------
    ValueError
        If a heartbeat has rows, or another kind has none.
    """
    if bool(rows) == (kind is FrameKind.HEARTBEAT):
        raise ValueError(f"a frame of kind {kind.name} does not have {len(rows)} rows")
    body = _BODY.pack(kind, base, first, len(rows), known_at_ms) + pack_rows(kind, rows)
    return _LENGTH.pack(len(body)) + body + sign(body)


def read_frames(data: bytes, *, base: int, verify: Verify) -> tuple[list[Frame], int]:
    """The whole frames at the beginning of `data`, and how many bytes they take. (tail of a file → changes)

    A wrong one behind good ones is left for the next call, which begins with it and refuses; `next_frame` says
    what is refused and what is waited for.
    """
    frames: list[Frame] = []
    used = 0
    try:
        while frame := next_frame(data, used, base=base, verify=verify):
            frames.append(frame)
            used += frame.n_bytes
    except Refusal:
        if not frames:
            raise
    return frames, used


def next_frame(data: bytes, begins: int, *, base: int, verify: Verify) -> Frame | None:
    """The frame at `begins`, or None while it is not all there.

    A heartbeat with another frame behind it says nothing that the other does not say later: it is passed over
    unread, since a day has 86,400 of them and a gate that starts would prove them one by one.

    Raises
    ------
    Refusal
        `snapshot.other_base`, `snapshot.signature`, `snapshot.damaged`.
    """
    at = begins
    while (ends := _end_of(data, at)) and _is_heartbeat(data, at) and _end_of(data, ends, wrong=0):
        at = ends
    if not ends:
        return None
    signed = ends - SIGNATURE_BYTES
    frame = _frame(data[at + _LENGTH.size : signed], data[signed:ends], base, verify)
    return frame._replace(n_bytes=ends - begins)


def _end_of(data: bytes, at: int, *, wrong: int | None = None) -> int:
    """Where the frame at `at` ends; 0 while it is not all there. `wrong` is said of a length that cannot be."""
    if len(data) - at < _LENGTH.size:
        return 0
    (n_body,) = _LENGTH.unpack_from(data, at)
    if not _BODY.size <= n_body <= MOST_BODY_BYTES:
        if wrong is None:
            raise damaged(f"frame of {n_body} bytes")
        return wrong
    ends = at + _LENGTH.size + n_body + SIGNATURE_BYTES
    return ends if ends <= len(data) else 0


def _is_heartbeat(data: bytes, at: int) -> bool:
    return _LENGTH.unpack_from(data, at)[0] == _BODY.size and data[at + _LENGTH.size] == FrameKind.HEARTBEAT


def _frame(body: bytes, signature: bytes, base: int, verify: Verify) -> Frame:
    if not verify(body, signature):
        raise wrong_signature("frame")
    kind_number, found, first, n, known_at_ms = _BODY.unpack_from(body)
    if found != base:
        raise other_base(found, base)
    try:
        kind = FrameKind(kind_number)
        rows = rows_of(kind, body[_BODY.size :])
    except (ValueError, TypeError, struct.error) as wrong:
        raise damaged(repr(wrong)) from wrong
    if len(rows) != n:
        raise damaged(f"frame of {len(rows)} rows that says {n}")
    return Frame(kind, found, first, n, known_at_ms, rows, _LENGTH.size + len(body) + SIGNATURE_BYTES)
