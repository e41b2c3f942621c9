"""From a plan and a source of chance to a whole county."""

from collections.abc import Callable

import numpy as np

from fangxian.core.drill.county import naming, places, schooling, settling, working
from fangxian.core.drill.county.columns import (
    Classes,
    Grids,
    Households,
    Jobs,
    Persons,
    Posts,
    Pupils,
    Schools,
    SyntheticCounty,
    Texts,
)
from fangxian.core.drill.county.counting import Ints, scaled
from fangxian.core.drill.county.households import Families, make_families
from fangxian.core.drill.county.places import Place
from fangxian.core.drill.county.plan import CountyPlan, SchoolPlan
from fangxian.core.drill.county.schooling import ClassLists, Enrolment
from fangxian.core.drill.county.settling import Settlement
from fangxian.core.refusal import Refusal

Progress = Callable[[str, int, int], None]
STAGES = ("families", "settling", "naming", "venues", "schools", "jobs")
LEAST_SCALE = 0.01


def build_county(
    plan: CountyPlan, *, rng: np.random.Generator, scale: float = 1.0, progress: Progress | None = None
) -> SyntheticCounty:
    """A synthetic county. The same plan, scale and state of `rng` make the same county, byte for byte.

    Only whole numbers are drawn and compared, so that machines agree. Nothing here depends on an
    install's keys. A smaller scale is a part of the county: fewer units, grid cells, schools and
    venues, at least one of every kind, with as many people to a grid cell where that is possible.

    Parameters
    ----------
    scale : LEAST_SCALE to 1
    progress : called with a stage's name, stages done and stages in all

    Raises
    ------
    Refusal
        `county.scale`; and what `schooling.enrol` and `naming.identity_numbers` refuse.
    """
    if not LEAST_SCALE <= scale <= 1:
        raise Refusal(
            "county.scale",
            zh="比例是 {scale}。应在 {least} 到 1 之间，1 为全县。请重新给出比例。",
            en="The scale is {scale}. It should be from {least} to 1, which is the whole county. Give another.",
            scale=scale,
            least=LEAST_SCALE,
        )
    return _Builder(plan, round(scale * 1_000_000), rng, progress or (lambda *_: None)).build()


