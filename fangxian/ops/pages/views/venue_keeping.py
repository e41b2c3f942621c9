"""Keeping one venue: its state, doors and their codes, devices, handing it over, closing it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.documents.rendering import pdf_of
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.county.words import VENUE_STATUS, trade, word
from fangxian.ops.pages.hygiene.at_venue import told_at_venue
from fangxian.ops.pages.venue_owner.codes import qr_address
from fangxian.ops.pages.venue_owner.forms import (
    CloseForm,
    DeviceForm,
    DeviceNumberForm,
    DoorForm,
    DoorNumberForm,
    HandOverForm,
    PositionForm,
    RestForm,
    say_beside,
)
from fangxian.ops.pages.venue_owner.tables import rests_on, silence_told, state_said
from fangxian.ops.pages.venue_owner.words import DEVICE_KINDS, DONE, EVERY_DOOR, trail
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.places.actions import add_door, end_device, offer_device, set_position, set_rest_weekdays
from fangxian.ops.places.models import DoorDevice, Venue
from fangxian.ops.places.queries import is_in_scope, path_down_to, venue_for
from fangxian.ops.places.refusals import venue_not_yours
from fangxian.ops.places.wire import position_of, typed_code, venue_door
from fangxian.ops.procedures.close_venue import close_venue
from fangxian.ops.procedures.hand_over_venue import hand_over_venue, may_hand_over
from fangxian.ops.procedures.hygiene_tasks import due_after_positive
from fangxian.ops.procedures.name_venue import doors_to_reprint
from fangxian.ops.procedures.print_posters import print_posters, renew_posters
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.door_devices import DeviceInUse, devices_in_use
from fangxian.ops.situation.hygiene_due import hygiene_of_venue

KEEPING = ("venues.keep", "venues.register")
POSTERS = (*KEEPING, "approvals.decide")  # the village brings a poster that is missing


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request, venue_id: UUID) -> HttpResponse:
    """GET shows the venue. POST does one of STEPS, named by `do`, and shows the venue again."""
    venue = _own_or_kept(request, venue_id)
    if request.method != "POST":
        return _page(request, venue)
    named = request.POST.get("do", "")
    if named not in STEPS:
        return apologise(request, 400)
    if not (_may_keep(request, venue) or (named == "close" and _may_take_back(request, venue))):
        raise venue_not_yours(venue.name)
    make_form, field, carry_out = STEPS[named]
    form = make_form(request.POST, venue)
    if form.is_valid():
        try:
            answer = carry_out(request, venue, form.cleaned_data)
        except Refusal as refusal:
            say_beside(form, field, refusal)
        else:
            return answer or HttpResponseRedirect(f"{reverse('venue-keep', args=[venue.pk])}?done={named}")
    return _page(request, venue, {named: form}, status=400)


@login_required
@never_cache
@require_POST
def posters(request, venue_id: UUID) -> HttpResponse:
    """The posters of one door (`door`), or of all, as one PDF."""
    venue = venue_for(request.user, POSTERS, venue_id)
    asked = request.POST.get("door", "")
    door = int(asked) if asked.isdecimal() and len(asked) < 4 else None
    document = print_posters(venue=venue, door=door, by=_by(request))
    answer = HttpResponse(pdf_of(document), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="venue-{venue.venue_number:08d}-{door or "all"}.pdf"'
    return answer


def _own_or_kept(request, venue_id: UUID) -> Venue:
    """The venue, for those who keep it; its owner reads it also while, or when, nothing may be changed."""
    found = Venue.objects.filter(pk=venue_id, owner=request.user.pk).select_related("grid_cell", "owner").first()
    return found or venue_for(request.user, KEEPING, venue_id)


def _may_keep(request, venue: Venue) -> bool:
    return any(is_in_scope(request.user, permission, venue) for permission in KEEPING)


def _may_take_back(request, venue: Venue) -> bool:
    """Whether it is one's own application, which nobody has decided on yet."""
    return venue.owner_id == request.user.pk and venue.status == Venue.Status.APPLIED


def _by(request) -> str:
    return f"account:{request.user.pk}"


def _add_door(request, venue: Venue, told: Mapping) -> None:
    add_door(venue=venue, name=told["name"].strip(), by=_by(request))


def _renew(request, venue: Venue, told: Mapping) -> None:
    renew_posters(venue=venue, number=told["door"], by=_by(request))


def _offer(request, venue: Venue, told: Mapping) -> HttpResponse:
    """Shows the enrolment code, this once."""
    device, enrolment_code = offer_device(
        venue=venue, door=told["door"], kind=told["kind"], name=told["name"].strip(), by=_by(request)
    )
    # Behind `#` the code reaches no server and no log.
    address = f"{request.build_absolute_uri(reverse('enrol'))}#{enrolment_code}"
    context = {
        "venue": venue,
        "device": device,
        "kind": word(DEVICE_KINDS, device.kind),
        "enrolment_code": enrolment_code,
        "address": request.build_absolute_uri(reverse("enrol")),
        "picture": qr_address(address),
        "until": device.enrol_until,
        "trail": trail((venue.name, reverse("venue-keep", args=[venue.pk])), (Said("登记设备", "Enrol a device"), "")),
    }
    return render(request, "pages/venue_owner/device.html", context)


