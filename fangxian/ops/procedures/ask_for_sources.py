"""A look for common sources is asked for (溯源): weeks of scans are read, so the worker does it and says how far it is.

1. what is asked, of whose area: the same question twice at once is one job   jobs
2. the worker reads, and keeps what it found with its time                    situation
"""

from collections.abc import Mapping

from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.jobs.queries import of_owner, unfinished

KIND = "situation.find_sources"


def ask_for_sources(*, question: Mapping[str, object], by: str):
    """Have the worker look for what cases share; the job. `question` as of `situation.sources_kept.question`."""
    of_mine = of_owner(by).filter(kind=KIND, pk__in=unfinished().order_by().values("pk"))
    same = next((job for job in of_mine if job.arguments == dict(question)), None)
    return same or enqueue(kind=KIND, arguments=question, by=by)
