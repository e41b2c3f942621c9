"""The only writers of the jobs room. Leases, pauses and progress run on wall time, what people read on county time."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from .kinds import KINDS
from .models import ALIVE_OR_DONE, Job, State

LEASE_S = 30
FAILURES_MAX = 6
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5, 900
WORKER_GONE = "jobs.worker_gone"

TAKEN_AGAIN = Said(
    "上次执行它的进程中断了，正在从头再做（第 {attempt} 次）",
    "The process that ran it was lost; doing it again from the start (attempt {attempt})",
)
TRIED_AGAIN = Said("没有成功（{error}），{pause} 秒后再试", "It did not succeed ({error}); trying again in {pause} s")
GIVEN_UP = Said(
    "试了 {n} 次都没有成功（{error}），已停止。请联系系统管理员；修好后可以重新排队",
    "It failed {n} times ({error}) and was given up. Ask the system administrator; once mended it can be queued again",
)


class LeaseLost(Exception):
    """Another worker has the job by now: stop, and write nothing more."""


def enqueue(*, kind: str, arguments: Mapping | None = None, by: str, unique_key: str = "", n_total: int = 0) -> Job:
    """Ask for a job. Asked for again under the same `unique_key`, it is the same job, done or not.

    Parameters
    ----------
    arguments : JSON-able; ids, never names or numbers of people
    unique_key : what makes two requests one; a job that failed or was cancelled does not count

    Raises
    ------
    KeyError
        For a kind that is not in KINDS.
    """
    if kind not in KINDS:
        raise KeyError(f"there is no job of kind {kind!r}; kinds.py lists them")
    now = county_now()
    job = Job(
        kind=kind, arguments=dict(arguments or {}), owner=by, unique_key=unique_key,
        asked_at=now, next_try_at=_wall_now(), n_total=n_total,
    )  # fmt: skip
    try:
        with transaction.atomic():
            job.save(force_insert=True)
            record("jobs.asked", by=by, details={"job": str(job.pk), "kind": kind})
    except IntegrityError:
        same = Job.objects.filter(kind=kind, unique_key=unique_key, state__in=ALIVE_OR_DONE).first()
        if not unique_key or same is None:
            raise
        return same
    return job


def claim(*, worker: str, at: datetime | None = None) -> Job | None:
    """Take the job that has waited longest, under a lease of LEASE_S; None when nothing is due.

    A running job whose lease has run out belongs to a worker that is gone, and is taken like any other;
    one that was lost FAILURES_MAX times is given up instead, as it may be what kills its workers.
    """
    at = at or _wall_now()
    due = Q(state=State.QUEUED, next_try_at__lte=at) | Q(state=State.RUNNING, lease_until__lte=at)
    if not Job.objects.filter(due).exists():  # without opening a transaction, which on SQLite is a lock
        return None
    with transaction.atomic():
        job = Job.objects.select_for_update(skip_locked=True).filter(due).order_by("next_try_at", "id").first()
        if job is None:
            return None
        if job.state == State.RUNNING:
            job.n_failures, job.error = job.n_failures + 1, WORKER_GONE
            record("jobs.taken_again", by="program:worker", details={"job": str(job.pk), "lost": job.worker})
            if job.n_failures >= FAILURES_MAX:
                _end(job, State.FAILED, said=GIVEN_UP.with_facts(n=job.n_failures, error=WORKER_GONE))
                return None
            _say(job, TAKEN_AGAIN.with_facts(attempt=job.attempt + 1))
        job.state, job.worker, job.attempt, job.n_done = State.RUNNING, worker, job.attempt + 1, 0
        job.lease_until = at + timedelta(seconds=LEASE_S)
        job.save()
    return job


def renew(*, job: Job, at: datetime | None = None) -> None:
    """Keep the lease for another LEASE_S. Raises LeaseLost when it is somebody else's by now."""
    _write(job, lease_until=(at or _wall_now()) + timedelta(seconds=LEASE_S))


def progress(*, job: Job, done: int, total: int, said: Said | None = None) -> bool:
    """Say how far the job is; whether it was asked to stop. Raises LeaseLost."""
    words = {"said_zh": said.zh, "said_en": said.en} if said else {}
    lease_until = _wall_now() + timedelta(seconds=LEASE_S)
    _write(job, n_done=min(done, total), n_total=total, lease_until=lease_until, **words)
    return Job.objects.filter(pk=job.pk, is_cancel_asked=True).exists()


