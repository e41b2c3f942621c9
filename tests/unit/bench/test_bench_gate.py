"""What the gate's bench counts with: requests and tables. No figure of a machine is tested."""

import json
from datetime import UTC, datetime

import pytest

import generate_reference
from bench.gate import page
from bench.gate.journal import Syncs
from bench.gate.lockstep import Answer, said
from bench.gate.machine import Machine
from bench.gate.report import VOID, Table, printed, ratio, ratio_by_rounds, written
from bench.gate.scans import ID_BYTES, Prepared, Scans, request_of


def request(code="FXP1", place=0):
    return request_of(token="FXT1", code=code, venue="FXV1", at="2022-04-19T12:00:00.000+08:00", place=place)


@pytest.fixture
def prepared():
    return Prepared.of([request("FXP1A"), request("FXP1B")])


def test_no_two_scans_have_one_id(prepared):
    ids = {
        bytes(prepared.request(number, run)[prepared.head_bytes :][:ID_BYTES])
        for number in range(50)
        for run in range(4)
    }
    assert len(ids) == 200
    assert all(len(id_) == ID_BYTES for id_ in ids)


def test_a_request_is_whole_and_its_length_is_what_it_says(prepared):
    head, _, body = prepared.request(3, 1).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert json.loads(body)["code"] in {"FXP1A", "FXP1B"}


def test_requests_of_two_lengths_are_not_taken():
    with pytest.raises(ValueError, match="length"):
        Prepared.of([request("FXP1"), request("FXP12")])


def test_requests_read_again_are_those_that_were_written(prepared, tmp_path):
    scans = Scans.written(prepared, tmp_path)
    path, size, head = scans.arguments
    assert Prepared.read(scans.path, int(size), int(head)) == prepared
    assert path == str(scans.path)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(200, b'{"outcome":"admit"}'), "admit"),
        (Answer(200, b'{"outcome":"verify","recorded":false}'), "not recorded"),
        (Answer(503, b'{"refusal":"scan.not_recorded"}'), "503 scan.not_recorded"),
    ],
)
def test_only_what_is_on_record_counts_as_answered(answer, told):
    assert said(answer) == told


TABLE = Table(
    "part", "A part", ("of", "figure", "aim"), [("one", "1.00", "≥ 2"), ("two", "20", f"{VOID}why")], ["noted"]
)


def test_a_table_is_printed_with_its_void_rows():
    assert printed(TABLE).splitlines()[1:] == [
        "A part",
        "  of   figure  aim",
        "  one  1.00    ≥ 2",
        "  two  20      void: why",
        "  · noted",
    ]


def test_a_table_is_written_as_markdown():
    assert written([TABLE]).splitlines() == [
        "## A part", "", "| of | figure | aim |", "|---|---:|---|", "| one | 1.00 | ≥ 2 |", "| two | 20 | void: why |",
        "", "* noted",
    ]  # fmt: skip


def test_a_ratio_has_as_many_digits_as_can_be_meant():
    assert (ratio(1, 3), ratio(100, 3)) == ("0.33", "33")


def test_a_ratio_of_rounds_is_the_median_of_each_rounds_own():
    assert ratio_by_rounds([10, 1, 12], [5, 1, 2]) == "2.00"


MACHINE = Machine(
    cpu="a processor",
    n_cores=2,
    system="Linux 6",
    python="3.11",
    disk="ext4",
    syncs=Syncs(0.25, 1.0),
    load=0.1,
    commit="abc1234",
    at=datetime(2022, 4, 19, tzinfo=UTC),
)


def test_the_page_says_of_which_machine_and_day_it_is_and_by_what_it_was_written():
    told = page.text(MACHINE, [TABLE])
    assert "2022-04-19, commit abc1234; a processor, 2 cores" in told
    assert "`make bench-gate`" in told
    assert "AT WORK" not in told
    assert told.endswith(written([TABLE]))


@pytest.mark.parametrize(("changed", "word"), [({"load": 3.0}, "AT WORK"), ({"disk": "tmpfs"}, "IN MEMORY")])
def test_figures_that_cannot_be_meant_are_said_to_be_none(changed, word):
    assert word in page.text(MACHINE._replace(**changed), [TABLE])


def test_what_only_a_measurement_can_write_is_not_written_from_the_code():
    assert page.PATH.rpartition("/")[2] not in generate_reference.PAGES