def _position(request, venue: Venue, told: Mapping) -> None:
    set_position(venue=venue, by=_by(request), **told)


def _rest(request, venue: Venue, told: Mapping) -> None:
    set_rest_weekdays(venue=venue, weekdays="".join(told["weekdays"]), by=_by(request))


def _end(request, venue: Venue, told: Mapping) -> None:
    end_device(venue=venue, device_id=told["device"], by=_by(request))


def _hand_over(request, venue: Venue, told: Mapping) -> HttpResponse:
    hand_over_venue(venue=venue, username=told["username"], by=_by(request))
    return HttpResponseRedirect(f"{reverse('my-venues')}?done=hand_over")


def _close(request, venue: Venue, told: Mapping) -> None:
    close_venue(venue=venue, because=told["because"], by=_by(request))


# What each step reads, the field beside which a refusal is said, and what it does.
STEPS: dict[str, tuple[Callable[[object, Venue], forms.Form], str, Callable]] = {
    "door": (lambda told, _: DoorForm(told), "name", _add_door),
    "renew": (lambda told, _: DoorNumberForm(told), "door", _renew),
    "device": (lambda told, venue: DeviceForm(told, doors=venue.doors.all()), "door", _offer),
    "position": (lambda told, _: PositionForm(told), "latitude", _position),
    "rest": (lambda told, _: RestForm(told), "weekdays", _rest),
    "end": (lambda told, _: DeviceNumberForm(told), "device", _end),
    "hand_over": (lambda told, _: HandOverForm(told), "username", _hand_over),
    "close": (lambda told, _: CloseForm(told), "because", _close),
}


def _page(request, venue: Venue, tried: Mapping[str, forms.Form] | None = None, status: int = 200) -> HttpResponse:
    venue.refresh_from_db()
    doors, tried = list(venue.doors.order_by("number")), tried or {}
    may_keep, at = _may_keep(request, venue), county_now()
    context = {
        "venue": venue,
        "number": f"{venue.venue_number:08d}",
        "trade": trade(venue.trade),
        "status": word(VENUE_STATUS, venue.status),
        "state": state_said(venue),
        "since": venue.status_since or venue.opened_at,
        "lead": whereabouts(path_down_to(venue.area_path)),
        "is_open": venue.status == Venue.Status.VERIFIED,
        "is_kept": may_keep and venue.status in (Venue.Status.VERIFIED, Venue.Status.SUSPENDED),
        "has_codes": venue.status in (Venue.Status.VERIFIED, Venue.Status.SUSPENDED),
        "may_change": may_keep and venue.status != Venue.Status.CLOSED,
        "may_close": (may_keep and venue.status != Venue.Status.CLOSED) or _may_take_back(request, venue),
        "may_hand_over": may_hand_over(request.user, venue),
        "doors": [{"door": it, "typed": typed_code(venue_door(venue.venue_number, it.number))} for it in doors],
        "devices": [_device(it, {door.number: door.name for door in doors}) for it in devices_in_use(venue)],
        "door_form": tried.get("door") or DoorForm(),
        "device_form": tried.get("device") or DeviceForm(doors=doors),
        "position_form": tried.get("position") or PositionForm(initial=position_of(venue)),
        "rest_form": tried.get("rest") or RestForm(initial={"weekdays": list(venue.rest_weekdays)}),
        "rests_on": rests_on(venue),
        "silence": silence_told(venue),
        "reprint": doors_to_reprint(venue),
        "hygiene": _hygiene(request, venue, at),
        "today": localtime(at).date(),
        "moved_to": venue.moved_to.exclude(status=Venue.Status.CLOSED).first(),
        "hand_over_form": tried.get("hand_over") or HandOverForm(),
        "close_form": tried.get("close") or CloseForm(),
        "wrong": [error for name in ("renew", "end") if name in tried for error in _errors(tried[name])],
        "tried": set(tried),
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "trail": trail((venue.name, "")),
        "at": at,
    }
    return render(request, "pages/venue_owner/keep.html", context, status=status)


def _hygiene(request, venue: Venue, at: datetime) -> dict | None:
    """What it owes as a priority place; None where it is none, or not the reader's to look after."""
    found = hygiene_of_venue(request.user, venue.pk, at)
    return found and told_at_venue(found, due_after_positive(found.places))


def _errors(form: forms.Form) -> list[str]:
    return [error for errors in form.errors.values() for error in errors]


def _device(it: DeviceInUse, names: Mapping[int, str]) -> dict:
    device = it.device
    return {
        "device": device,
        "kind": word(DEVICE_KINDS, device.kind),
        "door": f"{device.door} {names.get(device.door, '')}".strip() if device.door else EVERY_DOOR,
        "post": it.post,
        "unit": it.unit,
        "scans": device.kind == DoorDevice.Kind.KEEPER and device.enrolled_at is not None,
        "last_scan_at": it.last_scan_at,
    }
