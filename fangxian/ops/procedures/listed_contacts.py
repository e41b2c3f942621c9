"""A contact as a row of a list, and a row of a list as a contact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.utils.timezone import get_current_timezone

from fangxian.core.policy.contacts import contact_rule
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.contacts.queries import Contact
from fangxian.ops.contacts.wire import ListedContact, NewContact, Noted, Who, Why, read_why, who_of
from fangxian.ops.contacts.words import FOUND_BY, HOME_REASONS, RELATIONS
from fangxian.ops.handover.queries import outer_case, unnamed_case
from fangxian.ops.intake.fields import plain
from fangxian.ops.procedures.listed_people import (
    Fields,
    Identity,
    Lists,
    address_of,
    day_text,
    moment_text,
    name_of_row,
    read_identity,
    written,
)

RELEASED, REJECTED = "released", "rejected"
TRACED = ("traced", "transferred", "in_quarantine")
YES = {"yes": True, "no": False}
OF_YES = {True: "yes", False: "no", None: ""}
# How lists write the rings beside the rulebook's own names; of a disease without such a ring they say nothing.
RINGS = {
    "close-contact": ("密接", "密切接触", "一级密接"),
    "secondary-contact": ("次密", "次密接", "二级密接", "密接的密接"),
    "co-present": ("时空伴随", "一般接触者", "重点人群"),
}
OF_NOTED = (
    "is_traced", "mode", "home_reason", "site", "checked_in_on", "release_on", "whereabouts", "destination",
)  # fmt: skip
MOST_NOTED = 10_000
TEN_YEARS = timedelta(days=3653)
RELATION_ALSO = {"家属": "family", "亲属": "family", "家庭成员": "family", "同学": "classmate", "同事": "colleague"}


@dataclass(slots=True, kw_only=True)
class ReadContact:
    """A row read: the contact, what the list calls it, through whom it is one, and what was left out of it."""

    listed: ListedContact
    outer_id: str
    outer_number: str
    via: str
    remarks: tuple[Refusal, ...] = ()


def read_contact(fields: Fields, lists: Lists, *, cases: Mapping[str, UUID]) -> ReadContact:
    """A row as a contact.

    Parameters
    ----------
    cases : our case by what the list calls it, for those we have

    Refuses
    -------
    lists.no_last_contact, lists.last_contact_impossible, lists.ring_unknown; what `core.identity` refuses of a number
    """
    outer_id = fields.get("outer_id") or fields.get("outer_number") or name_of_row(fields)
    last = _last_exposure(fields, lists)
    first = lists.moment(fields.get("first_exposure_at", "")) or last
    if first > last:
        raise _impossible(f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}")
    who = read_identity(fields, lists, known_on=last.date())
    state = "rejected" if fields.get("is_rejected") == "yes" else fields.get("state", "") or "proposed"
    case = fields.get("case", "")
    new = NewContact(
        ring=_ring(fields, lists),
        area_path=who.area_path,
        first_exposure_at=first,
        last_exposure_at=last,
        found_by=_key(FOUND_BY_WORDS, fields.get("found_by", ""), "line-list") or "line-list",
        who=_who(who, fields, lists),
        why=_why(place) if (place := fields.get("place", "")) else (),
        relation=_key(RELATION_WORDS, fields.get("relation", ""), "other"),
        is_core=fields.get("is_core") == "yes",
        key_place=fields.get("key_place", ""),
        is_case_imported=YES.get(fields.get("is_case_imported", "")),
        note="死亡 died" if state == "died" else "",
    )
    listed = ListedContact(
        case=_case(case, lists, cases),
        new=new,
        state=RELEASED if state == "died" else state,
        noted=_noted(fields, state, lists),
        outer=f"{lists.source}|{outer_id}",
    )
    number, via = fields.get("outer_number", ""), fields.get("via", "")
    return ReadContact(listed=listed, outer_id=outer_id, outer_number=number, via=via)


def _who(who: Identity, fields: Fields, lists: Lists) -> Who:
    return Who(
        name=who.name,
        document_kind=who.document_kind,
        document_number=who.document_number,
        phone=who.phone,
        address=address_of(fields, lists),
        workplace=fields.get("workplace", ""),
        nationality=fields.get("nationality", "")[:40],
        sex=who.sex,
        born_on=who.born_on,
        occupation=who.occupation[:40],
    )


def contact_fields(
    contact: Contact,
    *,
    outer: tuple[str, str] | None,
    case: str,
    via: str,
    rings: Mapping[str, Said],
    towns: Mapping[str, str],
) -> dict[str, str]:
    """A contact as a row.

    Parameters
    ----------
    outer : id and number where it came from; `case` and `via` what its case and contact are called in this list
    """
    file, who = contact.file, who_of(contact, contact.file)
    identity = {name: getattr(who, name) for name in IDENTITY} | {"area_path": contact.area_path}
    is_dead = file.note == "死亡 died" and contact.state == RELEASED
    outer_id, outer_number = outer or (str(contact.pk), "")
    zone = get_current_timezone()
    return {
        "outer_id": outer_id,
        "outer_number": outer_number,
        **written(identity, known_on=contact.last_exposure_on, towns=towns),
        "address": who.address,
        "workplace": who.workplace,
        "nationality": who.nationality,
        "whereabouts": file.whereabouts,
        "found_by": _words(FOUND_BY, contact.found_by),
        "is_core": OF_YES[contact.is_core],
        "is_rejected": OF_YES[contact.state == REJECTED],
        "case": case,
        "is_case_imported": OF_YES[file.is_case_imported],
        "via": via,
        "ring": rings[contact.ring].zh if contact.ring in rings else contact.ring,
        "relation": _words(RELATIONS, contact.relation),
        "place": _place(file.why),
        "first_exposure_at": moment_text(contact.first_exposure_at, zone),
        "last_exposure_at": moment_text(contact.last_exposure_at, zone),
        "release_on": day_text(contact.release_on),
        "key_place": file.key_place,
        "state": "died" if is_dead else contact.state,
        "is_traced": OF_YES[contact.is_traced],
        "mode": contact.mode,
        "site": contact.site,
        "checked_in_on": day_text(contact.checked_in_on),
        "home_reason": _words(HOME_REASONS, contact.home_reason),
        "destination": contact.destination,
        "entered_by": contact.entered_by,
        "entered_at": moment_text(contact.proposed_at, zone),
        "reviewed_at": moment_text(contact.decided_at, zone),
    }


IDENTITY = ("name", "document_kind", "document_number", "phone", "sex", "born_on", "occupation")


def _case(text: str, lists: Lists, cases: Mapping[str, UUID]) -> UUID:
    """Our case; else the id that stands for the list's own, or for the one that the list does not name."""
    return cases.get(text) or (outer_case(lists.source, text) if text else unnamed_case(lists.source))


