"""Families: how many of each make, who belongs to them, how old and of which sex.

The census gives the ages of all residents and the make of all households, not the ages within a
household. So every member first gets a wished-for age: the youngest child's as children's ages are,
the parents' a generation more, couples and people alone from those who are left. Then the residents'
exact ages are dealt out in the order of the wished-for ones. The margins are exact, and since the
wishes sum to nearly the same ages, parents stay a generation older than their children.
"""

from dataclasses import dataclass

import numpy as np

from fangxian.core.drill.county.ages import (
    OLDEST,
    birth_dates,
    draw_ages,
    people_of_each_age,
    per_mille_by_age,
)
from fangxian.core.drill.county.columns import RELATIONS
from fangxian.core.drill.county.counting import Ints, between, whole_shares
from fangxian.core.drill.county.plan import CountyPlan, HouseholdKind

SINGLE = HouseholdKind(id="single", n_generations=1, per_mille=0, dated="own", members=(1,))
COUPLE = HouseholdKind(id="couple", n_generations=1, per_mille=0, dated="own", members=(2,))

MALE, FEMALE = 1, 2
ADULT = 18
CHILDREN_AT_HOME = per_mille_by_age((0, 1000), (18, 500), (22, 300), (30, 90), (40, 0))
ELDERS_WITH_A_CHILD = per_mille_by_age((0, 0), (48, 250), (60, 800), (70, 1000), (80, 700), (92, 0))
IN_COUPLES = per_mille_by_age((0, 0), (21, 200), (26, 560), (35, 640), (50, 760), (70, 560), (80, 300))
LEAST_GAP = 22  # years between a generation and the next; up to 12 more
LONE_MEN_PER_MILLE = {"lone": 350, "elder": 380, "single": 560}


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """Members of all households, standing together by household, the head first.

    household, generation, relation, sex, born_on : (n,) int64
        `generation` counts from the youngest; `relation` is a position in RELATIONS
    n_generations : (n_households,) int64
    """

    household: Ints
    generation: Ints
    relation: Ints
    sex: Ints
    born_on: Ints
    n_generations: Ints


def make_families(plan: CountyPlan, n_people: int, rng: np.random.Generator) -> Families:
    """Families for `n_people` residents with the census's ages, sizes, generations and sexes."""
    by_age = people_of_each_age(plan.census, n_people)
    kinds, counts = households_of_each_kind(plan, n_people)
    slots = _slots(kinds, counts)
    wished = _wished_ages(kinds, counts, slots, by_age, rng)
    # Dates come youngest first. Those of minors go to children only, so that none lives alone.
    grown = _is_grown(kinds, slots, wished, n_minors=int(by_age[:ADULT].sum()))
    order = np.lexsort((rng.permutation(n_people), wished, grown))
    born_on = np.empty(n_people, dtype=np.int64)
    born_on[order] = birth_dates(by_age, plan.reference_on, rng)
    sex = _sexes(plan, kinds, slots, rng)
    return Families(
        household=slots["household"],
        generation=slots["generation"],
        relation=slots["relation"],
        sex=sex,
        born_on=born_on,
        n_generations=np.repeat([k.n_generations for k in kinds], counts).astype(np.int64),
    )


def households_of_each_kind(plan: CountyPlan, n_people: int) -> tuple[list[HouseholdKind], Ints]:
    """Kinds of household and how many of each, holding exactly `n_people`.

    Generations and people alone are met exactly; the mean size by turning some two-generation
    households of one kind into the same with one child more or fewer.
    """
    census = plan.census
    n_households = round(n_people / census.mean_household_size)
    generations = whole_shares(n_households, [round(f * 10_000) for f in census.generation_fractions], at_least=1)
    n_single = round(n_households * census.one_person_fraction)
    kinds, counts = [SINGLE, COUPLE], [n_single, int(generations[0]) - n_single]
    for n_generations in (2, 3, 4):
        of_these = [k for k in plan.kinds if k.n_generations == n_generations]
        kinds += of_these
        counts += whole_shares(int(generations[n_generations - 1]), [k.per_mille for k in of_these]).tolist()
    return kinds, _balanced(kinds, np.array(counts, dtype=np.int64), n_people)


