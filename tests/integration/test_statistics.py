"""PostgreSQL is told to look at a table into which very many rows came at once."""

import pytest
from django.db import connection

from fangxian.ops.places.models import Division
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.statistics import look_over

N = 300


@pytest.mark.postgres
@pytest.mark.django_db
def test_how_much_came_at_once_is_known_at_once():
    rows = ({"edition": "2020", "area_path": f"{n:06}", "name_zh": f"第{n}村"} for n in range(100_000, 100_000 + N))
    insert_rows(Division, rows)
    look_over(Division)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [Division._meta.db_table])
        assert cursor.fetchone()[0] >= N
