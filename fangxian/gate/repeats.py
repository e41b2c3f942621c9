"""What was asked lately, so that a scan sent twice is counted once. The last judge is the ingest's table."""

from collections.abc import Iterable
from typing import Final

from fangxian.core.policy.byte_journal import ScanRecord, pack_record, unpack_records

from .contract import id_text
from .refusals import refuse

MOST_IN_GENERATION: Final = 100_000
Key = tuple[int, bytes]


class Repeats:
    """Two generations of packed records by device and id: when the newer is full, the older is let go."""

    def __init__(self, records: Iterable[ScanRecord] = ()) -> None:
        self._newer: dict[Key, bytes] = {}
        self._older: dict[Key, bytes] = {}
        for record in records:
            self.remember((record.device, record.id), pack_record(record))

    def remember(self, key: Key, packed: bytes) -> None:
        if len(self._newer) >= MOST_IN_GENERATION:
            self._newer, self._older = {}, self._newer
        self._newer[key] = packed

    def has(self, key: Key) -> bool:
        """Whether that id was used by that device before, for whatever scan."""
        return key in self._newer or key in self._older

    def earlier(self, key: Key, digest: bytes) -> ScanRecord | None:
        """The record of the same scan, if it came before.

        Raises
        ------
        Refusal
            `scan.id_taken` if that id was used for a scan with other content.
        """
        packed = self._newer.get(key) or self._older.get(key)
        if packed is None:
            return None
        (found,) = unpack_records(packed)
        if found.digest != digest:
            raise refuse("scan.id_taken", id=id_text(key[1]))
        return found