@lru_cache(maxsize=4096)  # most people of a list met at a few places
def _why(place: str) -> tuple[Why, ...]:
    return (Why(kind="line-list", place_name=place),)


def _noted(fields: Fields, state: str, lists: Lists) -> Noted:
    """What the list notes of how somebody is observed; read once for all rows that say the same."""
    said = (state, *map(fields.get, OF_NOTED))
    if said not in lists.noted:
        if len(lists.noted) >= MOST_NOTED:
            lists.noted.clear()
        lists.noted[said] = _read_noted(fields, state)
    return lists.noted[said]


def _read_noted(fields: Fields, state: str) -> Noted:
    get = fields.get
    release, checked_in = get("release_on"), get("checked_in_on")
    traced = YES.get(get("is_traced", ""))
    destination = get("destination", "")
    return Noted(
        is_traced=traced if traced is not None else True if state in TRACED else None,
        mode=get("mode") or None,
        home_reason=_key(HOME_REASON_WORDS, get("home_reason", ""), "other") or None,
        site=get("site", "")[:80] or None,
        checked_in_on=date.fromisoformat(checked_in) if checked_in else None,
        release_on=date.fromisoformat(release) if release else None,
        whereabouts=get("whereabouts") or None,
        destination=destination if destination.isdecimal() and len(destination) <= 12 else None,
    )


def _last_exposure(fields: Fields, lists: Lists) -> datetime:
    last = lists.moment(fields.get("last_exposure_at", "")) or lists.moment(fields.get("first_exposure_at", ""))
    if last is None:
        raise Refusal(
            "lists.no_last_contact",
            zh="没有最后接触日期，算不出观察到哪一天，没有收下。这一项必须有。请向填表的人问清，补上后重新上传这一行。",
            en="There is no date of last contact, so the days of observation cannot be told; the row was not taken. "
            "It must be given: ask whoever filled in the list, add it and upload this row again.",
        )
    if last > lists.at or lists.at - last > TEN_YEARS:
        raise _impossible(f"{last:%Y-%m-%d}", f"{lists.at:%Y-%m-%d}")
    return last


def _impossible(found: str, limit: str) -> Refusal:
    return Refusal(
        "lists.last_contact_impossible",
        zh="接触日期 {found} 不对：应不晚于 {limit}，也不在十年以前。请核对后重新上传这一行。",
        en="The date of contact {found} cannot be: it should not be after {limit}, nor ten years back. Check it and "
        "upload this row again.",
        found=found,
        limit=limit,
    )


def _ring(fields: Fields, lists: Lists) -> str:
    """The rulebook's ring of what the list says; its first where it says nothing."""
    said = fields.get("ring", "")
    if said not in lists.rings:
        lists.rings[said] = _ring_named(said, lists)
    return lists.rings[said]


def _ring_named(said: str, lists: Lists) -> str:
    rings = [rule for rule in lists.rulebook.contacts if rule.in_force(lists.at)]
    if not said and rings:
        return rings[0].ring
    for rule in rings:
        names = (rule.ring, rule.name.zh, rule.name.en, *RINGS.get(rule.ring, ()))
        if plain(said) in {plain(name) for name in names}:
            return contact_rule(lists.rulebook, rule.ring, lists.at).ring
    raise Refusal(
        "lists.ring_unknown",
        zh="密接类型“{found}”不在现行规则里。可以填：{rings_zh}。请改正该格后重新上传这一行。",
        en="The kind of contact “{found}” is not in the rulebook. It can be {rings_en}. Correct this cell and upload "
        "this row again.",
        found=said,
        rings_zh="、".join(rule.name.zh for rule in rings) or "—",
        rings_en=", ".join(rule.ring for rule in rings) or "—",
    )


def _by_words(words: Mapping[str, Said], also: Mapping[str, str]) -> dict[str, str]:
    """The room's key by each of its words as lists write them."""
    return {plain(text): key for key, said in words.items() for text in (key, said.zh, said.en)} | dict(also)


FOUND_BY_WORDS = _by_words(FOUND_BY, {})
HOME_REASON_WORDS = _by_words(HOME_REASONS, {})
RELATION_WORDS = _by_words(RELATIONS, RELATION_ALSO)


def _key(by_words: dict[str, str], text: str, other: str) -> str:
    """The room's key of what a list says, `other` where it says something else; asked once a text."""
    if not text:
        return ""
    if text not in by_words:
        by_words[text] = by_words.get(plain(text), other)
    return by_words[text]


def _words(words: Mapping[str, Said], key: str) -> str:
    return words[key].zh if key in words else key


@lru_cache(maxsize=4096)
def _place(why: str) -> str:
    return next((it.place_name for it in read_why(why) if it.place_name), "")
