"""Whatever is done to a snapshot's files, a gate says no wrong word: the right one, or that it cannot say.

A base of several chunks is hurt at both sides of every boundary in it. Read whole, as a county's is, it must be
refused; mapped, as a province's is, it may be opened, and each person in it has their own words or a refusal.
"""

import asyncio
import os
import random
import threading
from array import array
from functools import partial

import pytest

from fangxian.core.policy.byte_snapshot import open_base, read_base, read_head
from fangxian.core.policy.byte_snapshot_chunks import CHUNK
from fangxian.core.policy.byte_snapshot_rows import FrameKind, PersonRow
from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal
from fangxian.gate import following, opening
from fangxian.gate.following import Follower
from fangxian.gate.knowledge import Knowledge
from tests.unit.gate import gate_files as county
from tests.unit.gate.doors import Doors, Wall
from tests.unit.gate.gate_files import BASE, REALM, GateFiles

N_PEOPLE = 16_000
ASKED = 400
RED_WORD = county.safety_of(Colour.RED)
N_SWAPS = 12


def words_of(number):
    """Some words for somebody: theirs alone, so that another's are seen."""
    return number << 8 | 1, number << 8 | 2


class Many:
    """A county with so many people that its base has several chunks."""

    def __init__(self, folder):
        self.files = GateFiles(folder)
        self.files.write_keys()
        dice = random.Random(7)
        self.numbers = sorted(dice.sample(range(1, 1 << 32), N_PEOPLE))
        self.hashes = sorted(dice.sample(range(1, 1 << 62), N_PEOPLE))
        self.asked = dice.sample(self.numbers, ASKED)
        self.verify = lambda message, signature: self.files.keys.verifiers[county.SIGNER_ID](message, signature)
        self.data = self.base()
        self.head = read_head(memoryview(self.data), self.verify)
        self.spans = open_base(memoryview(self.data), self.verify).spans

    def base(self, number=BASE):
        return self.files.base_bytes(
            number,
            people={number: words_of(number) for number in self.numbers},
            documents=(array("Q", self.hashes), array("I", self.numbers)),
        )

    def edges(self):
        """Places in the file at both sides of whatever begins or ends there."""
        begins, ends = self.head.begins, self.head.ends
        inside = {at for span in self.spans.values() for at in span} | set(range(0, ends - begins, CHUNK))
        return sorted({at for edge in inside for at in (begins + edge - 1, begins + edge) if begins <= at < ends})


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return Many(tmp_path_factory.mktemp("many") / "realm")


def said(ask, *of):
    """What is answered, or the code of the refusal."""
    try:
        return ask(*of)
    except Refusal as refusal:
        return refusal.code


def prove_rest(chunks):
    """What a gate does beside its work."""
    while places := chunks.to_do(4):
        chunks.note(places, chunks.look_at(places))


