"""A gate reads from a snapshot what was packed, and takes nothing that was not signed whole."""

from array import array

import pytest

from fangxian.core.policy import byte_snapshot, byte_snapshot_frames
from fangxian.core.policy.byte_document import document_hash
from fangxian.core.policy.byte_snapshot_rows import FrameKind, PersonRow
from fangxian.core.policy.tables import DoorTables
from fangxian.core.refusal import Refusal
from tests.unit.formats import snapshots
from tests.unit.formats.county import RECENT, SAFETY, SECRETS, SIGNER_ID


@pytest.fixture(scope="module")
def verify(keys):
    return keys.verifiers[SIGNER_ID]


@pytest.fixture(scope="module")
def packed(keys):
    return snapshots.base_bytes(keys)


def read(data, verify):
    return byte_snapshot.read_base(memoryview(data), verify)


def refused(data, verify):
    with pytest.raises(Refusal) as refusal:
        read(data, verify)
    return refusal.value.code


def test_a_base_comes_back_as_it_was_packed(packed, verify):
    base = read(packed, verify)
    assert (base.realm, base.division, base.number) == (snapshots.REALM, 141027, snapshots.BASE)
    assert list(base.numbers) == list(snapshots.NUMBERS)
    assert list(base.safety) == [SAFETY, SAFETY, 0]
    assert list(base.recent) == [RECENT, RECENT, 0]
    assert dict(zip(base.documents, base.document_numbers, strict=True)) == {snapshots.DOCUMENT: snapshots.NUMBERS[1]}
    assert base.aliases == {snapshots.NUMBERS[0]: snapshots.NUMBERS[1]}
    assert base.venues[9_042_117].generations == (1, 3, 0)
    assert list(base.devices) == [5, 6]
    assert base.tests_count_from == "sampled"


def test_the_door_tables_keep_their_digest(packed, verify):
    assert read(packed, verify).tables[0].digest == DoorTables.from_bytes(snapshots.tables()).digest


def test_a_base_of_nobody_is_read(keys, verify):
    nobody = {"people": (array("I"), array("Q"), array("Q")), "documents": (array("Q"), array("I")), "aliases": []}
    base = read(snapshots.base_bytes(keys, **nobody), verify)
    assert len(base.numbers) == len(base.aliases) == 0


def test_a_column_of_several_mebibytes_has_a_hash_for_each(keys, verify):
    n_people = 300_000
    people = (array("I", range(1, n_people + 1)), array("Q", [SAFETY]) * n_people, array("Q", [RECENT]) * n_people)
    data = snapshots.base_bytes(keys, people=people)
    assert len(read(data, verify).numbers) == n_people
    middle = bytearray(data)
    middle[4096 + (3 << 20)] ^= 1
    assert refused(middle, verify) == "snapshot.damaged"


def test_a_forged_base_is_refused(keys, verify):
    assert refused(snapshots.base_bytes(keys, sign=keys.forge), verify) == "snapshot.signature"


def test_another_file_is_refused(verify):
    assert refused(b"SQLite format 3\0" + bytes(5000), verify) == "snapshot.not_a_base"
    assert refused(b"", verify) == "snapshot.cut_short"


def test_a_base_cut_anywhere_is_refused(packed, verify):
    for n_bytes in (0, 7, 8, 11, 12, 300, 4095, 4096, 4100, len(packed) - 9):
        assert refused(packed[:n_bytes], verify) == "snapshot.cut_short"


@pytest.mark.parametrize(
    "changed",
    [
        {"people": (array("I", [1, 2]), array("Q", [0]), array("Q", [0, 0]))},
        {"people": (array("I", [2, 1]), array("Q", [0, 0]), array("Q", [0, 0]))},
        {"people": (array("I", [1, 1]), array("Q", [0, 0]), array("Q", [0, 0]))},
        {"people": (array("Q", [1]), array("Q", [0]), array("Q", [0]))},
        {"documents": (array("Q", [1]), array("I", []))},
    ],
)
def test_columns_that_do_not_belong_together_are_not_packed(keys, changed):
    with pytest.raises(ValueError, match=r"rows|ascend|column"):
        snapshots.base_bytes(keys, **changed)


def test_frames_come_back_as_they_were_packed(keys, verify):
    data = snapshots.people_frame(keys) + snapshots.venue_frame(keys) + snapshots.heartbeat(keys)
    frames, used = byte_snapshot_frames.read_frames(data, base=snapshots.BASE, verify=verify)
    assert used == len(data)
    assert [frame.kind for frame in frames] == [FrameKind.PEOPLE, FrameKind.VENUES, FrameKind.HEARTBEAT]
    assert frames[0].rows[1] == PersonRow(8, SAFETY, 0, 0, 7)
    assert [(frame.first, frame.last) for frame in frames] == [(42, 43), (44, 44), (45, 45)]


def test_a_frame_that_is_not_all_there_is_waited_for(keys, verify):
    first, second = snapshots.people_frame(keys), snapshots.venue_frame(keys)
    for n_bytes in range(len(second)):
        frames, used = byte_snapshot_frames.read_frames(first + second[:n_bytes], base=snapshots.BASE, verify=verify)
        assert (len(frames), used) == (1, len(first))


def test_a_wrong_frame_does_not_take_the_good_ones_before_it_along(keys, verify):
    first, forged = snapshots.people_frame(keys), snapshots.people_frame(keys, 44, sign=keys.forge)
    frames, used = byte_snapshot_frames.read_frames(first + forged, base=snapshots.BASE, verify=verify)
    assert (len(frames), used) == (1, len(first))
    with pytest.raises(Refusal, match=r"snapshot\.signature"):
        byte_snapshot_frames.read_frames(forged, base=snapshots.BASE, verify=verify)


def test_a_heartbeat_has_no_rows_and_any_other_frame_has(keys):
    with pytest.raises(ValueError, match="HEARTBEAT"):
        snapshots.people_frame(keys, kind=FrameKind.HEARTBEAT)
    with pytest.raises(ValueError, match="PEOPLE"):
        snapshots.people_frame(keys, rows=[])


def test_a_document_is_found_however_it_was_typed():
    key = SECRETS["document"]
    assert document_hash("99010119900307451x", key) == document_hash(" 990101-19900307-451Ｘ ", key)
    assert document_hash("99010119900307451X", key) != document_hash("990101199003074518", key)
    assert document_hash("990101199003074518", key) != document_hash("990101199003074518", SECRETS["day"])
