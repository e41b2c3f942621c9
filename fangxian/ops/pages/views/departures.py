"""Departures of an area: who waits for whom, deciding one or many, the permit, and the desk at the way out."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.departures.queries import (
    REVIEW,
    application_with,
    applications_with,
    counts_by_state,
    open_steps,
    waiting_at,
    with_people,
    within,
)
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.departures.forms import DecideForm, ListFilter, OnBehalfForm
from fangxian.ops.pages.departures.showing import facts_of, history_of, lines_of, names_of, with_clock
from fangxian.ops.pages.departures.tables import departures_table
from fangxian.ops.pages.departures.words import DONE
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.pages.views.own_departures import paper
from fangxian.ops.pages.words import in_words, masked
from fangxian.ops.places.queries import children_of, path_down_to, places_at
from fangxian.ops.procedures.apply_to_leave import decide_departure, decide_departures
from fangxian.ops.procedures.departure_checks import look_at_departure, what_is_known
from fangxian.ops.procedures.departure_deciders import levels_decided_by, refuse_wrong_decider
from fangxian.ops.procedures.departure_on_behalf import (
    appeal_for_somebody,
    call_off_for_somebody,
    refuse_decider,
)
from fangxian.ops.procedures.departure_tasks import waiting_for
from fangxian.ops.procedures.leave_county import record_return
from fangxian.ops.realm.areas import below
from fangxian.ops.realm.current import county_now

LOOKED = "departures.application_page"
FOR_SOMEBODY = {"call_off": "called_off", "appeal": "appealed_for"}
ROWS_A_PAGE = 50
STATES = {
    "waiting": ("village", "township", "county", "submitted"),
    "issued": ("issued",),
    "away": ("exited", "overdue"),
    "overdue": ("overdue",),
    "closed": ("returned", "refused", "cancelled", "lapsed"),
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def departures(request) -> HttpResponse:
    """GET shows the applications of an area. POST decides on those ticked."""
    require(request.user, REVIEW)
    if request.method != "POST":
        return _list(request)
    form = DecideForm(request.POST)
    chosen = _chosen(request)
    verdict = request.POST.get("verdict", "")
    if verdict not in ("approved", "refused") or chosen is None:
        return apologise(request, 400)
    if not form.is_valid() or not chosen:
        return _list(request, form=form, nothing=not chosen, status=400)
    told = decide_departures(
        chosen=chosen, is_approved=verdict == "approved", reason=form.cleaned_data["reason"], by=request.user
    )
    return _list(request, told=told, form=form if any(refusal for _, refusal in told) else None)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("reason")
@sensitive_variables()
def departure(request, application_id: UUID) -> HttpResponse:
    """GET shows one application; the look goes on the person's record. POST decides on it, says they are
    back, or does for somebody without a phone what they ask for (`do`: call_off, appeal)."""
    row = _seen(request, application_id)
    form, status = DecideForm(), 200
    if request.method == "POST":
        asked, form = request.POST.get("do", ""), DecideForm(request.POST)
        if asked in FOR_SOMEBODY:
            return _for_somebody(request, row, asked)
        if asked not in ("approved", "others", "refused", "returned"):
            return apologise(request, 400)
        status = 400
        if form.is_valid():
            try:
                _carry_out(request, row, asked, form.cleaned_data["reason"])
            except Refusal as refusal:
                form.add_error("reason", in_words(refusal.said))
            else:
                return HttpResponseRedirect(f"{reverse('departure', args=[row.pk])}?done={asked}")
    return _page(request, row, form, status)


@login_required
@never_cache
@require_safe
def permit(request, application_id: UUID) -> HttpResponse:
    """The permit on paper, to be handed to somebody who has no phone."""
    return paper(_seen(request, application_id))


def _carry_out(request, row, asked: str, reason: str) -> None:
    if asked == "returned":
        record_return(application=row.pk, at=county_now(), by=request.user)
        return
    try:
        step = UUID(request.POST.get("step", ""))
    except ValueError:
        raise Http404 from None
    decide_departure(
        application=row.pk, step=step, is_approved=asked != "refused", reason=reason, by=request.user,
        others_go=asked == "others",
    )  # fmt: skip


def _for_somebody(request, row, asked: str) -> HttpResponse:
    """What a person without a phone asked for is done for them."""
    form = OnBehalfForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data["said"]
        try:
            if asked == "call_off":
                call_off_for_somebody(application=row.pk, why=said, by=request.user)
            else:
                appeal_for_somebody(application=row.pk, text=said, by=request.user)
        except Refusal as refusal:
            form.add_error("said", in_words(refusal.said))
        else:
            return HttpResponseRedirect(f"{reverse('departure', args=[row.pk])}?done={FOR_SOMEBODY[asked]}")
    return _page(request, row, DecideForm(), 400, behalf=form)


def _seen(request, application_id: UUID):
    require(request.user, REVIEW)
    if not within(request.user).filter(pk=application_id).exists():
        raise Http404
    row = application_with(application_id)
    log_views(viewer=request.user.pk, subjects=[f"person:{it.person_id}" for it in row.people], why=LOOKED)
    return row


def _page(request, row, form: DecideForm, status: int, behalf: OnBehalfForm | None = None) -> HttpResponse:
    at = county_now()
    people = [it.person for it in row.people]
    looked = look_at_departure(
        [it.pk for it in people], destination=row.destination, leaves_on=row.leaves_on, returns_on=row.returns_on, at=at
    )
    facts = with_clock(facts_of(row, masks=True), at)
    can_appeal = row.state == "refused" and not any(it.kind == "appeal" for it in row.turns)
    no_appeal = _refused(refuse_decider, row, request.user)
    context = facts | {
        "where": whereabouts(path_down_to(row.area_path)),
        "history": history_of(row),
        "lines": lines_of(looked.of_person, names_of(people, masks=True)),
        "why_not": _why_not(row, facts["step"], request.user),
        "others_may": looked.unmet and row.person_id not in {person for person, _ in looked.unmet},
        "form": form,
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "can_return": row.state in ("exited", "overdue") and may(request.user, REVIEW, row.area_path),
        "behalf": behalf or OnBehalfForm(),
        "can_call_off": row.state in (*STATES["waiting"], "issued") and not row.is_emergency,
        "can_appeal": can_appeal and no_appeal is None,
        "no_appeal": no_appeal if can_appeal else None,
        "has_paper": row.document is not None and row.state == "issued",
        "trail": [(Said("离境申请", "Departures"), reverse("departures")), (Said("一件申请", "One application"), "")],
        "at": at,
    }
    return render(request, "pages/departures/departure.html", context, status=status)


def _why_not(row, step, account) -> Said | None:
    """Why this reader does not decide; None where they may."""
    return _refused(refuse_wrong_decider, row, step, account) if step else None


def _refused(refuse: Callable[..., None], *what) -> Said | None:
    """What a reader would be told who did it all the same; None where they may."""
    try:
        refuse(*what)
    except Refusal as refusal:
        return refusal.said
    return None


def _list(
    request,
    *,
    form: DecideForm | None = None,
    told: Sequence[tuple[UUID, Refusal | None]] = (),
    nothing: bool = False,
    status: int = 200,
) -> HttpResponse:
    at, rows = county_now(), within(request.user)
    levels = levels_decided_by(request.user)
    theirs = waiting_at(rows, levels, also=waiting_for(request.user))
    areas = _areas(request.user)
    asked = ListFilter(request.GET or None, areas=areas)
    which, area = asked.chosen("which", "mine" if levels else "waiting"), asked.chosen("area", "")
    counts = counts_by_state(rows)
    found = theirs if which == "mine" else rows.filter(state__in=STATES.get(which, STATES["waiting"]))
    found = found.filter(below(area)) if area else found
    paging = Paging.of(request, found.count(), ROWS_A_PAGE)
    order = ("-entered_at", "pk") if which == "closed" else ("leaves_on", "entered_at", "pk")
    shown = list(with_people(found).order_by(*order)[paging.slice])
    is_open = which in ("mine", "waiting", "issued")
    context = {
        "table": departures_table(
            shown, steps=open_steps(shown), looked=_looked(shown, at) if is_open else {}, places=_places(shown), at=at,
            paging=paging, ticks=which == "mine" and bool(shown),
        ),
        "filter": ListFilter({"which": which, "area": area}, areas=areas),
        "ticks": which == "mine" and bool(shown),
        "n_mine": theirs.count(),
        "n_away": counts.get("exited", 0) + counts.get("overdue", 0),
        "n_overdue": counts.get("overdue", 0),
        "form": form or DecideForm(),
        "n_done": sum(1 for _, refusal in told if refusal is None),
        "refused": _not_done(told),
        "nothing": nothing,
        "at": at,
    }  # fmt: skip
    return render(request, "pages/departures/departures.html", context, status=status)


def _not_done(told: Sequence[tuple[UUID, Refusal | None]]) -> list[dict[str, object]]:
    """Whose of those ticked was not decided, and why."""
    why = {application: refusal.said for application, refusal in told if refusal is not None}
    known = applications_with(why)
    return [
        {"row": known[pk], "who": masked(known[pk].person.name, "name"), "why": said} if pk in known else {"why": said}
        for pk, said in why.items()
    ]


def _looked(rows: Sequence, at) -> dict[UUID, object]:
    """What is met of each, from what is known of all of them at once."""
    known = what_is_known(sorted({it.person_id for row in rows for it in row.people}), at=at)
    return {
        row.pk: look_at_departure(
            [it.person_id for it in row.people], destination=row.destination, leaves_on=row.leaves_on,
            returns_on=row.returns_on, at=at, known=known,
        )
        for row in rows
        if not row.is_emergency
    }  # fmt: skip


def _places(rows: Sequence) -> dict[str, Said]:
    return {path: place_name(place) for path, place in places_at({row.area_path[:12] for row in rows}).items()}


def _areas(account) -> list[tuple[str, Said]]:
    """The parts of the reader's area by which the list may be narrowed."""
    return [
        (child.area_path, place_name(child)) for area in areas_of(account, REVIEW)[:1] for child in children_of(area)
    ]


def _chosen(request) -> list[tuple[UUID, UUID]] | None:
    """Application and turn of each that was ticked; None for what no page of ours sends."""
    try:
        pairs = [one.split(".") for one in request.POST.getlist("chosen")]
        return [(UUID(application), UUID(step)) for application, step in pairs]
    except ValueError:
        return None
