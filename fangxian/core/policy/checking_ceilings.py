"""Whether a rule is stricter than the level above allows, and says on which legal basis."""

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


class _Strictness(NamedTuple):
    """How strict a row is; None where it does not say."""

    outcome: Outcome | None = None
    colour: Colour | None = None
    isolation_days: float | None = None
    central_days: float | None = None


def find_in_ceilings(rulebook: Rulebook) -> Iterator[Finding]:
    """Rules beyond what a higher level allows. (`Rulebook` → findings)

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
            above = ceiling.document.level < row.document.level
            if above and same_time(row, ceiling) and any(beyond := _beyond(strictness, ceiling)):
                yield _stricter(row, ceiling, beyond)


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
            # A cross-term rests on all its inputs together; it is limited where it rests on one alone.
            alone = next(iter(row.when.items())) if len(row.when) == 1 else ("", ())
            return tuple(f"{alone[0]}={value}" for value in alone[1])
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


def _beyond(row: _Strictness, ceiling: Ceiling) -> tuple[str, str]:
    """What is stricter, as (theirs, allowed); empty strings if nothing is."""
    pairs: tuple[tuple[float | None, float | None, str], ...] = (
        (row.outcome, ceiling.at_most_outcome, "outcome"),
        (_severity(row.colour), _severity(ceiling.at_most_colour), "colour"),
        (row.isolation_days, ceiling.at_most_days, "days"),
        (row.central_days, ceiling.at_most_central_days, "central days"),
    )
    shown = {"outcome": (row.outcome, ceiling.at_most_outcome), "colour": (row.colour, ceiling.at_most_colour)}
    for theirs, allowed, what in pairs:
        if theirs is not None and allowed is not None and theirs > allowed:
            one, other = shown.get(what, (theirs, allowed))
            return f"{_word(one)} {what}", f"{_word(other)} {what}"
    return ("", "")


def _severity(colour: Colour | None) -> int | None:
    return None if colour is None else COLOUR_SEVERITY[colour]


def _word(value: object) -> str:
    return value.word if isinstance(value, Outcome | Colour) else str(value)


def _stricter(row: Row, ceiling: Ceiling, beyond: tuple[str, str]) -> Finding:
    theirs, allowed = beyond
    title = ceiling.document.title
    if row.clause is None:
        return found(
            row,
            "rulebook.stricter_without_clause",
            f"规定 {theirs}，严于上级《{title.zh}》（{ceiling.number}）允许的 {allowed}，又没有写法律依据。"
            f"请放宽到 {allowed}，或在 clause 写明依据。",
            f"it says {theirs}, stricter than {allowed} allowed by the level above, “{title.en}” ({ceiling.number}), "
            f"and names no legal basis. Relax it to {allowed}, or give the basis in clause.",
        )
    return found(
        row,
        "rulebook.stricter_with_clause",
        f"规定 {theirs}，严于上级《{title.zh}》（{ceiling.number}）的 {allowed}；所写依据是“{row.clause.zh}”。"
        f"请两位发布人确认确有必要。",
        f"it says {theirs}, stricter than {allowed} of the level above, “{title.en}” ({ceiling.number}), on the basis "
        f"“{row.clause.en}”. The two who publish should be sure that it is necessary.",
        blocks=False,
    )
