"""Where tubes, boxes and people are follows from their events: reckoned anew for those an upload touches, by sets."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from fangxian.ops.lab.elsewhere import TWICE_ELSEWHERE, same_in_others, swabs_elsewhere
from fangxian.ops.lab.folding import (
    BoxState,
    InTube,
    Labels,
    Told,
    TubeState,
    fold_boxes,
    fold_tubes,
    into_void,
    stage_of,
    twice,
)
from fangxian.ops.lab.models import (
    Box,
    Discrepancy,
    RosterPlace,
    SamplingSite,
    ScreeningRound,
    Swab,
    TableEvent,
    Thing,
    Tube,
)
from fangxian.ops.lab.wire import OF_PEOPLE
from fangxian.ops.realm.bulk import insert_rows, rows_with, update_rows
from fangxian.ops.realm.ids import new_ids

AT_ONCE = 500
Value = TypeVar("Value")
TOLD = (
    "at",
    "device",
    "nth",
    "id",
    "kind",
    "by",
    "site_id",
    "tube",
    "box",
    "renamed",
    "place_id",
    "size",
    "why",
    "said",
    "reach",
)
OF_BOX = ("label", "state", "site_id", "opened_at", "sealed_at", "handed_at", "handed_by", "received_at")
OF_BOX += ("received_by", "laboratory")
OF_TUBE = ("label", "state", "site_id", "size", "opened_at", "opened_by", "sealed_at", "voided_at")


@dataclass(slots=True)
class Touched:
    """What was reckoned anew, by id, and what of it does not go together: key → (kind, tube, box, place).

    `not_theirs`: events that do not count, for the thing is another's; `again`: those that were so before, with what to
    say; `void`: tubes in which nobody counts.
    """

    tubes: dict[str, UUID] = field(default_factory=dict)
    boxes: dict[str, UUID] = field(default_factory=dict)
    places: set[UUID] = field(default_factory=set)
    doubts: dict[str, tuple[str, UUID | None, UUID | None, UUID | None]] = field(default_factory=dict)
    not_theirs: set[UUID] = field(default_factory=set)
    again: dict[UUID, str] = field(default_factory=dict)
    void: set[UUID] = field(default_factory=set)


def refold(
    row: ScreeningRound,
    *,
    tubes: Iterable[str],
    boxes: Iterable[str],
    places: Iterable[UUID],
    at: datetime,
    area_of: Mapping[UUID, str] | None = None,
) -> Touched:
    """Bring these tubes and boxes, all that have a label in common with them, and these people up to their events.

    Call it in the transaction that wrote the events, with the round locked. `area_of`: where each site stands.
    """
    touched = Touched(places=set(places))
    area_of = areas_of_sites(row) if area_of is None else area_of
    changed, others = _refold_boxes(row, set(boxes), touched, area_of)
    _refold_tubes(row, set(tubes) | others, touched, area_of)
    touched.places |= _people_in(changed)
    _refold_places(row, touched)
    same = same_in_others(row, touched.places)
    for pk, swabs in swabs_elsewhere(same).items():
        touched.doubts[f"{TWICE_ELSEWHERE}:{pk}:{len(swabs)}"] = (TWICE_ELSEWHERE, None, None, pk)
    _note_doubts(row, touched, at)
    _let_go_elsewhere({it for theirs in same.values() for it in theirs}, at)
    if same and connection.features.has_select_for_update:
        transaction.on_commit(lambda: _look_again(row.pk, set(same), at), robust=True)
    return touched


def _look_again(round: UUID, places: set[UUID], at: datetime) -> None:
    """Two rounds that heard of somebody at the same moment did not see each other's swab, where several write at once:
    whoever is done last sees both.
    """
    found = swabs_elsewhere(same_in_others(ScreeningRound.objects.get(pk=round), places))
    asked = Discrepancy.objects.filter(place__in=list(found), kind=TWICE_ELSEWHERE, gone_at=None).order_by()
    if unseen := found.keys() - set(asked.values_list("place", flat=True)):
        with transaction.atomic():
            row = ScreeningRound.objects.select_for_update().get(pk=round)
            refold(row, tubes=(), boxes=(), places=unseen, at=at)


def areas_of_sites(row: ScreeningRound) -> dict[UUID, str]:
    return dict(SamplingSite.objects.filter(round=row).order_by().values_list("pk", "area_path"))


# ---- boxes and tubes ----


def _refold_boxes(
    row: ScreeningRound, labels: set[str], touched: Touched, area_of: Mapping[UUID, str]
) -> tuple[list[UUID], set[str]]:
    """The boxes whose state changed, and the tubes that were put in under a label that is another box's by now."""
    states, known = fold_boxes(_events_of(row, "box", labels), area_of=area_of)
    rows = {it.barcode: it for it in Box.objects.filter(barcode__in={*labels, *states, *known.first})}
    ids = _ids_of(rows, states, known)
    told = {first: _box_told(it) for first, it in states.items()}
    changed = [rows[it].pk for it in states if it in rows and rows[it].state != states[it].state]
    led = {label: ids[first] for label, first in known.first.items() if label not in states}
    led_elsewhere = {label for label, it in rows.items() if it.same_as_id != led.get(label)}
    _write(Box, row, rows, ids, told, known, OF_BOX)
    touched.boxes = {label: ids[known.of(label)] for label in ids}
    for first, state in states.items():
        touched.not_theirs |= state.not_theirs
        touched.again |= state.again
        for kind in state.doubts:
            touched.doubts[f"{kind}:{ids[first]}{state.what_of(kind)}"] = (kind, None, ids[first], None)
    return changed, _tubes_in(row, led_elsewhere)


