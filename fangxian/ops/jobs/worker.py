"""The worker: takes jobs, keeps the short pulses going beside them, and stops when told to.

Four lanes run side by side, so that a long job delays neither the sealing of the audit trail nor the
escalation of a task: what is urgent, other pulses (many times a second), chores (by the county's clock), jobs
(one at a time).
More work at once is more worker processes; they do not get into one another's way.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils.module_loading import import_string

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.realm.current import county_now, the_realm

from . import actions
from .kinds import CHORES, KINDS, PULSES, Chore, Pulse
from .models import Job
from .written import written_mark

log = logging.getLogger("fangxian.worker")
POLL_S = 0.3
STEP_EVERY_S = 0.3
RENEW_EVERY_S = actions.LEASE_S / 3
GRACE_S = 8.0
PAUSE_AFTER_TROUBLE_S = 2.0
BY = "program:worker"


class CalledOff(Exception):
    """Somebody cancelled the job that is running."""


class ToldToStop(Exception):
    """The worker is to stop; the job goes back to the queue."""


class RunningJob:
    """What a job's function is given.

    Attributes
    ----------
    id, arguments, owner, asked_at, attempt : as asked for; attempt 2 means that the first may have done part of it
    """

    def __init__(self, job: Job, stop: threading.Event) -> None:
        self._job, self._stop, self._stepped_at = job, stop, 0.0
        self.id, self.arguments, self.owner, self.attempt = job.pk, job.arguments, job.owner, job.attempt
        self.asked_at = job.asked_at

    def step(self, done: int, total: int, said: Said | None = None) -> None:
        """Say how far it is. Call it often, outside a transaction: it writes a few times a second at most.

        It raises when the job was called off, the worker is to stop or the lease is lost; let that pass.
        """
        if self._stop.is_set():
            raise ToldToStop
        now = time.monotonic()
        if now - self._stepped_at < STEP_EVERY_S and done < total:
            return
        self._stepped_at = now
        if actions.progress(job=self._job, done=done, total=total, said=said):
            raise CalledOff


def run_one(*, worker: str, stop: threading.Event, kinds: Mapping[str, str] = KINDS) -> bool:
    """Take one job and see it through; whether there was one."""
    job = actions.claim(worker=worker)
    if job is None:
        return False
    try:
        with _lease_kept(job):
            result = import_string(kinds[job.kind])(RunningJob(job, stop))
        actions.finish(job=job, result=result)
    except ToldToStop:
        actions.release(job=job)
    except CalledOff:
        actions.end_cancelled(job=job)
    except actions.LeaseLost:
        log.warning("job %s (%s) was taken over by another worker", job.pk, job.kind)
    except Refusal as refusal:
        actions.fail(job=job, error=refusal.code, said=refusal.said, for_good=True)
    except Exception as problem:  # a bug in one job must not end the worker; it is logged and the job retried
        _log_problem(f"job {job.pk} ({job.kind})", problem)
        actions.fail(job=job, error=f"bug.{type(problem).__name__}")
    return True


@contextmanager
def _lease_kept(job: Job) -> Iterator[None]:
    """Renew the lease while the job runs, however seldom it steps; only a dead process lets it run out."""
    done = threading.Event()

    def keep() -> None:
        while not done.wait(RENEW_EVERY_S):
            try:
                actions.renew(job=job)
            except (OperationalError, actions.LeaseLost):
                continue  # the database is busy, or the job's own next write finds out
            finally:
                connection.close()

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def work(
    *,
    stop: threading.Event,
    once: bool = False,
    kinds: Mapping[str, str] = KINDS,
    pulses: Sequence[Pulse] = PULSES,
    chores: Sequence[Chore] = CHORES,
) -> int:
    """Work until `stop` is set, or, `once`, until nothing is due; how many jobs were run.

    Raises
    ------
    ImportError
        At the start, when a line of the table leads nowhere.
    """
    worker = f"{os.getpid()}.{uuid4().hex[:8]}"
    urgent_lane, pulse_lane = (PulseLane([it for it in pulses if it.is_urgent is urgent]) for urgent in (True, False))
    chore_lane = ChoreLane(chores)
    if once:
        return _drain(worker, stop, kinds, (pulse_lane, urgent_lane), chore_lane)
    n_run = [0]

    def jobs() -> bool:
        ran = run_one(worker=worker, stop=stop, kinds=kinds)
        n_run[0] += ran
        return ran

    lanes = [
        ("urgent", urgent_lane.run_due, urgent_lane.every_s),
        ("chores", chore_lane.run_due, 1.0),
        ("jobs", jobs, POLL_S),
    ]
    threads = [threading.Thread(target=_lane, args=(*it, stop), name=name, daemon=True) for name, *it in lanes]
    for thread in threads:
        thread.start()
    _lane(pulse_lane.run_due, pulse_lane.every_s, stop)
    for thread in threads:
        thread.join(GRACE_S)
    for lane in (pulse_lane, urgent_lane):
        lane.run_all()  # an orderly end leaves nothing unsealed, nothing unnumbered and no gate untold
    return n_run[0]


def _drain(worker, stop, kinds, pulse_lanes, chore_lane) -> int:
    chore_lane.run_due()
    n_run = 0
    while not stop.is_set() and run_one(worker=worker, stop=stop, kinds=kinds):
        n_run += 1
    for lane in pulse_lanes:
        lane.run_all()
    return n_run


def _lane(run: Callable[[], object], every_s: float, stop: threading.Event) -> None:
    """Call `run` until told to stop: at once again when it says there may be more, else after a pause."""
    while not stop.is_set():
        pause = every_s
        try:
            if run():
                pause = 0.0
        except (OperationalError, InterfaceError) as problem:  # the database is away or busy: it will be back
            _log_problem("the worker", problem)
            pause = PAUSE_AFTER_TROUBLE_S
            connection.close()  # whatever is wrong with it: the next is new
        if not pause:
            continue
        close_old_connections()
        stop.wait(pause)
    connection.close()


class PulseLane:
    """Calls each pulse when its time has come."""

    def __init__(self, pulses: Sequence[Pulse]) -> None:
        self._pulses = [(import_string(pulse.function), pulse) for pulse in pulses]
        self._next = dict.fromkeys(pulses, 0.0)
        self._called: dict[Pulse, tuple[float, tuple[int, ...] | None]] = {}
        self.every_s = min((pulse.every_s for pulse in pulses), default=POLL_S)

    def run_due(self) -> None:
        for function, pulse in self._pulses:
            now = time.monotonic()
            if now >= self._next[pulse]:
                self._next[pulse] = now + pulse.every_s
                if not self._rests(pulse, now):
                    _guarded(pulse.function, function)

    def _rests(self, pulse: Pulse, now: float) -> bool:
        """Whether nobody has written anything since it was called last, not even itself."""
        if not pulse.rests_s:
            return False
        called_at, mark_then = self._called.get(pulse, (0.0, None))
        mark = written_mark()
        if mark is not None and mark == mark_then and now - called_at < pulse.rests_s:
            return True
        self._called[pulse] = now, mark
        return False

    def run_all(self) -> None:
        for function, pulse in self._pulses:
            _guarded(pulse.function, function)


class ChoreLane:
    """Calls each chore once in each slot of county time."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        self._chores = [(import_string(chore.function), chore) for chore in chores]
        self._slot: dict[Chore, int] = {}

    def run_due(self) -> None:
        at = county_now()
        for function, chore in self._chores:
            slot = slot_of(chore, at)
            if self._slot.get(chore) != slot:
                self._slot[chore] = slot
                _guarded(chore.function, lambda call=function: call(at=at, by=BY))


def slot_of(chore: Chore, at: datetime) -> int:
    """Number of the chore's slot that holds `at`, in the county's own hours."""
    local = at.replace(tzinfo=None) - timedelta(seconds=chore.offset_s)
    return int((local - datetime(2000, 1, 1)) // timedelta(seconds=chore.every_s))  # noqa: DTZ001  wall-clock hours


def _guarded(name: str, call: Callable[[], object]) -> None:
    """One thing that fails must not keep the others from their turn; the database's own troubles pass through."""
    try:
        call()
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:
        _log_problem(name, problem)


def _log_problem(what: str, problem: Exception) -> None:
    """Kind and place of a problem. Its message stays out of the log, as it may quote a record."""
    trace = problem.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace else None
    log.error(
        "%s in realm %s: %s at %s:%s",
        what, the_realm().id, type(problem).__name__, code and code.co_filename, trace and trace.tb_lineno,
    )  # fmt: skip
