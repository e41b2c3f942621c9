"""Whom a trace of parcels found: deciding who is meant, the waybills, the people, the depot's staff."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.cases.queries import cases_with
from fangxian.ops.contacts.queries import within as contacts_within
from fangxian.ops.contacts.words import STATES as CONTACT_STATES
from fangxian.ops.jobs.queries import asked_under, unfinished
from fangxian.ops.jobs.wire import in_words as job_said
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.pages.county.showing import Showing, log, showing
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.parcels.forms import StateFilter, WhyForm, say_beside
from fangxian.ops.pages.parcels.tables import handlings_table, people_table, staff_table, waybills_table
from fangxian.ops.pages.parcels.words import (
    DONE,
    PEOPLE,
    TESTED,
    TRACED,
    WAYBILLS,
    confirmed_said,
    likely_said,
    why_said,
)
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.pages.views.parcels import REFRESH_S, trail
from fangxian.ops.parcels import refusals
from fangxian.ops.parcels.actions.listing import reopen_match, settle_match
from fangxian.ops.parcels.queries import (
    VIEW,
    TraceSeen,
    Undecided,
    handlings_of,
    recipients_of,
    trace_for,
    traced_of,
    undecided,
    undecided_of,
)
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import on_record
from fangxian.ops.places.queries import places_at
from fangxian.ops.procedures.parcels_confirm import (
    JOB,
    confirm_everybody,
    confirm_parcels,
    kind_of_touch,
    set_aside_parcels,
)
from fangxian.ops.procedures.parcels_couriers import preview_couriers, settle_couriers
from fangxian.ops.realm.current import county_now

ROWS_A_PAGE = 50
UNDECIDED_A_PAGE, CONTACTS_SHOWN = 10, 20
NOBODY, UNDO = "nobody", "undo"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def to_decide(request, trace_id: UUID) -> HttpResponse:
    """GET shows recipients who may be one of several. POST says who one of them is, or that it is none of them."""
    found = trace_for(request.user, trace_id)
    shows = showing(request, found.id)
    if shows.is_settled:
        return HttpResponseRedirect(request.get_full_path())
    if request.method == "POST" and request.POST.get("do") != "show":
        return _decide(request, found)
    waiting = undecided_of(found.id)
    paging = Paging.of(request, total=len(waiting), size=UNDECIDED_A_PAGE)
    seen = undecided(waiting[paging.slice])
    people = on_record({person for one in seen for person, _, _ in one.candidates})
    places = _places([person.area_path for person in people.values()])
    context = {
        "trace": found,
        "paging": paging,
        "showing": shows,
        "cards": [
            (_written(one, shows), [_candidate(people, places, shows, *it) for it in one.candidates if it[0] in people])
            for one in seen
        ],
        "trail": trail(found, (Said("判断收件人", "Who is meant"), "")),
        "last": request.GET.get("last", ""),
        "done": DONE.get(request.GET.get("done", "")),
        "at": county_now(),
    }
    log(request, shows, people)
    return render(request, "pages/parcels/undecided.html", context)


def _decide(request, found: TraceSeen) -> HttpResponse:
    chosen, handling = request.POST.get("person", ""), request.POST.get("handling", "")
    try:
        person, one = None if chosen in (NOBODY, UNDO) else UUID(chosen), UUID(handling)
    except ValueError:
        return apologise(request, 400)
    require(request.user, VIEW, found.area_path)
    by, page = f"account:{request.user.pk}", request.POST.get("page", "")
    more = f"&page={page}" if page.isdecimal() else ""
    address = reverse("parcels-undecided", args=[found.id])
    if chosen == UNDO:
        reopen_match(trace=found.id, handling=one, by=by)
        return HttpResponseRedirect(f"{address}?done=reopened{more}")
    settle_match(trace=found.id, handling=one, person=person, by=by)
    return HttpResponseRedirect(f"{address}?done=settled&last={one}{more}")


def _written(one: Undecided, shows: Showing) -> dict[str, object]:
    """Somebody as a list writes them, as this reader may see it."""
    return {
        "handling": one.handling,
        "name": shows.masked(one.name, "name"),
        "phone": shows.masked(one.phone, "phone"),
        "address": shows.masked(one.address, "address"),
        "n_parcels": one.n_parcels,
        "touched_at": one.touched_at,
    }


def _candidate(
    people: dict[UUID, Person], places: dict, shows: Showing, person: UUID, likely: int, signs
) -> dict[str, object]:
    it = people[person]
    return {
        "id": str(person),
        "name": shows.masked(it.name, "name"),
        "phone": shows.masked(it.phone, "phone"),
        "address": shows.masked(it.household.address, "address") if it.household else None,
        "born_on": it.born_on if shows.reason else None,
        "place": _place_said(it.area_path, places),
        "likely": likely_said(likely),
        "why": why_said(signs),
    }


def _places(area_paths) -> dict:
    return places_at({path[:digits] for path in area_paths for digits in (9, 12)})


def _place_said(area_path: str, places: dict) -> Said:
    names = [place_name(places[area_path[:digits]]) for digits in (9, 12) if area_path[:digits] in places]
    return Said("".join(it.zh for it in names), ", ".join(it.en for it in reversed(names)))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def waybills(request, trace_id: UUID) -> HttpResponse:
    """Whom the waybills are for. POST states why they are to be shown in full."""
    found, form = trace_for(request.user, trace_id), StateFilter(request.GET, states=WAYBILLS)
    shows = showing(request, found.id)
    if shows.is_settled:
        return HttpResponseRedirect(request.get_full_path())
    state = form.chosen
    rows = recipients_of(found.id, state)
    paging = Paging.of(request, total=rows.count(), size=ROWS_A_PAGE)
    shown = list(rows[paging.slice])
    log(request, shows, [it.person_id for it in shown if it.person_id])
    context = {
        "trace": found,
        "title": WAYBILLS[state],
        "form": form,
        "showing": shows,
        "table": waybills_table(shown, paging, shows),
        "total": paging.total,
        "trail": trail(found, (WAYBILLS[state], "")),
        "at": county_now(),
    }
    return render(request, "pages/parcels/waybills.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request, trace_id: UUID) -> HttpResponse:
    """GET shows whom the trace found. POST confirms everybody who waits, in the background."""
    found, form = trace_for(request.user, trace_id), StateFilter(request.GET, states=PEOPLE)
    state, shows = form.chosen, showing(request, found.id)
    if shows.is_settled:
        return HttpResponseRedirect(request.get_full_path())
    if request.method == "POST" and request.POST.get("do") != "show":
        confirm_everybody(trace=found, by=request.user)
        return HttpResponseRedirect(f"{reverse('parcels-people', args=[found.id])}?state=found&done=confirming")
    rows = traced_of(found.id, state)
    paging = Paging.of(request, total=rows.count(), size=ROWS_A_PAGE)
    shown = list(rows[paging.slice])
    log(request, shows, [it.person_id for it in shown])
    job = unfinished().filter(kind=JOB, unique_key__startswith=f"{found.id}:").first()
    context = {
        "trace": found,
        "title": PEOPLE[state],
        "form": form,
        "showing": shows,
        "table": people_table(found, shown, _places([it.area_path for it in shown]), paging, shows),
        "total": paging.total,
        "n_waiting": traced_of(found.id, "found").count(),
        "turns_codes": kind_of_touch(rulebooks_by_disease(county_now()).get(found.disease)) is not None,
        "job": job,
        "job_said": job and job_said(job),
        "trail": trail(found, (PEOPLE[state], "")),
        "done": None if job else _people_done(request, found.id),
        "at": county_now(),
    }
    response = render(request, "pages/parcels/people.html", context)
    if job:
        response["Refresh"] = REFRESH_S
    return response


def _people_done(request, trace: UUID) -> Said | None:
    """What was done; of a confirmation in the background that is over, what came of it."""
    done = request.GET.get("done", "")
    last = asked_under(JOB, f"{trace}:").first() if done == "confirming" else None
    return confirmed_said(last) if last else DONE.get(done)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request, trace_id: UUID, traced_id: UUID) -> HttpResponse:
    """GET shows one person found and what they touched. POST confirms them, or sets them aside with a reason."""
    found = trace_for(request.user, trace_id)
    row = traced_of(found.id).filter(pk=traced_id).first()
    if row is None:
        raise refusals.unknown_trace()
    shows = showing(request, found.id)
    if shows.is_settled:
        return HttpResponseRedirect(request.get_full_path())
    is_decision = request.method == "POST" and request.POST.get("do") != "show"
    form, status = WhyForm(request.POST if is_decision else None), 200
    if is_decision and form.is_valid():
        try:
            done = _settle_person(request, found, row, form.cleaned_data["why"])
        except Refusal as refusal:
            say_beside(form, "why", refusal)
            status = 400
        else:
            return HttpResponseRedirect(f"{reverse('parcels-person', args=[found.id, row.pk])}?done={done}")
    log(request, shows, [row.person_id])
    called = shows.masked(row.person.name, "name") or "—"
    name = Said(called, called)
    context = {
        "trace": found,
        "row": row,
        "name": called,
        "phone": shows.masked(row.person.phone, "phone"),
        "showing": shows,
        "place": _place_said(row.area_path, _places([row.area_path])),
        "state": TRACED[row.state],
        "tested": TESTED[row.tested],
        "table": handlings_table(list(handlings_of(found.id, row.person_id)[:ROWS_A_PAGE]), shows),
        "form": form,
        "contacts": _as_contact(request.user, row.person_id),
        "person_href": reverse("person", args=[row.person_id])
        if may(request.user, "people.view", row.area_path)
        else "",
        "trail": trail(found, (PEOPLE[""], reverse("parcels-people", args=[found.id])), (name, "")),
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "at": county_now(),
    }
    return render(request, "pages/parcels/person.html", context, status=status)


def _as_contact(account, person_id: UUID) -> list[dict[str, object]]:
    """Of which cases somebody is a contact, as far as this account may see contacts."""
    rows = list(contacts_within(account).filter(person_id=person_id).order_by("-last_exposure_at")[:CONTACTS_SHOWN])
    numbers = cases_with({row.case_id for row in rows}, only=("number",))
    return [
        {
            "href": reverse("contact", args=[row.pk]),
            "number": numbers[row.case_id].number if row.case_id in numbers else "—",
            "state": CONTACT_STATES[row.state],
            "last_on": row.last_exposure_on,
        }
        for row in rows
    ]


def _settle_person(request, found: TraceSeen, row, why: str) -> str:
    if request.POST.get("do") == "set_aside":
        set_aside_parcels(trace=found, traced=[row.pk], why=why, by=request.user)
        return "set_aside"
    confirm_parcels(trace=found, traced=[row.pk], by=request.user)
    return "confirmed"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def couriers(request, trace_id: UUID) -> HttpResponse:
    """GET shows who works at the depot and what will be done; POST does it."""
    found = trace_for(request.user, trace_id)
    shows = showing(request, found.id)
    if shows.is_settled:
        return HttpResponseRedirect(request.get_full_path())
    if request.method == "POST" and request.POST.get("do") != "show":
        done = "couriers" if settle_couriers(trace=found, by=request.user) else "couriers_again"
        return HttpResponseRedirect(f"{reverse('parcels-couriers', args=[found.id])}?done={done}")
    preview = preview_couriers(trace=found, by=request.user)
    context = {
        "trace": found,
        "preview": preview,
        "n_left": len(preview.staff) - preview.n_done,
        "showing": shows,
        "table": staff_table(preview.staff, _places([it.area_path for it in preview.staff]), shows),
        "trail": trail(found, (PEOPLE["couriers"], "")),
        "done": DONE.get(request.GET.get("done", "")),
        "at": county_now(),
    }
    log(request, shows, [it.pk for it in preview.staff])
    return render(request, "pages/parcels/couriers.html", context)