def _tubes_in(row: ScreeningRound, boxes: set[str]) -> set[str]:
    found = set[str]()
    for some in _chunks(boxes):
        found |= set(_counting(row, Q(box__in=some)).exclude(tube="").values_list("tube", flat=True))
    return found


def _box_told(it: BoxState) -> dict[str, object]:
    return {name: getattr(it, name.removesuffix("_id")) for name in OF_BOX}


def _refold_tubes(row: ScreeningRound, labels: set[str], touched: Touched, area_of: Mapping[UUID, str]) -> None:
    events = _events_of(row, "tube", labels)
    of_box = _boxes_by_label({it.box for it in events if it.box})
    first_of = {label: it[1] for label, it in of_box.items()}
    states, known = fold_tubes(events, largest=row.pool_size, box_of=first_of, area_of=area_of)
    rows = {it.barcode: it for it in Tube.objects.filter(barcode__in={*labels, *states, *known.first})}
    ids, box_ids = _ids_of(rows, states, known), {it[1]: it[0] for it in of_box.values()}
    told = {first: _tube_told(it, box_ids) for first, it in states.items()}
    _write(Tube, row, rows, ids, told, known, (*OF_TUBE, "box_id", "n_people"))
    touched.tubes = {label: ids[known.of(label)] for label in ids}
    touched.places |= _write_swabs({ids[first]: it for first, it in states.items()}, set(ids.values()))
    for first, state in states.items():
        touched.not_theirs |= state.not_theirs
        if state.state == Thing.VOID:
            touched.void.add(ids[first])
        for kind in state.doubts:
            touched.doubts[f"{kind}:{ids[first]}{state.what_of(kind)}"] = (kind, ids[first], None, None)


def _tube_told(it: TubeState, box_ids: Mapping[str, UUID]) -> dict[str, object]:
    told: dict[str, object] = {name: getattr(it, name.removesuffix("_id")) for name in OF_TUBE}
    return {**told, "box_id": box_ids.get(it.box), "n_people": len(it.swabs)}


