"""What PostgreSQL knows of how much stands in a table, and what is alike in it, when very many rows came at once.

It looks by itself every minute or so (autovacuum). Until then it plans as if the table were what it was before, and
reads all of it where an index would do; and whoever brought a hundred thousand people in opens a page on them at once.
SQLite plans by its indexes alone.
"""

from django.db import connection, models


def look_over(*tables: type[models.Model]) -> None:
    """Have PostgreSQL look at these tables now, at every table where none is named. It waits for nobody.

    After the transaction that wrote the rows it also notes which pages everybody sees whole, so that counts are read
    from an index alone; within one it cannot.
    """
    if connection.vendor != "postgresql":
        return
    names = ", ".join(connection.ops.quote_name(it._meta.db_table) for it in tables)
    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {names}")
        else:
            cursor.execute(f"VACUUM (ANALYZE, SKIP_LOCKED) {names}")
