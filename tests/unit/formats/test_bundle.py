"""A door bundle's filter and tables: what is found, what is found wrongly, what is in force."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from fangxian.core.policy import byte_filter
from fangxian.core.policy.byte_bundle import read_bundle
from fangxian.core.policy.byte_filter import FALSE_FRACTION, may_hold, pack_filter
from fangxian.core.refusal import Refusal
from tests.unit.formats import bundles
from tests.unit.formats.bundles import NOON_AT


@pytest.mark.parametrize("n", [0, 1, 7, 200, 5000])
def test_whatever_was_put_in_is_found_and_of_the_others_one_in_a_thousand(n):
    rng = Random(n)
    handles = [rng.getrandbits(64) for _ in range(n)]
    found = pack_filter(handles)
    assert all(may_hold(found, handle) for handle in handles)
    n_others = 30_000
    n_wrongly = sum(may_hold(found, rng.getrandbits(64)) for _ in range(n_others))
    assert n_wrongly <= 1.7 * FALSE_FRACTION * n_others  # four standard deviations above the stated fraction


def test_a_thousand_handles_weigh_1800_bytes():
    assert len(pack_filter(range(1 << 60, (1 << 60) + 1000)).data) == 1798


def test_a_filter_that_is_no_file_for_a_phone_is_not_made(monkeypatch):
    monkeypatch.setattr(byte_filter, "MOST_BITS", 10_000)
    with pytest.raises(ValueError, match="700 handles take 10072 bits"):
        pack_filter(range(700))


def test_of_the_tables_in_force_the_later_version_counts_and_outside_of_all_there_are_none(keys):
    noon_s = int(NOON_AT.timestamp())
    first = replace(bundles.covid_tables(), version=1, begins_s=noon_s - 3600, until_s=noon_s + 7200)
    second = replace(first, version=2, begins_s=noon_s + 3600, until_s=noon_s + 10_800)
    data = bundles.bundle(keys, tables=[first.to_bytes(), second.to_bytes()])
    bundle = read_bundle(data, keys.verifiers)
    hours = (-2, -1, 0, 1, 1.9, 2.9, 3)
    found = [bundle.tables_at(NOON_AT + timedelta(hours=hour)) for hour in hours]
    assert [tables and tables.version for tables in found] == [None, 1, 1, 2, 2, 2, None]


def test_whatever_is_sent_in_its_place_is_refused_and_nothing_worse(keys):
    good, rng = bundles.bundle(keys), Random(5)
    for _ in range(2000):
        data = bytearray(good[: rng.randrange(len(good) + 1)]) if rng.random() < 0.5 else bytearray(good)
        for _ in range(rng.randrange(1, 4)):
            if data:
                data[rng.randrange(min(len(data), 40) if rng.random() < 0.5 else len(data))] = rng.randrange(256)
        if bytes(data) != good:
            with pytest.raises(Refusal, match="bundle"):
                read_bundle(bytes(data), keys.verifiers)
