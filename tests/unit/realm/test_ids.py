"""Ids of rows that come by the thousand: nobody guesses one, and an index grows at its end by them."""

from uuid import RFC_4122

from fangxian.ops.realm.ids import new_ids, new_ids_in_hex

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
