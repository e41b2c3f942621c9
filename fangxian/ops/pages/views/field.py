"""The field app's page and what it asks for. The page holds nothing of anybody; every answer is for the phone's own
secret, in `Authorization: Bearer`, so that neither a session nor a cookie has any part in it.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.actions import log_views
from fangxian.ops.field.actions import hear
from fangxian.ops.field.packing import PACKINGS, unpacked
from fangxian.ops.field.queries import FieldDevice, device_with, may_have_a_phone, told_while_locked
from fangxian.ops.field.refusals import not_readable
from fangxian.ops.field.wire import (
    MOST_AT_ONCE,
    PROTOCOLS,
    moment,
    outcomes_told,
    read_sending,
    require_protocol,
    waiting,
)
from fangxian.ops.pages.arrivals.forms import KINDS as DOCUMENTS
from fangxian.ops.pages.arrivals.forms import SEXES
from fangxian.ops.pages.arrivals.proposals import TIES
from fangxian.ops.pages.arrivals.words import TRANSPORTS
from fangxian.ops.pages.assets import AssetsMissing, asset_url, files_of
from fangxian.ops.pages.field.words import APP, APP_SHORT, VEHICLES
from fangxian.ops.pages.gate_line import let_ask_gate
from fangxian.ops.pages.hygiene.words import AGENTS, ANSWERS
from fangxian.ops.pages.navigation import address_of, page_of
from fangxian.ops.pages.refusals import refused_json
from fangxian.ops.pages.tasks.words import DONE_AT, DONE_THERE
from fangxian.ops.pages.words import html_language, in_words
from fangxian.ops.procedures.door_bundle import field_door_bundle
from fangxian.ops.procedures.field_kinds import KINDS
from fangxian.ops.procedures.field_problem import WHATS
from fangxian.ops.procedures.field_vaccination import SEEN_BY_HAND
from fangxian.ops.procedures.take_intents import take_intents
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.returnees.actions import SAID
from fangxian.ops.returnees.words import WHATS as HEARD
from fangxian.ops.situation.field_bundle import field_bundle, posts_of, venues_of_posts
from fangxian.ops.situation.field_lists import nation_told
from fangxian.ops.vaccination.wire import REASONS_OF
from fangxian.ops.vaccination.words import KINDS as NOT_DOSED
from fangxian.ops.vaccination.words import PRODUCTS, REASONS, SOURCES

BUNDLE_SEEN = "field.bundle"
PAPER = "#f3f3ef"
# A phone that shows one of these speaks for nobody any more; what else is refused is refused as things stand.
OF_THE_PHONE = {"field.device_unknown", "field.cut_off", "field.device_ended", "field.account_over"}

Asked = Callable[[HttpRequest, FieldDevice], HttpResponse]


@never_cache
@require_http_methods(["GET", "HEAD"])
def field(request: HttpRequest) -> HttpResponse:
    """The app's page, the same for everybody but for the way to enrol a phone."""
    is_in = request.user.is_authenticated
    context = {
        "is_in": is_in,
        "may_enrol": is_in and may_have_a_phone(request.user),
        "app_version": _app_version(),
        "protocol": PROTOCOLS[-1],
        "problems": [{"key": key, "said": said} for key, said in WHATS.items()],
        "vehicles": [{"key": key, "said": said} for key, said in VEHICLES.items()],
        "heard": [(key, HEARD[key]) for key in SAID],
        "products": PRODUCTS.items(),
        "dose_sources": [(key, SOURCES[key]) for key in SEEN_BY_HAND],
        "no_doses": [(kind, said, [(it, REASONS[it]) for it in REASONS_OF[kind]]) for kind, said in NOT_DOSED.items()],
        "transports": TRANSPORTS.items(),
        "documents": DOCUMENTS,
        "sexes": SEXES,
        "agents": AGENTS.items(),
        "looked": ANSWERS.items(),
    }
    return let_ask_gate(render(request, "pages/field/field.html", context), request)


def _app_version() -> str:
    """The digest in the name of the app's script: another build is another version. "" while nothing is built."""
    try:
        styles, scripts = files_of("field.ts")
    except AssetsMissing:
        return ""
    return hashlib.sha256(" ".join([*styles, *scripts]).encode()).hexdigest()[:12]


def of_a_phone(view: Asked) -> Callable[[HttpRequest], HttpResponse]:
    """A view that is given the phone that asks; of one that may not speak its refusal, with 401.

    One that is locked says which it is (`Authorization: Device …`) and hears only whether it was cut off: a phone that
    is lost is locked, or soon will be.
    """

    @never_cache
    @csrf_exempt
    @wraps(view)
    def asked(request: HttpRequest) -> HttpResponse:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        try:
            if scheme.lower() == "device":
                raise told_while_locked(secret.strip())
            return view(request, device_with(secret.strip() if scheme.lower() == "bearer" else ""))
        except Refusal as refusal:
            return refused_json(refusal, 401 if refusal.code in OF_THE_PHONE else 409)

    return asked


