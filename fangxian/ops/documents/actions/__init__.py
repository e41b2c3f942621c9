"""The only writers of the documents room."""

from .issuing import NewDocument, forget_contents, issue, keep_pdf, open_series, withdraw
from .runs import PlannedPart, begin_run, keep_part, note_job, note_taken, plan_run

__all__ = [
    "NewDocument",
    "PlannedPart",
    "begin_run",
    "forget_contents",
    "issue",
    "keep_part",
    "keep_pdf",
    "note_job",
    "note_taken",
    "open_series",
    "plan_run",
    "withdraw",
]
