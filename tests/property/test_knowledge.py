"""What a gate finds in a base's columns, with changes written over them, is what a plain dict would say."""

from array import array
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.policy.byte_snapshot import open_base, read_base
from fangxian.core.policy.byte_snapshot_frames import Frame
from fangxian.core.policy.byte_snapshot_rows import FrameKind, PersonRow
from fangxian.core.refusal import Refusal
from fangxian.gate.knowledge import Knowledge
from tests.unit.formats import snapshots
from tests.unit.formats.county import SIGNER_ID, Keys

KEYS = Keys()
VERIFY = KEYS.verifiers[SIGNER_ID]
# Anywhere, and close together: an index by upper bits has buckets that are empty, and some that are full.
numbers = st.integers(1, 2**32 - 1) | st.integers(1, 40) | st.integers(2**32 - 40, 2**32 - 1)
hashes = st.integers(1, 2**64 - 1) | st.integers(2**63, 2**63 + 40)
words = st.integers(1, 2**63 - 1)
rows = st.builds(PersonRow, numbers, words, words, hashes | st.just(0), numbers | st.just(0))


class Plain(NamedTuple):
    """The definition."""

    people: dict[int, tuple[int, int]]
    owners: dict[int, int]
    aliases: dict[int, int]

    def find(self, number):
        kept = self.aliases.get(number, number)
        return kept, *self.people.get(kept, (0, 0))

    def take(self, row):
        self.people[row.number] = (row.safety, row.recent)
        if row.document:
            self.owners[row.document] = row.alias_of or row.number
        self.aliases.pop(row.number, None)
        if row.alias_of:
            self.aliases[row.number] = row.alias_of


plains = st.builds(
    Plain,
    st.dictionaries(numbers, st.tuples(words, words), max_size=200),
    st.dictionaries(hashes, numbers, max_size=200),
    st.dictionaries(numbers, numbers, max_size=5),
)


def knowledge_of(plain, read):
    people, owners = sorted(plain.people), sorted(plain.owners)
    data = snapshots.base_bytes(
        KEYS,
        people=(
            array("I", people),
            array("Q", [plain.people[n][0] for n in people]),
            array("Q", [plain.people[n][1] for n in people]),
        ),
        documents=(array("Q", owners), array("I", [plain.owners[h] for h in owners])),
        aliases=list(plain.aliases.items()),
    )
    return Knowledge(read(memoryview(bytearray(data)), VERIFY), heard_ms=0)


def frame_of(some, first):
    return Frame(FrameKind.PEOPLE, snapshots.BASE, first, len(some), 0, some, 0)


@pytest.mark.parametrize("read", [read_base, open_base])
@given(plains, st.lists(st.lists(rows, min_size=1, max_size=9), max_size=9), st.lists(numbers, max_size=20))
def test_everybody_is_found_as_a_dict_would_find_them(read, plain, frames, strangers):
    known = knowledge_of(plain, read)
    for some in frames:
        known.take(frame_of(some, known.number + 1), heard_ms=0)
        for row in some:
            plain.take(row)
    for number in {*plain.people, *plain.aliases, *strangers}:
        assert known.find(number) == plain.find(number)
    for hash_ in plain.owners:
        assert known.document_owner(hash_) == plain.owners[hash_]
    assert known.document_owner(0) == 0


@given(plains, st.lists(rows, min_size=1, max_size=20))
def test_a_frame_taken_twice_or_late_changes_nothing(plain, some):
    known = knowledge_of(plain, read_base)
    first = known.number + 1
    known.take(frame_of(some, first), heard_ms=0)
    known.take(frame_of([PersonRow(some[0].number, 1, 1)], known.number + 1), heard_ms=0)
    before = [known.find(row.number) for row in some]
    for replayed in (frame_of(some, first), frame_of(some[-1:], known.number)):
        with pytest.raises(Refusal, match="number_missed"):
            known.take(replayed, heard_ms=0)
    assert [known.find(row.number) for row in some] == before
