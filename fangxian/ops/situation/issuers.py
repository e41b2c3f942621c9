"""What those who answer for evidence are called, in both languages: units on record, and whom the county's file names.

Evidence holds one name, as it came: that of the paper, the file or the two units of a ruling (甲、乙).
"""

from collections.abc import Iterable

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Unit
from fangxian.ops.situation.county_file import county_file

BETWEEN = Said("、", " and ")


def issuers_named(names: Iterable[str]) -> dict[str, Said]:
    """Each name, and each part of one, in both languages. A part that nothing is known of stays as it came."""
    parts = {name: name.split(BETWEEN.zh) for name in names if name}
    single = {part for these in parts.values() for part in these}
    parts |= {part: [part] for part in single}
    units = Unit.objects.filter(name_zh__in=single).exclude(name_en="").values_list("name_zh", "name_en")
    english = {zh: said.en for zh, said in county_file().issuers.items()} | dict(units)
    return {
        name: Said(name, BETWEEN.en.join(english.get(part, part) for part in these)) for name, these in parts.items()
    }
