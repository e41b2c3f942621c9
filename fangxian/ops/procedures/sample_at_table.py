"""A sampling table without a phone app (采样台): one thing after the other, on a page.

1. a box, a tube, whoever comes, sealed: each is an event as a device would tell it    lab
2. what a phone can only find out later is refused here at once: a full tube, a sealed one, somebody sampled already
3. whoever cannot be sampled is excused, by who knows them                              lab
4. boxes are sealed, handed over and received, each side for itself                     lab
"""

from uuid import UUID, uuid4

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.lab import event_refusals, refusals
from fangxian.ops.lab.actions import take_events
from fangxian.ops.lab.barcodes import is_misread_number, plain_name, plain_number, token_of
from fangxian.ops.lab.elsewhere import just_sampled_elsewhere
from fangxian.ops.lab.members import same_people
from fangxian.ops.lab.queries import (
    PLAN,
    SAMPLE,
    RosterPlace,
    ScreeningRound,
    Tube,
    box_with,
    place_by_alias,
    place_by_token,
    roster_of,
    swabs_in,
    swabs_of,
    tube_with,
)
from fangxian.ops.lab.wire import Answer, Batch, NewEvent, read_event
from fangxian.ops.people.queries import persons_with_documents
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.sealed import index_of
from fangxian.ops.results.queries import STATES, CallBack, call_backs_of

from .follow_table import follow_table
from .take_table_events import KEEP_PEOPLE, may_sample_at, one_event, refuse_whole


def device_of(account: Account) -> str:
    """A page is one device of whoever is signed in."""
    return f"page:{account.pk}"


def tell(row: ScreeningRound, kind: str, by: Account, *, site: UUID | None = None, **what: object) -> Answer:
    """Record one thing that was done, as typed on a page.

    Refuses
    -------
    lab.barcode_…, lab.nobody_named, lab.reason_wrong, lab.words_missing, lab.not_yours_to_do, lab.round_not_open,
    lab.barcode_is_other, and of a tube or person what `_refuse_…` says
    """
    event, answer = _take_one(row, kind, by, site, what)
    [answer] = follow_table(events=[event], answers=[answer], by=f"account:{by.pk}")
    return answer


@transaction.atomic
def _take_one(
    row: ScreeningRound, kind: str, by: Account, site: UUID | None, what: dict[str, object]
) -> tuple[NewEvent, Answer]:
    event = typed_event(kind, site=site, **_by_document(row, what))
    if event.fault is not None:
        raise event.fault
    tube = tube_with(row, event.tube) if event.tube else None
    if kind == "swab":
        _refuse_swab(row, event, tube, again=bool(what.get("again")))
    elif kind in ("unswab", "seal_tube", "box_tube", "rename_tube", "void_tube"):
        if tube is None:
            raise refusals.no_tube()
        if kind == "unswab" and tube.state != "open" and not event.said:
            raise refusals.tube_is_sealed(tube.label)
        _refuse_other_box(event, tube)
    _refuse_box(row, event, unknown=bool(what.get("unknown")))
    return event, one_event(row, event, by, device_of(by))


def _by_document(row: ScreeningRound, what: dict[str, object]) -> dict[str, object]:
    """Whoever has no slip with them shows their document: its number stands for the token of who is on the roster."""
    text = str(what.get("token") or "").strip()
    if not text or token_of(text):
        return what
    place = _place_with_document(row, text)
    return {**what, "token": place.token} if place else what


def typed_event(kind: str, *, site: UUID | None = None, **what: object) -> NewEvent:
    """An event of now, from what a form has.

    Refuses
    -------
    lab.event_not_readable
    """
    at = county_now()
    plain = {name: value for name, value in what.items() if value and name not in ("again", "unknown")}
    told = {"id": str(uuid4()), "kind": kind, "at": at.isoformat(), "site": str(site) if site else None, **plain}
    try:
        return read_event(told, at)
    except ValueError:  # a sign that no text has
        raise refusals.not_readable() from None


def _refuse_swab(row: ScreeningRound, event: NewEvent, tube: Tube | None, *, again: bool) -> None:
    if event.typed and is_misread_number(plain_number(event.typed.document_number)):
        raise event_refusals.number_misread()
    if tube is not None and tube.state == "void":
        raise event_refusals.tube_is_void(tube.label)
    if tube is not None and tube.state != "open" and not event.said:
        raise refusals.tube_is_sealed(tube.label)
    if tube is not None and tube.n_people >= tube.size:
        raise refusals.tube_is_full(tube.label, tube.size)
    if tube is not None and _only_a_name(event) and _is_in(tube, event):
        raise event_refusals.same_name_in_tube()
    place = place_named(row, event)
    if place and not again:
        _refuse_elsewhere(row, event, place)
    swabs = [it for it in swabs_of(place.pk) if it.tube.state != "void"] if place else []
    if place is None or again or not any(tube is None or it.tube_id != tube.pk for it in swabs):
        return
    awaited = _called_back(place.pk, tube)
    size = tube.size if tube else row.pool_size
    if awaited and size > 1 and all(it.is_held for it in awaited):
        raise event_refusals.needs_own_tube(event.tube, size)
    if not (awaited and tube):
        site = swabs[0].tube.site
        raise refusals.sampled_already(site.name if site else swabs[0].tube.label)


