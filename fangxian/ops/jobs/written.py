"""Whether anybody has written to the database since, for a few microseconds where it tells (SQLite)."""

from django.db import connection


def written_mark() -> tuple[int, ...] | None:
    """What is another once anything was written, by whomever; None where the database does not tell.

    `data_version` counts what other connections have committed, and says so of this connection only;
    `total_changes` counts what this one has written.
    """
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        (version,) = cursor.execute("PRAGMA data_version").fetchone()
    return id(connection.connection), version, connection.connection.total_changes
