"""Whether a rule is stricter than a ceiling allows, and says on which legal basis.

A citation is no basis: the paper that sets a ceiling is the first that a rule beyond it would be said to follow.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from fangxian.core.policy.checking_evidence import same_time, unknown
from fangxian.core.policy.door_layout import door_values
from fangxian.core.policy.findings import Finding, found
from fangxian.core.policy.rulebook import (
    ArrivalRule,
    Ceiling,
    ColourRule,
    ContactRule,
    DoorRule,
    Row,
    Rulebook,
    TogetherRule,
)
from fangxian.core.policy.vocabulary import COLOUR_SEVERITY, Colour, Outcome
from fangxian.core.refusal import Said

_OUTCOMES = {
    Outcome.ADMIT: Said("引导", "a direction"),
    Outcome.VERIFY: Said("核验", "a check"),
    Outcome.REFUSE: Said("不予进入", "refusal"),
}
_COLOURS = {
    Colour.UNKNOWN: Said("状态不明", "a colour not known"),
    Colour.GREEN: Said("绿码", "green"),
    Colour.YELLOW: Said("黄码", "yellow"),
    Colour.RED: Said("红码", "red"),
}


class _Strictness(NamedTuple):
    """How strict a row is; None where it does not say."""

    outcome: Outcome | None = None
    colour: Colour | None = None
    isolation_days: float | None = None
    central_days: float | None = None


def find_in_ceilings(rulebook: Rulebook) -> Iterator[Finding]:
    """Rules beyond what a ceiling allows, whichever document they cite. (`Rulebook` → findings)

    Without a `clause` such a rule blocks publishing; with one it is a warning that names it.
    """
    for ceiling in rulebook.ceilings:
        subjects = subjects_of_section(rulebook, ceiling.on)
        if ceiling.subject not in subjects:
            yield unknown(ceiling, "subject", ceiling.subject, subjects)
        limits = (ceiling.at_most_outcome, ceiling.at_most_colour, ceiling.at_most_days, ceiling.at_most_central_days)
        if all(limit is None for limit in limits):
            yield found(
                ceiling,
                "rulebook.ceiling_without_limit",
                "没有写上限，不约束任何规则。请写 at_most_days 等一项。",
                "it limits nothing. Give at_most_days or one of the others.",
            )
        for row, strictness in _limited(rulebook, ceiling):
            if same_time(row, ceiling) and (beyond := _beyond(strictness, ceiling)):
                yield _stricter(row, ceiling, *beyond)


def subjects_of_section(rulebook: Rulebook, on: str) -> tuple[str, ...]:
    """All that a ceiling `on` a section may name."""
    return {
        "doors": tuple(f"{name}={value}" for name, values in door_values(rulebook).items() for value in values),
        "colours": tuple(kind.kind for kind in rulebook.evidence),
        "arrivals": tuple(state.key for state in rulebook.risk_states),
        "contacts": tuple(ring.ring for ring in rulebook.contacts),
    }[on]


def _limited(rulebook: Rulebook, ceiling: Ceiling) -> Iterator[tuple[Row, _Strictness]]:
    """The rows a ceiling speaks of, each with its strictness."""
    rows: dict[str, tuple[Row, ...]] = {
        "doors": (*rulebook.doors, *rulebook.together),
        "colours": rulebook.colours,
        "arrivals": rulebook.arrivals,
        "contacts": rulebook.contacts,
    }
    for row in rows[ceiling.on]:
        if ceiling.subject in _subjects_of(row):
            yield row, _strictness(row)


def _subjects_of(row: Row) -> tuple[str, ...]:
    match row:
        case DoorRule():
            return tuple(f"{row.input}={value}" for value in row.values)
        case TogetherRule():
            # A cross-term holds only where all its inputs agree: take one of them away and the door says less.
            # So what it adds is owed to each of them, and each one's ceiling holds for it.
            return tuple(f"{name}={value}" for name, values in row.when.items() for value in values)
        case ColourRule():
            return (row.evidence,)
        case ArrivalRule():
            return row.risk
        case ContactRule():
            return (row.ring,)
    return ()


def _strictness(row: Row) -> _Strictness:
    match row:
        case DoorRule() | TogetherRule():
            return _Strictness(outcome=row.outcome)
        case ColourRule():
            worst = max((phase.colour for phase in row.phases), key=COLOUR_SEVERITY.__getitem__)
            lengths = [phase.lasts for phase in row.phases]
            whole = sum((length for length in lengths if length is not None), timedelta())
            days = float("inf") if None in lengths else whole / timedelta(days=1)
            return _Strictness(colour=worst, isolation_days=days)
        case ArrivalRule() | ContactRule():
            return _Strictness(isolation_days=row.measure.isolation_days, central_days=row.measure.central_days)
    return _Strictness()


def _beyond(row: _Strictness, ceiling: Ceiling) -> tuple[Said, Said] | None:
    """What is stricter, as (theirs, allowed); None if nothing is."""
    if row.outcome is not None and ceiling.at_most_outcome is not None and row.outcome > ceiling.at_most_outcome:
        return _OUTCOMES[row.outcome], _OUTCOMES[ceiling.at_most_outcome]
    reddest = ceiling.at_most_colour
    if row.colour is not None and reddest is not None and COLOUR_SEVERITY[row.colour] > COLOUR_SEVERITY[reddest]:
        return _COLOURS[row.colour], _COLOURS[reddest]
    days: tuple[tuple[float | None, int | None, Said], ...] = (
        (row.isolation_days, ceiling.at_most_days, Said("", "")),
        (row.central_days, ceiling.at_most_central_days, Said("集中隔离 ", " of central quarantine")),
    )
    for theirs, allowed, what in days:
        if theirs is not None and allowed is not None and theirs > allowed:
            return _days(theirs, what), _days(allowed, what)
    return None


def _days(n: float, what: Said) -> Said:
    if n == float("inf"):
        return Said("没有期限", "no end")
    return Said(f"{what.zh}{n:g} 天", f"{n:g} {'day' if n == 1 else 'days'}{what.en}")


def _stricter(row: Row, ceiling: Ceiling, theirs: Said, allowed: Said) -> Finding:
    title = ceiling.document.title
    zh = f"规定“{theirs.zh}”，严于上限 {ceiling.number}（《{title.zh}》）允许的“{allowed.zh}”"
    en = f"it says {theirs.en}, stricter than ceiling {ceiling.number} (“{title.en}”), which allows {allowed.en}"
    if row.clause is None:
        return found(
            row,
            "rulebook.stricter_without_clause",
            f"{zh}，又没有写法律依据。引用文件不等于有依据。请放宽到“{allowed.zh}”；另有同级或更高一级的文件确实更严的，"
            f"写明该文件和条款（clause）。",
            f"{en}. It names no legal basis, and citing a document is none. Relax it to {allowed.en}; if another "
            f"document of that level or a higher one really is stricter, give that document and its article (clause).",
        )
    return found(
        row,
        "rulebook.stricter_with_clause",
        f"{zh}；所写依据是“{row.clause.zh}”。请两位发布人核对该依据，确认确有必要。",
        f"{en}. The basis it names is “{row.clause.en}”: the two who publish should look that up and be sure that it "
        f"is necessary.",
        blocks=False,
    )