def _refuse_elsewhere(row: ScreeningRound, event: NewEvent, place: RosterPlace) -> None:
    """Whoever was at another round's site just now is most likely somebody else; who is called back for a result is not
    asked.
    """
    other = just_sampled_elsewhere(row, place.pk, site=event.site, at=event.at)
    if other is not None and not _called_back(place.pk, None):
        site, at = other.site[0] or other.tube, f"{localtime(other.at):%H:%M}"
        raise event_refusals.sampled_elsewhere(other.round_name, site, at)


def _called_back(place: UUID, tube: Tube | None) -> list[CallBack]:
    """For which results somebody is to be sampled anew: alone, or into any tube, where nothing holds them."""
    [places] = same_people({place}).values() or [{place}]
    rows = [it for it in call_backs_of(places) if it.state in (STATES.AWAITED, STATES.HELD)]
    return [it for it in rows if tube is None or it.tube != tube.pk]


def place_named(row: ScreeningRound, event: NewEvent) -> RosterPlace | None:
    """The place of whoever was scanned or typed; None: they have none yet."""
    if event.whom:
        return place_by_token(row, token_of(event.whom)) or place_by_alias(row, event.whom)
    place = _place_with_document(row, event.typed.document_number) if event.typed else None
    # Under another name the number stands for somebody else, and it is asked about.
    is_other = place and place.name and event.typed and plain_name(place.name) != plain_name(event.typed.name)
    return None if is_other else place


def _place_with_document(row: ScreeningRound, text: str) -> RosterPlace | None:
    """By the register, or by the list that they stand on."""
    number = plain_number(text)
    if not number:
        return None
    person = persons_with_documents([number]).get(number)
    who = {"person": person} if person else {"document_index": index_of("document_number", number)}
    return roster_of(row).filter(**who).first()


def _only_a_name(event: NewEvent) -> bool:
    typed = event.typed
    return typed is not None and not any(
        (event.whom, typed.document_number, typed.phone, typed.born_on, typed.guardian)
    )


def _is_in(tube: Tube, event: NewEvent) -> bool:
    names = {plain_name(it.place.person.name if it.place.person else it.place.name) for it in swabs_in(tube)}
    return event.typed is not None and plain_name(event.typed.name) in names


def _refuse_other_box(event: NewEvent, tube: Tube) -> None:
    """A tube that is on record in a box is put into another with a reason."""
    if event.kind not in ("seal_tube", "box_tube") or not (event.box and tube.box) or event.said:
        return
    if event.box not in (tube.box.label, tube.box.barcode):
        raise event_refusals.tube_in_other_box(tube.label, tube.box.label)


def _refuse_box(row: ScreeningRound, event: NewEvent, *, unknown: bool) -> None:
    """A box that is handed over is there and sealed; whoever receives one takes what comes, and says so. One whose site
    is still without a network is taken as it is (`unknown`): its tubes are found when the site's events come.
    """
    if event.kind not in ("seal_box", "rename_box", "hand_box", "receive_box"):
        return
    box = box_with(row, event.box)
    if box is None:
        if event.kind not in ("hand_box", "receive_box"):
            raise refusals.no_box()
        if not unknown:
            raise event_refusals.box_not_known_here(event.box)
        return
    if event.kind == "hand_box" and box.state == "open" and not unknown:
        raise refusals.box_not_sealed(box.label)
    if event.kind == "receive_box" and box.received_at is not None and event.said in ("", box.laboratory):
        at = localtime(box.received_at).strftime("%m-%d %H:%M")
        raise event_refusals.received_before(box.label, box.laboratory or "—", at)


def excuse(*, row: ScreeningRound, place: UUID, kind: str, why: str, by: Account) -> None:
    """Somebody is not sampled, with a reason, or is due after all (`kind`: exempt, refuse, due).

    Refuses
    -------
    lab.nobody_named, lab.not_yours_to_do, lab.reason_wrong, lab.round_not_open
    """
    found = roster_of(row).filter(pk=place).first()
    if found is None:
        raise refusals.nobody_named()
    if not may_excuse(by, found.area_path):
        raise refusals.not_yours_to_do()
    event = typed_event(kind, token=found.token, why=why)
    if event.fault is not None:
        raise event.fault
    _take_whole(row, event, by)


def may_excuse(account: Account, area_path: str) -> bool:
    """Who knows the people of a place, and whoever samples there or plans the round."""
    return may(account, KEEP_PEOPLE, area_path) or may_sample_at(account, area_path)


def may_work_at_tables(account: Account) -> bool:
    return may(account, SAMPLE) or may(account, PLAN, the_realm().division_code)


@transaction.atomic
def _take_whole(row: ScreeningRound, event: NewEvent, by: Account) -> None:
    [answer] = take_events(round=row.pk, batch=Batch([event]), device=device_of(by), by=f"account:{by.pk}")
    refuse_whole(answer)
