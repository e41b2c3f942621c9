"""Weeks of scans as columns: whole, of everybody who is on record under their own number, and honest about gaps."""

import shutil
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from fangxian.core.policy.byte_journal import ScanMark
from fangxian.core.policy.vocabulary import Outcome, Presence
from fangxian.ops.people.models import GateAlias
from fangxian.ops.realm.current import the_realm
from fangxian.ops.visits import parquet
from fangxian.ops.visits.actions.archiving import archive_due, merge_late
from fangxian.ops.visits.actions.forgetting import erase_scans_of, forget_files, rewrite_without_erased
from fangxian.ops.visits.columns import columns_between, refresh_columns
from fangxian.ops.visits.models import ArchivePart, Scan
from fangxian.ops.visits.tail import Tail
from tests.integration import two_townships
from tests.integration.journal_writing import a_scan, write_segment

MIDNIGHT = datetime(2022, 4, 19, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
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
        write_segment(realm / "journal", list(scans), at=MIDNIGHT)
        Tail(realm / "journal", lambda *_: "").read_on(at=MIDNIGHT)

    return take


def at(hour, minute=0):
    return MIDNIGHT + hour * HOUR + minute * MINUTE


def window(days=1):
    return columns_between(MIDNIGHT, MIDNIGHT + days * DAY)


def people():
    return sorted(window().visits().person.tolist())


def told(visits):
    """(person, venue, minute of the first day, whether they leave) of each row, by person and time."""
    minutes = (visits.at_s - int(MIDNIGHT.timestamp())) // 60
    columns = (visits.person, visits.venue, minutes, visits.leaves)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return sorted(rows, key=lambda row: (row[0], row[2]))


def test_archived_and_hot_rows_are_one_table_by_person_and_time(take):
    take(a_scan(2, at(8, 30), venue=9), a_scan(1, at(8, 40), venue=9, gate_number=1001))
    archive_due(at=at(9, 10), by=BY)
    take(a_scan(3, at(9, 20), venue=7, gate_number=1002), a_scan(4, at(9, 0), venue=8, gate_number=1001))
    assert told(window().visits()) == [
        (1001, 9, 520, False), (1001, 8, 540, False), (1002, 9, 510, False), (1002, 7, 560, False),
    ]  # fmt: skip


def test_whoever_a_door_without_network_let_in_was_there_though_the_gate_refused_them_when_it_heard_of_it(take):
    take(a_scan(1, at(8), outcome=Outcome.REFUSE, decided=int(Outcome.ADMIT)), a_scan(2, at(8), outcome=Outcome.REFUSE))
    hot = told(window().visits())
    archive_due(at=at(9, 10), by=BY)
    assert told(window().visits()) == hot == [(1001, 42, 480, False), (1002, 42, 480, True)]


def test_what_a_door_decided_since_its_answer_was_lost_counts_also_where_the_scan_is_archived(take):
    first = a_scan(1, at(8), outcome=Outcome.REFUSE)
    take(first, a_scan(2, at(8)))
    archive_due(at=at(9, 10), by=BY)
    take(first._replace(decided=int(Outcome.ADMIT)))
    archive_due(at=at(10, 10), by=BY)
    merge_late(at=at(30), by=BY)
    assert told(window().visits()) == [(1001, 42, 480, False), (1002, 42, 480, False)]


def test_only_what_was_scanned_in_the_window_is_in_it(take):
    take(a_scan(1, at(0)), a_scan(2, at(23, 59)), a_scan(3, at(24)), a_scan(4, at(-1)))
    archive_due(at=at(24, 10), by=BY)
    assert people() == [1001, 1002]


def test_presence_is_what_the_gate_gave_companions_and_document_numbers_too(take):
    take(
        a_scan(1, at(8), presence=Presence.STAFFED, marks=ScanMark.BY_DOCUMENT),
        a_scan(2, at(8), presence=Presence.NONE, marks=ScanMark.COMPANION | ScanMark.ANONYMOUS),
        a_scan(3, at(8), presence=Presence.ROTATING, marks=ScanMark.COMPANION),
    )
    assert window().visits().presence.tolist() == [Presence.STAFFED, Presence.NONE, Presence.ROTATING]


def test_a_scan_of_nobody_known_is_nobodys_visit(take):
    take(a_scan(1, at(8), gate_number=0), a_scan(2, at(8)))
    assert people() == [1002]


def test_a_scan_on_the_way_out_ends_a_visit_and_is_none(take):
    take(a_scan(1, at(8), venue=9), a_scan(2, at(9), venue=9, gate_number=1001, marks=ScanMark.OUT))
    assert told(window().visits()) == [(1001, 9, 480, False), (1001, 9, 540, True)]


def test_it_does_so_where_the_way_in_was_archived_or_the_day_before(take):
    out = {"venue": 9, "gate_number": 1001, "marks": ScanMark.OUT}
    take(a_scan(1, at(23, 50), venue=9), a_scan(2, at(24, 10), **out), a_scan(3, at(32), venue=9, gate_number=1001))
    archive_due(at=at(33, 10), by=BY)
    take(a_scan(4, at(33, 20), **out))
    assert [row[-1] for row in told(window(2).visits())] == [False, True, False, True]


def test_whoever_was_scanned_on_the_way_out_only_had_been_there(take):
    take(a_scan(1, at(8), venue=9, marks=ScanMark.OUT))
    assert told(window().visits()) == [(1001, 9, 480, False)]


def test_whoever_was_refused_at_a_door_did_not_go_in(take):
    take(a_scan(1, at(8), venue=9), a_scan(2, at(9), venue=7, gate_number=1001, outcome=Outcome.REFUSE))
    assert told(window().visits()) == [(1001, 9, 480, False), (1001, 7, 540, True)]


def test_a_merged_records_scans_are_those_of_the_one_that_goes_on_also_of_days_laid_out_before(take):
    county = two_townships.build()
    take(a_scan(1, at(8), venue=9, gate_number=1001), a_scan(2, at(9), venue=9, gate_number=1002))
    archive_due(at=at(10, 10), by=BY)
    take(a_scan(3, at(11), venue=9, gate_number=1001))
    assert people() == [1001, 1001, 1002]
    GateAlias.objects.create(gate_number=1001, person=county.head)
    assert set(people()) == {county.head.gate_number, 1002}


def test_a_fresh_process_opens_the_days_and_builds_none_that_has_not_changed(take, fresh_process):
    take(a_scan(1, at(8)))
    archive_due(at=at(9, 10), by=BY)
    assert (window().cost.n_opened, window().cost.n_opened) == (1, 0)
    fresh_process()
    assert window().cost[1:] == (1, 1, 0, 1)


@pytest.fixture
def fresh_process(monkeypatch):
    from fangxian.ops.visits import columns

    return lambda: monkeypatch.setattr(columns, "_OPEN", columns._OpenDays())


def test_a_day_is_laid_out_anew_once_its_parts_have_changed_and_the_old_columns_are_gone(realm, take):
    take(a_scan(1, at(8)))
    archive_due(at=at(9, 10), by=BY)
    window()
    take(a_scan(2, at(8, 30)), a_scan(3, at(9, 30)))
    archive_due(at=at(10, 10), by=BY)
    assert people() == [1001, 1002, 1003]
    merge_late(at=at(34), by=BY)
    assert people() == [1001, 1002, 1003]
    assert len(list(realm.glob("archive/visits/*/columns-*.npy"))) == 1


def test_the_worker_lays_out_what_has_changed_so_that_nobody_waits(take, fresh_process):
    take(a_scan(1, at(8)), a_scan(2, at(32)))
    archive_due(at=at(34), by=BY)
    assert (refresh_columns(at=at(34), by=BY), refresh_columns(at=at(34), by=BY)) == (2, 0)
    fresh_process()
    assert window(2).cost.n_built == 0


def test_erased_people_are_gone_at_once_from_answers_and_from_disk(realm, take):
    take(a_scan(1, at(8)), a_scan(2, at(8)))
    archive_due(at=at(9, 10), by=BY)
    take(a_scan(3, at(9, 30), gate_number=1001))
    window()
    erase_scans_of(gate_numbers=[1001], at=at(10), by=BY)
    assert not list(realm.glob("archive/visits/*/columns-*"))
    assert people() == [1002]
    (path,) = realm.glob("archive/visits/*/columns-*.npy")
    assert 1001 not in np.load(path)
    rewrite_without_erased(at=at(26), by=BY)
    assert people() == [1002]


def test_the_columns_of_a_day_go_with_its_files_at_their_term(realm, take):
    take(a_scan(1, at(8)))
    archive_due(at=at(9, 10), by=BY)
    window()
    forget_files(at=MIDNIGHT + timedelta(days=40), epidemic_ended=False, by=BY)
    assert not list(realm.glob("archive/visits/*"))


# What is not there


def test_a_file_that_is_missing_is_named_and_its_scans_read_from_the_table(take):
    take(a_scan(1, at(8)), a_scan(2, at(9)))
    archive_due(at=at(10, 10), by=BY)
    parquet.part_path(date(2022, 4, 19), 8).unlink()
    found = window()
    assert sorted(found.visits().person.tolist()) == [1001, 1002]
    (gap,) = found.gaps
    assert (gap.day_on, gap.missing, gap.n_recovered, gap.n_lost) == ("2022-04-19", ("hour-08.parquet",), 1, 0)


def test_scans_that_neither_file_nor_table_has_are_counted_as_lost(take, fresh_process):
    take(a_scan(1, at(8)), a_scan(2, at(9)))
    archive_due(at=at(10, 10), by=BY)
    Scan.objects.filter(gate_number=1001).delete()
    parquet.part_path(date(2022, 4, 19), 8).unlink()
    window()
    fresh_process()
    (gap,) = window().gaps
    assert (gap.n_recovered, gap.n_lost) == (0, 1)


def test_a_file_that_was_changed_is_named_as_damaged(take):
    take(a_scan(1, at(8)))
    archive_due(at=at(9, 10), by=BY)
    path = parquet.part_path(date(2022, 4, 19), 8)
    path.write_bytes(path.read_bytes()[:-40])
    (gap,) = window().gaps
    assert (gap.damaged, gap.n_recovered) == (("hour-08.parquet",), 1)


def test_a_whole_day_that_was_counted_and_is_nowhere_is_named(take):
    take(a_scan(1, at(8)), a_scan(2, at(32)))
    archive_due(at=at(34), by=BY)
    ArchivePart.objects.filter(day_on="2022-04-20").delete()
    Scan.objects.filter(gate_number=1002).delete()
    assert [(gap.day_on, gap.n_lost) for gap in window(3).gaps] == [("2022-04-20", 1)]


def test_a_county_without_an_archive_has_empty_columns_and_no_gap(realm):
    found = window()
    assert (len(found.visits().person), found.gaps) == (0, ())


def test_columns_that_cannot_be_read_are_made_again(realm, take, fresh_process):
    take(a_scan(1, at(8)))
    archive_due(at=at(9, 10), by=BY)
    window()
    (path,) = realm.glob("archive/visits/*/columns-*.npy")
    path.write_bytes(b"not columns")
    fresh_process()
    assert people() == [1001]
