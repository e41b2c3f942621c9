"""The folder a gate reads: keys, the current base, and the deltas that follow it. Written by the worker alone.

Everything in it can be written anew from the database: what is found torn, lost or of another realm is not
mended but replaced.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from fangxian.core.policy.byte_snapshot import read_base
from fangxian.core.policy.byte_snapshot_frames import Frame, read_frames
from fangxian.core.policy.byte_snapshot_rows import FrameKind
from fangxian.core.policy.person_qr import Verify
from fangxian.core.refusal import Refusal

from .folder import Realm
from .gate_keys import keys_card


@dataclass(slots=True)
class Tail:
    """Where the deltas of the current base end: the last number written, and the file as it then was.

    as_left : its inode, length, and when it was last written (ns)
    awaits_base : something has changed that no frame tells, and whoever follows these needs another base
    """

    base: int
    last: int
    n_bytes: int
    known_at_ms: int
    as_left: tuple[int, int, int]
    awaits_base: bool = False


class GateFolder:
    """One realm's gate folder, for whoever has the lock of it."""

    def __init__(self, realm: Realm) -> None:
        self.path, self._realm, self._keys_text = realm.gate_folder, realm, ""

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Whether this process is the only one that writes here, for as long as the block lasts."""
        self.path.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            yield False
            return
        try:
            yield True
        finally:
            os.close(handle)

    def sign(self, message: bytes) -> bytes:
        return self._realm.keys.signing_key.sign(message)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether the county signed it, with a key that has not been retired."""
        return any(_is_signed(message, signature, public) for public in self._realm.keys.public_keys().values())

    def keep_keys(self, realm: Realm) -> None:
        """Write keys.json when the keys or the clock are others, a day begins, or it is not there."""
        self._realm = realm
        text = json.dumps(keys_card(realm), sort_keys=True)
        target = self.path / "keys.json"
        if text != self._keys_text or not target.exists():
            replace_file(target, text.encode())
            self._keys_text = text

    def tail(self) -> Tail | None:
        """Where to go on, read from the files; None when they cannot be gone on from and a new base is due."""
        try:
            base = json.loads((self.path / "current.json").read_text("utf-8"))["number"]
            # The whole base is read: one that a gate would refuse is not built upon.
            found = read_base(memoryview((self.path / base_name(base)).read_bytes()), self.verify)
            as_left = _stamp(self.path / deltas_name(base))
            data = (self.path / deltas_name(base)).read_bytes()
            frames, used = read_frames(data, base=base, verify=self.verify) if data else ([], 0)
        except (OSError, ValueError, KeyError, TypeError, Refusal):
            return None
        if any(frame.kind is FrameKind.NEW_BASE for frame in frames):
            return None
        last = _followed(base, frames)
        if found.number != base or found.realm != self._realm.id or last is None:
            return None
        if used < len(data):
            if _is_wrong(data[used:], base, self.verify):
                return None
            os.truncate(self.path / deltas_name(base), used)
            as_left = _stamp(self.path / deltas_name(base))
        known_at_ms = frames[-1].known_at_ms if frames else found.known_at_s * 1000
        return Tail(base, last, used, known_at_ms, as_left)

    def still_ends_at(self, tail: Tail) -> bool:
        """Whether nobody has touched the deltas since, and gates are still led to them."""
        try:
            is_as_left = _stamp(self.path / deltas_name(tail.base)) == tail.as_left
            return is_as_left and (self.path / "current.json").exists()
        except OSError:
            return False

    def append(self, tail: Tail, frames: bytes) -> None:
        """Add whole frames to the deltas; when they cannot all be written, none is."""
        with (self.path / deltas_name(tail.base)).open("ab", buffering=0) as file:
            try:
                if file.write(frames) != len(frames):
                    raise OSError("the disk took a part of a frame")
            except OSError:
                os.truncate(file.fileno(), tail.n_bytes)
                raise
            tail.as_left = _stamp(file.fileno())
        tail.n_bytes += len(frames)

    def prepare(self, number: int, base: bytes, *, known_at_ms: int) -> Tail:
        """Write a base, with no deltas yet; gates are led to it by `point_to`.

        Nobody may write in a base, its owner included: a gate may have it mapped, and would die of its being cut.
        """
        replace_file(self.path / base_name(number), base, mode=0o400)
        replace_file(self.path / deltas_name(number), b"")
        return Tail(number, number, 0, known_at_ms, _stamp(self.path / deltas_name(number)))

    def point_to(self, number: int) -> None:
        """Put a base in use; those before it stay for gates that are reading them."""
        replace_file(self.path / "current.json", json.dumps({"number": number}).encode())

    def has_base(self, number: int) -> bool:
        return (self.path / base_name(number)).exists()

    def remove_all_but(self, current: int) -> None:
        """Remove earlier bases and their deltas: what was erased on record is not to lie about here."""
        for path in (*self.path.glob("base-*.fxs"), *self.path.glob("deltas-*.fxd")):
            if path.name not in (base_name(current), deltas_name(current)):
                path.unlink(missing_ok=True)


def base_name(number: int) -> str:
    return f"base-{number}.fxs"


def deltas_name(number: int) -> str:
    return f"deltas-{number}.fxd"


def _followed(base: int, frames: list[Frame]) -> int | None:
    """The last number of frames that follow on one another without a gap; None if they do not."""
    last = base
    for frame in frames:
        if frame.first != (last + 1 if frame.n else last):
            return None
        last = frame.last
    return last


def _is_wrong(rest: bytes, base: int, verify: Verify) -> bool:
    """Whether what is left at the end is no frame; one that was only cut short can be cut off."""
    try:
        read_frames(rest, base=base, verify=verify)
    except Refusal:
        return True
    return False


def replace_file(target: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a file of the gate's folder whole and durable, or not at all; readable by its owner alone."""
    draft = target.with_name(target.name + ".new")
    draft.unlink(missing_ok=True)  # of somebody who was killed
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, target)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)  # after a loss of power the name leads to the new file too
    finally:
        os.close(folder)


def _stamp(file: Path | int) -> tuple[int, int, int]:
    found = os.stat(file)
    return found.st_ino, found.st_size, found.st_mtime_ns


def _is_signed(message: bytes, signature: bytes, public: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True
