"""Two-stage pools: sizes and tests a person equal those of binGroup2."""

import csv

import pytest

from fangxian.core.screening.pools import best_size, cost_of_one


def test_the_best_sizes_and_their_tests_are_those_published(shared_data):
    with (shared_data / "group_testing" / "dorfman_optimal_perfect_assay.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    for row in rows:
        size = int(row["opt_stage1"])
        assert best_size(float(row["p"])) == size
        assert cost_of_one(float(row["p"]), size) == pytest.approx(float(row["ET_per_person"]), rel=1e-9)
