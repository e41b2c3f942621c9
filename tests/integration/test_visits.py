"""Scans from the journal to the table: once each, counted, whatever is repeated, cut or damaged."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from fangxian.core.policy.byte_journal import HEADER_BYTES, ScanMark, batches_past_damage, digest_of_scan
from fangxian.core.policy.vocabulary import Outcome
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.visits.actions import taking_in
from fangxian.ops.visits.counters import Counters
from fangxian.ops.visits.models import DayTally, JournalSegment, Scan
from fangxian.ops.visits.queries import last_seen, scan_totals, scans_at, visits_of
from fangxian.ops.visits.tail import Tail, locked
from tests.integration import two_townships
from tests.integration.journal_writing import GATE, a_scan, seal_what_was_left, write_open_segment, write_segment

NOON = datetime(2022, 4, 19, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def rule_of(tables: bytes, bit: int) -> str:
    return f"D-{bit:02d}" if tables == b"\0\1\2\3" else ""


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "journal"


def read(folder: Path):
    """What a reader takes in that starts anew, as after a restart."""
    return Tail(folder, rule_of).read_on(at=NOON)


def ids() -> list[int]:
    return sorted(scan_id.int for scan_id in Scan.objects.values_list("scan_id", flat=True))


def scans(*numbers, at=NOON, **more):
    return [a_scan(n, at + n * SECOND, **more) for n in numbers]


def test_every_scan_of_the_segment_a_gate_is_writing_becomes_a_row(journal):
    write_open_segment(journal, scans(1, 2), scans(3), at=NOON)
    assert read(journal).n_new == 3
    row = Scan.objects.get(scan_id=UUID(int=2))
    assert (row.gate_number, row.venue_number, row.scanned_at) == (1002, 42, NOON + 2 * SECOND)
    assert (row.decided, row.temperature_tenths, row.sent_at, row.part) == (None, None, None, None)


def test_what_is_written_later_is_read_from_where_the_last_reading_ended(journal):
    write_segment(journal, scans(1), at=NOON)
    tail = Tail(journal, rule_of)
    assert tail.read_on(at=NOON).n_records == 1
    assert tail.read_on(at=NOON).n_records == 0
    write_segment(journal, scans(2, 3), at=NOON)
    assert tail.read_on(at=NOON).n_records == 2
    assert ids() == [1, 2, 3]


def test_a_segment_read_twice_gives_each_row_once(journal):
    write_segment(journal, scans(1, 2, 3), at=NOON)
    read(journal)
    JournalSegment.objects.all().delete()  # as if the place had been lost
    again = read(journal)
    assert (again.n_new, again.n_repeated) == (0, 3)
    assert ids() == [1, 2, 3]
    assert DayTally.objects.get().n_admit == 3, "a repeat was counted"


def test_the_same_id_with_other_content_leaves_the_first_and_is_told(journal):
    write_segment(journal, scans(1), scans(1, digest=digest_of_scan(b"other"), venue=99), at=NOON)
    taken = read(journal)
    assert (taken.n_new, taken.n_disputed) == (1, 1)
    assert Scan.objects.get().venue_number == 42


def test_the_same_id_of_two_devices_is_two_scans(journal):
    write_segment(journal, scans(1), scans(1, device=8), at=NOON)
    assert read(journal).n_new == 2


def test_a_batch_larger_than_a_transaction_is_taken_in_whole_even_when_stopped_in_between(journal, monkeypatch):
    write_segment(journal, scans(*range(25)), at=NOON)
    monkeypatch.setattr("fangxian.ops.visits.tail.MOST_AT_ONCE", 10)
    tail = Tail(journal, rule_of)
    count = taking_in.counts_of

    def killed_at_the_third(rows, *more):
        if Scan.objects.count() > 20:
            raise KeyboardInterrupt
        return count(rows, *more)

    monkeypatch.setattr(taking_in, "counts_of", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        tail.read_on(at=NOON)
    place = JournalSegment.objects.get()
    assert (place.n_new, place.offset) == (20, HEADER_BYTES), "the third transaction was rolled back"
    monkeypatch.setattr(taking_in, "counts_of", count)
    assert read(journal).n_new == 5
    assert ids() == list(range(25))


def test_a_record_cut_in_half_at_the_end_is_waited_for_and_never_read(journal):
    path = write_open_segment(journal, scans(1), scans(2), at=NOON)
    whole = path.read_bytes()
    last = list(batches_past_damage(whole))[-1]
    path.write_bytes(whole[: last.ends - 50] + bytes(len(whole) - last.ends + 50))
    tail = Tail(journal, rule_of)
    assert tail.read_on(at=NOON).n_records == 1
    assert tail.read_on(at=NOON).n_records == 0
    path.write_bytes(whole)
    assert tail.read_on(at=NOON).n_records == 1
    assert ids() == [1, 2]


def test_damage_inside_a_finished_segment_costs_its_batch_and_is_counted(journal):
    path = write_segment(journal, scans(1), scans(2, 3), scans(4), at=NOON)
    damaged = bytearray(path.read_bytes())
    places = list(batches_past_damage(bytes(damaged)))
    damaged[places[1].begins + 40] ^= 0xFF
    path.write_bytes(damaged)
    write_segment(journal, scans(5), at=NOON)
    assert read(journal).n_new == 5 - sum(batch.n_records for batch in places if batch.begins == places[1].begins)
    assert scan_totals().n_missing == places[1].n_records
    assert [segment.faults for segment in JournalSegment.objects.all()] == ["altered, records", ""]


def test_a_segment_that_is_gone_is_missed(journal):
    write_segment(journal, scans(1), at=NOON)
    lost = write_segment(journal, scans(2, 3), at=NOON)
    write_segment(journal, scans(4), at=NOON)
    lost.unlink()
    read(journal)
    assert ids() == [1, 4]
    assert scan_totals().n_missing == 2
    assert [segment.faults for segment in JournalSegment.objects.all()] == ["", "previous"]


def test_a_finished_segment_leaves_one_line_in_the_record_with_the_digest_of_its_bytes(journal):
    write_open_segment(journal, scans(1, 2), at=NOON)
    read(journal)
    assert not AuditLine.objects.filter(action="visits.segment_read").exists(), "the gate may still be writing it"
    seal_what_was_left(journal, at=NOON)
    read(journal)
    facts = json.loads(AuditLine.objects.get(action="visits.segment_read").facts)
    assert (facts["segment"], facts["n_new"], facts["numbers"]) == (f"{GATE:08x}-00000000", 2, [0, 2])
    assert (len(facts["sha256"]), len(facts["chain"]), facts["faults"]) == (64, 64, "")
    read(journal)
    assert AuditLine.objects.filter(action="visits.segment_read").count() == 1


def test_two_gates_are_read_side_by_side(journal):
    write_segment(journal, scans(1, 2), at=NOON)
    write_segment(journal, scans(3, device=9), at=NOON, gate=GATE + 1)
    assert read(journal).n_new == 3
    assert JournalSegment.objects.count() == 2


def test_a_scan_that_two_processes_of_a_gate_recorded_is_one_whatever_each_of_them_answered(journal):
    write_segment(journal, scans(1, 2), at=NOON)
    write_segment(journal, scans(1, outcome=Outcome.REFUSE, snapshot=10), at=NOON, gate=GATE + 1)
    taken = read(journal)
    assert (taken.n_new, taken.n_repeated, taken.n_disputed) == (2, 1, 0)
    assert ids() == [1, 2]


def test_a_second_reader_is_refused(journal):
    with locked(journal), pytest.raises(Refusal) as refused, locked(journal):
        pass
    assert refused.value.code == "journal.read_already"


def test_a_visit_is_found_by_its_person_and_by_its_venue(journal):
    write_segment(journal, scans(1, 2, 3), scans(1, at=NOON + MINUTE, device=8, venue=43), at=NOON)
    read(journal)
    assert [scan.venue_number for scan in visits_of([1001])] == [43, 42]
    assert [scan.gate_number for scan in scans_at(42, since=NOON + 2 * SECOND, until=NOON + MINUTE)] == [1002, 1003]
    assert last_seen([42, 43, 44]) == {42: NOON + 3 * SECOND, 43: NOON + MINUTE + SECOND}


def test_the_counts_say_what_the_day_was(journal, tmp_path):
    refused = {"outcome": Outcome.REFUSE, "mask": 0b110}
    write_segment(
        journal,
        scans(1, 2),
        scans(3, **refused),
        scans(4, outcome=Outcome.VERIFY, mask=0b1000, marks=ScanMark.LATE, at=NOON - MINUTE),
        scans(5, at=NOON - timedelta(days=1)),
        at=NOON,
    )
    read(journal)
    said = Counters(tmp_path).as_json(NOON + MINUTE)
    assert said["day"] == {"on": "2022-04-19", "admit": 2, "verify": 1, "refuse": 1}
    assert said["minutes"][-3:] == [
        ["2022-04-19T11:59+08:00", 0, 1, 0],
        ["2022-04-19T12:00+08:00", 2, 0, 1],
        ["2022-04-19T12:01+08:00", 0, 0, 0],
    ]
    assert len(said["minutes"]) == 120
    assert said["reasons"] == [["D-01", 1], ["D-03", 1]]
    assert said["townships"] == [["", 2, 1, 1]]
    assert (said["late"], said["venues_seen_5min"]) == (1, 1)


def test_the_counts_are_a_file_that_is_replaced_at_most_once_a_second(journal, tmp_path):
    write_segment(journal, scans(1), at=NOON)
    taken = read(journal)
    counters = Counters(tmp_path / "live")
    assert counters.write_when_due(NOON)
    counters.note(n_new=taken.n_new, lag_ms=250)
    assert not counters.write_when_due(NOON)
    assert json.loads(counters.path.read_text())["n_hot"] == 1


def test_a_venue_on_record_is_counted_in_its_township(journal):
    venue = two_townships.build().school
    write_segment(journal, scans(1, 2, venue=venue.venue_number), at=NOON)
    read(journal)
    assert [(row.township, row.n_admit) for row in DayTally.objects.all()] == [(venue.area_path[:9], 2)]