class _Builder:
    """One build. Each stage has a source of chance of its own, so that changing one leaves the rest."""

    def __init__(self, plan: CountyPlan, scale_per_million: int, rng: np.random.Generator, progress: Progress) -> None:
        self.plan = plan
        self.scale = scale_per_million
        self.rngs = dict(zip(STAGES, rng.spawn(len(STAGES)), strict=True))
        self.progress = progress

    def build(self) -> SyntheticCounty:
        plan, scale = self.plan, self.scale
        families = make_families(plan, scaled(plan.census.n_people, scale), self._begin("families"))
        settlement, cell = settling.settle(plan, families, scale, self._begin("settling"))
        families, cell = _in_order(families, cell, self.rngs["settling"])
        households, persons = self._people(families, settlement, cell)
        found = self._places(settlement, persons)
        grids, grid_row = self._grids(settlement, cell, found)
        households = _with_grid(households, grid_row[cell])
        kept, school_venue = self._kept_schools(found)
        pupils = self._enrol(kept, school_venue, found, persons)
        workforce = working.Workforce(age=_ages(plan, families.born_on), sex=families.sex, area_path=persons.area_path)
        workforce.is_free[pupils.person] = False
        rng = self._begin("jobs")
        team = working.raise_team(plan, settlement, workforce, grid_row, scale, rng)
        posts, keepers = working.man_posts(plan, found, workforce, rng)
        jobs = working.fill_jobs(plan, found, kept, school_venue, workforce, scale, rng)
        venues = places.venues_table(plan, found, np.bincount(jobs.venue, minlength=len(found)))
        lists = schooling.divide_into_classes(plan, pupils, self.rngs["schools"])
        self.progress("done", len(STAGES), len(STAGES))
        return SyntheticCounty(
            county_code=plan.code,
            name=plan.name_zh,
            edition=plan.divisions.edition,
            reference_on=plan.reference_on.toordinal(),
            scale_per_million=scale,
            grids=grids,
            households=households,
            persons=persons,
            team=team,
            venues=venues,
            doors=places.doors_table(plan, venues),
            jobs=jobs,
            schools=_schools(kept, school_venue, pupils, jobs),
            classes=_classes(plan, lists, school_venue, jobs),
            pupils=_pupils(lists, pupils),
            posts=_posts(posts, found),
            keepers=keepers,
        )

    def _begin(self, stage: str) -> np.random.Generator:
        self.progress(stage, STAGES.index(stage), len(STAGES))
        return self.rngs[stage]

    def _people(self, families: Families, settlement: Settlement, cell: Ints) -> tuple[Households, Persons]:
        plan, rng = self.plan, self._begin("naming")
        sizes = np.bincount(families.household)
        path = settlement.cell_path[cell]
        households = Households(
            area_path=path,
            grid=cell.astype(np.int32),
            address=naming.addresses(plan, settlement, cell),
            first_person=(np.cumsum(sizes) - sizes).astype(np.int32),
            n_members=sizes.astype(np.int8),
            n_generations=families.n_generations.astype(np.int8),
        )
        household, sex, born_on = families.household, families.sex, families.born_on
        persons = Persons(
            area_path=path[household],
            household=household.astype(np.int32),
            relation=families.relation.astype(np.int8),
            name=naming.people_names(plan.names, household, families.relation, sex, born_on, rng),
            sex=sex.astype(np.int8),
            born_on=born_on.astype(np.int32),
            identity_number=naming.identity_numbers(plan.identity_prefix, born_on, sex, rng),
            phone=naming.phone_numbers(plan, born_on, rng),
        )
        return households, persons

    def _places(self, settlement: Settlement, persons: Persons) -> list[Place]:
        unit = np.searchsorted(settlement.unit_code, persons.area_path // 1000)
        people_in_unit = np.bincount(unit, minlength=len(settlement.units))
        return places.make_places(self.plan, settlement, people_in_unit, self.scale, self._begin("venues"))

    def _grids(self, settlement: Settlement, cell: Ints, found: list[Place]) -> tuple[Grids, Ints]:
        """The table of grids, and the row in it of each cell of the settlement."""
        n_households = np.bincount(cell, minlength=len(settlement.cell_path))
        rows = [
            (path, kind, *_cell_names(settlement, unit, path), "", -1, n)
            for path, kind, unit, n in zip(
                settlement.cell_path.tolist(),
                settlement.cell_kind.tolist(),
                settlement.cell_unit.tolist(),
                n_households.tolist(),
                strict=True,
            )
        ]
        in_english = self.plan.names_in_english
        rows += [
            (p.cell_path, settling.DEDICATED, f"{p.name}专属网格", f"{in_english[p.name]} grid", p.name, venue, 0)
            for venue, p in enumerate(found)
            if p.host >= 0
        ]
        rows.sort()
        path, kind, name, name_en, host_unit, host_venue, n = zip(*rows, strict=True)
        grids = Grids(
            area_path=np.array(path, dtype=np.int64),
            kind=np.array(kind, dtype=np.int8),
            name=name,
            name_en=name_en,
            host_unit=host_unit,
            host_venue=np.array(host_venue, dtype=np.int32),
            n_households=np.array(n, dtype=np.int32),
        )
        return grids, np.searchsorted(grids.area_path, settlement.cell_path)

    def _kept_schools(self, found: list[Place]) -> tuple[tuple[SchoolPlan, ...], Ints]:
        """The schools of this scale in the order of their venues, and those venues."""
        venue_of = {p.name: venue for venue, p in enumerate(found)}
        kept = sorted(places.kept_schools(self.plan, self.scale), key=lambda s: venue_of[s.name])
        return tuple(kept), np.array([venue_of[s.name] for s in kept], dtype=np.int64)

    def _enrol(
        self, kept: tuple[SchoolPlan, ...], school_venue: Ints, found: list[Place], persons: Persons
    ) -> Enrolment:
        return schooling.enrol(
            self.plan,
            kept,
            np.array([found[v].cell_path // 10**6 for v in school_venue.tolist()], dtype=np.int64),
            persons.area_path // 10**6,
            persons.born_on.astype(np.int64),
            self.scale,
            self._begin("schools"),
        )


def _in_order(families: Families, cell: Ints, rng: np.random.Generator) -> tuple[Families, Ints]:
    """Families with households renumbered so that those of one cell stand together, in no order within it."""
    order = np.lexsort((rng.permutation(len(cell)), cell))
    new_number = np.empty(len(order), dtype=np.int64)
    new_number[order] = np.arange(len(order))
    household = new_number[families.household]
    people = np.argsort(household, kind="stable")
    return (
        Families(
            household=household[people],
            generation=families.generation[people],
            relation=families.relation[people],
            sex=families.sex[people],
            born_on=families.born_on[people],
            n_generations=families.n_generations[order],
        ),
        cell[order],
    )


def _with_grid(households: Households, grid: Ints) -> Households:
    columns = {**households.columns(), "grid": grid.astype(np.int32)}
    return Households(**columns)  # type: ignore[arg-type]


def _ages(plan: CountyPlan, born_on: Ints) -> Ints:
    """Whole years, to a day or two around birthdays: enough to choose who may work."""
    return (plan.reference_on.toordinal() - born_on) * 100 // 36525


def _cell_names(settlement: Settlement, unit: int, path: int) -> tuple[str, str]:
    """A cell's Chinese and English name, with its number in its unit."""
    division, number = settlement.units[unit], path % 1000
    return f"{division.short_zh}第{number}网格", f"{division.short_en} grid {number}"


def _schools(kept: tuple[SchoolPlan, ...], school_venue: Ints, pupils: Enrolment, jobs: Jobs) -> Schools:
    n_of = {
        role: np.bincount(jobs.venue[jobs.role == role], minlength=int(school_venue.max()) + 1)[school_venue]
        for role in (working.TEACHER, working.SUPPORT)
    }
    return Schools(
        venue=school_venue.astype(np.int32),
        name=tuple(s.name for s in kept),
        n_pupils=np.bincount(pupils.school, minlength=len(kept)).astype(np.int32),
        n_teachers=n_of[working.TEACHER].astype(np.int32),
        n_support=n_of[working.SUPPORT].astype(np.int32),
    )


def _classes(plan: CountyPlan, lists: ClassLists, school_venue: Ints, jobs: Jobs) -> Classes:
    """Class teachers are taken in turn from the school's teachers; a small school's may have two classes."""
    columns = (lists.stage, lists.grade, lists.number)
    names: Texts = tuple(schooling.class_name(plan, *row) for row in zip(*(c.tolist() for c in columns), strict=True))
    first = np.searchsorted(lists.school, np.arange(len(school_venue)))
    class_teacher = np.full(len(lists.school), -1, dtype=np.int32)
    for row, school in enumerate(lists.school.tolist()):
        teachers = jobs.person[(jobs.venue == school_venue[school]) & (jobs.role == working.TEACHER)]
        if len(teachers):
            class_teacher[row] = teachers[(row - int(first[school])) % len(teachers)]
    return Classes(
        school=lists.school.astype(np.int32),
        stage=lists.stage.astype(np.int8),
        grade=lists.grade.astype(np.int8),
        number=lists.number.astype(np.int8),
        name=names,
        class_teacher=class_teacher,
    )


def _pupils(lists: ClassLists, pupils: Enrolment) -> Pupils:
    order = np.lexsort((pupils.person, lists.class_of_pupil))
    return Pupils(
        person=pupils.person[order].astype(np.int32),
        school_class=lists.class_of_pupil[order].astype(np.int32),
    )


def _posts(posts: list[tuple[int, int]], found: list[Place]) -> Posts:
    venue, per_day = zip(*posts, strict=True)
    return Posts(
        venue=np.array(venue, dtype=np.int32),
        name=tuple(found[v].name for v in venue),
        per_day=np.array(per_day, dtype=np.int8),
    )
