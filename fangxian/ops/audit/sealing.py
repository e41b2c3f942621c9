"""The sealer's loop, run by the worker: chains what is committed, within a second, until told to stop."""

import logging
from threading import Event
from time import monotonic

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from .actions import record_views, seal_waiting

log = logging.getLogger("fangxian.audit")
PAUSE_S = 0.25
VIEWS_EVERY_S = 60


def keep_sealing(stop: Event, *, pause_s: float = PAUSE_S) -> None:
    """Seal until `stop` is set, then once more, so that an orderly end leaves no unsealed tail.

    A database that is away or locked is tried again; what waits in the queue is not lost meanwhile.
    """
    views_due_at = monotonic() + VIEWS_EVERY_S
    while not stop.is_set():
        try:
            if monotonic() >= views_due_at:
                record_views()
                views_due_at = monotonic() + VIEWS_EVERY_S
            busy = seal_waiting() > 0
        except (DatabaseError, InterfaceError) as problem:
            log.warning("sealing is put off: %s", type(problem).__name__)
            connection.close()
            busy = False
        if not busy:
            close_old_connections()
            stop.wait(pause_s)
    record_views()
    while seal_waiting():
        pass
