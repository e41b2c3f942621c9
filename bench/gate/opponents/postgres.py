"""Django and FastAPI, each with PostgreSQL: one durable insert for one scan."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import psycopg

from bench.gate.pinned import BOTH, CLIENT, free_port, serving
from private_postgres import PrivatePostgres

CREATE: Final = """
CREATE TABLE scan (
    id uuid PRIMARY KEY, code text NOT NULL, venue text NOT NULL, scanned_at timestamptz NOT NULL,
    sent_at timestamptz NOT NULL, presence text NOT NULL, direction text NOT NULL,
    temperature_c double precision NOT NULL, device text NOT NULL
)"""
DJANGO: Final = ("--interface", "wsgi", "--workers", "2", "--blocking-threads", "16")
FASTAPI: Final = ("--interface", "asgi", "--workers", "2", "--loop", "uvloop")
POOL: Final = 16  # connections of each worker of FastAPI


class Inserts(NamedTuple):
    """Ports of the two, and the server that both write to."""

    django: int
    fastapi: int
    server: PrivatePostgres

    def n_rows(self) -> int:
        with _connected(self.server) as connection:
            found = connection.execute("SELECT count(*) FROM scan").fetchone()
        return int(found[0]) if found else 0


@contextmanager
def inserting(folder: Path) -> Iterator[Inserts]:
    """A PostgreSQL that waits for the disk at each commit, and both programs; all of them may use both cores."""
    os.sched_setaffinity(0, BOTH)
    with ExitStack() as stack:
        server = stack.enter_context(PrivatePostgres(durable=True))
        os.sched_setaffinity(0, CLIENT)
        with _connected(server) as connection:
            connection.execute(CREATE)
        ports = [free_port(), free_port()]
        for port, how, app in zip(ports, (DJANGO, FASTAPI), ("django_insert", "fastapi_insert"), strict=True):
            command = [sys.executable, "-m", "granian", *how, "--no-log", "--port", str(port)]
            stack.enter_context(
                serving(
                    [*command, f"bench.gate.opponents.{app}:app"],
                    port,
                    cores=BOTH,
                    log=folder / f"{app}.log",
                    POSTGRES_FOLDER=str(server.folder),
                    POOL=str(POOL),
                )
            )
        yield Inserts(*ports, server)


def _connected(server: PrivatePostgres) -> psycopg.Connection[tuple[int]]:
    return psycopg.connect(host=str(server.folder), user="fangxian", dbname="fangxian", autocommit=True)
