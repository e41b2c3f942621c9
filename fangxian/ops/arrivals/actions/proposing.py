"""What somebody of another household tells of: kept as it was said, until the person or a grid worker answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.ops.accounts.models import Account
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.sealed import index_of

from .. import refusals
from ..models import Arrival, Proposal
from ..wire import NewProposal, told_json
from .declaring import ONE_ARRIVAL_H

DIGEST = "arrival_proposal"
MOST_A_DAY = Parameter(
    value=6, unit="people", low=1, high=30,
    meaning="Of how many people of other households one account may tell within 24 h that they arrive",
    source="a guess: the guests of a wedding in one house; whoever has more runs a hotel",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of telling: its row; `is_new` where it was not there, `is_changed` where it says something else."""

    row: Proposal
    is_new: bool
    is_changed: bool


@transaction.atomic
def propose(*, new: NewProposal, by: str) -> Heard:
    """Keep what is told. Sent again it is the same one; told otherwise while it waits, the newer words count.

    Refuses
    -------
    arrivals.proposals_today
    """
    # A form sent twice at once waits here, and then finds itself.
    list(Account.objects.select_for_update().filter(pk=by.removeprefix("account:")).values_list("pk"))
    said = told_json(new.told)
    digest = index_of(DIGEST, f"{by}|{new.name}|{new.tail}")
    own = Proposal.objects.select_for_update().filter(proposed_by=by)
    row = own.filter(token=new.token).first() if new.token else None
    row = row or own.filter(digest=digest, state=Proposal.State.WAITING).first()
    if row is None:
        _refuse_too_many(by)
        at = county_now()
        row = Proposal.objects.create(
            person_id=new.person, area_path=new.area_path, name=new.name, tail=new.tail, tie=new.tie, content=said,
            arrives_at=new.told.arrives_at, digest=digest, token=new.token, proposed_at=at, proposed_by=by,
        )  # fmt: skip
        record("arrivals.proposed", by=by, about=_about(row), details={"proposal": str(row.pk)})
        return Heard(row, is_new=True, is_changed=True)
    is_sent_again = new.token is not None and row.token == new.token
    is_same = is_sent_again or (row.content, row.area_path, row.tie) == (said, new.area_path, new.tie)
    if is_same or row.state != Proposal.State.WAITING:
        return Heard(row, is_new=False, is_changed=False)
    row.content, row.arrives_at, row.area_path, row.tie = said, new.told.arrives_at, new.area_path, new.tie
    row.person_id, row.token = new.person or row.person_id, new.token or row.token
    row.save(update_fields=["content", "arrives_at", "area_path", "tie", "person", "token"])
    record("arrivals.proposed_anew", by=by, about=_about(row), details={"proposal": str(row.pk)})
    return Heard(row, is_new=False, is_changed=True)


@transaction.atomic
def withdraw(*, proposal: UUID, by: str) -> Proposal:
    """Whoever told of it takes it back; answered or taken back already, nothing changes.

    Refuses
    -------
    arrivals.proposal.not_found
    """
    row = Proposal.objects.select_for_update().filter(pk=proposal, proposed_by=by).first()
    if row is None:
        raise refusals.no_proposal()
    if row.state == Proposal.State.WAITING:
        _close(row, Proposal.State.WITHDRAWN, by)
        record("arrivals.proposal_withdrawn", by=by, about=_about(row), details={"proposal": str(row.pk)})
    return row


@transaction.atomic
def find_out(*, proposal: UUID, person: UUID, by: str) -> Proposal:
    """Who it is that somebody told of. Refuses arrivals.proposal.not_found, arrivals.proposal_answered."""
    row = _waiting(proposal)
    if row.person_id != person:
        row.person_id = person
        row.save(update_fields=["person"])
        record("arrivals.proposal_found", by=by, about=_about(row), details={"proposal": str(row.pk)})
    return row


@transaction.atomic
def answer(*, proposal: UUID, why: str, by: str) -> Proposal:
    """It is not so, say the person or a grid worker who asked.

    Refuses
    -------
    arrivals.proposal.not_found, arrivals.proposal_answered, arrivals.no_reason
    """
    row = _waiting(proposal)
    if not why.strip():
        raise refusals.no_reason("不属实", "saying that it is not so")
    _close(row, Proposal.State.REFUSED, by, why=why.strip())
    record("arrivals.proposal_refused", by=by, about=_about(row), details={"proposal": str(row.pk)})
    return row


@transaction.atomic
def deny(*, proposal: UUID, why: str, by: str) -> Proposal:
    """The person says that it is not so; it waits on, for a grid worker to ask.

    Refuses
    -------
    arrivals.proposal.not_found, arrivals.proposal_answered, arrivals.no_reason
    """
    row = _waiting(proposal)
    if not why.strip():
        raise refusals.no_reason("不属实", "saying that it is not so")
    if row.denied_at is None:
        row.denied_at, row.answered_why = county_now(), why.strip()
        row.save(update_fields=["denied_at", "answered_why"])
        record("arrivals.proposal_denied", by=by, about=_about(row), details={"proposal": str(row.pk)})
    return row


@transaction.atomic
def confirm_by(*, arrivals: Collection[Arrival], by: str, but: Collection[UUID] = ()) -> list[Proposal]:
    """What others told of these arrivals is declared now: by whom it was confirmed, or by the person themselves.

    Parameters
    ----------
    but : proposals that are still asked about
    """
    of_person = {row.person_id: row for row in arrivals}
    rows = Proposal.objects.select_for_update().filter(person__in=of_person, state=Proposal.State.WAITING)
    rows = rows.exclude(pk__in=but)
    apart, confirmed = timedelta(hours=ONE_ARRIVAL_H.value), []
    for row in rows.order_by("pk"):
        arrival = of_person[row.person_id]
        if abs(arrival.arrives_at - row.arrives_at) < apart:
            row.arrival = arrival.pk
            _close(row, Proposal.State.CONFIRMED, by)
            confirmed.append(row)
    if confirmed:
        about = sorted({one for row in confirmed for one in _about(row)})
        record("arrivals.proposals_confirmed", by=by, about=about, details={"n_proposals": len(confirmed)})
    return confirmed


def _close(row: Proposal, state: str, by: str, why: str = "") -> None:
    row.state, row.answered_at, row.answered_by, row.answered_why = state, county_now(), by, why
    row.save(update_fields=["state", "answered_at", "answered_by", "answered_why", "arrival"])


def _waiting(proposal: UUID) -> Proposal:
    row = Proposal.objects.select_for_update().filter(pk=proposal).first()
    if row is None:
        raise refusals.no_proposal()
    if row.state != Proposal.State.WAITING:
        raise refusals.proposal_answered(row.answered_at)
    return row


def _refuse_too_many(by: str) -> None:
    since = county_now() - timedelta(hours=24)
    if Proposal.objects.filter(proposed_by=by, proposed_at__gt=since).count() >= MOST_A_DAY.value:
        raise refusals.proposals_today(int(MOST_A_DAY.value))


def _about(row: Proposal) -> list[str]:
    return [f"person:{row.person_id}"] if row.person_id else []
