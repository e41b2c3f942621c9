"""Whose code one may show beside one's own: those of the same household who carry none themselves."""

from datetime import datetime
from uuid import UUID

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import members_of

from .ages import age_on
from .persons import own_record

GROWN_UP_FROM = Parameter(
    value=18,
    unit="years",
    low=14,
    high=18,
    meaning="From which age somebody may show the codes of others in the household",
    source="民法典 §17, §18: full age and capacity at 18",
)
CHILD_UNDER = Parameter(
    value=14,
    unit="years",
    low=8,
    high=18,
    meaning="Under which age a member's code is shown by the adults of the household even if there is a phone",
    source="个人信息保护法 §31: the data of a child under 14 is handled by consent of parent or guardian",
)


def carried_by(person: Person, *, at: datetime) -> list[Person]:
    """The members of a person's household whose codes that person may show, in the household's order.

    They are children, and people without a phone of their own; whoever has one shows it themselves. A person
    under age carries nobody.
    """
    if person.household is None or age_on(person.born_on, at.date()) < GROWN_UP_FROM.value:
        return []
    others = (it for it in members_of(person.household) if it.pk != person.pk)
    return [it for it in others if not it.phone or age_on(it.born_on, at.date()) < CHILD_UNDER.value]


def household_of(person: Person, *, at: datetime) -> list[Person]:
    """A person and those of the same household for whom they may declare: all, for a grown-up; else nobody further."""
    if person.household is None or age_on(person.born_on, at.date()) < GROWN_UP_FROM.value:
        return [person]
    return [person, *(it for it in members_of(person.household) if it.pk != person.pk)]


def own_person(account: Account) -> Person:
    """The person an account belongs to.

    Refuses
    -------
    people.no_own_record.not_allowed
    """
    person = own_record(account)
    if person is None:
        raise Refusal(
            "people.no_own_record.not_allowed",
            zh="这个账号没有对应的居民档案，所以没有可出示的健康码。居民账号由网格员核对证件后开通；"
            "请用居民账号登录，或找网格员把账号和档案对上。",
            en="This account belongs to no resident's record, so there is no health code to show. A resident's account "
            "is opened by the grid worker against a document: sign in with yours, or have the two joined.",
        )
    return person


def carried_person(account: Account, person_id: UUID, *, at: datetime) -> Person:
    """One of those whose codes the account's person may show.

    Refuses
    -------
    people.no_own_record.not_allowed, people.not_carried.not_yours
    """
    found = next((it for it in carried_by(own_person(account), at=at) if it.pk == person_id), None)
    if found is None:
        raise Refusal(
            "people.not_carried.not_yours",
            zh="这个人的码不能由您出示，没有打开。您可以出示同一户里没有手机的人和 {age} 岁以下孩子的码；"
            "户里的登记有误时，请找网格员更正。",
            en="This code is not yours to show, and was not opened. You may show those of your own household who have "
            "no phone, and of children under {age}: if the household's record is wrong, ask the grid worker.",
            age=CHILD_UNDER.value,
        )
    return found
