"""What tests of contacts do again and again: a case's id, contacts proposed and confirmed, many at once."""

from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID, uuid4

from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.contacts import actions
from fangxian.ops.contacts.queries import contact_with
from fangxian.ops.contacts.wire import NewContact, Who, Why
from fangxian.ops.realm.current import county_now

from .two_townships import CELL

BY = "program:test"
BECAUSE = "同餐，未戴口罩"
RULEBOOKS = Path(__file__).parents[2] / "counties/fushan/rulebooks"
CLOSE, SECONDARY, CO_PRESENT = "close-contact", "secondary-contact", "co-present"


@lru_cache(maxsize=4)
def rulebook(name: str = "covid19-2022-04") -> Rulebook:
    return read_rulebook((RULEBOOKS / f"{name}.toml").read_text("utf-8"))


def new(
    n: int = 0, *, days_ago: float = 1, minutes: int = 30, weight: float = 0, ring: str = CLOSE, **more
) -> NewContact:
    """A synthetic contact nobody registered; the same `n` is the same person."""
    last = county_now() - timedelta(days=days_ago)
    who = {"name": f"测{n}", "phone": f"1540000{n:04}", "occupation": "farmer"} | more.pop("who", {})
    told = {"area_path": CELL, "found_by": "scan", "first_exposure_at": last - timedelta(hours=2)}
    told |= {"why": [Why(kind="scan", place_name="便民店", begins_at=last - timedelta(hours=1), minutes=minutes)]}
    told |= {"last_exposure_at": last, "minutes": minutes, "weight": weight, "n_meetings": 1, "who": Who(**who)}
    return NewContact(ring=ring, **(told | more))


def propose(*contacts: NewContact, case: UUID | None = None, disease: str = "covid-19"):
    return actions.propose_contacts(case=case or uuid4(), disease=disease, contacts=contacts, by=BY, unit="县疾控中心")


def confirm(*ids: UUID, ring: str = CLOSE, book: Rulebook | None = None):
    return actions.confirm_contacts(contacts=ids, ring=ring, reason=BECAUSE, rulebook=book or rulebook(), by=BY)


def confirmed(n: int = 0, **more):
    """One contact who is confirmed; their row."""
    ring = more.get("ring", CLOSE)
    [pk] = propose(new(n, **more)).ids
    confirm(pk, ring=ring)
    return contact_with(pk)
