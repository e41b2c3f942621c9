"""What a phone takes along of returnees, vaccination and places (外勤资料): part of `field_bundle`, kept small.

A member's vaccination is five words in a row, left out of whoever nothing is known of; names and phones of returnees
are sent only of those who are on no household of the bundle.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final
from uuid import UUID

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import appointments_with, may
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.people.models import Person
from fangxian.ops.places.queries import children_of, place_at
from fangxian.ops.realm.areas import GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import the_realm
from fangxian.ops.risk_areas.wire import the_nation
from fangxian.ops.vaccination.queries import courses_of, old_enough

from .returnees import DONE, NOT_COMING, named, returnees

REVIEW, REGISTER, AT_A_ROAD = "movement.review", "people.register", "checkpoint_officer"
MOST_RETURNEES: Final = 300
MOST_PLACES: Final = 400
YOUNG: Final = "young"
Row = dict[str, object]


def vaccinations(members: Collection[Person], today: date) -> dict[UUID, list[object]]:
    """Of each of these the state, doses, the last day, the next day, the answer, how much is on record.

    Trailing blanks are cut, and whoever is due their first dose and of whom nothing is known is left out.
    """
    courses = courses_of([it.pk for it in members])
    too_young = old_enough(today)
    found: dict[UUID, list[object]] = {}
    for it in members:
        course = courses.get(it.pk)
        if course is None:
            if it.born_on > too_young:
                found[it.pk] = [YOUNG]
            continue
        is_answered = course.answer and (course.answer_until is None or course.answer_until > today)
        last, next_from = (day.isoformat() if day else "" for day in (course.last_on, course.next_from))
        answer = f"{course.answer}:{course.reason}" if is_answered else ""
        found[it.pk] = [_state(course, is_answered, it, today), course.n_doses, last, next_from, course.version, answer]
    return found


def _state(course, is_answered: bool, it: Person, today: date) -> str:
    if is_answered:
        return "declined" if course.answer == "declined" else "stopped"
    if course.stage == "none":
        return "due" if it.born_on <= old_enough(today) else YOUNG
    if course.next_from is None:
        return "complete"
    return "due" if course.next_from <= today else "later"


def may_vaccinate(account: Account) -> bool:
    return may(account, REGISTER)


def returnees_of(account: Account, known: Collection[UUID]) -> tuple[list[Row], list[UUID]]:
    """Whom the account has to look after, and who they are; none where a list is longer than one person works off.

    Parameters
    ----------
    known : people who are in a household of the bundle: their names are not sent twice
    """
    areas = [it for it in areas_of(account, REVIEW) if len(it) >= VILLAGE_DIGITS]
    rows = [it for it in returnees() if it.state not in (DONE, NOT_COMING) and _lies_in(it.area_path, areas)]
    rows = rows[:MOST_RETURNEES]
    names = named([it.person for it in rows if it.person not in known])
    told = []
    for it in rows:
        row: Row = {"person": str(it.person), "state": it.state, "seen": it.seen, "from": it.from_place}
        for key, day in (("on", it.expected_on or it.arrived_on), ("until", it.measure_ends_on)):
            row |= {key: day.isoformat()} if day else {}
        row |= {"heard": it.heard} if it.heard else {}
        if who := names.get(it.person):
            row |= {"name": who.name, "phone": who.phone}
        told.append(row)
    return told, [it.person for it in rows]


def _lies_in(area_path: str, areas: Iterable[str]) -> bool:
    return any(area_path.startswith(it) for it in areas)


def places_of(account: Account) -> list[dict[str, str]]:
    """Where in the county whoever comes may stay, as far as the account declares for them; a checkpoint: everywhere."""
    roles = {it.role for it in appointments_with(account, REVIEW)}
    if not roles:
        return []
    areas = [the_realm().division_code] if roles == {AT_A_ROAD} else areas_of(account, REVIEW)
    digits = {area: VILLAGE_DIGITS if len(area) < VILLAGE_DIGITS else GRID_DIGITS for area in areas}
    places = [it for area in areas for it in _parts(area, digits[area])]
    return [{"path": it.area_path, "zh": it.name_zh, "en": it.name_en or it.name_zh} for it in places[:MOST_PLACES]]


def _parts(area_path: str, digits: int) -> list:
    """The parts of an area of so many digits; the area itself where it has none."""
    if len(area_path) >= digits:
        own = place_at(area_path)
        return [own] if own else []
    parts = children_of(area_path)
    if len(area_path) < TOWNSHIP_DIGITS:
        return [one for part in parts for one in _parts(part.area_path, digits)]
    return list(parts) or _parts(area_path, len(area_path))


def nation_told() -> list[Mapping[str, object]]:
    """The nation's counties for a phone to choose from: each province, its prefectures, their counties, by code."""
    names = the_nation().name_of
    provinces = [code for code in names if len(code) == 2]
    counties = sorted(code for code in names if len(code) == 6)
    return [
        {
            "code": province,
            "name": names[province],
            "parts": [[code, _below_province(code, names)] for code in counties if code.startswith(province)],
        }
        for province in sorted(provinces)
    ]


def _below_province(code: str, names: Mapping[str, str]) -> str:
    """临汾市浮山县: a county's name under that of its prefecture, which many counties share a name without."""
    return the_nation().path(code).removeprefix(names[code[:2]])