@transaction.atomic
def finish(*, job: Job, result: object = None, said: Said | None = None) -> None:
    """The job is done. Raises LeaseLost."""
    row = _hold(job)
    row.n_done, row.result = row.n_total, result
    _end(row, State.DONE, said=said)


@transaction.atomic
def fail(*, job: Job, error: str, said: Said | None = None, for_good: bool = False) -> None:
    """The attempt went wrong: the job waits for its next, twice as long each time, or is given up.

    Parameters
    ----------
    error : a refusal's code, or `bug.<ExceptionName>`; never a sentence, which may name somebody
    for_good : trying again would not help, as with a refusal
    """
    row = _hold(job)
    row.n_failures, row.error = row.n_failures + 1, error
    if for_good or row.n_failures >= FAILURES_MAX:
        _end(row, State.FAILED, said=said or GIVEN_UP.with_facts(n=row.n_failures, error=error))
        return
    pause = pause_s(row.n_failures)
    _say(row, TRIED_AGAIN.with_facts(error=error, pause=pause))
    _back_to_the_queue(row, _wall_now() + timedelta(seconds=pause))


@transaction.atomic
def release(*, job: Job) -> None:
    """Give the job back untouched, as the worker is told to stop. It does not count as a failure."""
    _back_to_the_queue(_hold(job), _wall_now())


@transaction.atomic
def cancel(*, job: Job, by: str) -> Job:
    """Call a job off: at once when it waits, at its next step when it runs. Cancelling twice is harmless.

    Refuses
    -------
    jobs.ended_already
    """
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state == State.QUEUED:
        _end(job, State.CANCELLED, by=by)
    elif job.state == State.RUNNING:
        job.is_cancel_asked = True
        job.save(update_fields=["is_cancel_asked"])
        record("jobs.cancel_asked", by=by, details={"job": str(job.pk)})
    elif job.state != State.CANCELLED:
        raise Refusal(
            "jobs.ended_already",
            zh="这项后台任务已于 {ended_at} 结束，不能再取消。只有等待中或进行中的可以取消；如结果不对，请另行更正。",
            en="This job ended at {ended_at} and cannot be called off. Only one that waits or runs can: "
            "if its result is wrong, correct that instead.",
            ended_at=f"{localtime(job.ended_at):%Y-%m-%d %H:%M}",
        )
    return job


@transaction.atomic
def end_cancelled(*, job: Job) -> None:
    """A running job has heard that it was called off. Raises LeaseLost."""
    _end(_hold(job), State.CANCELLED)


@transaction.atomic
def queue_again(*, job: Job, by: str) -> Job:
    """Put a failed or cancelled job back into the queue, with a clean count of failures; else change nothing."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state in (State.FAILED, State.CANCELLED):
        job.n_failures, job.is_cancel_asked, job.ended_at, job.error = 0, False, None, ""
        _back_to_the_queue(job, _wall_now())
        record("jobs.queued_again", by=by, details={"job": str(job.pk)})
    return job


def pause_s(n_failures: int) -> int:
    """Seconds before the next try after so many failures: 5, 10, 20, … at most 15 minutes."""
    return min(FIRST_PAUSE_S * 2 ** (n_failures - 1), LONGEST_PAUSE_S)


def _wall_now() -> datetime:
    return datetime.now(UTC)


def _hold(job: Job) -> Job:
    """The row as it is now, locked, once it is sure to be this worker's still."""
    row = Job.objects.select_for_update().filter(pk=job.pk).first()
    if row is None or (row.state, row.worker, row.attempt) != (State.RUNNING, job.worker, job.attempt):
        raise LeaseLost
    return row


def _write(job: Job, **columns: object) -> None:
    rows = Job.objects.filter(pk=job.pk, state=State.RUNNING, worker=job.worker, attempt=job.attempt)
    if not rows.update(**columns):
        raise LeaseLost
    for name, value in columns.items():
        setattr(job, name, value)


def _say(job: Job, said: Said) -> None:
    job.said_zh, job.said_en = said.zh, said.en


def _back_to_the_queue(job: Job, at: datetime) -> None:
    if job.is_cancel_asked:
        _end(job, State.CANCELLED)
        return
    job.state, job.worker, job.lease_until, job.next_try_at = State.QUEUED, "", None, at
    job.save()


def _end(job: Job, state: str, *, said: Said | None = None, by: str = "program:worker") -> None:
    if said:
        _say(job, said)
    job.state, job.lease_until, job.ended_at = state, None, county_now()
    job.save()
    record("jobs.ended", by=by, details={"job": str(job.pk), "state": str(state), "error": job.error})