def _balanced(kinds: list[HouseholdKind], counts: Ints, n_people: int) -> Ints:
    """The counts with two-generation households exchanged until they hold `n_people`."""
    sizes = np.array([k.size for k in kinds])
    two = sorted((k.size, i) for i, k in enumerate(kinds) if k.n_generations == 2 and k.dated == "young")
    missing = n_people - int(sizes @ counts)
    step = 1 if missing > 0 else -1
    while missing:
        # The most common kind that has a neighbour of one person more (or fewer) gives a household.
        pairs = [
            (int(counts[i]), i, j) for size, i in two for other, j in two if other - size == step and counts[i] > 0
        ]
        n, i, j = max(pairs)
        moved = min(abs(missing), max(n // 2, 1))
        counts[i], counts[j] = counts[i] - moved, counts[j] + moved
        missing -= step * moved
    return counts


def _slots(kinds: list[HouseholdKind], counts: Ints) -> dict[str, Ints]:
    """One entry a member of every household: its household, kind, generation, place, relation."""
    columns: dict[str, list[Ints]] = {name: [] for name in ("household", "kind", "generation", "place", "relation")}
    first = 0
    for i, (kind, n) in enumerate(zip(kinds, counts.tolist(), strict=True)):
        members = _members(kind)
        size = len(members)
        columns["household"].append(np.repeat(np.arange(first, first + n), size))
        columns["kind"].append(np.full(n * size, i))
        for name, position in (("generation", 0), ("place", 1), ("relation", 2)):
            columns[name].append(np.tile([m[position] for m in members], n))
        first += n
    return {name: np.concatenate(parts).astype(np.int64) for name, parts in columns.items()}


def _members(kind: HouseholdKind) -> list[tuple[int, int, int]]:
    """(generation, place in it, relation to the head) of each member, the head first.

    The head is of the parents' generation; where that is missing, of the grandparents'; where a
    couple has taken in an elder, of the couple.
    """
    with_parents = kind.dated == "old" and kind.members[0] == 2
    head = 0 if with_parents else next((g for g in (1, 2, 0) if g < len(kind.members) and kind.members[g]), 0)
    names = {-2: "grandchild", -1: "child", 1: "parent", 2: "grandparent"}
    members = []
    for generation in (head, *(g for g in range(len(kind.members)) if g != head)):
        for place in range(kind.members[generation]):
            own = "head" if place == 0 else "spouse"
            name = own if generation == head else names[generation - head]
            members.append((generation, place, RELATIONS.index(name)))
    return members


def _wished_ages(
    kinds: list[HouseholdKind], counts: Ints, slots: dict[str, Ints], by_age: Ints, rng: np.random.Generator
) -> Ints:
    """An age for every member, in days, that fits the family."""
    wished = np.zeros(len(slots["household"]), dtype=np.int64)
    for i, kind in enumerate(kinds):
        mine = slots["kind"] == i
        n = int(counts[i])
        if kind.dated != "own" and n:
            wished[mine] = _family_ages(kind, n, by_age, rng).ravel()
    left = np.maximum(by_age - np.bincount(wished[slots["kind"] > 1], minlength=OLDEST)[:OLDEST], 0)
    couples = draw_ages(left, IN_COUPLES, int(counts[1]), rng)
    both = np.stack([couples, np.maximum(couples + between(rng, -3, 3, len(couples)), 20)], axis=1)
    wished[slots["kind"] == 1] = both.ravel()
    left = np.maximum(left - np.bincount(both.ravel(), minlength=OLDEST)[:OLDEST], 0)
    left[:ADULT] = 0
    wished[slots["kind"] == 0] = draw_ages(left, np.ones(OLDEST, dtype=np.int64), int(counts[0]), rng)
    return wished * 365 + rng.integers(0, 365, len(wished))


def _family_ages(kind: HouseholdKind, n: int, by_age: Ints, rng: np.random.Generator) -> Ints:
    """Ages in years of the members of `n` families of one kind: (n, size), in the order of `_members`."""
    levels = len(kind.members)
    of_level = np.zeros((n, levels), dtype=np.int64)
    gaps = LEAST_GAP + between(rng, 0, 6, n * levels) + between(rng, 0, 6, n * levels)
    gaps = gaps.reshape(n, levels)
    if kind.dated == "young":
        # Four generations meet only while the youngest is small.
        young_until = {4: 13, 3: 26}.get(levels, OLDEST)
        of_level[:, 0] = draw_ages(by_age[:young_until], CHILDREN_AT_HOME[:young_until], n, rng)
        for level in range(1, levels):
            # A first child is older than the youngest, so parents of several are older too.
            older = 3 * (kind.members[0] - 1) if level == 1 else 0
            of_level[:, level] = of_level[:, level - 1] + gaps[:, level] + older
    else:
        of_level[:, -1] = draw_ages(by_age, ELDERS_WITH_A_CHILD, n, rng)
        for level in range(levels - 2, -1, -1):
            of_level[:, level] = of_level[:, level + 1] - gaps[:, level]
    columns = []
    siblings = of_level[:, 0].copy()
    for generation, place, _ in _members(kind):
        if generation == 0 and kind.dated == "young":
            columns.append(siblings.copy())
            siblings += between(rng, 1, 5, n)
        else:
            columns.append(of_level[:, generation] + (between(rng, -3, 2, n) if place else 0))
    return np.clip(np.stack(columns, axis=1), 0, OLDEST - 1)


def _is_grown(kinds: list[HouseholdKind], slots: dict[str, Ints], wished: Ints, *, n_minors: int) -> Ints:
    """0 for the `n_minors` children of families with the youngest wishes, 1 for everybody else."""
    with_children = np.array([k.dated == "young" for k in kinds])[slots["kind"]]
    children = np.flatnonzero(with_children & (slots["generation"] == 0))
    grown = np.ones(len(wished), dtype=np.int64)
    grown[children[np.argsort(wished[children], kind="stable")[:n_minors]]] = 0
    return grown


def _sexes(plan: CountyPlan, kinds: list[HouseholdKind], slots: dict[str, Ints], rng: np.random.Generator) -> Ints:
    """A sex for every member: couples of a man and a woman, as many men in all as the census counts."""
    n = len(slots["household"])
    generation, place = slots["generation"], slots["place"]
    is_couple = np.array([[_is_couple(k, g, m) for g, m in _padded(k)] for k in kinds])
    in_couple = is_couple[slots["kind"], generation]
    # A man heads four couples in five; the other partner of each couple is of the other sex.
    man_first = rng.integers(0, 1000, slots["household"].max() + 1)[slots["household"]] < 800
    sex = np.where(man_first == (place == 0), MALE, FEMALE)
    alone = np.flatnonzero(~in_couple)
    chance = np.array([[_man_per_mille(k, g) for g in range(4)] for k in kinds])[slots["kind"], generation]
    sex[alone] = np.where(rng.integers(0, 1000, len(alone)) < chance[alone], MALE, FEMALE)
    ratio = plan.census.men_per_100_women
    missing = round(n * ratio / (100 + ratio)) - int((sex == MALE).sum())
    able = alone[sex[alone] == (FEMALE if missing > 0 else MALE)]
    turned = rng.permutation(able)[: abs(missing)]
    sex[turned] = MALE + FEMALE - sex[turned]
    return sex.astype(np.int64)


def _is_couple(kind: HouseholdKind, generation: int, members: int) -> bool:
    """Two of one generation are a couple, except two children."""
    return members == 2 and not (generation == 0 and kind.dated == "young")


def _padded(kind: HouseholdKind) -> list[tuple[int, int]]:
    return list(enumerate((*kind.members, 0, 0, 0, 0)[:4]))


def _man_per_mille(kind: HouseholdKind, generation: int) -> int:
    if kind is SINGLE:
        return LONE_MEN_PER_MILLE["single"]
    if generation == 0:
        return 515
    is_eldest = generation == len(kind.members) - 1
    return LONE_MEN_PER_MILLE["elder" if is_eldest and len(kind.members) > 2 else "lone"]
