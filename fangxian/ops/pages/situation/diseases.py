"""The table of a county whose diseases have no codes and no doors."""

from collections.abc import Sequence

from fangxian.core.refusal import Said
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.situation.without_codes import DiseaseNow


def diseases_table(rows: Sequence[DiseaseNow]) -> Table:
    columns = (
        Column("name", Said("病种", "Disease")),
        Column("n_cases", Said("未结案病例", "Open cases"), kind="number"),
        Column("n_proposed", Said("待判定的接触者", "Contacts to decide on"), kind="number"),
        Column("n_observed", Said("观察中的接触者", "Contacts observed"), kind="number"),
        Column("n_late", Said("随访逾期", "Follow-ups late"), kind="number"),
    )
    return Table(
        caption=Said("各病种", "By disease"),
        columns=columns,
        rows=rows,
        empty=Said("现在没有规则手册有效。", "No rulebook is in force now."),
    )
