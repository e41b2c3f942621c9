"""Whatever tubes people are in, and in whatever order results come and are taken back: who is held, who is free, who is
awaited, is what a slow definition says of each by themselves.
"""

import random
from itertools import count

import pytest

from fangxian.ops.lab.queries import roster_of, tube_with
from fangxian.ops.movement.queries import test_of as newest_test
from fangxian.ops.results.queries import CallBack

from .case_hand import build_with_diseases
from .lab_hand import Device, a_round
from .people_with_codes import seen_by_a_gate
from .result_hand import OTHER, OWN, fill, let_out, withdraw

pytestmark = pytest.mark.django_db
BAD = ("positive", "grey", "single_target")
OF_POOLS, OF_OWN = ("negative", *BAD, *BAD, "invalid"), ("negative", "negative", "negative", *BAD, "invalid")


@pytest.fixture(scope="module")
def there_of_this_file(rows_of_this_file):
    county = build_with_diseases()
    there = a_round()
    there.county = county
    there.persons = {it.name: it for it in county.persons}
    return there


@pytest.fixture
def there(there_of_this_file, db):
    return there_of_this_file


def said_of_own(name, pool, tubes, results):
    """(free, held) by somebody's own tubes filled after the pool; tubes stand in the order in which they were filled"""
    own = [it for it in list(tubes)[list(tubes).index(pool) + 1 :] if tubes[it] == {name}]
    bad = [it for it in own if results.get(it, ("",))[0] in BAD]
    good = [it for it in own if results.get(it, ("",))[0] == "negative"]
    if not bad:
        return bool(good), False
    last = bad[-1]
    free = any(own.index(it) >= own.index(last) and results[it][1] != results[last][1] for it in good)
    return free, not free


def plainly(tubes, results):
    """(pool, name) → state of everybody in a pool that is not negative."""
    found = {}
    for pool, names in tubes.items():
        if len(names) < 2 or results.get(pool, ("",))[0] not in BAD:
            continue
        for name in names:
            free, held = said_of_own(name, pool, tubes, results)
            own = [it for it in list(tubes)[list(tubes).index(pool) + 1 :] if tubes[it] == {name}]
            waits = any(it not in results for it in own)
            found[pool, name] = "free" if free else "held" if held else "sampled" if waits else "awaited"
    return found


def as_stored(there, tubes):
    names = {it.pk: it.person.name for it in roster_of(there.round).select_related("person")}
    ids = {tube_with(there.round, it).pk: it for it in tubes}
    rows = CallBack.objects.filter(is_held=True).exclude(state="dropped")
    return {(ids[row.tube], names[row.place]): row.state for row in rows}


def lay_tubes(there, dice, numbers):
    """Pools and own tubes, in one order in time; who is in each."""
    phone, tubes = Device(there), {}
    names = sorted(there.persons)
    sizes = [1, 3, 1, 2, 1, 1, 1]
    for size in sizes:
        label = f"2{next(numbers):07}"
        tubes[label] = set(dice.sample(names[:3], size))
        fill(phone, label, *sorted(tubes[label]), size=max(size, 1))
    return tubes


@pytest.mark.parametrize("seed", range(4))
def test_everybody_is_where_a_slow_definition_says(there, seed):
    dice, numbers = random.Random(seed), count(seed * 100)
    tubes, results = lay_tubes(there, dice, numbers), {}
    for _ in range(20):
        tube = dice.choice(sorted(tubes))
        if tube in results:
            withdraw(there, tube)
            del results[tube]
        else:
            outcome = dice.choice(OF_POOLS if len(tubes[tube]) > 1 else OF_OWN)
            laboratory = dice.choice((OWN, OTHER))
            runs = 2 if outcome == "invalid" else 1
            let_out(there, tube, *[outcome] * runs, laboratory=laboratory)
            results[tube] = outcome, laboratory
        expected = plainly(tubes, results)
        assert as_stored(there, tubes) == expected
        for name, person in there.persons.items():
            held = {state for (_, of), state in expected.items() if of == name}
            colour, rule = seen_by_a_gate(person)
            if rule != "C-18" and not alone_and_bad(name, tubes, results):
                assert (rule == "C-11") == bool(held & {"awaited", "sampled"}), (name, colour, rule, held)
            told = [results[it][0] for it in tubes if name in tubes[it] and it in results]
            assert (newest_test(person.pk) is None) == (not [it for it in told if it != "invalid"])


def alone_and_bad(name, tubes, results):
    return any(tubes[it] == {name} and results[it][0] in BAD for it in results)