@require_POST
@of_a_phone
def hello(request: HttpRequest, device: FieldDevice) -> JsonResponse:
    """A phone says who it is and how it stands; told are the time, the protocols, and what proves a code.

    Refuses `field.app_old`, `field.not_readable`.
    """
    try:
        plain = json.loads(request.body)
        protocol, sent_at, n_waiting = plain["protocol"], moment(plain["sent_at"]), waiting(plain["n_waiting"])
        app = str(plain["app"])
    except (ValueError, KeyError, TypeError) as error:
        raise not_readable(type(error).__name__) from None
    require_protocol(protocol)
    hear(device=device, sent_at=sent_at, app_version=app[:40], protocol=protocol, n_waiting=n_waiting)
    realm = the_realm()
    verifiers = {str(id_): base64.b64encode(public).decode() for id_, public in realm.keys.public_keys().items()}
    return JsonResponse(
        {
            "at": localtime(county_now()).isoformat(timespec="milliseconds"),
            "rate": realm.clock.rate,
            "protocols": list(PROTOCOLS),
            "most_at_once": MOST_AT_ONCE,
            "kinds": sorted(KINDS),
            "packings": list(PACKINGS),
            "exits": True,  # an exit whose permit did not count is answered as such
            "app": _app_version(),
            "ends_at": localtime(device.ends_at).isoformat(timespec="seconds"),
            "division": int(realm.division_code),
            "verifiers": verifiers,
        }
    )


@require_POST
@of_a_phone
@sensitive_variables()
def intents(request: HttpRequest, device: FieldDevice) -> JsonResponse:
    """What the phone recorded, up to 500 at once, plain or packed; each with its own answer, in the order of the
    numbers."""
    body = unpacked(request.body, request.headers.get("Content-Encoding", ""))
    outcomes = take_intents(device=device, sending=read_sending(body, device=device.pk))
    return JsonResponse(outcomes_told(outcomes, at=localtime(county_now())))


@require_GET
@of_a_phone
@sensitive_variables()
def bundle(request: HttpRequest, device: FieldDevice) -> HttpResponse:
    """What the phone's account takes along; 304 where it is as the phone has it (`If-None-Match`)."""
    found = field_bundle(device.account)
    told = {
        "protocol": PROTOCOLS[-1],
        **found.told,
        "tasks": [{**it, **_pages_of(it)} for it in found.told["tasks"]],
        "told_arrivals": [{**it, "tie": _both(TIES[it["tie"]])} for it in found.told["told_arrivals"]],
    }
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    at = localtime(county_now()).isoformat(timespec="milliseconds")
    # Its length tells nothing that its holder does not know, and nobody else's words stand in it.
    headers = {"ETag": tag, "Vary": "Accept-Encoding, Authorization", "X-Known-At": at}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    log_views(viewer=device.account_id, subjects=found.subjects, why=BUNDLE_SEEN)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        text, headers["Content-Encoding"] = gzip.compress(text, mtime=0), "gzip"
    return HttpResponse(text, content_type="application/json", headers=headers)


def _both(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}


def _pages_of(task: dict[str, str]) -> dict[str, str]:
    """`do`: the page on which a task is done and closes by itself; else `see`: the page of what it is about. Neither
    where this install has no such page."""
    about = page_of(task["about"])
    at = about if task["kind"] in DONE_THERE else address_of(DONE_AT.get(task["kind"], ""))
    return {"do": at} if at else {"see": about} if about else {}


@require_GET
@of_a_phone
def door(request: HttpRequest, device: FieldDevice) -> HttpResponse:
    """The door bundle for the posts at which the phone's account may register; 409 while no rules are in force."""
    data = field_door_bundle(venues_of_posts(posts_of(device.account)))
    headers = {"Vary": "Accept-Encoding, Authorization"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        data, headers["Content-Encoding"] = gzip.compress(data, mtime=0), "gzip"
    return HttpResponse(data, content_type="application/octet-stream", headers=headers)


@require_GET
@of_a_phone
def nation(request: HttpRequest, _device: FieldDevice) -> HttpResponse:
    """The nation's counties, for a journey written down without a network; 304 where the phone has these."""
    text = json.dumps(nation_told(), ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Vary": "Accept-Encoding, Authorization"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        text, headers["Content-Encoding"] = gzip.compress(text, mtime=0), "gzip"
    return HttpResponse(text, content_type="application/json", headers=headers)


@require_GET
def worker(_request: HttpRequest) -> HttpResponse:
    """The script that keeps the page; asked for under its page's own address, or a browser would not let it."""
    (address,) = files_of("doorWorker.ts")[1]
    script = Path(settings.WEB_DIST) / address.removeprefix(settings.STATIC_URL)
    return HttpResponse(
        script.read_bytes(),
        content_type="text/javascript; charset=utf-8",
        headers={"Service-Worker-Allowed": reverse("field"), "Cache-Control": "no-cache"},
    )


@require_GET
def manifest(_request: HttpRequest) -> JsonResponse:
    """By what a phone installs the app on its first screen."""
    icons = [
        {"src": asset_url(f"field-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}
        for size in (192, 512)
    ]
    told = {
        "id": reverse("field"),
        "name": in_words(APP),
        "short_name": in_words(APP_SHORT),
        "lang": html_language(),
        "start_url": reverse("field"),
        "scope": reverse("field"),
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json", headers={"Cache-Control": "no-cache"})
