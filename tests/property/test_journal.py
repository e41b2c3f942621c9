"""Wherever a journal is cut or damaged, every batch that was whole before and is untouched comes back."""

from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.policy.byte_journal import (
    BATCH_HEADER_BYTES,
    HEADER_BYTES,
    RECORD_BYTES,
    ScanRecord,
    SegmentHeader,
    batches_past_damage,
    pack_batch,
    pack_header,
    pack_record,
    read_batches,
    read_header,
    unpack_records,
)
from fangxian.core.policy.byte_seal import (
    NO_CHAIN,
    SALT_BYTES,
    SEAL_BYTES,
    Seal,
    chain_after,
    faults_of,
    hash_of_segment,
    pack_seal,
    without_numbers,
)


def number(bits: int) -> st.SearchStrategy[int]:
    return st.integers(0, (1 << bits) - 1)


records = st.builds(
    ScanRecord,
    id=st.binary(min_size=16, max_size=16),
    device=number(32),
    gate_number=number(32),
    venue=number(32),
    door=number(8),
    marks=number(8),
    presence=number(8),
    outcome=number(8),
    decided=number(8),
    temperature_tenths=st.integers(-1, 500),
    scanned_ms=number(64),
    received_ms=number(64),
    sent_ms=number(64),
    mask=number(64),
    safety=number(64),
    recent=number(64),
    snapshot=number(64),
    digest=st.binary(min_size=8, max_size=8),
    tables=st.binary(min_size=4, max_size=4),
)
sizes = st.lists(st.integers(1, 4), min_size=1, max_size=6)


def segment(sizes: list[int]) -> tuple[bytes, list[tuple[int, int]]]:
    """A segment of batches of these sizes, and of each batch where it begins and ends."""
    data, places, first = pack_header(SegmentHeader(1, 0, 0, 0)), [], 0
    for size in sizes:
        begins = len(data)
        # Record n is n in every byte: no batch can be found inside another by its first bytes.
        data += pack_batch(first, [bytes([first + n]) * RECORD_BYTES for n in range(size)])
        places.append((begins, len(data)))
        first += size
    return data, places


@given(record=records)
def test_every_record_comes_back(record):
    assert list(unpack_records(pack_record(record))) == [record]


@given(header=st.builds(SegmentHeader, number(64), number(64), number(64), number(64)), cut=st.integers(0, 64))
def test_a_header_comes_back_whole_or_not_at_all(header, cut):
    assert read_header(pack_header(header)[:cut]) == (header if cut == HEADER_BYTES else None)


@given(sizes=sizes, data=st.data())
def test_any_cut_keeps_every_batch_before_it_and_invents_none(sizes, data):
    whole, places = segment(sizes)
    cut = data.draw(st.integers(HEADER_BYTES, len(whole)))
    batches, n_used = read_batches(whole[HEADER_BYTES:cut], begins=HEADER_BYTES)
    kept = [place for place in places if place[1] <= cut]
    assert [(batch.begins, batch.ends) for batch in batches] == kept
    assert HEADER_BYTES + n_used == (kept[-1][1] if kept else HEADER_BYTES)
    assert list(batches_past_damage(whole[:cut])) == batches


@given(sizes=sizes, data=st.data())
def test_a_segment_read_in_two_parts_is_the_segment_read_at_once(sizes, data):
    whole, _ = segment(sizes)
    cut = data.draw(st.integers(HEADER_BYTES, len(whole)))
    first, n_used = read_batches(whole[HEADER_BYTES:cut], begins=HEADER_BYTES)
    begins = HEADER_BYTES + n_used
    second, _ = read_batches(whole[begins:], begins=begins)
    assert first + second == list(batches_past_damage(whole))


@given(sizes=sizes, data=st.data(), bits=st.integers(1, 255))
def test_a_damaged_byte_costs_its_own_batch_only(sizes, data, bits):
    whole, places = segment(sizes)
    at = data.draw(st.integers(HEADER_BYTES, len(whole) - 1))
    damaged = bytearray(whole)
    damaged[at] ^= bits
    found = [(batch.begins, batch.ends) for batch in batches_past_damage(bytes(damaged))]
    assert found == [(begins, ends) for begins, ends in places if not begins <= at < ends]


