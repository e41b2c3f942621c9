"""Rows of lists that tell of records already in: who met or infected whom, and how contacts were day by day."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from fangxian.core.exposure.columns import Ring
from fangxian.core.exposure.disease import ring_keys
from fangxian.core.refusal import Refusal
from fangxian.ops.cases.actions import link_cases
from fangxian.ops.cases.wire import NewLink
from fangxian.ops.contacts.actions import take_days, take_meetings, take_meetings_through
from fangxian.ops.contacts.queries import FollowUp
from fangxian.ops.contacts.wire import ListedDay, ListedMeeting, OneDay
from fangxian.ops.handover.actions import note_outer_ids, ready_outer_ids
from fangxian.ops.handover.queries import subjects, unnamed_case
from fangxian.ops.handover.wire import OuterId
from fangxian.ops.handover.words import Subject
from fangxian.ops.procedures.came import KNOWN, NEW, Came, in_parts
from fangxian.ops.procedures.listed_people import Fields, Lists, name_of_row

SETTINGS = {
    "home": "household", "household": "household", "family": "household", "家庭": "household", "hospital": "care",
    "health": "care", "emergency": "care", "hcw": "care", "就医": "care", "work": "work", "工作": "work",
    "school": "school", "学校": "school", "transport": "transport", "同乘": "transport", "funeral": "public",
    "meal": "meal", "聚餐": "meal", "object": "object", "surface": "object", "fomite": "object", "物品": "object",
}  # fmt: skip
CERTAINTIES = {"high": "proved", "medium": "likely", "low": "possible", "": "possible"}
DONE, MISSED, DUE = FollowUp.State.DONE, FollowUp.State.MISSED, FollowUp.State.DUE
DAYS = {
    "seen_ok": (DONE, "seen", ()),
    "seen_not_ok": (DONE, "seen", ("other",)),
    "missed": (DONE, "not_found", ()),
    "not_attempted": (MISSED, "", ()),
    "not_performed": (DUE, "", ()),
}
OF_DAY = {(state, found, bool(symptoms)): word for word, (state, found, symptoms) in DAYS.items()}


def take_relationships(rows: Sequence[tuple[int, Fields]], lists: Lists, *, by: str, reason: str) -> Came:
    """Who met or infected whom: between two cases a link, from a case or a contact to a contact a meeting."""
    came = Came()
    names = {fields[end] for _, fields in rows for end in ("from_id", "to_id")}
    cases, contacts = (subjects(lists.source, kind, names) for kind in (Subject.CASE, Subject.CONTACT))
    links, meetings, through = [], [], []
    for number, fields in _unknown(rows, Subject.LINK, lists, came):
        infector, ends = cases.get(fields["from_id"]), fields["to_id"]
        via = None if infector else contacts.get(fields["from_id"])
        if via and ends in contacts:
            through.append((number, fields, replace(_meeting(None, contacts[ends], fields, lists), via=via)))
        elif infector is None or not (ends in cases or ends in contacts):
            came.refuse(number, _not_here(fields, is_from=infector is None))
        elif ends in cases:
            links.append((number, fields, _link(infector, cases[ends], fields)))
        else:
            meetings.append((number, fields, _meeting(infector, contacts[ends], fields, lists)))
    linked = in_parts([it for _, _, it in links], lambda part: _linked(part, by))
    unnamed = unnamed_case(lists.source)
    met = in_parts([it for _, _, it in meetings], lambda part: take_meetings(meetings=part, unnamed=unnamed, by=by))
    met += in_parts([it for _, _, it in through], lambda part: _met_through(part, lists, unnamed, by))
    _note([*links, *meetings, *through], [*linked, *met], Subject.LINK, lists, came, by)
    return came


def take_follow_ups(rows: Sequence[tuple[int, Fields]], lists: Lists, *, by: str, reason: str) -> Came:
    """How contacts were, day by day; a day on record stays as it is."""
    came, days = Came(), []
    contacts = subjects(lists.source, Subject.CONTACT, {fields["contact"] for _, fields in rows})
    for number, fields in _unknown(rows, Subject.FOLLOW_UP, lists, came):
        try:
            days.append((number, fields, _day(contacts.get(fields["contact"]), fields)))
        except Refusal as refusal:
            came.refuse(number, refusal)
    taken = in_parts([it for _, _, it in days], lambda part: take_days(days=part, by=by))
    _note(days, taken, Subject.FOLLOW_UP, lists, came, by)
    return came


def _unknown(rows: Sequence[tuple[int, Fields]], kind: str, lists: Lists, came: Came) -> list[tuple[int, Fields]]:
    """The rows that did not come before under their id."""
    names = {number: fields.get("outer_id") or name_of_row(fields) for number, fields in rows}
    known = subjects(lists.source, kind, set(names.values()))
    left = []
    for number, fields in rows:
        if subject := known.get(names[number]):
            came.took(number, KNOWN, subject)
        else:
            left.append((number, fields))
    return left


def _note(read: Sequence, taken: Iterable, kind: str, lists: Lists, came: Came, by: str) -> None:
    ids = []
    for (number, fields, _), result in zip(read, taken, strict=True):
        if isinstance(result, Refusal):
            came.refuse(number, result)
            continue
        subject, is_new = result
        came.took(number, NEW if is_new else KNOWN, subject)
        ids.append(OuterId(kind=kind, subject=subject, outer_id=fields.get("outer_id") or name_of_row(fields)))
    note_outer_ids(ready=ready_outer_ids(source=lists.source, ids=ids, at=lists.at), by=by)


def _linked(links: Sequence[NewLink], by: str) -> list[tuple[UUID, bool]]:
    """Each link's id; the room says of none whether it is new, so all count as new."""
    made = {(row.infector_id, row.infected_id): row.pk for row in link_cases(links=links, by=by)}
    return [(made[it.infector, it.infected], True) for it in links]


