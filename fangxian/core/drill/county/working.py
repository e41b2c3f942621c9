"""Who works where: the grid team, the keepers of posts, and everybody with a job at a venue."""

from dataclasses import dataclass, field

import numpy as np

from fangxian.core.drill.county.columns import JOB_ROLES, TEAM_KINDS, Jobs, Keepers, Team
from fangxian.core.drill.county.counting import Ints, between, scaled, whole_shares
from fangxian.core.drill.county.households import FEMALE, MALE
from fangxian.core.drill.county.places import Place, scaled_shares
from fangxian.core.drill.county.plan import CountyPlan, SchoolPlan
from fangxian.core.drill.county.settling import COMMUNITY, RURAL, Settlement

OWNER, STAFF = JOB_ROLES.index("owner"), JOB_ROLES.index("staff")
TEACHER, SUPPORT = JOB_ROLES.index("teacher"), JOB_ROLES.index("school_support")


@dataclass(slots=True, kw_only=True)
class Workforce:
    """Residents who may be given something to do; nobody is given two things.

    age : (n,) int64, whole years; area_path : (n,) int64, 15 digits
    """

    age: Ints
    sex: Ints
    area_path: Ints
    is_free: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.is_free = np.ones(len(self.age), dtype=bool)

    def take(self, n: int, ages: tuple[int, int], near: list[int], rng: np.random.Generator, sex: int = 0) -> Ints:
        """Up to `n` free residents of these ages, from the first place in `near` as far as they reach.

        near : area codes of 15, 12 or 9 digits, tried in order; 0 is everywhere
        sex : 0 for either
        """
        fits = self.is_free & (self.age >= ages[0]) & (self.age <= ages[1])
        if sex:
            fits &= self.sex == sex
        able = np.flatnonzero(fits)
        taken: list[Ints] = []
        missing = n
        for code in near:
            if missing <= 0:
                break
            there = able if code == 0 else able[self.area_path[able] // 10 ** (15 - len(str(code))) == code]
            some = rng.permutation(there[self.is_free[there]])[:missing]
            self.is_free[some] = False
            taken.append(some)
            missing -= len(some)
        return np.concatenate(taken) if taken else np.zeros(0, dtype=np.int64)


def raise_team(
    plan: CountyPlan,
    settlement: Settlement,
    workforce: Workforce,
    grid_row: Ints,
    scale_per_million: int,
    rng: np.random.Generator,
) -> Team:
    """A worker for each rural and community cell who lives there, and leads and assistants by township.

    grid_row : (n_cells,) int64, the row in the table of grids of each cell of the settlement
    """
    rows = []
    for cell, path in enumerate(settlement.cell_path.tolist()):
        kind = {RURAL: "grid_worker", COMMUNITY: "community_worker"}[int(settlement.cell_kind[cell])]
        near = [path, path // 1000, path // 10**6, 0]
        for person in workforce.take(1, plan.team_ages, near, rng).tolist():
            rows.append((TEAM_KINDS.index(kind), path, person, int(grid_row[cell])))
    townships, n_cells = np.unique(settlement.cell_path // 10**6, return_counts=True)
    for figure, kind in (("n_leads", "lead"), ("n_assistants", "assistant")):
        total = scaled(plan.figure(figure), scale_per_million)
        shares = whole_shares(total, n_cells, at_least=1 if total >= len(townships) else 0)
        for code, n in zip(townships.tolist(), shares.tolist(), strict=True):
            people = np.sort(workforce.take(n, plan.team_ages, [code, 0], rng))
            rows += [(TEAM_KINDS.index(kind), code, person, -1) for person in people.tolist()]
    kinds, paths, people, grids = (np.array(c) for c in zip(*sorted(rows), strict=True))
    return Team(
        person=people.astype(np.int32),
        kind=kinds.astype(np.int8),
        area_path=paths.astype(np.int64),
        grid=grids.astype(np.int32),
    )


def man_posts(
    plan: CountyPlan, places: list[Place], workforce: Workforce, rng: np.random.Generator
) -> tuple[list[tuple[int, int]], Keepers]:
    """(venue, people on duty a day) of every post, and the residents on its roster, who live nearby."""
    of_trade = {p.trade: p for p in plan.posts}
    posts: list[tuple[int, int]] = []
    keepers: list[tuple[int, int]] = []
    for venue, place in enumerate(places):
        told = of_trade.get(plan.trades[place.trade].id)
        if told is None:
            continue
        near = [place.cell_path // 1000, place.cell_path // 10**6]
        people = workforce.take(told.n_keepers, plan.job_ages[STAFF], near, rng)
        keepers += [(len(posts), person) for person in np.sort(people).tolist()]
        posts.append((venue, told.per_day))
    post, person = (np.array(c, dtype=np.int32) for c in zip(*keepers, strict=True))
    return posts, Keepers(post=post, person=person)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening:
    """Seats of one role at one venue."""

    venue: int
    role: int
    title: str
    n: int
    male_per_mille: int
    township: int


def fill_jobs(
    plan: CountyPlan,
    places: list[Place],
    schools: tuple[SchoolPlan, ...],
    school_venue: Ints,
    workforce: Workforce,
    scale_per_million: int,
    rng: np.random.Generator,
) -> Jobs:
    """People for the jobs of every venue, of the ages of the role, mostly from the same township.

    Schools and hospitals choose first. Where nobody is left, a seat stays empty.
    """
    openings = _school_openings(plan, schools, school_venue, places, scale_per_million)
    openings += _venue_openings(plan, places)
    rows: list[tuple[int, int, int, str]] = []
    groups: dict[tuple[int, int, int, str], list[_Opening]] = {}
    for opening in openings:
        key = (opening.township, opening.role, opening.male_per_mille, opening.title)
        groups.setdefault(key, []).append(opening)
    for key, of_group in groups.items():
        township, role, male_per_mille, _ = key
        seats = np.repeat([o.venue for o in of_group], [o.n for o in of_group])
        n_men = int((between(rng, 0, 999, len(seats)) < male_per_mille).sum())
        people = [
            workforce.take(n, plan.job_ages[role], [township, 0], rng, sex)
            for sex, n in ((MALE, n_men), (FEMALE, len(seats) - n_men))
        ]
        missing = len(seats) - sum(len(p) for p in people)
        people.append(workforce.take(missing, plan.job_ages[role], [township, 0], rng))
        chosen = rng.permutation(np.concatenate(people))
        title = of_group[0].title
        rows += [(v, p, role, title) for v, p in zip(seats.tolist(), chosen.tolist(), strict=False)]
    rows.sort()
    return Jobs(
        person=np.array([p for _, p, _, _ in rows], dtype=np.int32),
        venue=np.array([v for v, _, _, _ in rows], dtype=np.int32),
        role=np.array([r for _, _, r, _ in rows], dtype=np.int8),
        title=tuple(t for _, _, _, t in rows),
    )


def _school_openings(
    plan: CountyPlan,
    schools: tuple[SchoolPlan, ...],
    school_venue: Ints,
    places: list[Place],
    scale_per_million: int,
) -> list[_Opening]:
    teachers = scaled_shares(plan.figure("n_teachers"), [s.n_teachers for s in schools], scale_per_million)
    support = scaled_shares(plan.figure("n_school_support"), [s.n_support for s in schools], scale_per_million)
    openings = []
    for venue, n_teachers, n_support in zip(school_venue.tolist(), teachers.tolist(), support.tolist(), strict=True):
        trade = plan.trades[places[venue].trade]
        township = places[venue].cell_path // 10**6
        for role, title, n in ((TEACHER, trade.title, n_teachers), (SUPPORT, plan.support_title, n_support)):
            openings.append(
                _Opening(
                    venue=venue,
                    role=role,
                    title=title,
                    n=n,
                    male_per_mille=trade.male_per_mille if role == TEACHER else 500,
                    township=township,
                )
            )
    return openings


def _venue_openings(plan: CountyPlan, places: list[Place]) -> list[_Opening]:
    """An owner first where the trade has one; the others are staff of the trade's role."""
    openings = []
    for number, trade in enumerate(plan.trades):
        for venue, place in enumerate(places):
            if place.trade != number or place.n_staff == 0:
                continue
            n_owners = 1 if trade.role == OWNER else 0
            role = STAFF if n_owners else trade.role
            parts = ((OWNER, trade.title, n_owners), (role, _title(trade.title, role), place.n_staff - n_owners))
            openings += [
                _Opening(
                    venue=venue,
                    role=r,
                    title=title,
                    n=n,
                    male_per_mille=trade.male_per_mille,
                    township=place.cell_path // 10**6,
                )
                for r, title, n in parts
                if n > 0
            ]
    return openings


def _title(of_trade: str, role: int) -> str:
    return "店员" if role == STAFF and of_trade == "店主" else of_trade
