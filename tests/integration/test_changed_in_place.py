"""A roster of a hundred thousand: how far somebody is changes without any index, and is counted at once."""

import pytest
from django.db import connection

from fangxian.ops.lab.models import RosterPlace
from fangxian.ops.lab.queries import counted, roster_of
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.ids import new_ids

from .lab_hand import a_prepared_round

pytestmark = pytest.mark.django_db
N = 200


@pytest.fixture
def row():
    made = a_prepared_round()
    places = (
        {"id": pk, "round_id": made.pk, "number": n, "area_path": f"1410271002000{n % 2:02}", "source": "list",
         "token": f"{n}"}
        for n, pk in enumerate(new_ids(N))
    )  # fmt: skip
    insert_rows(RosterPlace, places)
    return made


@pytest.mark.postgres
def test_how_far_everybody_is_changes_beside_what_was_and_no_index_is_touched(row):
    before = written_in_place()
    roster_of(row).update(stage="resulted")
    assert written_in_place() - before == N


def written_in_place() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_get_xact_tuples_hot_updated('lab_rosterplace'::regclass)")
        return cursor.fetchone()[0]


@pytest.mark.sqlite
def test_the_roster_is_counted_from_an_index_alone(row):
    with connection.execute_wrapper(told := Told()):
        counted(row)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {told.sql}", told.params)
        plan = [it[-1] for it in cursor.fetchall()]
    assert plan == ["SEARCH lab_rosterplace USING COVERING INDEX roster_by_area (round_id=?)"]


class Told:
    """The last statement."""

    def __call__(self, execute, sql, params, many, context):
        self.sql, self.params = sql, params
        return execute(sql, params, many, context)


def test_everybody_is_counted_once_by_where_they_live_and_how_far_they_are(row):
    roster_of(row).filter(number__lt=50).update(stage="tube")
    found = {(it.area_path[-2:], it.stage): it.n for it in counted(row)}
    assert found == {("00", "tube"): 25, ("01", "tube"): 25, ("00", "due"): 75, ("01", "due"): 75}
