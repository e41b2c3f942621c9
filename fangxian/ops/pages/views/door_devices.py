"""Devices at a door: letting one in with its code, and the screen with the rotating code. No session is needed."""

import logging
from typing import Final

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import parse_header_parameters
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fangxian.core.policy.venue_code import STEP_S, drift_at
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.limits import count_failure, refuse_busy_address
from fangxian.ops.pages.venue_owner.codes import qr_address
from fangxian.ops.pages.venue_owner.forms import EnrolForm, say_beside
from fangxian.ops.places.actions import enrol_device
from fangxian.ops.places.models import DoorDevice
from fangxian.ops.places.queries import screen_code
from fangxian.ops.places.wire import device_token
from fangxian.ops.realm.current import county_now, the_realm

log = logging.getLogger("fangxian.refusals")

# In a realm that runs fast a code turns many times a second: no screen asks that often, and gates there take a code
# for four seconds of the wall.
LEAST_MS: Final = 1000
LEAST_GOOD_MS: Final = 4000
TOKEN_REFUSED: Final = {"device.unreadable", "device.key_retired", "device.ended", "places.device_over"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request) -> HttpResponse:
    """Let a device in that has its code: as a page, which shows the token once, or as JSON for the page's script."""
    if request.method != "POST":
        return _enrol_page(request, EnrolForm())
    form = EnrolForm(request.POST)
    wants_json = parse_header_parameters(request.headers.get("Accept", ""))[0] == "application/json"
    try:
        refuse_busy_address(request)
        if form.is_valid():
            device = enrol_device(enrolment_code=form.cleaned_data["enrolment_code"])
            told = _enrolled(device)
            return JsonResponse(told) if wants_json else _enrol_page(request, EnrolForm(), device=told)
    except Refusal as refusal:
        count_failure(request)
        if wants_json:
            return _refused(refusal, 400)
        say_beside(form, "enrolment_code", refusal)
    return _enrol_page(request, form, status=400)


def _enrolled(device: DoorDevice) -> dict[str, object]:
    next_address = "/door" if device.kind == DoorDevice.Kind.KEEPER else reverse("screen", args=[device.pk])
    return {
        "token": device_token(device),
        "device": device.pk,
        "kind": str(device.kind),
        "venue": device.venue.name if device.venue_id else "",
        "door": device.door,
        "name": device.name,
        "next": next_address,
    }


def _enrol_page(request, form: EnrolForm, device: dict | None = None, status: int = 200) -> HttpResponse:
    return render(request, "pages/venue_owner/enrol.html", {"form": form, "device": device}, status=status)


@never_cache
@require_GET
def screen(request, device_id: int) -> HttpResponse:
    """The page of one screen. It holds nothing of the venue: its script asks for that with the device's token."""
    return render(request, "pages/venue_owner/screen.html", {"device_id": device_id})


@never_cache
@require_GET
def screen_code_now(request, device_id: int) -> JsonResponse:
    """What the screen shows now, for the token in `Authorization: Bearer`; wall milliseconds until it
    turns, and until no gate takes it any more."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    at, rate = county_now(), the_realm().clock.rate
    try:
        shown = screen_code(device_id, token.strip() if scheme.lower() == "bearer" else "", at=at)
    except Refusal as refusal:
        return _refused(refusal, 401 if refusal.code in TOKEN_REFUSED else 409)
    turns_in_ms = max(LEAST_MS, int(1000 * shown.turns_in_s / rate) + 1)
    good_for_ms = max(LEAST_GOOD_MS, turns_in_ms + int(1000 * STEP_S * drift_at(rate) / rate))
    return JsonResponse(
        {
            "venue": shown.venue.name,
            "door": f"{shown.door.number} {shown.door.name}",
            "code": shown.code_text,
            "qr": qr_address(shown.code_text),
            "at": at.isoformat(timespec="seconds"),
            "turns_in_ms": turns_in_ms,
            "good_for_ms": good_for_ms,
        }
    )


def _refused(refusal: Refusal, status: int) -> JsonResponse:
    log.info("refused %s", refusal.code)
    said = refusal.said
    return JsonResponse({"refusal": refusal.code, "zh": said.zh, "en": said.en}, status=status)
