"""What one arrival says to whoever is concerned: what is asked, by which rule, until when; and how it came to be so."""

from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.arrivals.wire import Decided, Told, read_told
from fangxian.ops.documents.typesetting import qr_svg
from fangxian.ops.risk_areas.wire import the_nation

from .words import MEASURES, TEST_STATES, WHYS

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StageSaid:
    """One stage of a measure: where, from which day until which, both included."""

    what: Said
    begins_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class TestSaid:
    """One test that is due: from which day until which, and how it stands."""

    __test__ = False  # its name begins like a test's

    begins_on: date
    due_on: date
    state: str
    said: Said


@dataclass(frozen=True, slots=True)
class StaySaid:
    """One place of a journey, with the risk areas somebody was in; None: nobody has said which."""

    place: str
    begins_on: date
    last_on: date
    areas: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class VersionSaid:
    """One version of a declaration: what brought it about, and what it said."""

    number: int
    why: Said
    reason: str
    at: object
    is_own: bool
    arrives_at: object
    places: str
    measure: Said


def stages_said(decided: Decided) -> list[StageSaid]:
    return [StageSaid(MEASURES[place], begins, ends - ONE_DAY) for place, begins, ends in decided.stages]


def tests_said(decided: Decided, sampled: Collection[date], today: date) -> Iterator[TestSaid]:
    """The tests as they stand: whoever was sampled on a day of it has done it."""
    for begins, due in decided.tests:
        is_done = any(begins <= day <= due for day in sampled)
        state = "done" if is_done else "late" if due < today else "now" if begins <= today else "later"
        yield TestSaid(begins, due, state, TEST_STATES[state])


def stays_said(told: Told, areas: Mapping[str, str]) -> Iterator[StaySaid]:
    for stay in told.stays:
        names = [areas.get(id_, id_) for id_ in sorted(stay.risk_areas)] if stay.areas_known else None
        yield StaySaid(place_name(stay.division), stay.begins_on, stay.ends_on - ONE_DAY, names)


def versions_said(rows: Sequence) -> Iterator[VersionSaid]:
    for row in rows:
        told = read_told(row.content)
        yield VersionSaid(
            number=row.number,
            why=WHYS[row.why],
            reason=row.reason,
            at=row.written_at,
            is_own=row.is_own,
            arrives_at=localtime(told.arrives_at),
            places="、".join(f"{place_name(it.division)} {it.begins_on:%m-%d}" for it in told.stays),
            measure=MEASURES[row.measure if row.rules else ""],
        )


def code_said(text: str) -> str:
    """The QR of a text as a `data:` address for an <img>."""
    return f"data:image/svg+xml;base64,{b64encode(qr_svg(text).encode()).decode()}"


def place_name(code: str) -> str:
    return the_nation().path(code) or code
