"""Restrictions that stand under no ceiling: without one nobody can tell whether they are too strict."""

from collections.abc import Iterator

from fangxian.core.policy.checking_evidence import same_time
from fangxian.core.policy.findings import Finding, at_row
from fangxian.core.policy.rulebook import (
    ArrivalRule,
    CadenceRule,
    ColourRule,
    ContactRule,
    DepartureRule,
    DoorRule,
    PermittedMeasure,
    Row,
    Rulebook,
    TogetherRule,
)
from fangxian.core.policy.vocabulary import COLOUR_SEVERITY, Colour, Level, Outcome
from fangxian.core.refusal import Said

# The kinds of restriction a ceiling can be `on`.
LIMITED = {
    "doors": Said("门岗", "doors"),
    "colours": Said("健康码", "colours"),
    "arrivals": Said("来返人员", "arrivals"),
    "contacts": Said("接触者", "contacts"),
}
# Kinds that no ceiling can be written for: what they rest on is said in the rule itself.
UNLIMITED = {
    "departures": Said("离县", "departures"),
    "measures": Said("可下令的措施", "measures that may be ordered"),
    "test_classes": Said("应检尽检", "required tests"),
}


def find_bare(rulebook: Rulebook) -> Iterator[Finding]:
    """Restrictions of the rulebook's own level, under no ceiling of a level above. (`Rulebook` → findings)

    A rulebook without any ceiling from above is blocked; one that lacks them for some kinds is a matter for
    the two who publish, since the level above may be silent on a kind. A rule with its own `clause` is not bare.
    """
    bare = {on: tuple(_bare(rulebook, on)) for on in (*LIMITED, *UNLIMITED)}
    limited = {on: rows for on, rows in bare.items() if on in LIMITED and rows}
    has_any = any(ceiling.document.level < rulebook.document.level for ceiling in rulebook.ceilings)
    if limited and not has_any:
        yield _no_ceilings(limited)
    elif limited:
        yield from (_kind_without(on, rows) for on, rows in limited.items())
    yield from (_without_basis(on, bare[on]) for on in UNLIMITED if bare[on])


def _bare(rulebook: Rulebook, on: str) -> Iterator[Row]:
    level = rulebook.document.level
    if level is Level.NATIONAL:
        return  # the nation has nobody above it
    over = [one for one in rulebook.ceilings if one.on == on and one.document.level < level]
    for row in _rows(rulebook, on):
        # A rule of a paper from above is that level's; one that names its basis may stand without a ceiling.
        is_own = row.document.level >= level and row.clause is None
        if is_own and _restricts(row) and not any(same_time(one, row) for one in over):
            yield row


def _rows(rulebook: Rulebook, on: str) -> tuple[Row, ...]:
    rows: dict[str, tuple[Row, ...]] = {
        "doors": (*rulebook.doors, *rulebook.together),
        "colours": rulebook.colours,
        "arrivals": rulebook.arrivals,
        "contacts": rulebook.contacts,
        "departures": rulebook.departures,
        "measures": rulebook.measures,
        "test_classes": rulebook.test_classes,
    }
    return rows[on]


def _restricts(row: Row) -> bool:
    match row:
        case DoorRule() | TogetherRule():
            return row.outcome is not None and row.outcome > Outcome.ADMIT
        case ColourRule():
            unknown = COLOUR_SEVERITY[Colour.UNKNOWN]
            return any(COLOUR_SEVERITY[phase.colour] > unknown for phase in row.phases)
        case ArrivalRule() | ContactRule():
            return row.measure.isolation_days > 0
        case DepartureRule():
            return row.requirement != "declaration"
        case CadenceRule():
            return row.required
    return isinstance(row, PermittedMeasure)


def _no_ceilings(bare: dict[str, tuple[Row, ...]]) -> Finding:
    what = Said(
        "、".join(f"{LIMITED[on].zh}（{_counted(rows).zh}）" for on, rows in bare.items()),
        ", ".join(f"{LIMITED[on].en} ({_counted(rows).en})" for on, rows in bare.items()),
    )
    return at_row(
        "rulebook.no_ceilings",
        True,
        "ceilings",
        "",
        None,
        f"全文没有一条上级的上限，却限制人：{what.zh}。没有上限，就查不出哪条严于上级。请按国家、省、市的文件"
        f"为每一类补写上限（[[ceilings]]）；上级没有规定的，在各条写明法律依据（clause）。",
        f"no ceiling of a level above stands in the file, yet it restricts people: {what.en}. Without ceilings nobody "
        f"can tell which rule is stricter than the level above. Add ceilings ([[ceilings]]) for each kind from "
        f"the nation's, the province's or the city's documents; where they say nothing, give each rule its legal basis "
        f"(clause).",
    )


def _kind_without(on: str, rows: tuple[Row, ...]) -> Finding:
    name, counted = LIMITED[on], _counted(rows)
    return at_row(
        "rulebook.kind_without_ceiling",
        False,
        on,
        "",
        None,
        f"{name.zh}的限制（{counted.zh}）没有上级的上限，查不出是否严于上级。请按上级文件补写这一类的上限"
        f'（[[ceilings]]，on = "{on}"）；上级没有规定的，在各条写明法律依据（clause）。',
        f"{name.en}: what restricts people ({counted.en}) stands under no ceiling, so nobody can tell whether it is "
        f"stricter than the level above. Add ceilings of this kind from a document of that level "
        f'([[ceilings]], on = "{on}"); where it says nothing, give each rule its legal basis (clause).',
    )


def _without_basis(on: str, rows: tuple[Row, ...]) -> Finding:
    name, counted = UNLIMITED[on], _counted(rows)
    return at_row(
        "rulebook.restriction_without_basis",
        False,
        on,
        "",
        None,
        f"{name.zh}（{counted.zh}）是本级自己定的，这一类没有上限可写，又没有写依据。请在各条写明法律依据"
        f"（clause），或注明出自上级哪份文件（document）。",
        f"{name.en} ({counted.en}): these rules are this level's own, of a kind that no ceiling is written for, and "
        f"name no legal basis. Give each its basis (clause), or name the paper of a level above that it comes from "
        f"(document).",
    )


def _counted(rows: tuple[Row, ...]) -> Said:
    """Which rules: all where they are few, else the first and how many."""
    numbers = [row.number for row in rows]
    if len(numbers) <= 4:
        return Said("、".join(numbers), ", ".join(numbers))
    return Said(f"{numbers[0]} 等 {len(numbers)} 条", f"{numbers[0]} and {len(numbers) - 1} more")
