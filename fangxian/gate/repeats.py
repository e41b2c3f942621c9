"""What was asked lately, so that a scan sent twice is counted once. The last judge is the ingest's table."""

from collections.abc import Iterable
from typing import Final

from fangxian.core.policy.byte_journal import ScanRecord

from .contract import id_text
from .refusals import refuse

MOST_IN_GENERATION: Final = 100_000
Key = tuple[int, bytes]


class Repeats:
    """Two generations of records by device and id: when the newer is full, the older is let go."""

    def __init__(self, records: Iterable[ScanRecord] = ()) -> None:
        self._newer: dict[Key, ScanRecord] = {}
        self._older: dict[Key, ScanRecord] = {}
        for record in records:
            self.remember(record)

    def remember(self, record: ScanRecord) -> None:
        if len(self._newer) >= MOST_IN_GENERATION:
            self._newer, self._older = {}, self._newer
        self._newer[record.device, record.id] = record

    def forget(self, record: ScanRecord) -> None:
        """Take back one that could not be recorded: the next with its id is a new scan."""
        for generation in (self._newer, self._older):
            if generation.get((record.device, record.id)) is record:
                del generation[record.device, record.id]

    def earlier(self, device: int, id_: bytes, digest: bytes) -> ScanRecord | None:
        """The record of the same scan, if it came before.

        Raises
        ------
        Refusal
            `scan.id_taken` if that id was used for a scan with other content.
        """
        found = self._newer.get((device, id_)) or self._older.get((device, id_))
        if found is not None and found.digest != digest:
            raise refuse("scan.id_taken", id=id_text(id_))
        return found
