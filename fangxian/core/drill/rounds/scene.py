"""Who is to be sampled and where: the county's schools, or the county at its sites. (lines of an export → `Scene`)"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from fangxian.core.refusal import Refusal

SCHOOL_TRADES: Final = frozenset({"school", "kindergarten"})
KEY_ROLE, TEACHER_ROLE = "school_support", "teacher"
HOURS: Final = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))
PEOPLE_A_TABLE: Final = 600  # so that a table is done in a day of eight hours
N_SITES: Final = 52
TOWN_DIGITS, UNIT_DIGITS, LONGEST_NAME = 9, 12, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """An invented person as they stand on the register; `alone`: in a tube of their own."""

    name: str
    document_number: str
    phone: str = ""
    group: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A sampling site with the people who are to come to it; `serves`: the divisions whose people these are."""

    name: str
    area_path: str
    people: tuple[Somebody, ...]
    serves: tuple[str, ...] = ()

    @property
    def n_tables(self) -> int:
        return max(1, ceil(len(self.people) / PEOPLE_A_TABLE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A round to be played.

    Attributes
    ----------
    areas : whose people it is for; (): of the schools that its sites are
    has_lists : its roster comes in as lists, one a site; else it is everybody of `areas`
    size : how many share a tube
    towns : the townships in which its people live and its sites stand
    """

    stands: tuple[Stand, ...]
    areas: tuple[str, ...]
    size: int
    has_lists: bool
    towns: tuple[str, ...] = ()

    @property
    def n_people(self) -> int:
        return sum(len(it.people) for it in self.stands)

    @property
    def n_alone(self) -> int:
        return sum(each.alone for it in self.stands for each in it.people)


@dataclass(slots=True)
class Register:
    """What an export says of people and places, as far as a round needs it."""

    county: str
    names: dict[str, str]
    people: dict[str, Somebody]
    home: dict[str, str]
    trades: dict[tuple[str, str], str]
    classes: dict[tuple[Any, ...], str]
    ties: list[tuple[tuple[str, str], str, str, tuple[Any, ...] | None]]


def read_register(lines: Iterable[bytes]) -> Register:
    """An export (core.drill.county.export), a line at a time."""
    found = Register("", {}, {}, {}, {}, {}, [])
    for line in lines:
        told = json.loads(line)
        match told["line"]:
            case "export":
                found.county = told["county_code"]
            case "division":
                found.names[told["area_path"]] = told["name_zh"]
            case "venue":
                found.trades[told["area_path"], told["name"]] = told["trade"]
            case "school_class":
                found.classes[*told["venue"], told["stage"], told["grade"], told["number"]] = told["name"]
            case "household":
                _read_household(told, found)
            case "attachment":
                of_class = told["school_class"]
                tie = tuple(told["venue"]), told["document_number"], told["role"], of_class and tuple(of_class)
                found.ties.append(tie)
    return found


def _read_household(told: Mapping[str, Any], found: Register) -> None:
    for member in told["members"]:
        number = member["document"][1]
        found.people[number] = Somebody(name=member["name"], document_number=number, phone=member["phone"])
        found.home[number] = told["area_path"]


def school_round(register: Register, *, scale: float = 1.0, size: int = 10) -> Scene:
    """Every school and kindergarten with its pupils by class, its teachers, and its key persons in tubes of their own.

    Refuses
    -------
    scenario.nobody
    """
    members: dict[tuple[str, str], list[tuple[int, str, Somebody]]] = defaultdict(list)
    for venue, number, role, of_class in register.ties:
        who = register.people.get(number)
        if who is not None and register.trades.get(venue) in SCHOOL_TRADES:
            group = register.classes.get((*venue, *of_class), "") if of_class else "教职工"
            alone = of_class is None and role == KEY_ROLE
            rank = 0 if alone else 2 if of_class else 1
            person = Somebody(
                name=who.name, document_number=number, phone=who.phone, group=group or "教职工", alone=alone
            )
            members[venue].append((rank, group, person))
    stands = []
    for area_path, name in sorted(members):
        of_school = sorted(members[area_path, name], key=lambda it: (it[0], it[1], it[2].document_number))
        people = _part(of_school, scale)
        stands.append(Stand(name=name[:LONGEST_NAME], area_path=area_path[:UNIT_DIGITS], people=people))
    if not stands:
        raise _nobody()
    return Scene(
        stands=tuple(stands), areas=(), size=size, has_lists=True, towns=_towns(register, stands)
    )  # fmt: skip


def _towns(register: Register, stands: Sequence[Stand]) -> tuple[str, ...]:
    homes = (register.home.get(who.document_number, it.area_path) for it in stands for who in it.people)
    return tuple(sorted({path[:TOWN_DIGITS] for path in (*homes, *(it.area_path for it in stands))}))


def _part(members: Sequence[tuple[int, str, Somebody]], scale: float) -> tuple[Somebody, ...]:
    """So large a part of those of each rank, at least one of each."""
    kept: list[Somebody] = []
    for rank in (0, 1, 2):
        of_rank = [it[2] for it in members if it[0] == rank]
        kept += of_rank[: ceil(len(of_rank) * scale)]
    return tuple(kept)


def county_drill(register: Register, *, scale: float = 1.0, size: int = 10) -> Scene:
    """Everybody who lives in the county, at 52 sites; at a smaller scale so many of its villages and sites.

    Refuses
    -------
    scenario.nobody
    """
    of_unit: dict[str, list[Somebody]] = defaultdict(list)
    for number, area_path in register.home.items():
        of_unit[area_path[:UNIT_DIGITS]].append(register.people[number])
    if not of_unit:
        raise _nobody()
    wanted, taken, n = sum(map(len, of_unit.values())) * scale, list[str](), 0
    # The smallest first: at a small scale no unit stands for more than it should.
    order = sorted(of_unit) if scale >= 1 else sorted(of_unit, key=lambda it: (len(of_unit[it]), it))
    for unit in order:
        if n >= wanted:
            break
        taken.append(unit)
        n += len(of_unit[unit])
    stands = tuple(
        Stand(
            name=f"{_town(register, group[0])}{register.names.get(group[0], group[0])}采样点"[:LONGEST_NAME],
            area_path=group[0],
            serves=tuple(group),
            people=tuple(it for unit in group for it in of_unit[unit]),
        )
        for group in grouped([(unit, len(of_unit[unit])) for unit in sorted(taken)], max(1, round(N_SITES * scale)))
    )
    areas = (register.county,) if scale >= 1 else tuple(sorted(taken))
    return Scene(stands=stands, areas=areas, size=size, has_lists=False, towns=_towns(register, stands))


def _town(register: Register, unit: str) -> str:
    return register.names.get(unit[:TOWN_DIGITS], "")


def grouped(units: Sequence[tuple[str, int]], n_groups: int) -> list[list[str]]:
    """Neighbouring units put together to so many groups as even as they can be in this order; fewer if there are fewer.

    Parameters
    ----------
    units : (name, people), in the order in which neighbours stand together
    """
    n_groups = min(n_groups, len(units))
    low, high = max(n for _, n in units), sum(n for _, n in units)
    while low < high:
        most = (low + high) // 2
        low, high = (low, most) if len(_filled(units, most)) <= n_groups else (most + 1, high)
    groups, people = _filled(units, low), dict(units)
    while len(groups) < n_groups:
        largest = max((it for it in groups if len(it) > 1), key=lambda it: sum(people[unit] for unit in it))
        at, middle = groups.index(largest), len(largest) // 2
        groups[at : at + 1] = [largest[:middle], largest[middle:]]
    return groups


def _filled(units: Sequence[tuple[str, int]], most: int) -> list[list[str]]:
    groups, n = list[list[str]](), 0
    for unit, people in units:
        if not groups or n + people > most:
            groups.append([])
            n = 0
        groups[-1].append(unit)
        n += people
    return groups


def _nobody() -> Refusal:
    return Refusal(
        "scenario.nobody",
        zh="这个县里没有可以演的人，没有演。应为已建成的演示县；请先运行 fangxian county build。",
        en="There is nobody in this county to play with, so nothing was played. It should be a demo county that is "
        "built: run fangxian county build first.",
    )
