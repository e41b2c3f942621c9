"""Short words for what tests of told arrivals do: who tells, of whom, and what is waiting then."""

from types import SimpleNamespace

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.arrivals.models import Proposal
from fangxian.ops.arrivals.wire import NewProposal
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.propose_arrival import propose_arrival
from fangxian.ops.tasks.models import Task

from .arrival_hand import journey
from .two_townships import UNIT, account_of


def account_for(county, person):
    account = account_of(county, "resident")
    Person.objects.filter(pk=person.pk).update(account=account)
    return account


def elder(county):
    """Who lives alone next door."""
    return county.persons[3]


def of(person, **changed):
    """What is told of somebody: the name and the last four of their document's number."""
    told = {"name": person.name, "tail": person.document_number[-4:], "tie": "relative", "area_path": UNIT}
    return NewProposal(**({"told": journey()} | told | changed))


def stranger(**changed):
    return of(SimpleNamespace(name="李来客", document_number="0000"), **changed)


def told(county, new, by):
    """What became of telling, and the row."""
    is_new = propose_arrival(new=new, household=[county.head, *county.persons[1:3]], by=by)
    return is_new, Proposal.objects.order_by("-proposed_at").first()


def asked():
    return [(task.role, task.state) for task in Task.objects.filter(kind="arrivals.proposed")]


def refused(call, **given):
    with pytest.raises(Refusal) as caught:
        call(**given)
    return caught.value.code
