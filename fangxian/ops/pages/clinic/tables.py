"""What is on record of a person's fevers."""

from collections.abc import Sequence

from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import accounts_named_by
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.procedures.clear_fever import Running


def running_table(running: Sequence[Running]) -> Table:
    """The fevers that count now: when and where measured, and until when each counts by itself."""
    return Table(
        caption=Said("在算的发热", "Fevers that count now"),
        columns=(
            Column("at", Said("量出时间", "Measured"), kind="time", read=lambda it: it.row.from_at),
            Column("where", Said("在哪里", "Where"), read=lambda it: it.row.issuer, wide=True),
            Column("until_at", Said("最晚算到", "Counts until"), kind="time"),
        ),
        rows=running,
        empty=Said("没有在算的发热。", "No fever counts now."),
    )


def cleared_table(cleared: Sequence) -> Table:
    """The clearings that stand, the newest first, with whoever recorded each."""
    found = accounts_named_by(it.recorded_by for it in cleared)
    names = {by: account.display_name for by, account in found.items()}
    return Table(
        caption=Said("已排除", "Cleared"),
        columns=(
            Column("from_at", Said("就诊时间", "Seen"), kind="time"),
            Column("issuer", Said("哪家医院", "Hospital"), wide=True),
            Column("by", Said("谁登记的", "By whom"), read=lambda it: names.get(it.recorded_by, "—")),
            Column("recorded_at", Said("登记时间", "Recorded"), kind="time"),
        ),
        rows=cleared,
        empty=Said("没有排除记录。", "Nothing was cleared yet."),
    )