def _events_of(row: ScreeningRound, which: str, labels: set[str]) -> list[Told]:
    """The events of all things that these labels, or others they were changed to or from, are of."""
    found: dict[UUID, Told] = {}
    asked, renaming = set[str](), f"rename_{which}"
    while wanted := labels - asked - {""}:
        asked |= wanted
        for some in _chunks(wanted):
            # One after the other: of either in one question SQLite reads the whole table.
            under, to_it = Q(**{f"{which}__in": some}), Q(renamed__in=some, kind=renaming)
            for event in map(Told._make, chain(*(_counting(row, it).values_list(*TOLD) for it in (under, to_it)))):
                found[event.id] = event
                if event.kind == renaming:
                    labels |= {getattr(event, which), event.renamed}
    return list(found.values())


def _counting(row: ScreeningRound, which: Q):
    return TableEvent.objects.filter(which, round=row, fault="").order_by()


def _boxes_by_label(labels: set[str]) -> dict[str, tuple[UUID, str]]:
    """(id, first label) of the box each label is of."""
    rows = Box.objects.filter(barcode__in=labels).order_by().values_list("barcode", "id", "same_as", "same_as__barcode")
    return {label: (same or own, first or label) for label, own, same, first in rows}


def _ids_of(rows: Mapping[str, Box | Tube], states: Iterable[str], known: Labels) -> dict[str, UUID]:
    """Each label's own row, those that are new included."""
    ids = {label: it.pk for label, it in rows.items()}
    fresh = [label for label in dict.fromkeys([*states, *known.first]) if label not in ids]
    return ids | dict(zip(fresh, new_ids(len(fresh)), strict=True))


def _write(
    model: type[Box] | type[Tube],
    row: ScreeningRound,
    rows: Mapping[str, Box | Tube],
    ids: Mapping[str, UUID],
    told: Mapping[str, Mapping[str, object]],
    known: Labels,
    columns: Sequence[str],
) -> None:
    """Insert the rows that are new and change those that are otherwise; the first labels first, others lead to them."""
    empty = {name: model._meta.get_field(name.removesuffix("_id")).get_default() for name in columns}
    wanted = {first: {"same_as_id": None, **content} for first, content in told.items()}
    for label, first in known.first.items():
        if label not in told:
            kept = {"size": 0} if model is Tube else {}
            wanted[label] = {"same_as_id": ids[first], **empty, **kept, "label": label, "state": Thing.LABEL}
    fresh = [
        {"id": ids[label], "round_id": row.pk, "barcode": label, **content}
        for label, content in wanted.items()
        if label not in rows
    ]
    insert_rows(model, fresh)
    update_rows(
        model,
        [
            {"id": ids[label], **content}
            for label, content in wanted.items()
            if label in rows and any(getattr(rows[label], name) != value for name, value in content.items())
        ],
    )


def _write_swabs(states: Mapping[UUID, TubeState], every: set[UUID]) -> set[UUID]:
    """Who is in these tubes; whoever is or was."""
    known = {}
    for some in _chunks(every):
        rows = Swab.objects.filter(tube__in=some).order_by().values_list("tube", "place", "id", "taken_at")
        known |= {(tube, place): (pk, at) for tube, place, pk, at in rows}
    wanted = {(tube, place): event for tube, it in states.items() for place, event in it.swabs.items()}
    gone = [pk for pair, (pk, _) in known.items() if pair not in wanted or wanted[pair].at != known[pair][1]]
    for some in _chunks(gone):
        Swab.objects.filter(pk__in=some).delete()
    fresh = [pair for pair, event in wanted.items() if pair not in known or known[pair][1] != event.at]
    insert_rows(
        Swab,
        (
            {"tube_id": tube, "place_id": place, "taken_at": wanted[tube, place].at, "taken_by": wanted[tube, place].by}
            for tube, place in fresh
        ),
    )
    return {place for _, place in known} | {place for _, place in wanted}


# ---- people ----


def _people_in(boxes: Sequence[UUID]) -> set[UUID]:
    found = set()
    for some in _chunks(boxes):
        found |= set(Swab.objects.filter(tube__box__in=some).order_by().values_list("place", flat=True))
    return found


