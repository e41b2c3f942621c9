"""Printing the slips of a screening round (印采样码): one grid cell's, or one class's, at a time.

1. whom they are for, of the areas whose people the account knows    lab
   and when each is asked to come, if time slots were given          round_plans
2. the sheets they are cut from                                      documents (typesetting only)

A slip opens nothing: it says which place on the roster somebody has, to whoever may sample.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.documents.rendering import WATERMARKS
from fangxian.ops.documents.typesetting import qr_svg, typeset_apart
from fangxian.ops.lab.queries import RosterPlace, ScreeningRound
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.round_plans.queries import PlaceSlot, slots_of_places

from .print_posters import county_office

MOST = 1200  # of one print: fifty sheets, some seconds


@transaction.atomic
def print_slips(*, row: ScreeningRound, places: Sequence[RosterPlace], by: str) -> bytes:
    """The PDF with a slip for each of these, in their order; that they were printed is on record.

    Refuses
    -------
    lab.slips_too_many, documents.no_font, documents.no_glyph
    """
    if not 0 < len(places) <= MOST:
        raise _too_many(len(places))
    realm, issuer, slots = the_realm(), county_office(), slots_of_places([it.pk for it in places])
    data = {
        "title_zh": f"{row.name}　采样码",
        "title_en": f"{row.name}: slips",
        "issuer_zh": issuer.zh,
        "issuer_en": issuer.en,
        "number": "",
        "issued_on": localtime(county_now()).date().isoformat(),
        "division_code": realm.division_code,
        "watermark": WATERMARKS[realm.kind],
        "stamp": "",
        "qr": "",
        "slips": [_slip(it, slots.get(it.pk)) for it in places],
    }
    pdf = typeset_apart("slips", data, issued_at=county_now())
    record("lab.slips_printed", by=by, about=[f"round:{row.pk}"], facts={"n": len(places)})
    return pdf


def _slip(it: RosterPlace, slot: PlaceSlot | None) -> dict[str, str]:
    home = it.person.household if it.person else None
    where = it.group or (f"{home.number} 户" if home else "")
    site = f"{it.site.number} {it.site.name}" if it.site else "到就近采样点"
    name = it.person.name if it.person else it.name
    return {
        "name": name,
        "where": f"{it.number}　{where}",
        "site": site,
        "slot": _slot(slot) if slot else "",
        "token": it.token,
        "qr": qr_svg(it.token),
    }


def _slot(slot: PlaceSlot) -> str:
    """When they are asked to come: 4月20日 08:00–08:30."""
    begins, ends = localtime(slot.begins_at), localtime(slot.ends_at)
    return f"{begins.month}月{begins.day}日 {begins:%H:%M}–{ends:%H:%M}"


def _too_many(found: int) -> Refusal:
    return Refusal(
        "lab.slips_too_many",
        zh="要印 {found} 人的采样码，没有印。一次应是 1 到 {most} 人，一个网格或一个班；请先选一个网格。",
        en="Slips for {found} people were asked for, so none were printed. It should be 1 to {most} at once, a grid "
        "cell or a class: choose a grid cell first.",
        found=found,
        most=MOST,
    )
