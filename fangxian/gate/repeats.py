"""What was asked lately, so that a scan sent twice is counted once. The last judge is the ingest's table."""

from collections.abc import Iterable, KeysView
from typing import Final

from fangxian.core.policy.byte_journal import RECORD_BYTES, ScanRecord, pack_record, unpack_records

from .contract import id_text
from .passage import ID_BYTES, key_of, keys_of
from .refusals import refuse

# A dict grows at 87,381, and everybody waits the milliseconds that takes; a batch may come on top.
MOST_IN_GENERATION: Final = 80_000


class Repeats:
    """Two generations of packed records by their keys: when the newer is full, the older is let go.

    What is kept for a key is its record, with any others before and behind it: those of a turn are one piece.

    A few at a time, two for each that comes: a hundred thousand let go at once kept every door waiting for tens of
    milliseconds, each few seconds of a peak.
    """

    def __init__(self, records: Iterable[ScanRecord] = ()) -> None:
        self._newer: dict[bytes, bytes] = {}
        self._older: dict[bytes, bytes] = {}
        self._leaving: dict[bytes, bytes] = {}
        for record in records:
            self.remember(key_of(record.device, record.id), pack_record(record))

    def remember(self, key: bytes, packed: bytes) -> None:
        self.remember_all({key: packed})

    def remember_all(self, records: dict[bytes, bytes]) -> None:
        """The same of several by their keys, which may be a few more than a generation has room for."""
        if len(self._newer) >= MOST_IN_GENERATION:
            self._newer, self._older, self._leaving = {}, self._newer, self._older
        self._newer.update(records)
        leaving = self._leaving
        for _ in range(min(2 * len(records), len(leaving))):
            leaving.popitem()

    def has(self, key: bytes) -> bool:
        """Whether that id was used by that device before, for whatever scan."""
        return key in self._newer or key in self._older

    def has_none(self, keys: KeysView[bytes]) -> bool:
        """Whether none of them was used before."""
        return self._newer.keys().isdisjoint(keys) and self._older.keys().isdisjoint(keys)

    def earlier(self, key: bytes, digest: bytes) -> ScanRecord | None:
        """The record of the same scan, if it came before.

        Raises
        ------
        Refusal
            `scan.id_taken` if that id was used for a scan with other content.
        """
        packed = self._newer.get(key) or self._older.get(key)
        if packed is None:
            return None
        at = keys_of(packed).index(key) * RECORD_BYTES
        (found,) = unpack_records(packed[at : at + RECORD_BYTES])
        if found.digest != digest:
            raise refuse("scan.id_taken", id=id_text(key[:ID_BYTES]))
        return found
