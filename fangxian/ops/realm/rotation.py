"""How keys follow one another: made, with gates and doors before anything is made with them, in use, former, ended.

A state is what was written down, never a date that has passed: while nobody writes, nothing changes, so that no key
is used which the gates have not been given. Each function returns the ring as it is to be; `changing` writes it.
"""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from fangxian.core.refusal import Refusal

from .gate_files import replace_file
from .keys import FILE, FIRST_STAND_IN, FOLLOWED, LAST_ID, LAST_STAND_IN, MADE_AHEAD, Key, Keyring, Purpose, new_key


@contextmanager
def changing(folder: Path) -> Iterator[tuple[Keyring, Callable[[Keyring], None]]]:
    """For one change of a realm's keys: the ring as it is now, and what writes it, whole and durable.

    Whoever else changes it waits. Begin the transaction that records the change before this, never after it.
    """
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield Keyring.open(folder), lambda ring: _write(folder, ring)
    finally:
        os.close(handle)


def _write(folder: Path, ring: Keyring) -> None:
    """After a power cut a retired key must not be back in use: the folder's entry is as durable as the file."""
    replace_file(folder / FILE, ring.to_bytes())
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)


def with_next(ring: Keyring, purpose: Purpose, at: datetime) -> Keyring:
    """The ring with a key that is to follow the one in use; the same ring if there is one already."""
    if purpose not in MADE_AHEAD or next_of(ring, purpose):
        return ring
    return Keyring([new_key(purpose, _next_id(ring, purpose), _written(at)), *ring.every_key])


def next_of(ring: Keyring, purpose: Purpose) -> Key | None:
    """The key that is to follow the one in use."""
    return next((key for key in ring.counting(purpose) if not key.begun_at), None)


def begun(ring: Keyring, key: Key, at: datetime) -> Keyring:
    """The ring with its next key in use, and another to follow that."""
    return with_next(_changed(ring, [key], begun_at=_written(at)), key.purpose, at)


def with_new_days(ring: Keyring, first_day: int, at: datetime) -> Keyring:
    """The ring with another secret from which the keys of days are derived, from `first_day` on.

    Gates must not have been given the key of that day yet, nor of a later one.
    """
    id_, written = _next_id(ring, Purpose.DAY_HANDLES), _written(at)
    source = new_key(Purpose.DAY_HANDLES, id_, written, begun_at=written, day=first_day)
    return Keyring([source, *ring.every_key])


def ended(ring: Keyring, keys: Iterable[Key], at: datetime) -> Keyring:
    """The ring with former keys ended, nothing made with which counts any more."""
    return _changed(ring, keys, ended_at=_written(at))


def with_successors(ring: Keyring, leaked: Iterable[Key], at: datetime) -> Keyring:
    """The ring with keys made ready to stand in for those that leaked: gates are to know them before they are used.

    A key that was to follow a leaked one lay in the same files, so another is made.
    """
    written, found = _written(at), list(ring.every_key)
    for key in leaked:
        if key.purpose is Purpose.DAYS:
            id_ = max([FIRST_STAND_IN - 1, *(it.id for it in found if it.purpose is Purpose.DAYS)]) + 1
            found.insert(0, new_key(Purpose.DAYS, _allowed(id_, LAST_STAND_IN), written, day=key.day))
        elif key.purpose in FOLLOWED and key.id == ring.current(key.purpose).id:
            found.insert(0, new_key(key.purpose, _next_id(Keyring(found), key.purpose), written))
    return Keyring(found)


def retired(ring: Keyring, leaked: Iterable[Key], because: str, at: datetime) -> Keyring:
    """The ring with keys retired since they leaked, and their successors in use. After `with_successors`."""
    written = _written(at)
    for key in leaked:
        if key.purpose is Purpose.DAYS:
            ring = _with_day_retired(ring, key, because, written)
            continue
        if key.purpose in FOLLOWED and key.id == ring.current(key.purpose).id:
            fresh, *others = [it for it in ring.counting(key.purpose) if not it.begun_at]
            ring = _changed(ring, others, retired_at=written, because=because)
            ring = with_next(_changed(ring, [fresh], begun_at=written), key.purpose, at)
        ring = _changed(ring, [key], retired_at=written, because=because)
    return ring


def _with_day_retired(ring: Keyring, key: Key, because: str, at: str) -> Keyring:
    """A day's own key is derived and stands nowhere; once it is retired it does, so that its codes can be opened."""
    if all((it.purpose, it.id) != (key.purpose, key.id) for it in ring.every_key):
        ring = Keyring([*ring.every_key, key])
    waiting = [it for it in ring.counting(Purpose.DAYS) if it.day == key.day and not it.begun_at]
    return _changed(_changed(ring, [key], retired_at=at, because=because), waiting, begun_at=at)


def _changed(ring: Keyring, keys: Iterable[Key], **fields: str) -> Keyring:
    names = {(key.purpose, key.id) for key in keys}
    return Keyring([replace(it, **fields) if (it.purpose, it.id) in names else it for it in ring.every_key])


def _next_id(ring: Keyring, purpose: Purpose) -> int:
    return _allowed(max(key.id for key in ring.all_of(purpose)) + 1, LAST_ID)


def _allowed(id_: int, last: int) -> int:
    if id_ > last:
        raise Refusal(
            "realm.key_ids_used_up",
            zh="这一用途的钥匙编号已用到 {last}，不能再换。编号写在码里，不能重复使用。请不要再换，并联系软件维护方。",
            en="The ids of this purpose's keys are used up to {last}, so there can be no other. An id stands in the "
            "codes and is not used twice: rotate no further, and call whoever maintains the program.",
            last=last,
        )
    return id_


def _written(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
