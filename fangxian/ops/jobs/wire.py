"""What a page or a program is told of a job."""

from fangxian.core.refusal import Said

from .actions import WORKER_GONE
from .models import Job

STATES = {
    "queued": Said("等待中", "waiting"),
    "running": Said("进行中", "running"),
    "done": Said("已完成", "done"),
    "failed": Said("未成功", "failed"),
    "cancelled": Said("已取消", "called off"),
}
RETRIED = Said("{state}（第 {attempt} 次；上一次{why}）", "{state} (attempt {attempt}; the one before {why})")
# Codes are for programs (`as_json`); of those that end an attempt one is nobody's fault.
WHY = {WORKER_GONE: Said("后台程序中断了，已接着做", "was interrupted, and this one goes on")}
FAILED = Said("出了错", "failed")


def in_words(job: Job) -> Said:
    """The state of a job, with the attempt and the last trouble when there was one."""
    state = STATES[job.state]
    if not job.error or job.attempt < 2:
        return state
    why = WHY.get(job.error, FAILED)
    return Said(
        RETRIED.zh.format(state=state.zh, attempt=job.attempt, why=why.zh),
        RETRIED.en.format(state=state.en, attempt=job.attempt, why=why.en),
    )


def as_json(job: Job) -> dict[str, object]:
    """One job for the wire; `said` is the last thing it said of itself, empty when nothing."""
    words = in_words(job)
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "state": job.state,
        "words": {"zh": words.zh, "en": words.en},
        "said": {"zh": job.said_zh, "en": job.said_en},
        "n_done": job.n_done,
        "n_total": job.n_total,
        "attempt": job.attempt,
        "error": job.error,
        "result": job.result,
        "asked_at": job.asked_at.isoformat(),
        "ended_at": job.ended_at and job.ended_at.isoformat(),
    }