@given(sizes=sizes, garbage=st.binary(max_size=BATCH_HEADER_BYTES + RECORD_BYTES))
def test_what_a_crash_leaves_behind_the_last_batch_is_not_read(sizes, garbage):
    whole, places = segment(sizes)
    assert [(b.begins, b.ends) for b in batches_past_damage(whole + garbage)] == places


def sealed(content: bytes, header: SegmentHeader, n_records: int) -> bytes:
    hash_ = hash_of_segment(b"s" * SALT_BYTES)
    hash_.update(content)
    now = hash_.digest()
    chain = chain_after(NO_CHAIN, header, n_records, n_records, now)
    return content + pack_seal(
        Seal(n_records, n_records, 7, 0, 0, 0, 0, 0, b"s" * SALT_BYTES, NO_CHAIN, now, now, chain)
    )


@given(sizes=sizes, data=st.data(), bits=st.integers(1, 255), is_rewritten=st.booleans())
def test_any_byte_of_a_sealed_segment_that_is_changed_is_found(sizes, data, bits, is_rewritten):
    whole = sealed(segment(sizes)[0], SegmentHeader(1, 0, 0, 0), sum(sizes))
    if is_rewritten:
        (theirs,) = {record.gate_number for batch in batches_past_damage(whole) for record in list(
            unpack_records(batch.records))[:1] if batch.first == 0}  # fmt: skip
        whole, n_changed = without_numbers(whole, {theirs}, at_ms=1, ordered_by=5, salt=b"n" * SALT_BYTES)
        assert n_changed == 1
    assert faults_of(whole, gate=1, sequence=0, previous=NO_CHAIN) == []
    changed = bytearray(whole)
    changed[data.draw(st.integers(0, len(whole) - 1))] ^= bits
    assert faults_of(bytes(changed), gate=1, sequence=0, previous=NO_CHAIN)


@given(sizes=sizes, data=st.data(), n_bytes=st.integers(1, 500))
def test_a_sealed_segment_that_is_longer_or_shorter_is_found(sizes, data, n_bytes):
    whole = sealed(segment(sizes)[0], SegmentHeader(1, 0, 0, 0), sum(sizes))
    assert faults_of(whole[:-n_bytes], gate=1, sequence=0, previous=NO_CHAIN)
    assert faults_of(whole + bytes(n_bytes), gate=1, sequence=0, previous=NO_CHAIN)
    cut = data.draw(st.integers(HEADER_BYTES, len(whole) - SEAL_BYTES - 1))
    assert faults_of(whole[:cut] + whole[cut + 1 :], gate=1, sequence=0, previous=NO_CHAIN)


@given(found=st.lists(records, min_size=1, max_size=5), data=st.data())
def test_without_somebody_a_segment_has_all_its_records_and_none_of_theirs(found, data):
    erased = set(data.draw(st.lists(st.sampled_from([record.gate_number for record in found]))))
    segment = pack_header(SegmentHeader(1, 0, 0, 0)) + pack_batch(0, [pack_record(record) for record in found])
    changed, n_changed = without_numbers(segment, erased, at_ms=0, ordered_by=5, salt=bytes(16))
    (batch,) = batches_past_damage(changed)
    after = list(unpack_records(batch.records))
    assert len(changed) == len(segment)
    assert n_changed == sum(record.gate_number in erased for record in found)
    for before, now in zip(found, after, strict=True):
        if before.gate_number in erased:
            assert (now.gate_number, now.safety, now.recent, now.mask, now.temperature_tenths) == (0, 0, 0, 0, -1)
            assert (now.id, now.venue, now.scanned_ms, now.digest) == (
                before.id, before.venue, before.scanned_ms, before.digest,
            )  # fmt: skip
        else:
            assert now == before
