"""Ids of rows that come by the thousand: nobody guesses one, and an index grows at its end by them."""

from uuid import RFC_4122, UUID, uuid4

from fangxian.ops.realm.ids import id_of, in_hex, in_text, new_ids, new_ids_in_hex

RANDOM = (1 << 76) - (1 << 64) + (1 << 62) - 1  # the bits of a version 7 id that are neither time nor fixed


def test_each_id_comes_after_the_one_before_it():
    ids = new_ids(1000)
    assert ids == sorted(ids)
    assert len(set(ids)) == 1000


def test_an_id_says_what_it_is_made_of():
    assert {(it.version, it.variant) for it in new_ids(50)} == {(7, RFC_4122)}


def test_as_hex_an_id_is_what_it_is_in_a_database_that_knows_no_ids():
    assert all(len(it) == 32 and it[12] == "7" and it[16] in "89ab" for it in new_ids_in_hex(50))


def test_every_random_bit_is_both_in_some_ids():
    drawn = [it.int & RANDOM for it in new_ids(200)]
    ever_set = ever_clear = 0
    for it in drawn:
        ever_set, ever_clear = ever_set | it, ever_clear | ~it & RANDOM
    assert ever_set == ever_clear == RANDOM


def test_no_ids_are_no_ids():
    assert new_ids(0) == []


def test_an_id_of_a_number_is_the_one_the_standard_library_makes_of_it():
    for number in (0, 1, uuid4().int, (1 << 128) - 1):
        made, plainly = id_of(number), UUID(int=number)
        assert (made, hash(made), str(made), made.is_safe) == (plainly, hash(plainly), str(plainly), plainly.is_safe)


def test_in_hex_an_id_is_its_digits_and_no_id_is_none():
    ids = [UUID(int=7), uuid4()]
    assert in_hex([*ids, None]) == [*(it.hex for it in ids), None]


def test_in_text_an_id_is_as_the_standard_library_writes_it():
    ids = [UUID(int=7), uuid4()]
    assert in_text(ids) == [str(it) for it in ids]
