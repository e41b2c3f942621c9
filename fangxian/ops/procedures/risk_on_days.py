"""What was at risk on each day (当日风险): the lists valid then, and what was named by hand, as a rulebook reads them.

1. the listed places, from when until when at which level    risk_areas
2. the divisions named by hand                               risk_areas
3. what the rulebook's risk states make of them              core.policy.risk_on

A day counts whole: a place that was listed for an hour of it was listed on it. A place that a single list leaves out
has not ended (core.risk_areas.spans).
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, timezone

from fangxian.core.policy.risk_on import ListedDays, NamedDays, RiskOn, find_risk_on
from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.realm.current import the_realm
from fangxian.ops.risk_areas.queries import ListedSpan, listed_between, named_between

ONE_DAY = timedelta(days=1)


def risk_on_days(rulebook: Rulebook, begins_on: date, ends_on: date) -> RiskOn:
    """What was at risk on the days `[begins_on, ends_on)`, each by the lists valid on it. Three queries.

    Other days must not be asked of: what held on them is not in it.
    """
    spans = spans_of_days(rulebook, begins_on, ends_on)
    return risk_of(rulebook, spans, begins_on, ends_on)


def spans_of_days(rulebook: Rulebook, begins_on: date, ends_on: date) -> list[ListedSpan]:
    """The listed places of these days at the levels that the rulebook asks for."""
    offset = rulebook.utc_offset
    levels = {level for state in rulebook.risk_states for level in state.levels}
    if not levels:
        return []
    begins, ends = (datetime.combine(day, time(), offset) for day in (begins_on, ends_on))
    return [span for span in listed_between(begins, ends) if span.level in levels]


def risk_of(rulebook: Rulebook, spans: Iterable[ListedSpan], begins_on: date, ends_on: date) -> RiskOn:
    """What these listed places, and the divisions named by hand on these days, make of a rulebook's risk states."""
    named = (
        NamedDays(row.state, row.division_code, row.begins_on, row.ends_on or date.max)
        for row in named_between(begins_on, ends_on)
    )
    return find_risk_on(
        rulebook.risk_states, listed_days(spans, rulebook.utc_offset), named, home=the_realm().division_code
    )


def listed_days(spans: Iterable[ListedSpan], offset: timezone) -> Iterator[ListedDays]:
    """Each span as the local days it touches."""
    for span in spans:
        yield ListedDays(span.area, span.division, span.level, *days_of(span, offset))


def days_of(span: ListedSpan, offset: timezone) -> tuple[date, date]:
    """The days `[begins_on, ends_on)` that a span touches; one without an end goes on."""
    begins_on = span.begins_at.astimezone(offset).date()
    if span.ends_at is None:
        return begins_on, date.max
    last = (span.ends_at - timedelta(microseconds=1)).astimezone(offset).date()
    return begins_on, max(last, begins_on) + ONE_DAY
