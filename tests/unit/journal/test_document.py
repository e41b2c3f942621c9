"""A segment is read by the tables of docs/reference/journal.md and nothing else: another program could be made by it.

Nothing of the program reads here. The struct of each part is made from its table's rows.
"""

import re
import struct
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

import pytest

from tests.unit.journal.hand import GATE, NOON_MS, Hand, record, segments

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "reference" / "journal.md"
LETTERS = {"u64": "Q", "u32": "I", "u8": "B", "i16": "h"}
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| (\d+) bytes \||^\| (\d+) \| ([^|]+) \| ([ui]\d+) \|", re.MULTILINE)


def table(name: str) -> struct.Struct:
    """The struct of the table with this head; its offsets must be those of its types."""
    text = DOCUMENT.read_text("utf-8")
    rows = text[text.index(f"| | {name}") :].split("\n\n")[0]
    layout = "<"
    for match in ROW.finditer(rows):
        offset, field, length = match[1] or match[4], match[2] or match[5], match[3]
        assert int(offset) == struct.calcsize(layout), f"{name}: {field} does not stand at {offset}"
        layout += (f"{length}x" if field == "zero" else f"{length}s") if length else LETTERS[match[6]]
    return struct.Struct(layout)


HEADER, BATCH, RECORD, SEAL = table("header"), table("batch"), table("record"), table("seal")


def parsed(data: bytes) -> tuple[tuple, list[tuple[tuple, list[tuple]]], tuple]:
    """Header, batches with their records, and seal of a sealed segment's bytes."""
    header, seal = HEADER.unpack_from(data), SEAL.unpack(data[-SEAL.size :])
    at, batches = HEADER.size, []
    while at < len(data) - SEAL.size:
        batch = BATCH.unpack_from(data, at)
        records = data[at + BATCH.size : at + BATCH.size + batch[1]]
        assert batch[0] == b"FXJB"
        assert batch[3] == crc32(data[at + 16 : at + 24] + records)
        batches.append((batch, list(RECORD.iter_unpack(records))))
        at += BATCH.size + batch[1]
    assert at == len(data) - SEAL.size
    return header, batches, seal


@pytest.fixture
def folder(tmp_path):
    hand = Hand(tmp_path)
    hand.write(1, 2)
    hand.write(3)
    hand.close()
    hand = Hand(tmp_path)
    hand.write(4)
    hand.close()
    return tmp_path


def test_the_parts_are_as_long_as_the_document_says():
    assert [part.size for part in (HEADER, BATCH, RECORD, SEAL)] == [64, 24, 112, 224]


def test_header_batches_and_records_are_read_by_the_document(folder):
    data = segments(folder)[0].read_bytes()
    header, batches, _ = parsed(data)
    assert header == (b"FXJRNL1\0", GATE, 0, NOON_MS, 0, crc32(data[:60]))
    assert [(batch[2], batch[4]) for batch, _ in batches] == [(2, 0), (1, 2)]
    assert [tuple(found) for _, records in batches for found in records] == [tuple(record(n)) for n in (1, 2, 3)]


def test_seals_and_their_chain_are_computed_by_the_document(folder):
    chain, number = bytes(32), 0
    for path in segments(folder):
        data = path.read_bytes()
        header, batches, seal = parsed(data)
        magic, n_records, after, sealed, marks, cut, n_erased, erased, by, salt, before, first, now, links, check = seal
        content = blake2b(data[: -SEAL.size], digest_size=32, salt=salt, person=b"fx journal").digest()
        assert (magic, sealed, marks, cut, n_erased, erased, by) == (b"FXJSEAL1", NOON_MS, 0, 0, 0, 0, 0)
        assert n_records == sum(batch[2] for batch, _ in batches)
        assert (before, header[4], after) == (chain, number, number + n_records)
        assert first == now == content
        link = chain + struct.pack("<5Q", GATE, header[2], number, n_records, after) + first
        assert links == blake2b(link, digest_size=32, person=b"fx journal chain").digest()
        assert check == crc32(data[-SEAL.size : -4])
        chain, number = links, after


def test_a_segment_that_is_being_written_is_zeros_behind_its_last_batch(tmp_path):
    hand = Hand(tmp_path)
    hand.write(1)
    data = segments(tmp_path)[0].read_bytes()
    hand.close()
    end = HEADER.size + BATCH.size + RECORD.size
    assert data[end:] == bytes(len(data) - end)
    assert len(data) > end
