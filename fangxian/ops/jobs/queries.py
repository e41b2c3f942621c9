"""What others may ask of the jobs room."""

from django.db.models import QuerySet

from .models import Job, State


def find(job_id: object) -> Job | None:
    return Job.objects.filter(pk=job_id).first()


def of_owner(owner: str) -> QuerySet[Job]:
    """What somebody has asked for, newest first."""
    return Job.objects.filter(owner=owner)


def unfinished() -> QuerySet[Job]:
    """What waits or runs, in the order in which it will be taken."""
    return Job.objects.filter(state__in=(State.QUEUED, State.RUNNING)).order_by("next_try_at", "id")


def failed() -> QuerySet[Job]:
    """What was given up and waits for somebody to look at it."""
    return Job.objects.filter(state=State.FAILED)


def done_of(kind: str) -> QuerySet[Job]:
    """The jobs of a kind that came to their end, newest first."""
    return Job.objects.filter(kind=kind, state=State.DONE).order_by("-ended_at", "-id")


def asked_under(kind: str, begins: str) -> QuerySet[Job]:
    """The jobs of a kind that were asked for under a key that begins so, newest first."""
    return Job.objects.filter(kind=kind, unique_key__startswith=begins).order_by("-asked_at", "-id")


def latest_with_key(*, kind: str, unique_key: str) -> Job | None:
    """The newest job that was asked for under a key, whatever became of it."""
    return Job.objects.filter(kind=kind, unique_key=unique_key).order_by("-asked_at", "-id").first()
