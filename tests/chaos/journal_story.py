"""One gate's journal on a disk that fails, told step by step from a seed; and what must be true of it at the end."""

import random
from contextlib import suppress
from pathlib import Path

from fangxian.core.policy.byte_journal import (
    HEADER_BYTES,
    batches_past_damage,
    read_batches,
    read_header,
    segment_name,
    unpack_records,
)
from fangxian.core.policy.byte_seal import NO_CHAIN, SEAL_BYTES, SealFault, faults_of, read_seal, seal_at_end
from fangxian.gate import recovery
from tests.chaos.forgetful_disk import ForgetfulDisk, PowerCut
from tests.unit.journal.hand import GATE, NOON_MS, Hand

FOLDER = Path("/journal")
JUMPS_MS = (0, 0, 40, 3_600_000, -3_600_000, 86_400_000 * 400, -86_400_000 * 400)


class Reader:
    """The program that takes the journal in, with a database that forgets nothing: it reads what is seen of a file,
    synced or not, and goes on from its place in each segment, by the numbers of records."""

    def __init__(self) -> None:
        self.rows: set[int] = set()
        self._places: dict[int, tuple[int, int]] = {}  # of each sequence: offset, number of the next record

    def read_on(self, disk: ForgetfulDisk) -> None:
        for sequence in recovery.sequences_of(disk, FOLDER, GATE):
            data = disk.look(FOLDER / segment_name(GATE, sequence))
            header = read_header(data)
            if header:
                self._read(sequence, data, header.first)

    def _read(self, sequence: int, data: bytes, first: int) -> None:
        offset, number = self._places.get(sequence, (HEADER_BYTES, first))
        batches, _ = read_batches(data[offset:], begins=offset)
        if seal_at_end(data):
            batches = list(batches_past_damage(data, begins=min(offset, len(data))))
        for batch in batches:
            records = list(unpack_records(batch.records))[max(0, number - batch.first) :]
            self.rows |= {int.from_bytes(record.id, "big") for record in records}
            offset, number = batch.ends, max(number, batch.first + batch.n_records)
        self._places[sequence] = (offset, number)


class Story:
    """What happens to one journal; `acknowledged` are the scans that somebody was told are recorded."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.disk, self.reader = ForgetfulDisk(self.rng), Reader()
        self.acknowledged: list[int] = []
        self.n_scans = self.n_refused = 0
        self.county_ms, self.second = [NOON_MS], 0.0
        self.hand: Hand | None = None

    def open(self) -> None:
        self.hand = Hand(FOLDER, disk=self.disk, now=self.county_ms, seconds=lambda: self.second)

    def live(self, n_steps: int) -> None:
        """A gate at work: batches, a keeper that gets its turn now and then, clocks, a reader beside it."""
        for _ in range(n_steps):
            self.second += self.rng.choice((0.0, 0.001, 0.03, 0.3, 6.0))
            what = self.rng.random()
            if what < 0.45:
                self.write(self.rng.randint(1, 6))
            elif what < 0.85:
                self.hand.keeper.step()
            elif what < 0.9:
                self.hand.writer.end_if_old()
            elif what < 0.95:
                self.county_ms[0] += self.rng.choice(JUMPS_MS)
            else:
                self.reader.read_on(self.disk)

    def write(self, n_records: int) -> None:
        numbers = range(self.n_scans, self.n_scans + n_records)
        self.n_scans += n_records
        try:
            self.hand.write(*numbers)
        except OSError:
            self.n_refused += n_records
        else:
            self.acknowledged += numbers

    def until_it_ends(self, n_steps: int, *, within_calls: int) -> None:
        """Open and work; power or process ends in one of the next calls, maybe before the journal is open."""
        self.disk.cut_at = self.disk.n_calls + self.rng.randint(1, within_calls)
        with suppress(PowerCut, OSError):  # an error comes out only where a gate says that it cannot start
            self.open()
            self.live(n_steps)
            self.hand.close()
        if self.rng.random() < 0.2:
            self.disk.process_ends()  # it was killed, and the machine ran on
        else:
            self.disk.power_returns()

    def end_well(self) -> None:
        """The disk is good again and nobody kills anything: one more opening, some scans, closed."""
        self.disk.errors, self.disk.capacity, self.disk.cut_at = {}, None, -1
        self.open()
        self.second += 10
        self.hand.keep()
        self.write(3)
        self.hand.close()
        self.reader.read_on(self.disk)

    # ---- what must be so ----

    def on_disk(self) -> list[int]:
        return [n for data in self._segments().values() for n in _ids(data)]

    def check(self, *, is_counted: bool = True) -> None:
        """`is_counted`: numbers and seals follow on one another; not where disk, process and power all failed."""
        found = self.on_disk()
        missing = set(self.acknowledged) - set(found)
        assert not missing, f"acknowledged and lost: {sorted(missing)}"
        assert len(found) == len(set(found)), "a record is there twice"
        assert found == sorted(found), "records changed places"
        assert set(self.acknowledged) <= self.reader.rows, "the reader passed over something acknowledged"
        self.check_seals(is_counted=is_counted)

    def check_seals(self, *, is_counted: bool = True) -> None:
        segments = self._segments()
        assert list(segments) == list(range(len(segments))), "a segment's number was left out"
        previous, number = NO_CHAIN, 0
        for sequence, data in segments.items():
            faults = faults_of(data, gate=GATE, sequence=sequence, previous=previous)
            assert faults == [] or (faults == [SealFault.PREVIOUS] and not is_counted)
            seal, header = seal_at_end(data), read_header(data)
            assert seal.next_number - header.first == seal.n_records or not is_counted
            assert header.first == number or not is_counted, "the count goes on where it stood"
            assert read_seal(data[:SEAL_BYTES]) is None
            previous, number = seal.chain, seal.next_number
        assert all(name.endswith(".fxj") for name in self.disk.names(FOLDER)), "a draft was left"

    def _segments(self) -> dict[int, bytes]:
        sequences = recovery.sequences_of(self.disk, FOLDER, GATE)
        return {sequence: self.disk.look(FOLDER / segment_name(GATE, sequence)) for sequence in sequences}


def _ids(data: bytes) -> list[int]:
    records = (record for batch in batches_past_damage(data) for record in unpack_records(batch.records))
    return [int.from_bytes(record.id, "big") for record in records]