def _refold_places(row: ScreeningRound, touched: Touched) -> None:
    changed: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    for some in _chunks(touched.places):
        swabs, excuses = _swabs_of(some), _excuses_of(row, some)
        for pk, stage, why in rows_with(RosterPlace, ("id",), ((it,) for it in some), ("id", "stage", "why")):
            now = stage_of(swabs[pk], excuses[pk])
            if stage != "resulted" and now != (stage, why):
                changed[now].append(pk)
            if kind := twice(swabs[pk]):
                touched.doubts[f"{kind}:{pk}:{len(swabs[pk])}"] = (kind, None, None, pk)
            if into_void(swabs[pk]):
                touched.doubts[f"into_void:{pk}:{len(swabs[pk])}"] = ("into_void", None, None, pk)
    for (stage, why), which in changed.items():  # of thousands few become anything different
        for some in _chunks(which):
            RosterPlace.objects.filter(pk__in=some).update(stage=stage, why=why)


def _swabs_of(places: Sequence[UUID]) -> dict[UUID, list[InTube]]:
    found = defaultdict(list)
    columns = ("place", "taken_at", "tube__site", "tube", "tube__state", "tube__box__state", "tube__voided_at")
    for place, at, site, tube, state, box, void in (
        Swab.objects.filter(place__in=places).order_by().values_list(*columns)
    ):
        found[place].append(InTube(at, site, tube, state, box or "", void))
    return found


def _excuses_of(row: ScreeningRound, places: Sequence[UUID]) -> dict[UUID, list[Told]]:
    found = defaultdict(list)
    rows = TableEvent.objects.filter(place__in=places, kind__in=OF_PEOPLE, fault="", round=row).order_by()
    for event in map(Told._make, rows.values_list(*TOLD)):
        found[event.place].append(event)
    return found


# ---- what does not go together ----


def _note_doubts(row: ScreeningRound, touched: Touched, at: datetime) -> None:
    """What is found is on record once; what is so no more is gone, and asks anew should it come again."""
    known = {}
    for field_name, ids in (
        ("tube", touched.tubes.values()),
        ("box", touched.boxes.values()),
        ("place", touched.places),
    ):
        for some in _chunks(set(ids)):
            rows = Discrepancy.objects.filter(**{f"{field_name}__in": some}, event=None).order_by()
            known |= {key: (pk, gone) for key, pk, gone in rows.values_list("key", "id", "gone_at")}
    gone = [pk for key, (pk, gone_at) in known.items() if gone_at is None and key not in touched.doubts]
    back = [pk for key, (pk, gone_at) in known.items() if gone_at is not None and key in touched.doubts]
    for some in _chunks(gone):
        Discrepancy.objects.filter(pk__in=some).update(gone_at=at)
    for some in _chunks(back):
        Discrepancy.objects.filter(pk__in=some).update(gone_at=None, settled_at=None, settled_by="", settled_how="")
    insert_rows(
        Discrepancy,
        (
            {"round_id": row.pk, "kind": kind, "key": key, "tube_id": tube, "box_id": box, "place_id": place,
             "found_at": at}
            for key, (kind, tube, box, place) in touched.doubts.items()
            if key not in known
        ),
    )  # fmt: skip


def _let_go_elsewhere(places: set[UUID], at: datetime) -> None:
    """What other rounds ask about these places of theirs, and is so no more as it was put right here, is gone there."""
    asked: dict[ScreeningRound, dict[UUID, UUID]] = defaultdict(dict)
    for some in _chunks(places):
        rows = Discrepancy.objects.filter(place__in=some, kind=TWICE_ELSEWHERE, gone_at=None).select_related("round")
        for it in rows.order_by("pk"):
            asked[it.round][it.pk] = it.place_id
    for row, place_of in asked.items():
        still = swabs_elsewhere(same_in_others(row, set(place_of.values())))
        for some in _chunks(sorted(pk for pk, place in place_of.items() if place not in still)):
            Discrepancy.objects.filter(pk__in=some).update(gone_at=at)


def _chunks(values: Iterable[Value]) -> Iterable[list[Value]]:
    every = list(values)
    return (every[at : at + AT_ONCE] for at in range(0, len(every), AT_ONCE))