def _link(infector: UUID, infected: UUID, fields: Fields) -> NewLink:
    said = [fields.get(name, "") for name in ("exposure", "setting", "last_exposure_at")]
    return NewLink(
        infector=infector,
        infected=infected,
        setting=setting_of(f"{fields.get('setting', '')} {fields.get('exposure', '')}"),
        certainty=CERTAINTIES[fields.get("certainty", "")],
        basis="；".join(text for text in said if text) or "名单所载 as listed",
    )


def setting_of(text: str) -> str:
    """The room's setting in what a list says."""
    lowered = text.casefold()
    return next((key for word, key in SETTINGS.items() if word in lowered), "unknown_setting")


def _met_through(meetings: Sequence[ListedMeeting], lists: Lists, unnamed: UUID, by: str) -> list[tuple[UUID, bool]]:
    """Who met contacts are contacts of contacts, by the rulebook's ring of them; after whose contacts those are."""
    ring = ring_keys(lists.rulebook, lists.at).get(Ring.CONTACT_OF_CONTACT, "")
    return take_meetings_through(meetings=meetings, ring=ring, unnamed=unnamed, rulebook=lists.rulebook, by=by)


def _meeting(case: UUID | None, contact: UUID, fields: Fields, lists: Lists) -> ListedMeeting:
    words = "；".join(text for name in ("exposure", "setting") if (text := fields.get(name, "")))
    last = lists.moment(fields.get("last_exposure_at", ""))
    return ListedMeeting(contact=contact, case=case, last_exposure_at=last, words=words)


def _day(contact: UUID | None, fields: Fields) -> ListedDay:
    if contact is None:
        raise Refusal(
            "lists.contact_not_here",
            zh="编号“{found}”的接触者不在这个来源已导入的名单里，这条随访没有收下。应先导入接触者名单。请先导入名单，"
            "再上传这一行。",
            en="The contact “{found}” is in no list taken in from this source, so the follow-up was not taken. The "
            "list of contacts comes first: take it in, then upload this row again.",
            found=fields["contact"],
        )
    state, found, symptoms = DAYS[fields["state"]]
    how = OneDay(found=found, symptoms=symptoms, note=fields.get("note", ""), temperature_c=_temperature(fields))
    on = date.fromisoformat(fields["on"])
    return ListedDay(contact=contact, on=on, state=state, how=how if state == DONE else None)


def _temperature(fields: Fields) -> Decimal | None:
    text = fields.get("temperature_c", "").removesuffix("℃").removesuffix("°C").strip()
    if not text:
        return None
    try:
        found = Decimal(text).quantize(Decimal("0.1"))
    except InvalidOperation:
        found = Decimal(0)
    if not 30 <= found <= 45:
        raise Refusal(
            "lists.temperature_impossible",
            zh="体温“{found}”不对。应是 30 到 45 之间的摄氏度，如 36.5。请改正该格后重新上传这一行。",
            en="The temperature “{found}” cannot be. It should be between 30 and 45 °C, such as 36.5. Correct this "
            "cell and upload this row again.",
            found=text,
        )
    return found


def _not_here(fields: Fields, *, is_from: bool) -> Refusal:
    return Refusal(
        "lists.end_not_here",
        zh="编号“{found}”的人不在这个来源已导入的名单里，这条关系没有收下。两头都应先在名单里，来源须是病例或密接。"
        "请先导入病例和接触者名单，再上传这一行。",
        en="Nobody with the id “{found}” is in the lists taken in from this source, so the relationship was not taken. "
        "Both ends should be in, the first as a case or a contact of one. Take in the lists of cases and contacts, "
        "then upload this row again.",
        found=fields["from_id"] if is_from else fields["to_id"],
    )
