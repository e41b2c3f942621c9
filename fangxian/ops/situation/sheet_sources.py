"""What the county's sheets may be filled in from: each source by its key. A further one is a line here."""

from collections.abc import Mapping

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.sheets.refusals import no_such_source
from fangxian.ops.sheets.wire import Kind, SheetField, vocabulary_of

from .sheet_figures import AREA_DAY, AREA_WEEK, LATE_TASKS, SILENT
from .sheet_lists import CASES, CONTACTS
from .sheet_people import ARRIVALS, DEPARTURES, PRIORITY, TO_ASK
from .sheet_source import Source

_ALL = (AREA_DAY, AREA_WEEK, ARRIVALS, DEPARTURES, PRIORITY, TO_ASK, CONTACTS, CASES, SILENT, LATE_TASKS)
SOURCES: Mapping[str, Source] = {it.key: it for it in _ALL}
# What any form may have beside its source's own: the row's number, of which area, of which day.
NUMBER, AREA, DAY = "row_number", "report_area", "report_day"
COMMON = (
    SheetField(name=NUMBER, said=Said("序号", "number"), kind=Kind.NUMBER, aliases=("no", "行号")),
    SheetField(
        name=AREA,
        said=Said("填报单位", "reporting area"),
        aliases=("填报地区", "上报单位", "填报县区", "县区"),
    ),
    SheetField(
        name=DAY,
        said=Said("填报日期", "reporting day"),
        kind=Kind.DATE,
        aliases=("日期", "上报日期", "填表日期", "报告日期"),
    ),
)
PLACES = frozenset({"place"})  # fields whose order in a form is kept, where it has them printed


def source_named(key: str) -> Source:
    """Refuses `sheets.no_such_source`."""
    if key not in SOURCES:
        raise no_such_source(key[:40])
    return SOURCES[key]


def fields_of(source: Source) -> tuple[SheetField, ...]:
    """What a column of a form may be filled in with: the source's fields, then the common ones."""
    return (*source.fields, *COMMON)


def by_header(source: Source) -> dict[str, str]:
    """Each plain head that means something to a source → the field."""
    vocabulary = vocabulary_of(source.key, source.said, fields_of(source))
    return {head: field.name for head, field in vocabulary.by_header.items()}


def known_heads(first: str) -> list[dict[str, str]]:
    """For each source what its heads are called, plain; of the one named first."""
    ordered = sorted(SOURCES.values(), key=lambda it: it.key != first)
    return [by_header(it) for it in ordered]


def sources_for(account: Account) -> list[Source]:
    """Those an account may fill a form in from, over some area."""
    return [it for it in SOURCES.values() if areas_of(account, it.permission)]
