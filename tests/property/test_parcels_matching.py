"""Matching waybills to a register: against a known truth, and what holds whatever is written."""

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fangxian.core.divisions import read_divisions
from fangxian.core.drill.county.build import build_county
from fangxian.core.drill.county.plan import read_county_plan
from fangxian.core.drill.waybills import Consignee, write_waybills
from fangxian.core.matching.addresses import Gazetteer
from fangxian.ops.parcels.matching.judging import Verdict, Written, judge
from fangxian.ops.parcels.matching.register import Register, Resident

FOLDER = Path(__file__).resolve().parents[2] / "counties" / "fushan"
SEXES = {1: "male", 2: "female"}
FOURTEEN_YEARS_D = 14 * 365
LEAST_PRECISION, LEAST_RECALL = 0.99, 0.80
BEGINS = datetime(2022, 4, 7, 8, tzinfo=UTC)


@cache
def a_county():
    """(everybody as consignees, the rows of adults, the register) of the county at a tenth of its people."""
    divisions = read_divisions((FOLDER / "divisions" / "2021.csv").read_bytes(), edition="2021")
    plan = read_county_plan(
        county=(FOLDER / "county.toml").read_bytes(), names=(FOLDER / "names.toml").read_bytes(), divisions=divisions
    )
    made = build_county(plan, rng=np.random.default_rng(7), scale=0.1)
    persons, addresses = made.persons, made.households.address
    homes, oldest = persons.household.tolist(), made.reference_on - FOURTEEN_YEARS_D
    people, residents = [], []
    columns = (persons.name, persons.phone, homes, persons.sex.tolist(), persons.born_on.tolist(), persons.area_path)
    for row, (name, phone, home, sex, born_on, area) in enumerate(zip(*columns, strict=True)):
        people.append(Consignee(name, phone, addresses[home], home, SEXES[sex]))
        ids = UUID(int=row + 1), UUID(int=home + 1)
        residents.append(Resident(*ids, str(area), name, phone, SEXES[sex], born_on > oldest))
    gazetteer = Gazetteer({it.code: it.name_zh for it in divisions.rows})
    register = Register(residents, {UUID(int=home + 1): text for home, text in enumerate(addresses)}, gazetteer)
    adults = [row for row, resident in enumerate(residents) if not resident.is_child]
    return people, adults, register


def judged(n: int, seed: int) -> Counter:
    """How the rows of a dirty list of `n` came out, against whom each is truly for."""
    people, adults, register = a_county()
    told = {"begins": BEGINS, "days": 9, "couriers": ["甲"], "station": "城关", "rng": np.random.default_rng(seed)}
    written = write_waybills([people[row] for row in adults], n=n, **told)
    found: Counter = Counter()
    for row, truth in zip(written.rows, written.truth, strict=True):
        meant = adults[truth] if truth >= 0 else None
        judgement = judge(register, Written.of(register, name=row[1], phone=row[2], address=row[3]))
        rows = [one.row for one in judgement.candidates]
        found[judgement.verdict] += 1
        found["residents"] += meant is not None
        found["right"] += judgement.verdict is Verdict.MATCHED and rows[0] == meant
        found["shown"] += judgement.verdict is Verdict.AMBIGUOUS and meant in rows
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_dirty_list_is_matched_right_and_most_of_it_is(seed):
    found = judged(3000, seed)
    precision = found["right"] / found[Verdict.MATCHED]
    recall = found["right"] / found["residents"]
    shown = (found["right"] + found["shown"]) / found["residents"]
    print(f"\nseed {seed}: precision {precision:.4f}, recall {recall:.3f}, matched or shown to a person {shown:.3f}")
    assert precision >= LEAST_PRECISION
    assert recall >= LEAST_RECALL


def test_every_row_comes_out_in_exactly_one_way():
    found = judged(500, 9)
    assert found[Verdict.MATCHED] + found[Verdict.AMBIGUOUS] + found[Verdict.UNMATCHED] == 500


def test_a_list_of_one_seed_is_the_same_list():
    people, adults, _ = a_county()
    several = [people[row] for row in adults[:200]]
    told = {"n": 50, "begins": BEGINS, "days": 3, "couriers": ["甲", "乙"], "station": "城关"}
    lists = [write_waybills(several, **told, rng=np.random.default_rng(4)) for _ in range(2)]
    assert lists[0] == lists[1]


anything = st.text(alphabet="张王李伟明*×先生女士0123456789-转村组号东关天坛镇浮山县 （）\u3000🚚", max_size=24)


@settings(max_examples=300)
@given(anything, anything, anything)
def test_whatever_is_written_comes_out_with_likelihoods_that_are_ones(name, phone, address):
    _, _, register = a_county()
    judgement = judge(register, Written.of(register, name=name, phone=phone, address=address))
    likely = [one.likelihood for one in judgement.candidates]
    assert sum(likely) <= 1 + 1e-9
    assert likely == sorted(likely, reverse=True)
    assert bool(judgement.candidates) is (judgement.verdict is not Verdict.UNMATCHED)
    assert bool(judgement.why) is (judgement.verdict is Verdict.UNMATCHED)


@settings(max_examples=100)
@given(st.integers(0, 5000))
def test_whoever_is_written_as_they_are_on_record_is_found(n):
    people, adults, register = a_county()
    row = adults[n % len(adults)]
    one = people[row]
    if one.phone:
        judgement = judge(register, Written.of(register, name=one.name, phone=one.phone, address=one.address))
        assert (judgement.verdict, judgement.candidates[0].row) == (Verdict.MATCHED, row)


@settings(max_examples=100)
@given(st.integers(0, 5000), st.integers(0, 5000))
def test_a_name_alone_is_never_enough(n, m):
    people, adults, register = a_county()
    name = people[adults[(n * 7 + m) % len(adults)]].name
    assert judge(register, Written.of(register, name=name, phone="", address="")).verdict is not Verdict.MATCHED
