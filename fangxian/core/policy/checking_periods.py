"""Checks of periods: of the whole rulebook, and of the rules that have one of their own."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from fangxian.core.policy.findings import Finding, found
from fangxian.core.policy.rulebook import Row, Rulebook
from fangxian.core.refusal import Said

_FOR_EVER = datetime.max.replace(tzinfo=UTC)


def find_in_periods(rulebook: Rulebook) -> Iterator[Finding]:
    """Periods in which nothing can ever apply. (`Rulebook` → findings)

    A rule without a period of its own has the rulebook's: what is wrong with that is said once, of the rulebook.
    """
    if has_no_time(rulebook):
        code, zh, en = _wrong(rulebook.begins_at, rulebook.until_at)
        yield Finding(
            code,
            True,
            Said(f"规则{zh}请把 until 改到 from 之后。", f"The rulebook {en} Move until after from."),
        )
    for row in rulebook.rows:
        if (row.begins_at, row.until_at) != (rulebook.begins_at, rulebook.until_at):
            yield from _own(rulebook, row)


def has_no_time(rulebook: Rulebook) -> bool:
    return rulebook.until_at <= rulebook.begins_at


def as_if_in_force(rulebook: Rulebook) -> Rulebook:
    """A rulebook whose period holds no moment, as if it did not end; any other as it is.

    Most checks ask what holds at some moment. Without this, one wrong date would be as many findings as there are
    rules, and what else is wrong would be hidden among them.
    """
    if not has_no_time(rulebook):
        return rulebook

    def with_time(row: Row) -> Row:
        return replace(row, until_at=_FOR_EVER) if row.until_at == rulebook.until_at else row

    sections = {field.name: getattr(rulebook, field.name) for field in fields(rulebook)}
    rows: dict[str, Any] = {
        name: tuple(with_time(row) for row in section)
        for name, section in sections.items()
        if isinstance(section, tuple) and section and isinstance(section[0], Row)
    }
    return replace(rulebook, until_at=_FOR_EVER, **rows)


def _own(rulebook: Rulebook, row: Row) -> Iterator[Finding]:
    if has_no_time(rulebook) and (row.begins_at == rulebook.begins_at or row.until_at == rulebook.until_at):
        return  # half of this period is the rulebook's, of which it is said already
    if row.until_at <= row.begins_at:
        code, zh, en = _wrong(row.begins_at, row.until_at)
        yield found(
            row, code, f"{zh}请把 until 改到 from 之后，或删去。", f"it {en} Move until after from, or leave it out."
        )
    elif has_no_time(rulebook):
        return  # nothing lies within no time, of which it is said already
    elif row.until_at <= rulebook.begins_at or row.begins_at >= rulebook.until_at:
        yield found(
            row,
            "rulebook.never_applies",
            f"有效期 {row.begins_at} 至 {row.until_at} 全在规则有效期之外，永远不会起作用。请改正或删去这一条。",
            f"its period {row.begins_at} until {row.until_at} lies wholly outside the rulebook's, so it can never "
            f"apply. Mend the period or remove the rule.",
        )


def _wrong(begins: datetime, until: datetime) -> tuple[str, str, str]:
    """The code of a period without a moment, and what is wrong with it."""
    if begins == until:
        return (
            "rulebook.period_empty",
            f"有效期从 {begins} 到 {until}，起止是同一时刻（止不含），一刻也不生效。",
            f"is in force from {begins} until {until}: both are one moment, the end does not count, so it never is.",
        )
    return (
        "rulebook.period_reversed",
        f"有效期从 {begins} 到 {until}，先止后起。",
        f"is in force from {begins} until {until}: it ends before it begins.",
    )
