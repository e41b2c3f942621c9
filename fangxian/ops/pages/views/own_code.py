"""My code, and the codes of those of my household who carry none: the page, the code as it turns, the paper card."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from fangxian.core.policy.byte_time import moment_of
from fangxian.core.policy.person_qr import parse_person_qr
from fangxian.core.refusal import Refusal
from fangxian.ops.arrivals.queries import ended_early, proposals_about
from fangxian.ops.audit.actions import log_views
from fangxian.ops.measures.queries import orders_in_force
from fangxian.ops.movement.actions.codes import renew_card, renew_qr
from fangxian.ops.pages.arrivals.words import MEASURES
from fangxian.ops.pages.county.person_tables import evidence_table, looks_table
from fangxian.ops.pages.orders.words import meaning_of
from fangxian.ops.pages.resident.words import COLOUR_WORDS, DONE, RESULT_WORDS, TRAVEL_WORDS
from fangxian.ops.pages.venue_owner.codes import qr_address
from fangxian.ops.pages.words import masked
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.issue_codes import person_qr
from fangxian.ops.procedures.print_card import print_card
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.code_files import CodeFile, code_file
from fangxian.ops.situation.looks import looks_at
from fangxian.ops.situation.own_household import carried_by, carried_person, household_of, own_person
from fangxian.ops.situation.rulebook_names import rulebook_names
from fangxian.ops.situation.without_codes import uses_codes

LOOKS_SHOWN = 10
CARRIED = "people.carried_code"
# A code is changed when two fifths of its time are over: a failed question may be repeated for as long again.
TURNS_AT_FRACTION = 0.4
LEAST_MS = 1000


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def own(request) -> HttpResponse:
    """GET shows my code. POST renews it (`do=renew`) or prints the paper card, as it is or in place of a lost one."""
    person = own_person(request.user)
    if not uses_codes(county_now()):
        return _without_code(request, person)
    if request.method == "POST":
        return _do(request, person, reverse("my-code"))
    return _page(request, person, reverse("my-code-now"), carried=carried_by(person, at=county_now()))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def carried(request, person_id: UUID) -> HttpResponse:
    """The same for somebody of my household; that I looked is on their record."""
    person = carried_person(request.user, person_id, at=county_now())
    if not uses_codes(county_now()):
        return HttpResponseRedirect(reverse("my-code"))
    log_views(viewer=request.user.pk, subjects=[f"person:{person.pk}"], why=CARRIED)
    if request.method == "POST":
        return _do(request, person, reverse("carried-code", args=[person.pk]))
    return _page(request, person, reverse("carried-code-now", args=[person.pk]))


@login_required
@never_cache
@require_GET
def own_now(request) -> JsonResponse:
    return JsonResponse(code_now(own_person(request.user), at=county_now()))


@login_required
@never_cache
@require_GET
def carried_now(request, person_id: UUID) -> JsonResponse:
    at = county_now()
    return JsonResponse(code_now(carried_person(request.user, person_id, at=at), at=at))


def code_now(person: Person, *, at: datetime) -> dict[str, object]:
    """What the page's script shows: the code as it is now, and in wall milliseconds how long it may be shown."""
    text = person_qr(person.pk)
    rate = the_realm().clock.rate
    good_for_ms = int(1000 * (code_ends(text) - at).total_seconds() / rate)
    return {
        "qr": qr_address(text),
        "at": localtime(at).isoformat(timespec="milliseconds"),
        "rate": rate,
        "turns_in_ms": max(LEAST_MS, int(good_for_ms * TURNS_AT_FRACTION)),
        "good_for_ms": good_for_ms,
        "state": state_of(code_file(person, at=at)),
    }


def code_ends(text: str) -> datetime:
    """From when a code of ours is no longer taken."""
    return moment_of(parse_person_qr(text).until_min)


def state_of(found: CodeFile) -> str:
    """Names what the page says of a code: when it is another, the page is loaded anew."""
    stored = found.stored
    shown = (stored.rule, stored.until_at, stored.qr_generation) if stored else ()
    return "·".join(str(part) for part in (found.colour.word, found.travel.word, *shown))


