"""The door keeper's page. It holds nothing of anybody: what it knows it asks the gate, with the device's own token."""

import base64
import gzip
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.pages.assets import files_of
from fangxian.ops.pages.door_keeper.words import THIS_PHONE
from fangxian.ops.pages.gate_line import gate_address, let_ask_gate
from fangxian.ops.pages.refusals import refused_json
from fangxian.ops.pages.venue_owner.codes import qr_address
from fangxian.ops.pages.views.certificate import own_certificate
from fangxian.ops.places.models import DoorDevice, Venue
from fangxian.ops.places.queries import live_device
from fangxian.ops.places.refusals import device_over
from fangxian.ops.places.wire import device_token, read_token, typed_code, venue_door
from fangxian.ops.procedures.door_bundle import door_bundle
from fangxian.ops.procedures.take_post import SCAN, take_post
from fangxian.ops.realm.current import county_now, the_realm

MOST_VENUES = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door(request) -> HttpResponse:
    """The page; without a session too, since a phone that was enrolled by the owner's code has none.

    POST lets this phone in for a venue at which the reader is appointed to scan, and answers with its token.
    """
    if request.method == "POST":
        return _take_post(request)
    context = {
        "gate": gate_address(request),
        "venues": _venues(request),
        "visitor_qr": qr_address(request.build_absolute_uri(reverse("visitor"))),
        "has_certificate": request.is_secure() and own_certificate() is not None,
    }
    return let_ask_gate(render(request, "pages/door_keeper/door.html", context), request)


@never_cache
@require_GET
def post(request) -> JsonResponse:
    """The post of the device whose token is in `Authorization: Bearer`: its venue, doors and what proves a code."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        device = _device(token.strip() if scheme.lower() == "bearer" else "")
    except Refusal as refusal:
        return refused_json(refusal, 401)
    realm = the_realm()
    verifiers = {str(id_): base64.b64encode(public).decode() for id_, public in realm.keys.public_keys().items()}
    return JsonResponse(
        {
            "venue": device.venue.name if device.venue else "",
            "doors": _doors(device),
            "division": int(realm.division_code),
            "verifiers": verifiers,
            "at": localtime(county_now()).isoformat(timespec="milliseconds"),
            "rate": realm.clock.rate,
        }
    )


@never_cache
@require_GET
def bundle(request) -> HttpResponse:
    """What the device whose token is in `Authorization: Bearer` needs to answer without a network; a third as large
    where its browser unpacks it."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        device = _device(token.strip() if scheme.lower() == "bearer" else "")
    except Refusal as refusal:
        return refused_json(refusal, 401)
    try:
        data = door_bundle(device)
    except Refusal as refusal:
        return refused_json(refusal, 409)
    headers = {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        # Nothing in it is secret, so that its length tells nothing either.
        data, headers["Content-Encoding"] = gzip.compress(data, mtime=0), "gzip"
    return HttpResponse(data, content_type="application/octet-stream", headers=headers)


@require_GET
def worker(_request) -> HttpResponse:
    """The script that keeps the page; it is asked for under its page's own address, or a browser would not let it."""
    (address,) = files_of("doorWorker.ts")[1]
    script = Path(settings.WEB_DIST) / address.removeprefix(settings.STATIC_URL)
    return HttpResponse(
        script.read_bytes(),
        content_type="text/javascript; charset=utf-8",
        headers={"Service-Worker-Allowed": reverse("door"), "Cache-Control": "no-cache"},
    )


def _device(token: str) -> DoorDevice:
    shown = read_token(token)
    device = live_device(shown.device, shown.generation)
    if device is None or device.kind != DoorDevice.Kind.KEEPER:
        raise device_over(shown.device)
    return device


def _doors(device: DoorDevice) -> list[dict[str, object]]:
    """The doors this device may stand at: its own, or each of the venue's."""
    if device.venue is None:
        return []
    rows = device.venue.doors.order_by("number")
    if device.door:
        rows = rows.filter(number=device.door)
    number = device.venue.venue_number
    return [{"number": it.number, "name": it.name, "typed": typed_code(venue_door(number, it.number))} for it in rows]


def _venues(request) -> list[Venue]:
    """Where the reader is appointed to scan; nobody without a session."""
    if not request.user.is_authenticated:
        return []
    rows = within_scope(Venue.objects.filter(status=Venue.Status.VERIFIED), request.user, SCAN, venue_field="pk")
    return list(rows.order_by("name")[:MOST_VENUES])


def _take_post(request) -> JsonResponse:
    asked = next((it for it in _venues(request) if str(it.pk) == request.POST.get("venue", "")), None)
    try:
        if asked is None:
            raise Refusal(
                "places.post.not_yours",
                zh="您没有在这个场所值守的任命，或登录已过期，这部手机没有登记。请重新登录，或请场所负责人任命；"
                "也可以扫负责人出示的登记码。",
                en="You hold no appointment to keep this venue's door, or your session has ended, so this phone was "
                "not let in. Sign in again, have the owner appoint you, or scan the enrolment code the owner shows.",
            )
        device = take_post(account=request.user, venue_id=asked.pk, name=THIS_PHONE)
    except Refusal as refusal:
        return refused_json(refusal, 403)
    return JsonResponse(
        {
            "token": device_token(device),
            "device": device.pk,
            "kind": str(device.kind),
            "venue": asked.name,
            "door": device.door,
            "name": device.name,
            "next": request.path,
        }
    )
