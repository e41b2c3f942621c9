"""Whether a permit to leave still holds, and whose it is (通行单核验). Part of leave_county.

1. the paper's text is this county's, of a document on the register        documents
2. it is a permit; what became of its application since                   departures

A paper that was withdrawn holds no more, nor does one whose application was called off without it: of two applications
that a merge found to be one person's, one ends. Undone, both hold again, so that paper is never withdrawn for good.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fangxian.ops.departures.queries import STATES, application_of_document, application_with
from fangxian.ops.documents.queries import Outcome, find_by_number, verify

from . import departure_refusals as refusals
from .departure_permits import KIND


@dataclass(frozen=True, slots=True)
class Permit:
    """A paper with its application; `fell_at`, in county time, and why: none while it holds."""

    row: object
    number: str
    fell_at: datetime | None
    fell_why: str


def verified_permit(text: str, at: datetime) -> Permit:
    """The permit of a paper's text that held at `at`, though it may have fallen since.

    Refuses
    -------
    departures.permit_unknown, departures.not_a_permit, departures.permit_withdrawn, and what
    `documents.queries.verify` refuses
    """
    verified = verify(text)
    if verified.outcome is Outcome.UNKNOWN:
        raise refusals.permit_unknown(verified.number)
    document = find_by_number(verified.number)
    if document is None or document.kind != KIND:
        raise refusals.not_a_permit(verified.number)
    # Sent back to a level, an application has no paper any more; the paper still says whose it was.
    row = application_of_document(document.pk) or application_with(UUID(document.about.partition(":")[2]))
    fell_at, why = document.withdrawn_at, document.withdrawn_because
    if fell_at is None and has_fallen(row):
        fell_at, why = row.closed_at, row.closed_why
    if fell_at is not None and fell_at <= at:
        raise refusals.permit_withdrawn(fell_at, why)
    if row is None:
        raise refusals.permit_unknown(verified.number)
    return Permit(row, document.number, fell_at, why)


def has_fallen(row) -> bool:
    """Whether an application was called off, so that the paper it has lets nobody leave."""
    return row is not None and row.state == STATES.CANCELLED
