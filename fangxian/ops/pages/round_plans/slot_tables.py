"""Time slots as tables: of every site, of one, and one's own."""

from collections.abc import Sequence

from fangxian.core.refusal import Said
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.round_plans.queries import PlaceSlot
from fangxian.ops.situation.round_slots import SiteSlots


def sites_table(rows: Sequence[SiteSlots]) -> Table:
    """Each site: how many people have a slot, from when to when, and the most in one of them."""
    columns = (
        Column("site", Said("采样点", "Site"), read=lambda it: f"{it.site.number} {it.site.name}", wide=True),
        Column("n_people", Said("人数", "People"), kind="number"),
        Column("n_slots", Said("时段数", "Slots"), kind="number"),
        Column("most", Said("一个时段最多", "Most in one"), kind="number"),
        Column("first_at", Said("最早", "First"), kind="time"),
        Column("last_at", Said("最晚到", "Until"), kind="time"),
    )
    return Table(
        caption=Said("各采样点的时段", "Time slots by site"), columns=columns, rows=rows,
        href=lambda it: f"?site={it.site.pk}#one",
        empty=Said("还没有排时段。", "No time slots were given yet."),
        empty_next=Said("设好采样点、取好名册以后再排。", "Give them once there are sites and a roster."),
    )  # fmt: skip


def one_site_table(site: SiteSlots) -> Table:
    """The slots of one site."""
    columns = (
        Column("begins_at", Said("从", "From"), kind="time"),
        Column("ends_at", Said("到", "To"), kind="time"),
        Column("n", Said("请来的人", "People asked to come"), kind="bar", most=site.most),
    )
    return Table(caption=Said("一个采样点的时段", "Time slots of a site"), columns=columns, rows=site.slots)


def own_table(rows: Sequence[PlaceSlot]) -> Table:
    """One's own, and of those whose code one shows: who, when, where."""
    columns = (
        Column("who", Said("谁", "Who"), read=lambda it: it.place.person.name),
        Column("begins_at", Said("从", "From"), kind="time"),
        Column("ends_at", Said("到", "To"), kind="time"),
        Column("site", Said("采样点", "Site"), read=lambda it: f"{it.site.number} {it.site.name}", wide=True),
        Column("round", Said("哪一轮", "Round"), read=lambda it: it.round.name, wide=True),
    )
    return Table(
        caption=Said("我家的采样时段", "When my household is asked to come"), columns=columns, rows=rows,
        empty=Said("现在没有要去的采样。", "There is no sampling to go to now."),
    )  # fmt: skip
