"""Hours become files, late scans find their place, and what is erased is gone from row, file and journal."""

import re
import shutil
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

from fangxian.cli import main
from fangxian.core.policy.byte_journal import batches_past_damage, unpack_records
from fangxian.core.policy.byte_seal import NO_CHAIN, faults_of, seal_at_end, without_numbers
from fangxian.core.policy.vocabulary import Presence
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.procedures.erasure import end_the_epidemic, erase_what_is_due
from fangxian.ops.realm.current import the_realm
from fangxian.ops.visits import parquet
from fangxian.ops.visits.actions import archiving, forgetting
from fangxian.ops.visits.actions.archiving import archive_due, merge_late
from fangxian.ops.visits.actions.forgetting import erase_scans_of, rewrite_without_erased
from fangxian.ops.visits.models import ArchivePart, ErasedNumber, JournalSegment, Scan
from fangxian.ops.visits.queries import scan_totals
from fangxian.ops.visits.tail import Tail
from tests.integration.journal_writing import GATE, a_scan, ms, seal_what_was_left, write_open_segment, write_segment

DAY = date(2022, 4, 19)
MIDNIGHT = datetime(2022, 4, 19, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR, MINUTE, DAYS = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
BY = "program:test"
pytestmark = pytest.mark.django_db


@pytest.fixture
def realm():
    """The session's data folder, without archive or journal before and after."""

    def clear():
        for name in ("archive/visits", "journal"):
            shutil.rmtree(the_realm().path / name, ignore_errors=True)

    clear()
    yield the_realm().path
    clear()


@pytest.fixture
def take(realm):
    """Write scans to the journal and take them in."""

    def take(*scans):
        path = write_segment(realm / "journal", list(scans), at=MIDNIGHT)
        Tail(realm / "journal", lambda *_: "").read_on(at=MIDNIGHT)
        return path

    return take


def at(hour, minute=0):
    return MIDNIGHT + hour * HOUR + minute * MINUTE


def files(realm):
    return sorted(str(path.relative_to(realm / "archive" / "visits")) for path in realm.glob("archive/visits/*/*"))


def in_file(hour):
    path = parquet.part_path(DAY, hour)
    return duckdb.sql(f"SELECT gate_number FROM '{path}'").fetchall()


def test_an_hour_that_is_over_is_a_file_sorted_by_venue_and_time(realm, take):
    take(a_scan(1, at(8, 30), venue=9), a_scan(2, at(8, 10), venue=9), a_scan(3, at(8, 50), venue=3))
    take(a_scan(4, at(9, 1)))
    assert archive_due(at=at(9, 10), by=BY) == 3
    assert files(realm) == ["day=2022-04-19/hour-08.parquet"]
    assert in_file(8) == [(1003,), (1002,), (1001,)]
    assert Scan.objects.filter(part__isnull=True).count() == 1, "the hour that is not over waits"


def test_how_presence_was_shown_is_kept_of_each(realm, take):
    take(*(a_scan(n, at(8, n), presence=presence) for n, presence in enumerate(Presence)))
    archive_due(at=at(9, 10), by=BY)
    told = duckdb.sql(f"SELECT presence FROM '{parquet.part_path(DAY, 8)}' ORDER BY scanned_at").fetchall()
    assert [Presence(presence) for (presence,) in told] == list(Presence)


def test_an_hour_waits_for_its_last_scans_before_it_is_written(realm, take):
    take(a_scan(1, at(8, 59)))
    assert archive_due(at=at(9, 4), by=BY) == 0
    assert archive_due(at=at(9, 5), by=BY) == 1


def test_every_column_of_a_scan_comes_back_from_the_archive(realm, take):
    take(a_scan(1, at(8), temperature_tenths=366, decided=2, sent_ms=1_650_000_000_123, mask=5, safety=(1 << 63) - 1))
    take(a_scan(2, at(8, 1)))
    archive_due(at=at(10), by=BY)
    path = parquet.part_path(DAY, 8)
    in_ms = ", ".join(f"epoch_ms({name}) AS {name}" for name in ("scanned_at", "received_at", "sent_at"))
    rows = duckdb.sql(f"SELECT * REPLACE ({in_ms}) FROM read_parquet('{path}', hive_partitioning = false)")
    assert rows.columns == list(parquet.COLUMNS)
    first, second = (dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall())
    hot = Scan.objects.get(gate_number=1001)
    for name in ("device", "scan_id", "digest", "gate_number", "mask", "safety", "recent", "tables", "snapshot"):
        assert first[name] == getattr(hot, name), name
    assert first["scanned_at"] == hot.scanned_at.timestamp() * 1000
    assert (first["temperature_tenths"], first["decided"], first["sent_at"]) == (366, 2, 1_650_000_000_123)
    assert (second["temperature_tenths"], second["decided"], second["sent_at"]) == (None, None, None)


def test_the_folder_is_one_table_by_day_and_says_whose_it_is(realm, take):
    take(a_scan(1, at(8)), a_scan(2, at(8) + DAYS))
    archive_due(at=at(10) + DAYS, by=BY)
    days = duckdb.sql(f"SELECT day::text, count(*) FROM '{realm}/archive/visits/*/*.parquet' GROUP BY ALL ORDER BY 1")
    assert days.fetchall() == [("2022-04-19", 1), ("2022-04-20", 1)]
    about = duckdb.sql(f"SELECT key, value FROM parquet_kv_metadata('{parquet.part_path(DAY, 8)}')").fetchall()
    assert {(b"division", b"141027"), (b"kind", b"demo")} <= set(about)


def test_what_comes_late_is_a_supplement_and_the_night_merges_it(realm, take):
    take(a_scan(1, at(8)))
    archive_due(at=at(9, 10), by=BY)
    take(a_scan(2, at(8, 5), venue=1), a_scan(3, at(9, 5)))
    archive_due(at=at(10, 10), by=BY)
    assert files(realm) == [f"day=2022-04-19/{name}.parquet" for name in ("hour-08", "hour-09", "late-1")]
    assert merge_late(at=at(23), by=BY) == 0, "the day is not over"
    assert merge_late(at=at(26), by=BY) == 1
    assert files(realm) == [f"day=2022-04-19/{name}.parquet" for name in ("hour-08", "hour-09")]
    assert in_file(8) == [(1002,), (1001,)]
    assert {part.hour: part.n_rows for part in ArchivePart.objects.all()} == {8: 2, 9: 1}
    assert Scan.objects.filter(part__hour=8).count() == 2


def test_a_late_scan_of_an_hour_nobody_was_scanned_in_gets_its_file(realm, take):
    take(a_scan(1, at(8)))
    archive_due(at=at(11), by=BY)
    take(a_scan(2, at(7)))
    archive_due(at=at(12), by=BY)
    assert {part.hour: part.n_rows for part in ArchivePart.objects.all()} == {7: 1, 8: 1}


def test_a_merge_that_was_killed_halfway_is_finished_without_doubling_a_scan(realm, take, monkeypatch):
    take(a_scan(1, at(8)))
    archive_due(at=at(9, 10), by=BY)
    take(a_scan(2, at(8, 5)))
    archive_due(at=at(10, 10), by=BY)

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archiving, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            merge_late(at=at(26), by=BY)
    assert merge_late(at=at(26), by=BY) == 1
    assert sorted(in_file(8)) == [(1001,), (1002,)]
    assert scan_totals().n_archived == 2


def test_an_archiving_that_was_killed_after_its_file_writes_the_file_again(realm, take, monkeypatch):
    take(a_scan(1, at(8)))

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archiving, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            archive_due(at=at(10), by=BY)
    assert files(realm) == ["day=2022-04-19/hour-08.parquet"]
    assert Scan.objects.filter(part__isnull=True).count() == 1
    take(a_scan(2, at(8, 1)))
    assert archive_due(at=at(10), by=BY) == 2
    assert len(in_file(8)) == 2


def test_an_hour_too_large_for_one_write_is_completed_by_the_night(realm, take, monkeypatch):
    monkeypatch.setattr(archiving, "MOST_IN_PART", 2)
    take(*(a_scan(n, at(8, n)) for n in range(5)))
    assert archive_due(at=at(10), by=BY) == 5
    assert set(ArchivePart.objects.values_list("hour", "number", "n_rows")) == {(8, 0, 2), (None, 1, 2), (None, 2, 1)}
    merge_late(at=at(26), by=BY)
    assert {part.hour: part.n_rows for part in ArchivePart.objects.all()} == {8: 5}


def test_sent_acknowledged_queryable_and_archived_agree(realm, take):
    take(*(a_scan(n, at(8, n % 60)) for n in range(40)))
    take(*(a_scan(n, at(9, n % 60)) for n in range(40, 50)), a_scan(3, at(8, 3)))
    archive_due(at=at(11), by=BY)
    found = scan_totals()
    assert (found.n_read, found.n_new, found.n_repeated, found.n_missing) == (51, 50, 1, 0)
    assert found.n_hot == found.n_archived == 50
    paths = [path for _, folder in parquet.day_folders() for path in folder.iterdir()]
    assert parquet.n_archived_in(paths) == (50, 50), "counted in the files themselves"


def test_an_erased_person_is_gone_at_once_and_from_files_after_the_night(realm, take):
    first = take(a_scan(1, at(8)), a_scan(2, at(8, 1)))
    archive_due(at=at(9, 10), by=BY)
    take(a_scan(3, at(9, 30)))
    assert erase_scans_of(gate_numbers=[1001], at=at(10), by=BY) == 1
    assert [scan.gate_number for scan in Scan.objects.all()] == [1002, 1003]
    assert rewrite_without_erased(at=at(26), by=BY) == 2
    assert in_file(8) == [(1002,)]
    kept = [record for batch in batches_past_damage(first.read_bytes()) for record in unpack_records(batch.records)]
    assert [(record.gate_number, record.safety > 0) for record in kept] == [(0, False), (1002, True)]
    assert scan_totals().n_archived == 1
    told = " ".join(AuditLine.objects.values_list("facts", flat=True))
    assert not re.search(r"\b1001\b", told), "a digest may hold these digits, a fact may not"
    rewritten = first.read_bytes()
    assert faults_of(rewritten, gate=GATE, sequence=0, previous=NO_CHAIN) == []
    seal = seal_at_end(rewritten)
    assert (seal.n_rewritten, seal.rewritten_ms, seal.n_records) == (1, ms(at(26)), 2)
    assert seal.ordered_by == AuditLine.objects.get(action="visits.scans_erased").pk
    assert JournalSegment.objects.get(sequence=0).chain == seal.chain.hex(), "the chain is what it was"


def test_a_segment_that_was_altered_and_sealed_anew_is_found_by_the_audit_chain(realm, take, capsys, monkeypatch):
    monkeypatch.setenv("FANGXIAN_LANGUAGE", "en")
    monkeypatch.setenv("FANGXIAN_DATA", str(realm))
    path = take(a_scan(1, at(8)), a_scan(2, at(8, 1)))
    erase_scans_of(gate_numbers=[1001], at=at(10), by=BY)
    rewrite_without_erased(at=at(26), by=BY)
    assert main(["journal", "check", "--record"]) == 0
    path.chmod(0o600)
    path.write_bytes(without_numbers(path.read_bytes(), {1002}, at_ms=0, ordered_by=5, salt=bytes(16))[0])
    assert main(["journal", "check"]) == 0, "its seal is whole"
    capsys.readouterr()
    assert main(["journal", "check", "--record"]) == 1
    assert "the audit chain has another digest of it" in capsys.readouterr().out


def test_a_rewriting_that_was_killed_after_its_file_is_entered_by_the_next(realm, take, monkeypatch):
    take(a_scan(1, at(8)), a_scan(2, at(8, 1)))
    archive_due(at=at(9, 10), by=BY)
    erase_scans_of(gate_numbers=[1001], at=at(10), by=BY)

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            rewrite_without_erased(at=at(26), by=BY)
    assert (in_file(8), ArchivePart.objects.get().n_rows) == ([(1002,)], 2)
    assert rewrite_without_erased(at=at(50), by=BY) == 2, "and the segment"
    assert ArchivePart.objects.get().n_rows == 1
    assert rewrite_without_erased(at=at(74), by=BY) == 0


def test_a_scan_of_somebody_erased_is_not_taken_in_any_more(realm, take):
    erase_scans_of(gate_numbers=[1001], at=at(7), by=BY)
    take(a_scan(1, at(8)), a_scan(2, at(8)))
    assert [scan.gate_number for scan in Scan.objects.all()] == [1002]
    assert scan_totals().n_erased_before == 1


def test_an_erased_number_is_looked_for_until_the_segments_of_its_time_are_finished(realm, take):
    write_open_segment(realm / "journal", [a_scan(1, at(8))], at=MIDNIGHT)
    Tail(realm / "journal", lambda *_: "").read_on(at=MIDNIGHT)
    erase_scans_of(gate_numbers=[1001], at=at(10), by=BY)
    rewrite_without_erased(at=at(26), by=BY)
    assert ErasedNumber.objects.get().rewritten_at is None, "the gate may still be writing the segment"
    seal_what_was_left(realm / "journal", at=at(26))
    Tail(realm / "journal", lambda *_: "").read_on(at=at(26))
    rewrite_without_erased(at=at(50), by=BY)
    assert ErasedNumber.objects.get().rewritten_at == at(50)


def test_files_go_when_the_last_scan_in_them_has_reached_its_term(realm, take):
    take(a_scan(1, at(8)))
    take(a_scan(2, at(9) + DAYS))
    archive_due(at=at(12) + DAYS, by=BY)
    erase_what_is_due(at=at(3) + 31 * DAYS, by=BY)
    assert [path.split("/")[0] for path in files(realm)] == ["day=2022-04-20"]
    assert [part.day_on for part in ArchivePart.objects.all()] == [DAY + DAYS]
    assert [scan.gate_number for scan in Scan.objects.all()] == [1002]


def test_a_segment_goes_a_week_after_its_last_scan_and_the_newest_stays(realm, take):
    old = take(a_scan(1, at(8)))
    new = take(a_scan(2, at(9)))
    erase_what_is_due(at=at(12) + 7 * DAYS, by=BY)
    assert old.exists(), "its scans are not archived yet"
    archive_due(at=at(12), by=BY)
    erase_what_is_due(at=at(12) + 6 * DAYS, by=BY)
    assert old.exists()
    erase_what_is_due(at=at(12) + 7 * DAYS, by=BY)
    assert not old.exists()
    assert new.exists()
    assert Tail(realm / "journal", lambda *_: "").read_on(at=MIDNIGHT).n_records == 0


def test_the_end_of_the_epidemic_erases_rows_files_and_journals(realm, take):
    old = take(a_scan(1, at(8)))
    newest = take(a_scan(2, at(9)))
    archive_due(at=at(12), by=BY)
    erased = end_the_epidemic(order="某令〔2022〕1号", area_path="141027", at=at(13), by=BY)
    assert {"archive/visits": 2, "journal": 2}.items() <= {line.table: line.n_rows for line in erased}.items()
    assert (files(realm), Scan.objects.count(), ArchivePart.objects.count()) == ([], 0, 0)
    assert not old.exists()
    data = newest.read_bytes()  # the gate goes on from its counts
    assert (list(batches_past_damage(data)), seal_at_end(data).next_number) == ([], 2)
    assert faults_of(data, gate=GATE, sequence=1, previous=None) == []
    take(a_scan(3, at(14)))
    assert JournalSegment.objects.get(sequence=2).faults == ""
    erase_what_is_due(at=at(27), by=BY)
    assert not newest.exists()
