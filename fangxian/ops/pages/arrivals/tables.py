"""The lists of arrivals."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from fangxian.core.refusal import Said
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.tables import Column, Paging, Table

from .words import DECLARED_AS, LANDING_TEST, MEASURES, STATES


def _measure(row) -> Said:
    """What is asked, in a word; of whoever may go about freely that one test is."""
    return LANDING_TEST if row.has_landing_test and not row.measure else MEASURES[row.measure]


def _last_day(row) -> date | None:
    """The last day of a measure, as people count; the row has the first one without it."""
    return row.measure_ends_on - timedelta(days=1) if row.measure_ends_on else None


def arrivals_table(
    rows: Sequence, origins: Mapping[UUID, str], places: Mapping[str, Said], paging: Paging | None
) -> Table:
    """A page of arrivals as whoever looks after them sees it; names are masked, the row's page has them."""
    href = addresses_of("arrival")
    columns = (
        Column("name", Said("姓名", "Name"), kind="masked", read=lambda it: it.person.name),
        Column("arrives_at", Said("到达", "Arrival"), kind="time"),
        Column("origin", Said("从哪里来", "From"), read=lambda it: origins.get(it.pk), wide=True),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: STATES[it.state]),
        Column("measure", Said("措施", "Measure"), read=_measure),
        Column("until", Said("到哪天", "Until"), kind="date", read=_last_day),
        Column("area", Said("住在", "Stays in"), read=lambda it: places.get(it.area_path)),
        Column("by", Said("谁报的", "Declared by"), read=lambda it: DECLARED_AS[it.declared_as]),
    )
    return Table(
        caption=Said("来返申报", "Arrivals"),
        columns=columns,
        rows=rows,
        href=lambda it: href(it.pk),
        paging=paging,
        empty=Said("没有符合条件的申报。", "No declaration matches."),
    )


def own_table(rows: Sequence, origins: Mapping[UUID, str], me: UUID) -> Table:
    """What a resident declared, for themselves and their household."""
    href = addresses_of("arrival")
    columns = (
        Column("arrives_at", Said("到达", "Arrival"), kind="time"),
        Column("name", Said("谁", "Who"), read=lambda it: Said("本人", "me") if it.person_id == me else it.person.name),
        Column("origin", Said("从哪里来", "From"), read=lambda it: origins.get(it.pk), wide=True),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: STATES[it.state]),
        Column("measure", Said("要求", "Asked"), read=_measure),
    )
    return Table(
        caption=Said("申报过的", "Declared so far"),
        columns=columns,
        rows=rows,
        href=lambda it: href(it.pk),
        empty=Said("还没有申报过。", "Nothing declared yet."),
    )
