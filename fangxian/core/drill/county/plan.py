"""What a synthetic county is to be: a county's data files, read and checked against one another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fangxian.core.divisions import Divisions
from fangxian.core.drill.county.columns import JOB_ROLES, SCHOOL_STAGES
from fangxian.core.drill.county.toml_file import read_toml
from fangxian.core.identity import SYNTHETIC_PREFIX_BEGINS
from fangxian.core.refusal import Refusal

PLACES = ("listed", "village", "town_unit", "township", "people")


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Published shares. `ages`: first age, last age, ten-thousandths of all residents."""

    n_people: int
    men_per_100_women: float
    urban_fraction: float
    mean_household_size: float
    one_person_fraction: float
    generation_fractions: tuple[float, float, float, float]
    with_elder_fraction: float
    ages_0_14_fraction: float
    ages_65_fraction: float
    ages: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdKind:
    """Households of one make. `members`: how many of each generation, youngest first, 0 if absent.

    dated : "young" when the ages follow from the youngest child's, "old" when from the eldest's
    """

    id: str
    n_generations: int
    per_mille: int
    dated: str
    members: tuple[int, ...]

    @property
    def size(self) -> int:
        return sum(self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One trade of venues; see county.toml for the meaning of each word."""

    id: str
    zh: str
    en: str
    venue_class: str
    n: int
    place: str
    town_per_mille: int
    staff: tuple[int, int]
    doors: tuple[int, int]
    male_per_mille: int
    role: int
    title: str
    naming: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolPlan:
    """One school. `pupils` by stage, in the order of SCHOOL_STAGES."""

    name: str
    name_en: str
    trade: str
    unit_code: str
    pupils: tuple[int, ...]
    n_teachers: int
    n_support: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedVenue:
    """One venue with a name of its own, in both languages."""

    name: str
    name_en: str
    trade: str
    unit_code: str
    n_staff: int
    n_doors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPlan:
    """Posts of one trade: people on the roster of each, and on duty each day."""

    trade: str
    n_keepers: int
    per_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Characters for invented names. `given`: before which year of birth, male, female characters."""

    surnames: tuple[str, ...]
    surname_weights: tuple[int, ...]
    given: tuple[tuple[int, str, str], ...]
    shop_first: str
    shop_second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyPlan:
    """Everything `build_county` needs to know. Made by `read_county_plan`."""

    code: str
    name_zh: str
    reference_on: date
    identity_prefix: str
    seat_unit_code: str
    divisions: Divisions
    figures: Mapping[str, Any]
    census: Census
    town_unit_codes: tuple[str, ...]
    urban_village_codes: tuple[str, ...]
    town_per_mille_of_urban: int
    streets: tuple[str, ...]
    compounds: tuple[str, ...]
    kinds: tuple[HouseholdKind, ...]
    phone_owners_per_mille: tuple[tuple[int, int, int], ...]
    team_ages: tuple[int, int]
    posts: tuple[PostPlan, ...]
    job_ages: tuple[tuple[int, int], ...]
    door_names: tuple[str, ...]
    own_door_names: Mapping[str, tuple[str, ...]]
    hosts: tuple[str, ...]
    trades: tuple[Trade, ...]
    schools: tuple[SchoolPlan, ...]
    school_year_begins: tuple[int, int]
    school_stages: tuple[tuple[int, int], ...]
    class_size_max: tuple[int, ...]
    grade_names: tuple[tuple[str, ...], ...]
    support_title: str
    listed: tuple[ListedVenue, ...]
    names: Names

    def figure(self, name: str) -> int:
        """A whole-number figure of the county file."""
        return int(self.figures[name]["value"])

    @property
    def names_in_english(self) -> dict[str, str]:
        """Of the schools and listed venues: what each is called in English."""
        named: tuple[SchoolPlan | ListedVenue, ...] = (*self.schools, *self.listed)
        return {it.name: it.name_en for it in named}


def read_county_plan(*, county: bytes, names: bytes, divisions: Divisions) -> CountyPlan:
    """The plan in a county's county.toml and names.toml, for one edition of its divisions.

    Raises
    ------
    Refusal
        `county.unreadable`, `.missing`, `.does_not_add_up`, `.unknown_unit`, `.unknown_venue`,
        `.other_edition`, `.unknown_word`, `.prefix_assigned`; names the place and both values.
    """
    told, words = read_toml(county, "county.toml"), read_toml(names, "names.toml")
    try:
        plan = _plan(told, _names(words), divisions)
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(
            "county.missing",
            zh="县数据文件缺少或写错了一项：{reason}。各项应与 docs/reference/county.md 所列一致。请补上后重试。",
            en="The county's files lack an entry or have a wrong one: {reason}. They should have what "
            "docs/reference/county.md lists. Add or correct it and try again.",
            reason=f"{type(error).__name__}: {error}",
        ) from None
    _check(plan, told)
    return plan


def _plan(told: dict[str, Any], names: Names, divisions: Divisions) -> CountyPlan:
    county, settlement, schools = told["county"], told["settlement"], told["schools"]
    month, day = schools["year_begins"].split("-")
    return CountyPlan(
        code=county["code"],
        name_zh=county["name_zh"],
        reference_on=county["reference_on"],
        identity_prefix=county["synthetic_identity_prefix"],
        seat_unit_code=county["seat_unit_code"],
        divisions=divisions,
        figures=told["figures"],
        census=_census(told["census"]),
        town_unit_codes=tuple(settlement["town_unit_codes"]),
        urban_village_codes=tuple(settlement["urban_village_codes"]),
        town_per_mille_of_urban=settlement["town_per_mille_of_urban"],
        streets=tuple(settlement["streets"]),
        compounds=tuple(settlement["compounds"]),
        kinds=_kinds(told["households"]),
        phone_owners_per_mille=tuple((a, b, n) for a, b, n in told["phones"]["owners_per_mille"]),
        team_ages=_pair(told["team"]["ages"]),
        posts=tuple(PostPlan(**p) for p in told["team"]["posts"]),
        job_ages=tuple(_pair(told["jobs"]["ages"][role]) for role in JOB_ROLES),
        door_names=tuple(told["doors"]["names"]),
        own_door_names={key: tuple(names) for key, names in told["doors"]["own_names"].items()},
        hosts=tuple(told["dedicated_grids"]["hosts"]),
        trades=tuple(_trade(t) for t in told["trades"]["list"]),
        schools=tuple(_school(s) for s in schools["list"]),
        school_year_begins=(int(month), int(day)),
        school_stages=tuple((first, last) for _, first, last in schools["stages"]),
        class_size_max=tuple(schools["class_size_max"]),
        grade_names=tuple(tuple(names) for names in schools["grade_names"]),
        support_title=schools["support_title"],
        listed=tuple(ListedVenue(**v) for v in told["venues"]["list"]),
        names=names,
    )


def _census(told: Mapping[str, Any]) -> Census:
    numbers = ("one", "two", "three", "four")
    one, two, three, four = (float(told[f"{word}_generation_fraction"]) for word in numbers)
    return Census(
        n_people=told["n_people"],
        men_per_100_women=told["men_per_100_women"],
        urban_fraction=told["urban_fraction"],
        mean_household_size=told["mean_household_size"],
        one_person_fraction=told["one_person_fraction"],
        generation_fractions=(one, two, three, four),
        with_elder_fraction=told["with_elder_fraction"],
        ages_0_14_fraction=told["ages_0_14_fraction"],
        ages_65_fraction=told["ages_65_fraction"],
        ages=tuple((first, last, round(share * 10_000)) for first, last, share in told["ages"]),
    )


def _kinds(told: Mapping[str, Any]) -> tuple[HouseholdKind, ...]:
    sections = (("two_generations", 2), ("three_generations", 3), ("four_generations", 4))
    return tuple(
        HouseholdKind(
            id=k["id"],
            n_generations=n,
            per_mille=k["per_mille"],
            dated=k["dated"],
            members=tuple(k["members"]),
        )
        for section, n in sections
        for k in told[section]
    )


def _trade(told: Mapping[str, Any]) -> Trade:
    if told["place"] not in PLACES:
        raise ValueError(f"trade {told['id']}: place {told['place']!r} is none of {', '.join(PLACES)}")
    if told["role"] not in JOB_ROLES:
        raise ValueError(f"trade {told['id']}: role {told['role']!r} is none of {', '.join(JOB_ROLES)}")
    pairs = {name: _pair(told[name]) for name in ("staff", "doors")}
    return Trade(**{**told, **pairs, "role": JOB_ROLES.index(told["role"]), "words": tuple(told["words"])})


def _school(told: Mapping[str, Any]) -> SchoolPlan:
    if len(told["pupils"]) != len(SCHOOL_STAGES):
        raise ValueError(f"school {told['name']}: pupils should be one number for each of {SCHOOL_STAGES}")
    return SchoolPlan(**{**told, "pupils": tuple(told["pupils"])})


def _names(told: Mapping[str, Any]) -> Names:
    return Names(
        surnames=tuple(name for name, _ in told["surnames"]),
        surname_weights=tuple(int(weight) for _, weight in told["surnames"]),
        given=tuple((g["before"], g["male"], g["female"]) for g in told["given"]),
        shop_first=told["shops"]["first"],
        shop_second=told["shops"]["second"],
    )


def _pair(values: Sequence[int]) -> tuple[int, int]:
    low, high = values
    return low, high


def _check(plan: CountyPlan, told: Mapping[str, Any]) -> None:
    county = told["county"]
    if plan.divisions.edition != county["edition"] or plan.divisions.county.code != plan.code:
        raise Refusal(
            "county.other_edition",
            zh="县数据要求 {county_code} 的 {edition} 版区划，读到的是 {found_code} 的 {found} 版。"
            "请使用对应版本的区划文件。",
            en="The county's files ask for edition {edition} of the divisions of {county_code}; edition {found} of "
            "{found_code} was given. Give the divisions they ask for.",
            county_code=plan.code,
            edition=county["edition"],
            found=plan.divisions.edition,
            found_code=plan.divisions.county.code,
        )
    if not plan.identity_prefix.startswith(SYNTHETIC_PREFIX_BEGINS) or len(plan.identity_prefix) != 6:
        raise Refusal(
            "county.prefix_assigned",
            zh="虚构人员的证件号前缀是 {found}。应为6位并以 {expected} 开头，以免与真人重号。请改正。",
            en="The prefix for invented people is {found}. It should have six digits and begin with "
            "{expected}, so that no real person has such a number. Correct it.",
            found=plan.identity_prefix,
            expected=SYNTHETIC_PREFIX_BEGINS,
        )
    _check_sums(plan, county)
    _check_places(plan)


def _check_sums(plan: CountyPlan, county: Mapping[str, Any]) -> None:
    schools = [s for s in plan.schools if s.trade == "school"]
    in_units = {t.id: t.n for t in plan.trades if t.place in ("village", "town_unit", "township")}
    n_of = {
        "village": len(plan.divisions.units) - len(plan.town_unit_codes),
        "town_unit": len(plan.town_unit_codes),
        "township": len(plan.divisions.townships),
    }
    sums = [
        ("n_townships", len(plan.divisions.townships), county["n_townships"]),
        ("n_units", len(plan.divisions.units), county["n_units"]),
        ("trades.n", sum(t.n for t in plan.trades), plan.figure("n_venue_codes")),
        ("schools", len(schools), plan.figure("n_schools")),
        ("kindergartens", len(plan.schools) - len(schools), plan.figure("n_kindergartens")),
        ("schools.pupils", sum(sum(s.pupils) for s in plan.schools), plan.figure("n_pupils")),
        ("schools.n_teachers", sum(s.n_teachers for s in plan.schools), plan.figure("n_teachers")),
        ("schools.n_support", sum(s.n_support for s in plan.schools), plan.figure("n_school_support")),
        ("dedicated_grids.hosts", len(plan.hosts), plan.figure("n_grids_dedicated")),
        ("n_grid_workers", plan.figure("n_grid_workers"), plan.figure("n_grids_rural")),
        ("n_community_workers", plan.figure("n_community_workers"), plan.figure("n_grids_community")),
    ]
    sums += [(f"trade {t.id}", t.n, n_of[t.place]) for t in plan.trades if t.id in in_units]
    for name, found, expected in sums:
        if found != expected:
            raise Refusal(
                "county.does_not_add_up",
                zh="县数据中 {name} 合计为 {found}，应为 {expected}。请核对各项数字或公布的总数。",
                en="In the county's files {name} comes to {found}; it should be {expected}. "
                "Check the parts or the published total.",
                name=name,
                found=found,
                expected=expected,
            )


def _check_places(plan: CountyPlan) -> None:
    named: list[SchoolPlan | ListedVenue] = [*plan.schools, *plan.listed]
    codes = {place.name: place.unit_code for place in named}
    for name, code in [*codes.items(), *(("settlement", c) for c in _settlement_codes(plan))]:
        if code not in plan.divisions.by_code:
            raise Refusal(
                "county.unknown_unit",
                zh="{name} 所在的单元 {unit_code} 不在 {edition} 版区划中。应为其中一个村或社区的代码。请改正。",
                en="{name} stands in unit {unit_code}, which edition {edition} of the divisions does not have. "
                "It should be the code of a village or community. Correct it.",
                name=name,
                unit_code=code,
                edition=plan.divisions.edition,
            )
    unknown = [host for host in plan.hosts if host not in codes]
    unknown += [p.trade for p in named if p.trade not in {t.id for t in plan.trades}]
    if unknown:
        raise Refusal(
            "county.unknown_venue",
            zh="专属网格的单位或行业 {unknown} 未在场所或行业清单中列出。请先列出它们。",
            en="The host units or trades {unknown} are not among the venues or trades listed. List them first.",
            unknown="、".join(unknown),
        )


def _settlement_codes(plan: CountyPlan) -> tuple[str, ...]:
    return (*plan.town_unit_codes, *plan.urban_village_codes)