def _do(request, person: Person, back: str) -> HttpResponse:
    """`do`: renew the code, print the card, or void a card that was lost and print the next."""
    by = f"account:{request.user.pk}"
    if request.POST.get("do") == "lost":
        renew_card(person=person.pk, by=by)
    if request.POST.get("do") in ("card", "lost"):
        answer = HttpResponse(print_card(person=person, by=by), content_type="application/pdf")
        answer["Content-Disposition"] = 'inline; filename="health-card.pdf"'
        return answer
    renew_qr(person=person.pk, by=by)
    return HttpResponseRedirect(f"{back}?{urlencode({'done': 'renew'})}")


def _page(request, person: Person, address: str, carried: list[Person] | None = None) -> HttpResponse:
    at = county_now()
    found = code_file(person, at=at)
    context = code_context(person, found) | {
        "address": address,
        "is_own": carried is not None,
        "record_href": reverse("person", args=[person.pk]),
        "carried": [
            {"name": masked(it.name, "name"), "href": reverse("carried-code", args=[it.pk])} for it in carried or ()
        ],
        "looks": looks_table(looks_at(f"person:{person.pk}", limit=LOOKS_SHOWN)),
        "done": DONE.get(request.GET.get("done", "")),
        "told": [] if carried is None else list(proposals_about([it.pk for it in household_of(person, at=at)])),
        "ended": _ended(person, carried or (), at),
        "orders_here": _orders_here(person, at),
    }
    return render(request, "pages/resident/code.html", context)


def _without_code(request, person: Person) -> HttpResponse:
    """Where the diseases in force have no codes: what one may declare, and who looked at one's record."""
    at = county_now()
    context = {
        "record_href": reverse("person", args=[person.pk]),
        "looks": looks_table(looks_at(f"person:{person.pk}", limit=LOOKS_SHOWN)),
        "told": list(proposals_about([it.pk for it in household_of(person, at=at)])),
        "ended": _ended(person, carried_by(person, at=at), at),
        "orders_here": _orders_here(person, at),
        "at": at,
    }
    return render(request, "pages/resident/own.html", context)


def _orders_here(person: Person, at: datetime) -> list[dict[str, object]]:
    """The orders that hold where somebody lives, with what each means for them."""
    orders = list(orders_in_force(at, area_path=person.area_path).order_by("-begins_at", "number"))
    names = rulebook_names(at).measures if orders else {}
    return [
        {
            "order": it,
            "measure": names.get((it.disease, it.measure)) or it.measure,
            "meaning": meaning_of(it.measure),
        }
        for it in orders
    ]


def _ended(person: Person, carried: Iterable[Person], at: datetime) -> list[dict[str, object]]:
    """What was asked of somebody for a journey and is no more: they read it here, and nobody calls them for it. Whoever
    carries no phone has it read by whoever shows their code."""
    names = {it.pk: masked(it.name, "name") for it in carried} | {person.pk: ""}
    return [
        {
            "who": names[it.arrival.person_id],
            "what": MEASURES[it.measure],
            "came_at": it.arrival.arrives_at,
            "at": it.at,
        }
        for it in ended_early(list(names), at)
    ]


def code_context(person: Person, found: CodeFile) -> dict[str, object]:
    """What every page that shows a code has of it. Without a code yet, `qr` is empty and the page says so."""
    try:
        qr = qr_address(person_qr(person.pk))
    except Refusal:  # movement.no_code_yet: the page itself is the sentence
        qr = ""
    return {
        "name": masked(person.name, "name"),
        "qr": qr,
        "state": state_of(found),
        "colour": found.colour.word,
        "colour_said": COLOUR_WORDS[found.colour],
        "found": found,
        "because": found.explanation.because if found.explanation and found.is_settled else (),
        "travel": TRAVEL_WORDS[found.travel],
        "test_said": found.test and RESULT_WORDS[found.test.result],
        "test_source": found.test and found.issuer_said(found.test.source),
        "test_hours": found.test_age and found.test_age // timedelta(hours=1),
        "evidence": evidence_table(found, is_brief=True),
        "at": found.at,
    }
