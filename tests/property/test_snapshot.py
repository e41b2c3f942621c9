"""What is true of a snapshot's bytes for all contents, and for every byte that was altered."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.policy import byte_snapshot, byte_snapshot_frames
from fangxian.core.policy.byte_snapshot_rows import DeviceRow, FrameKind, PersonRow, VenueRow
from fangxian.core.refusal import Refusal
from tests.unit.formats import snapshots
from tests.unit.formats.county import SIGNER_ID, Keys

KEYS = Keys()
VERIFY = KEYS.verifiers[SIGNER_ID]
u32, u64 = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)
people = st.builds(PersonRow, u32, u64, u64, u64, u32)
generations = st.lists(st.integers(0, 255), max_size=9).map(tuple)
venues = st.builds(VenueRow, st.integers(1, 2**24 - 1), st.text(max_size=9), st.integers(0, 3), generations, st.text())
devices = st.builds(
    DeviceRow,
    st.integers(1, 2**32 - 1),
    st.integers(0, 255),
    st.integers(0, 2**24 - 1),
    st.integers(0, 255),
    st.sampled_from(["keeper", "screen"]),
)
FRAME = snapshots.people_frame(KEYS)
BASE = snapshots.base_bytes(KEYS)


@given(st.dictionaries(u32, st.tuples(u64, u64), max_size=30), st.dictionaries(u64, u32, max_size=30))
def test_any_base_comes_back(words, documents):
    numbers = sorted(words)
    hashes = sorted(documents)
    columns = (
        array("I", numbers),
        array("Q", [words[n][0] for n in numbers]),
        array("Q", [words[n][1] for n in numbers]),
    )
    owners = (array("Q", hashes), array("I", [documents[h] for h in hashes]))
    data = snapshots.base_bytes(KEYS, people=columns, documents=owners)
    base = byte_snapshot.read_base(memoryview(data), VERIFY)
    assert dict(zip(base.numbers, zip(base.safety, base.recent, strict=True), strict=True)) == words
    assert dict(zip(base.documents, base.document_numbers, strict=True)) == documents


@given(
    st.sampled_from([(FrameKind.PEOPLE, people), (FrameKind.VENUES, venues), (FrameKind.DEVICES, devices)]).flatmap(
        lambda pair: st.tuples(st.just(pair[0]), st.lists(pair[1], min_size=1, max_size=9))
    ),
    u64,
)
def test_any_frame_comes_back(kind_rows, first):
    kind, rows = kind_rows
    data = snapshots.people_frame(KEYS, first, kind=kind, rows=rows)
    (frame,), used = byte_snapshot_frames.read_frames(data, base=snapshots.BASE, verify=VERIFY)
    assert used == len(data)
    assert (frame.kind, frame.first, list(frame.rows)) == (kind, first, rows)


@given(st.integers(0, len(FRAME) * 8 - 1))
def test_no_bit_of_a_frame_can_be_turned(bit):
    data = bytearray(FRAME)
    data[bit // 8] ^= 1 << bit % 8
    try:
        frames, used = byte_snapshot_frames.read_frames(bytes(data), base=snapshots.BASE, verify=VERIFY)
    except Refusal:
        return
    assert (frames, used) == ([], 0), "a length that grew is waited for, never taken"


@given(st.integers(0, 4096 * 8 - 1) | st.integers(4096 * 8, len(BASE) * 8 - 1))
def test_no_bit_of_a_base_that_means_something_can_be_turned(bit):
    data = bytearray(BASE)
    data[bit // 8] ^= 1 << bit % 8
    whole = byte_snapshot.read_base(memoryview(BASE), VERIFY)
    try:
        base = byte_snapshot.read_base(memoryview(bytes(data)), VERIFY)
    except Refusal:
        return
    # Only the zeros between the parts are not covered, and nothing is read from them.
    assert BASE[bit // 8] == 0
    assert (list(base.numbers), list(base.safety), base.venues) == (
        list(whole.numbers), list(whole.safety), whole.venues)  # fmt: skip


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_waited_for(data):
    with pytest.raises(Refusal):
        byte_snapshot.read_base(memoryview(data), VERIFY)
    try:
        frames, used = byte_snapshot_frames.read_frames(data, base=snapshots.BASE, verify=VERIFY)
    except Refusal:
        return
    assert (frames, used) == ([], 0)
