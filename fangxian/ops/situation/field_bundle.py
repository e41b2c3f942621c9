"""What a phone takes into the field (外勤资料): only what its account has to do there and whom it has to find.

Never a document number, never a health code. The county's length of a list is not a phone's: who is appointed over a
township is given tasks and follow-ups, and no register of people.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may, roles_of
from fangxian.ops.accounts.scope import areas_of, within_scope
from fangxian.ops.contacts import days
from fangxian.ops.contacts.queries import FOLLOW
from fangxian.ops.contacts.wire import who_of
from fangxian.ops.contacts.words import FOUND, SYMPTOMS
from fangxian.ops.enquiries.queries import to_ask
from fangxian.ops.people.queries import households_in, members_of_all
from fangxian.ops.places.models import Venue
from fangxian.ops.places.wire import typed_code, venue_door
from fangxian.ops.posts.path import FEVER_FROM
from fangxian.ops.posts.queries import kept_by
from fangxian.ops.realm.areas import VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now

from .enquiries import ASK, calls_of
from .field_hygiene import hygiene_of
from .field_lists import may_vaccinate, places_of, returnees_of, vaccinations
from .field_tables import tables_of
from .field_told_arrivals import told_arrivals_of
from .my_tasks import my_tasks

PEOPLE, TASKS, SCAN = "people.view", "tasks.do", "doors.scan"
STAR: Final = "行程卡带星号：问清到过哪里 · a star on the itinerary card: ask where they were"
MOST_TASKS: Final = 200
MOST_ENQUIRIES: Final = 200
MOST_HOUSEHOLDS: Final = 700
KEPT_FOR = Parameter(
    value=72,
    unit="h",
    low=12,
    high=168,
    meaning="How long a phone keeps the names and addresses it took into the field, without hearing from the county",
    source="a guess: a long weekend without a network; 个人信息保护法 §19, no longer than needed",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldBundle:
    """What one account takes along, as the phone reads it; `subjects` are the people it names, for the log of views."""

    told: dict[str, object]
    subjects: tuple[str, ...]


def field_bundle(account: Account) -> FieldBundle:
    """What an account takes into the field now."""
    at = county_now()
    follow_ups = days.waiting(account, localtime(at).date()) if may(account, FOLLOW) else []
    households, n_households = _people(account, localtime(at).date())
    calls = _calls(account)
    people = [member for household in households for member in household["members"]]
    told_arrivals, expected = told_arrivals_of(account)
    returnees, coming = returnees_of(account, {UUID(str(it["id"])) for it in people})
    told = {
        "kept_h": KEPT_FOR.value,
        "name": account.username,
        "unit": {"zh": account.unit.name_zh, "en": account.unit.name_en or account.unit.name_zh},
        "roles": [_said(role.said) for role in roles_of(account)],
        "keeps_doors": may(account, SCAN),
        "tasks": _tasks(account, at),
        "follow_ups": [_follow_up(it) for it in follow_ups],
        "may_follow": may(account, FOLLOW),
        "calls": calls,
        "households": households,
        "n_households": n_households,
        "may_vaccinate": may_vaccinate(account) and bool(households),
        "returnees": returnees,
        "told_arrivals": told_arrivals,
        "places": places_of(account),
        "hygiene": hygiene_of(account, at),
        "posts": _posts(account),
        "fever_from_c": FEVER_FROM.value,
        "tables": tables_of(account),
        "found": _choices(FOUND.items()),
        "symptoms": _choices(SYMPTOMS.items()),
    }
    asked = [it["person"] for call in calls for it in call["people"]]
    subjects = (
        [f"person:{it['id']}" for it in people]
        + [f"person:{it}" for it in asked]
        + [f"person:{it}" for it in [*coming, *expected]]
        + [f"contact:{it.whose_id}" for it in follow_ups]
    )
    return FieldBundle(told=told, subjects=tuple(subjects))


def posts_of(account: Account) -> list:
    """The posts at which an account may register who passes."""
    return list(kept_by(account).order_by("area_path", "name"))


def venues_of_posts(posts: Iterable) -> list[Venue]:
    """The venues on which some posts stand, with their doors."""
    return list(Venue.objects.filter(pk__in=[post.venue for post in posts]).prefetch_related("doors"))


def _tasks(account: Account, at: datetime) -> list[dict[str, object]]:
    if not may(account, TASKS):
        return []
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    rows = my_tasks(account, at, midnight=midnight).rows[:MOST_TASKS]
    return [
        {
            "id": str(it.pk),
            "kind": it.kind,
            "title": {"zh": it.title_zh, "en": it.title_en},
            "due_at": _moment(it.due_at),
            "is_own": it.owner_id == account.pk,
            "about": it.about,
        }
        for it in rows
    ]


def _follow_up(it) -> dict[str, object]:
    who = who_of(it.whose, it.whose.file)
    return {
        "contact": str(it.whose_id),
        "on": it.on.isoformat(),
        "name": who.name or "—",
        "phone": who.phone,
        "address": who.address,
        "due_at": _moment(it.due_at),
    }


def _calls(account: Account) -> list[dict[str, object]]:
    """Whom to call about a stay in a place that was listed since: household by household, in the order of a round."""
    rows = list(within_scope(to_ask(), account, ASK)[:MOST_ENQUIRIES]) if may(account, ASK) else []
    return [
        {
            "number": call.number,
            "address": call.address,
            "people": [
                {
                    "enquiry": str(it.row.pk),
                    "person": str(it.row.person_id),
                    "name": it.name,
                    "phone": it.phone,
                    "where": it.asked_about.where or STAR,
                    "begins_on": it.asked_about.begins_on.isoformat(),
                    "last_on": it.asked_about.last_on.isoformat(),
                    "places": [{"id": str(area.pk), "name": area.place} for area in it.areas],
                }
                for it in call.people
            ],
        }
        for call in calls_of(account, rows)
    ]


def _people(account: Account, today: date) -> tuple[list[dict[str, object]], int]:
    """The households of the grid cells and villages an account looks after, and how many there are; none of them where
    they are more than one person calls on.
    """
    areas = [it for it in areas_of(account, PEOPLE) if len(it) >= VILLAGE_DIGITS]
    rows = [row for area_path in areas for row in households_in(area_path).order_by("area_path", "number")]
    if len(rows) > MOST_HOUSEHOLDS:
        return [], len(rows)
    members = members_of_all([row.pk for row in rows])
    doses = vaccinations([it for of_one in members.values() for it in of_one], today) if may_vaccinate(account) else {}
    return [_household(row, members.get(row.pk, ()), doses) for row in rows], len(rows)


def _household(row, members: Sequence, doses: Mapping[UUID, list]) -> dict[str, object]:
    told = [_member(it, doses.get(it.pk)) for it in members]
    return {"id": str(row.pk), "number": row.number, "address": row.address, "members": told}


def _member(it, doses: list | None) -> dict[str, object]:
    born: date = it.born_on
    told = {"id": str(it.pk), "name": it.name, "sex": it.sex, "born": born.year, "phone": it.phone}
    return {**told, "doses": doses} if doses else told


def _posts(account: Account) -> list[dict[str, object]]:
    """Each with the typed code of its first door, by which the phone finds its rules; "" while it has no door."""
    posts = posts_of(account)
    venues = {it.pk: it for it in venues_of_posts(posts)}
    told = []
    for post in posts:
        venue = venues.get(post.venue)
        door = min((it.number for it in venue.doors.all()), default=0) if venue else 0
        typed = typed_code(venue_door(venue.venue_number, door)) if door else ""
        told.append({"id": str(post.pk), "name": post.name, "typed": typed})
    return told


def _choices(words: Iterable[tuple[str, Said]]) -> list[dict[str, str]]:
    return [{"key": str(key), **_said(word)} for key, word in words]


def _said(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}


def _moment(at: datetime) -> str:
    return localtime(at).isoformat(timespec="seconds")
