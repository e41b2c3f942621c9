"""What a venue owes and did as a priority place (重点场所), for the page of whoever keeps it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from fangxian.core.policy.hygiene import KINDS, how_often_said
from fangxian.core.refusal import Said
from fangxian.ops.hygiene.checklist import all_items
from fangxian.ops.hygiene.due import DueLine
from fangxian.ops.hygiene.queries import PriorityPlace, Round
from fangxian.ops.pages.hygiene.words import AFTER_POSITIVE, STATES, class_said, kind_said, result_said, round_said
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.situation.hygiene_due import VenueHygiene

GRID = Said("网格员（没有划到网格的由乡镇）", "the grid worker, else the township")
Due = Mapping[str, Mapping[str, datetime]]


def told_at_venue(found: VenueHygiene, due: Due) -> dict:
    """For the template: each place with what is asked, what is positive and what is to be mended; what was done.

    Parameters
    ----------
    due : by place, as tasks name it, when each step after a positive sample is due
    """
    href = addresses_of("hygiene-place")
    return {
        "places": [_place(found, it, href(it.pk), due.get(f"hygiene:{it.pk}", {})) for it in found.places],
        "n_late": found.n_late,
        "table": _rounds(found.rounds),
    }


def _place(found: VenueHygiene, place: PriorityPlace, href: str, due: Mapping[str, datetime]) -> dict:
    pending = [it for it in found.pending if it.place_id == place.pk]
    return {
        "name": place.name,
        "class": class_said(place.of_class),
        "href": f"{href}?back=venue",
        "unit": Said(place.unit.name_zh, place.unit.name_en) if place.unit else GRID,
        "lines": [_line(it, href) for it in found.lines if it.place.pk == place.pk],
        "positive": found.positive.get(place.pk),
        "steps": [(said, due[kind]) for kind, said in AFTER_POSITIVE.items() if kind in due],
        "faults": [it for it in found.faults if it.round.place_id == place.pk],
        "n_pending": len(pending),
        "pending_since": pending[0].done_at if pending else None,
    }


def _line(it: DueLine, href: str) -> dict:
    standing = it.standing
    return {
        "said": KINDS[it.kind],
        "often": how_often_said(it.rule),
        "state": STATES[standing.state],
        "is_late": standing.state == "late",
        "due_on": standing.due_on,
        "last_on": standing.last_on,
        "href": f"{href}?kind={it.kind}&back=venue#record",
    }


def _rounds(rows: Iterable[Round]) -> Table:
    items = all_items()
    columns = (
        Column("done_at", Said("时间", "When"), kind="time"),
        Column("kind", Said("做了什么", "What"), kind="tag", read=lambda it: kind_said(it.kind)),
        Column("said", Said("内容", "How"), read=lambda it: round_said(it, items), wide=True),
        Column("result", Said("结果", "Result"), read=result_said),
        Column("class", Said("登记为", "As"), read=lambda it: class_said(it.place.of_class)),
    )
    return Table(
        caption=Said("做过的", "What was done"),
        columns=columns,
        rows=list(rows),
        empty=Said("还没有记录。", "Nothing is recorded yet."),
        empty_next=Said("做了就记，从上面“记录”进去。", "Record what was done: press “Record” above."),
    )