def asked_of(known, many):
    """How many of those asked for are refused; whoever is answered is answered rightly."""
    answers = {number: said(known.find, number) for number in many.asked}
    for number, answer in answers.items():
        assert answer in ((number, *words_of(number)), "gate.words_damaged")
    for hash_, number in list(zip(many.hashes, many.numbers, strict=True))[:: N_PEOPLE // ASKED]:
        assert said(known.document_owner, hash_) in (number, "gate.words_damaged")
    return list(answers.values()).count("gate.words_damaged")


def test_the_base_has_chunks_of_every_kind(many):
    assert many.head.ends - many.head.begins > 6 * CHUNK
    assert len(many.edges()) > 30


def test_a_byte_altered_at_any_edge_is_never_a_wrong_word(many):
    n_refused = []
    for at in many.edges():
        hurt = bytearray(many.data)
        hurt[at] ^= 0x10
        with pytest.raises(Refusal, match=r"snapshot\.damaged"):
            read_base(memoryview(hurt), many.verify)
        base = said(open_base, memoryview(hurt), many.verify)
        if base == "snapshot.damaged":
            continue
        known = Knowledge(base, heard_ms=0)
        n_refused.append(asked_of(known, many))
        prove_rest(base.chunks)
        assert base.chunks.n_damaged == 1, f"byte {at}"
        assert asked_of(known, many) == n_refused[-1]
    assert len(n_refused) > 15
    assert min(n_refused) == 0, "damage among the documents refuses nobody with a code"
    assert any(0 < n < ASKED for n in n_refused), "damage in one chunk of several refuses those in it"


def test_a_file_cut_anywhere_is_refused(many):
    edges = {0, 1, 8, 12, 4095, 4096, many.head.begins, many.head.begins + 1, len(many.data) - 1, *many.edges()}
    for at in edges:
        for read in (read_base, open_base):
            with pytest.raises(Refusal, match=r"snapshot\.(cut_short|damaged)"):
                read(memoryview(many.data)[:at], many.verify)


def test_bytes_behind_the_end_are_refused(many):
    for read in (read_base, open_base):
        with pytest.raises(Refusal, match=r"snapshot\.damaged"):
            read(memoryview(many.data + b"\0"), many.verify)


def test_two_chunks_that_changed_places_are_found(many):
    hurt = bytearray(many.data)
    first, second = (slice(many.head.begins + n * CHUNK, many.head.begins + (n + 1) * CHUNK) for n in (1, 2))
    hurt[first], hurt[second] = hurt[second], hurt[first]
    known = Knowledge(open_base(memoryview(hurt), many.verify), heard_ms=0)
    assert 0 < asked_of(known, many) <= ASKED
    assert known.chunks.n_damaged == 2


# ---- a mapped base in use ----


@pytest.fixture
def mapped(many, tmp_path, monkeypatch):
    """A gate that maps bases of any size, and the files it follows."""

    def open_file(path, verify, *, breathe):
        return opening.open_file(path, verify, breathe=breathe, mapped_from=0, proved_later_from=0)

    monkeypatch.setattr(following, "open_file", open_file)
    files = GateFiles(tmp_path / "realm")
    files.write_keys()
    return files


def put(files, number, data):
    files.base = files.last = number
    files.replace(f"base-{number}.fxs", bytes(data))
    files.replace(f"deltas-{number}.fxd", b"")
    files.point_to(number)


def hurt_in(many, section, number=BASE):
    data = bytearray(many.base(number))
    begins, ends = many.spans[section]
    data[many.head.begins + (begins + ends) // 2] ^= 1
    return data


def follower_of(files, wall):
    follower = Follower(files.folder, realm=REALM, wall_ms=wall)
    follower.look()
    return follower


def test_damage_in_a_mapped_base_is_said_before_anybody_in_it_is_asked_for(many, mapped):
    put(mapped, BASE, hurt_in(many, "words"))
    follower = follower_of(mapped, Wall())
    prove_rest(follower.knowledge.chunks)
    follower.look()
    assert follower.troubles["words"].code == "snapshot.damaged"
    assert "words" in str(follower.troubles["words"].facts["what"])


def test_damage_is_mended_by_the_next_base_and_not_by_reading_the_same_again(many, mapped):
    wall = Wall()
    put(mapped, BASE, hurt_in(many, "words"))
    follower = follower_of(mapped, wall)
    n_refused = asked_of(follower.knowledge, many)
    assert n_refused
    for _ in range(3):
        wall.ms += 1_500
        known = follower.knowledge
        follower.look()
        assert follower.knowledge is known
    put(mapped, BASE + 1, many.base(BASE + 1))
    follower.look()
    assert asked_of(follower.knowledge, many) == 0
    assert follower.troubles == {}


def test_whoever_changes_in_a_damaged_chunk_has_the_new_words(many, mapped):
    put(mapped, BASE, hurt_in(many, "numbers"))
    follower = follower_of(mapped, Wall())
    before = asked_of(follower.knowledge, many)
    rows = [PersonRow(number, *words_of(number)) for number in many.asked]
    mapped.append(mapped.frame(FrameKind.PEOPLE, rows))
    follower.look()
    assert before > 0 == asked_of(follower.knowledge, many)


def test_a_damaged_base_does_not_take_the_place_of_a_good_one_where_it_is_found_out_at_once(many, mapped):
    put(mapped, BASE, many.data)
    follower = follower_of(mapped, Wall())
    for section in ("venues", "devices", "tables"):
        put(mapped, BASE + 1, hurt_in(many, section, BASE + 1))
        follower.look()
        assert follower.knowledge.base_number == BASE
        assert follower.troubles["base"].code == "snapshot.damaged"


def test_whoever_is_in_a_damaged_chunk_is_told_what_to_do_and_nobody_else_notices(many, mapped):
    put(mapped, BASE, hurt_in(many, "words"))
    doors = Doors(mapped)
    told = {number: said(doors.follower.knowledge.find, number) for number in many.asked}
    lost = next(number for number, answer in told.items() if answer == "gate.words_damaged")
    fine = next(number for number, answer in told.items() if answer != "gate.words_damaged")
    status, answer = doors.ask(mapped.scan(lost), mapped.token())
    assert (status, answer["refusal"]) == (503, "gate.words_damaged")
    assert doors.journal.records == []
    mapped.append(mapped.frame(FrameKind.PEOPLE, [PersonRow(fine, *county.PEOPLE[county.RED])]))
    doors.wall.ms += 10
    doors.follower.look()
    status, answer = doors.ask(mapped.scan(fine), mapped.token())
    assert (status, answer["outcome"], answer["health"]) == (200, "refuse", "red")
    assert [trouble["refusal"] for trouble in doors.health()[1]["troubles"]] == ["snapshot.damaged"]


def test_a_mapped_base_is_proved_whole_before_it_is_used_unless_it_is_a_provinces(many, tmp_path):
    path = tmp_path / "base.fxs"
    path.write_bytes(hurt_in(many, "words"))
    n_bytes = path.stat().st_size
    opened = partial(opening.open_file, path, many.verify, breathe=following.without_rest)
    for mapped_from in (0, n_bytes + 1):
        with pytest.raises(Refusal, match=r"snapshot\.damaged"):
            opened(mapped_from=mapped_from, proved_later_from=n_bytes + 1)
        assert opened(mapped_from=mapped_from, proved_later_from=n_bytes).chunks.n_unproved


def test_what_deltas_write_never_reaches_the_file(many, mapped):
    put(mapped, BASE, many.data)
    one, other = follower_of(mapped, Wall()), follower_of(mapped, Wall())
    mapped.append(mapped.frame(FrameKind.PEOPLE, [PersonRow(many.asked[0], RED_WORD, 1)]))
    one.look()
    assert one.knowledge.find(many.asked[0]) == (many.asked[0], RED_WORD, 1)
    assert other.knowledge.find(many.asked[0]) == (many.asked[0], *words_of(many.asked[0]))
    assert (mapped.folder / f"base-{BASE}.fxs").read_bytes() == many.data
    prove_rest(one.knowledge.chunks)
    assert one.knowledge.chunks.is_whole, "a chunk in which deltas wrote was proved before"


def test_a_county_base_that_is_cut_or_overwritten_while_in_use_reaches_no_gate(many, tmp_path):
    files = GateFiles(tmp_path / "realm")
    files.write_keys()
    put(files, BASE, many.data)
    follower = follower_of(files, Wall())
    with (files.folder / f"base-{BASE}.fxs").open("r+b") as file:
        file.write(os.urandom(1 << 16))
        file.truncate(1 << 16)
    assert asked_of(follower.knowledge, many) == 0


# ---- one base after another, under load ----


def test_while_bases_follow_one_another_nobody_red_is_ever_seen_green_again(many, mapped):
    """A person turns red by a delta; each base after that has them red; none that is asked is told otherwise."""
    turning = many.asked[0]
    put(mapped, BASE, many.data)
    follower = follower_of(mapped, Wall())
    seen: set[int] = set()

    def next_base(n):
        people = {number: words_of(number) for number in many.numbers} | {turning: (RED_WORD, 1)}
        put(mapped, BASE + 10 * n, mapped.base_bytes(BASE + 10 * n, people=people))

    async def scan():
        is_red = False
        while True:
            for number in many.asked[1:20]:
                assert follower.knowledge.find(number) == (number, *words_of(number))
            _, safety, _ = follower.knowledge.find(turning)
            is_red = is_red or safety == RED_WORD
            assert not is_red or safety == RED_WORD
            seen.add(follower.knowledge.base_number)
            await asyncio.sleep(0)

    async def swap():
        tasks = [asyncio.create_task(follower.follow()), asyncio.create_task(scan())]
        mapped.publish_person(turning, RED_WORD, 1)
        while follower.knowledge.number == BASE:
            await asyncio.sleep(0.001)
        for n in range(1, N_SWAPS + 1):
            next_base(n)
            while BASE + 10 * n not in seen:
                assert not any(task.done() for task in tasks)
                await asyncio.sleep(0.001)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(asyncio.wait_for(swap(), 120))
    assert follower.troubles == {}


def test_while_a_base_is_being_read_the_one_before_is_followed(many, mapped, monkeypatch):
    """However long it takes to read a new base, who turns red meanwhile is red at once; and red when it is in use."""
    turning, later = many.asked[:2]
    put(mapped, BASE, many.data)
    follower = follower_of(mapped, Wall())
    is_to_go_on, open_file = threading.Event(), following.open_file
    red = PersonRow(turning, RED_WORD, 1)

    def open_slowly(*of, **how):
        assert is_to_go_on.wait(60)
        return open_file(*of, **how)

    monkeypatch.setattr(following, "open_file", open_slowly)

    async def until(condition):
        while not condition():
            await asyncio.sleep(0.001)

    async def follow():
        task = asyncio.create_task(follower.follow())
        before = mapped.frame(FrameKind.PEOPLE, [red])
        put(mapped, BASE + 1, many.base(BASE + 1))
        mapped.append(mapped.frame(FrameKind.PEOPLE, [red, PersonRow(later, RED_WORD, 1)]))
        with (mapped.folder / f"deltas-{BASE}.fxd").open("ab") as file:
            file.write(before)
        await until(lambda: follower.knowledge.find(turning)[1] == RED_WORD)
        assert follower.knowledge.base_number == BASE
        is_to_go_on.set()
        await until(lambda: follower.knowledge.base_number == BASE + 1)
        assert [follower.knowledge.find(number)[1] for number in (turning, later)] == [RED_WORD, RED_WORD]
        task.cancel()

    asyncio.run(asyncio.wait_for(follow(), 120))
    assert follower.troubles == {}


def test_knowledge_that_was_replaced_is_given_back(many, mapped, monkeypatch):
    monkeypatch.setattr(following, "RETIRED_MS", 0)
    put(mapped, BASE, many.data)
    follower = follower_of(mapped, Wall())
    old = follower.knowledge

    async def follow():
        task = asyncio.create_task(follower.follow())
        put(mapped, BASE + 1, many.base(BASE + 1))
        while old.venues or old.devices:
            await asyncio.sleep(0.001)
        task.cancel()

    asyncio.run(asyncio.wait_for(follow(), 60))
    assert follower.knowledge.base_number == BASE + 1
    assert follower.knowledge.venues.keys() == {row.number for row in county.VENUES}
