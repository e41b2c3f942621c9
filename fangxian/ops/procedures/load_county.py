"""The columns of a synthetic county as rows of places and people. Part of build_county."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fangxian.core.drill.county.columns import GRID_KINDS, JOB_ROLES, RELATIONS, SCHOOL_STAGES, SEXES, SyntheticCounty
from fangxian.core.drill.county.schematic import SchematicMap
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account, Unit
from fangxian.ops.people.actions import attach, register_households, register_persons
from fangxian.ops.people.models import Attachment, Household, Person
from fangxian.ops.places.actions import lay_grid_cells, register_venues
from fangxian.ops.places.models import Door, GridCell, SchoolClass, Venue

Step = Callable[[Said, int, int], None]
PLACES = Said("录入网格和场所", "Grid cells and venues")
HOUSEHOLDS = Said("录入住户（加密）", "Households, sealed")
PEOPLE = Said("录入居民（加密）", "Residents, sealed")
TIES = Said("录入班级和单位", "Classes and workplaces")


@dataclass(frozen=True, slots=True)
class LoadedPlaces:
    """Rows by their row number in the synthetic county."""

    cells: list[GridCell]
    venues: list[Venue]
    classes: list[SchoolClass]


def load_places(
    *, county: SyntheticCounty, map_: SchematicMap, hosts: Mapping[str, Unit], at: datetime, by: str, step: Step
) -> LoadedPlaces:
    """Grid cells, venues with doors, school classes."""
    cells = [
        GridCell(
            area_path=str(area_path),
            kind=GRID_KINDS[kind],
            name_zh=name,
            name_en=name_en,
            host_unit=hosts.get(host_unit),
            shape=map_.shapes.get(str(area_path), []),
            label=map_.labels.get(str(area_path), []),
        )
        for area_path, kind, name, name_en, host_unit, _, _ in county.grids.rows()
    ]
    lay_grid_cells(grid_cells=cells, by=by)
    cell_at = {cell.area_path: cell for cell in cells}
    venues = [
        Venue(
            area_path=str(area_path),
            grid_cell=cell_at[str(area_path)],
            trade=trade,
            venue_class=venue_class,
            name=name,
            address=address,
        )
        for area_path, trade, venue_class, name, address, _, _ in county.venues.rows()
    ]
    doors = [Door(venue=venues[venue], number=number, name=name) for venue, number, name in county.doors.rows()]
    school_venue = county.schools.venue.tolist()
    classes = [
        SchoolClass(
            venue=venues[school_venue[school]], stage=SCHOOL_STAGES[stage], grade=grade, number=number, name=name
        )
        for school, stage, grade, number, name, _ in county.classes.rows()
    ]
    register_venues(venues=venues, doors=doors, school_classes=classes, opened_at=at, by=by)
    step(PLACES, len(venues), len(venues))
    return LoadedPlaces(cells, venues, classes)


def load_people(
    *,
    county: SyntheticCounty,
    places: LoadedPlaces,
    accounts: Mapping[int, Account],
    at: datetime,
    by: str,
    step: Step,
) -> None:
    """Households, persons (some with an account, by row number), and what each belongs to."""
    households = _households(county, places.cells, at)
    register_households(households=households, by=by)
    step(HOUSEHOLDS, len(households), len(households))
    persons = _persons(county, households, accounts, at)
    register_persons(persons=persons, by=by, step=lambda done, total: step(PEOPLE, done, total))
    ties = [*_pupils(county, places, persons, at.date()), *_staff(county, places, persons, at.date())]
    ties += _keepers(county, places, persons, at.date())
    attach(attachments=ties, by=by)
    step(TIES, len(ties), len(ties))


def _households(county: SyntheticCounty, cells: Sequence[GridCell], at: datetime) -> list[Household]:
    return [
        Household(area_path=str(area_path), number=number, grid_cell=cells[grid], address=address, on_record_since=at)
        for number, (area_path, grid, address, _, _, _) in zip(
            county.households.numbers_in_cell(), county.households.rows(), strict=True
        )
    ]


def _persons(
    county: SyntheticCounty, households: Sequence[Household], accounts: Mapping[int, Account], at: datetime
) -> list[Person]:
    first_person = county.households.first_person.tolist()
    return [
        Person(
            area_path=str(area_path),
            household=households[household],
            place_in_household=row - first_person[household],
            relation=RELATIONS[relation],
            name=name,
            sex=SEXES[sex],
            born_on=date.fromordinal(born_on),
            document_kind=Person.DocumentKind.RESIDENT_18,
            document_number=number,
            phone=phone,
            account=accounts.get(row),
            on_record_since=at,
        )
        for row, (area_path, household, relation, name, sex, born_on, number, phone) in enumerate(county.persons.rows())
    ]


def _pupils(county: SyntheticCounty, places: LoadedPlaces, persons: Sequence[Person], on: date) -> list[Attachment]:
    return [
        Attachment(
            person=persons[person],
            venue=places.classes[school_class].venue,
            school_class=places.classes[school_class],
            role="pupil",
            area_path=places.classes[school_class].venue.area_path,
            begins_on=on,
        )
        for person, school_class in county.pupils.rows()
    ]


def _staff(county: SyntheticCounty, places: LoadedPlaces, persons: Sequence[Person], on: date) -> list[Attachment]:
    class_of_teacher = {teacher: row for row, teacher in enumerate(county.classes.class_teacher.tolist())}
    return [
        Attachment(
            person=persons[person],
            venue=places.venues[venue],
            school_class=places.classes[class_of_teacher[person]] if person in class_of_teacher else None,
            role=JOB_ROLES[role],
            title=title,
            area_path=places.venues[venue].area_path,
            begins_on=on,
        )
        for person, venue, role, title in county.jobs.rows()
    ]


def _keepers(county: SyntheticCounty, places: LoadedPlaces, persons: Sequence[Person], on: date) -> list[Attachment]:
    post_venue = county.posts.venue.tolist()
    return [
        Attachment(
            person=persons[person],
            venue=places.venues[post_venue[post]],
            role="keeper",
            area_path=places.venues[post_venue[post]].area_path,
            begins_on=on,
        )
        for post, person in county.keepers.rows()
    ]
