"""The list of returnees, and what was heard of one."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from fangxian.core.refusal import Said
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.parts import Event
from fangxian.ops.pages.rulebook.words import PLACES
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.returnees.words import WHATS
from fangxian.ops.situation.returnees import STATES_SAID, Named, Returnee

SOURCES = {
    "away": Said("外出登记", "register of people away"),
    "arrival": Said("来返申报", "declaration"),
    "list": Said("推送名单", "a list that was pushed"),
}
NOTHING = Said("", "")


def returnees_table(rows: Sequence[Returnee], names: Mapping[UUID, Named], paging: Paging, *, opens: bool) -> Table:
    """A page of people; names are masked, each one's own page has them."""
    href = addresses_of("returnee")
    columns = (
        Column("name", Said("姓名", "Name"), kind="masked", read=lambda it: names[it.person].name if opens else ""),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: STATES_SAID[it.state]),
        Column("from", Said("从哪里", "From"), read=lambda it: it.from_place or "—", wide=True),
        Column("expected_on", Said("哪天回来", "Expected"), kind="date"),
        Column("arrived_on", Said("哪天到的", "Came"), kind="date"),
        Column("measure", Said("措施", "Measure"), read=lambda it: PLACES[it.measure] if it.measure else NOTHING),
        Column("measure_ends_on", Said("到哪天", "Until"), kind="date"),
        Column("heard", Said("上次问到", "Heard last"), read=lambda it: WHATS[it.heard] if it.heard else NOTHING),
        Column("source", Said("从哪里知道", "Known from"), read=_sources),
    )
    return Table(
        caption=Said("返乡人员", "Returnees"),
        columns=columns,
        rows=rows,
        href=(lambda it: href(it.person)) if opens else None,
        paging=paging,
        empty=Said("没有符合条件的人。", "Nobody matches."),
        empty_next=Said("在外的人登记以后，或有人报备、被推送时，会出现在这里。",
                        "People away who are registered, announced or named by a list appear here."),
    )  # fmt: skip


def _sources(it: Returnee) -> Said:
    said = [SOURCES[source] for source in it.sources]
    return Said("、".join(one.zh for one in said), ", ".join(one.en for one in said))


def heard_events(rows: Iterable) -> list[Event]:
    """What was heard of one person, the newest first."""
    return [
        Event(
            at=it.heard_at,
            what=Said(
                WHATS[it.what].zh + (f"：{it.returns_on}" if it.returns_on else ""),
                WHATS[it.what].en + (f": {it.returns_on}" if it.returns_on else ""),
            ),
            more=it.note,
        )
        for it in rows
    ]
