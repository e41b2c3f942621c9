"""Columns of values as the databases are given them: of a list many are alike, so each is turned once."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo


def moments(zone: tzinfo, values: Sequence[datetime | None]) -> list[str | None]:
    """Without their zone, as SQLite has them and Django writes them; of a list many are alike, so each once."""
    known = {value: _without_zone(zone, value) for value in {*values}}
    return [known[value] for value in values]


def _without_zone(zone: tzinfo, value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"{value} has no zone")
    return str(value.astimezone(zone).replace(tzinfo=None))


def moments_with_zone(values: Sequence[datetime | None]) -> list[str | None]:
    """As PostgreSQL reads them."""
    known = {value: None if value is None else value.isoformat() for value in {*values}}
    return [known[value] for value in values]


def days(values: Sequence[date | None]) -> list[str | None]:
    """Of the days in a list few are different, so each is written once."""
    known = {value: None if value is None else value.isoformat() for value in set(values)}
    return [known[value] for value in values]


def words(values: Sequence[object]) -> Sequence[object]:
    """A word of a list is given as plain text: a driver may take the list's own type for another."""
    if {type(value) for value in values} <= {str, type(None)}:
        return values
    known = {value: None if value is None else str(value) for value in {*values}}
    return [known[value] for value in values]
