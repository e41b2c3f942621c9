"""Asking to leave the county: of a resident, signed in; for somebody else, by whoever keeps the register there."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fangxian.core.refusal import Refusal
from fangxian.ops.departures.actions import keep_draft
from fangxian.ops.departures.queries import application_with, draft_of, of_person
from fangxian.ops.departures.wire import Wanted
from fangxian.ops.documents.queries import find
from fangxian.ops.documents.rendering import pdf_of
from fangxian.ops.pages.departures.forms import (
    AppealForm,
    DepartureForm,
    EmergencyForm,
    found_said,
    meant_by,
    say_beside,
)
from fangxian.ops.pages.departures.showing import facts_of, history_of, lines_of, names_of, paper_of, with_clock
from fangxian.ops.pages.departures.words import DONE, levels_said
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.pages.words import masked
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.apply_to_leave import appeal_departure, apply_to_leave, cancel_departure, levels_for
from fangxian.ops.procedures.departure_checks import look_at_departure
from fangxian.ops.procedures.departure_wanted import who_may_go_along
from fangxian.ops.procedures.leave_county import leave_in_emergency
from fangxian.ops.procedures.verify_permit import has_fallen
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.wire import the_nation
from fangxian.ops.situation.own_household import own_person
from fangxian.ops.situation.persons import somebody_registered

TYPED = ("why", "place", "going", "emergency_why", "emergency_going", "text")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters(*TYPED)
@sensitive_variables()
def own(request) -> HttpResponse:
    """GET shows my departures and the form for one more; POST looks at it, keeps it, sends it, or says an emergency."""
    return _answer(request, own_person(request.user), reverse("my-departures"), reverse("my-departures-check"))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters(*TYPED)
@sensitive_variables()
def for_somebody(request, person_id: UUID) -> HttpResponse:
    """The same for somebody without a phone, by whoever keeps the register where they live."""
    person = somebody_registered(person_id, request.user)
    address = reverse("person-departures", args=[person.pk])
    return _answer(request, person, address, reverse("person-departures-check", args=[person.pk]), template="somebody")


@login_required
@never_cache
@require_POST
@sensitive_post_parameters(*TYPED)
@sensitive_variables()
def check_own(request) -> HttpResponse:
    """What leaving takes, as the form stands: for its script, as one types."""
    return _checks(request, own_person(request.user), masks=False)


@login_required
@never_cache
@require_POST
@sensitive_post_parameters(*TYPED)
@sensitive_variables()
def check_somebody(request, person_id: UUID) -> HttpResponse:
    return _checks(request, somebody_registered(person_id, request.user), masks=True)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("text")
@sensitive_variables()
def one(request, application_id: UUID) -> HttpResponse:
    """GET shows one of mine: who has it, until when, the permit. POST calls it off or appeals."""
    person = own_person(request.user)
    row = _mine(person, application_id)
    if request.method != "POST":
        return _one(request, row, person)
    by, address = f"account:{request.user.pk}", reverse("my-departure", args=[row.pk])
    if request.POST.get("do") == "cancel" and row.person_id == person.pk:
        cancel_departure(application=row.pk, why="本人取消 · called off by the person", by=by)
        return HttpResponseRedirect(f"{address}?done=cancelled")
    form = AppealForm(request.POST)
    if request.POST.get("do") == "appeal" and form.is_valid():
        appeal_departure(application=row.pk, text=form.cleaned_data["text"], by=by)
        return HttpResponseRedirect(f"{address}?done=appealed")
    return _one(request, row, person, form, status=400)


@login_required
@never_cache
@require_safe
def permit(request, application_id: UUID) -> HttpResponse:
    """The permit on paper, in duplicate."""
    return paper(_mine(own_person(request.user), application_id))


def paper(row) -> HttpResponse:
    document = find(row.document) if row.document else None
    if document is None:
        raise Http404
    answer = HttpResponse(pdf_of(document, holds=not has_fallen(row)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="departure-permit-{document.year}-{document.n}.pdf"'
    return answer


def _answer(request, person: Person, address: str, check_address: str, *, template: str = "own") -> HttpResponse:
    form, emergency, status = _form(request, person), EmergencyForm(), 200
    if request.method == "POST":
        asked = request.POST.get("do", "")
        if asked == "emergency":
            form, emergency = _form(request, person, fresh=True), EmergencyForm(request.POST)
            answer = _leave_now(request, person, emergency, address)
        elif asked in ("check", "draft", "send"):
            answer = _sent(request, person, form, asked, address)
        else:
            return apologise(request, 400)
        if answer is not None:
            return answer
        status = 200 if asked == "check" else 400
    masks = template != "own"
    context = _checked(form, person, masks=masks) | {
        "form": form, "emergency": emergency, "person": person, "action": address, "check_address": check_address,
        "rows": [with_clock(facts_of(row, masks=masks), county_now()) for row in _sent_ones(person)],
        "whose": masked(person.name, "name"), "own_page": template == "own",
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
    }  # fmt: skip
    return render(request, f"pages/departures/{template}.html", context, status=status)


def _sent(request, person: Person, form: DepartureForm, asked: str, address: str) -> HttpResponse | None:
    """What became of the form; None where it is shown again."""
    if not form.is_valid() or asked == "check":
        return None
    by, wants = f"account:{request.user.pk}", form.wanted(person)
    try:
        if asked == "draft":
            keep_draft(wants=wants, by=by)
            return HttpResponseRedirect(f"{address}?done=draft")
        row, is_new = apply_to_leave(wants=wants, by=by)
    except Refusal as refusal:
        say_beside(form, refusal)
        return None
    return HttpResponseRedirect(f"{_page_of(row, person, address)}?done={'sent' if is_new else 'again'}")


def _leave_now(request, person: Person, form: EmergencyForm, address: str) -> HttpResponse | None:
    if not form.is_valid():
        return None
    told = form.cleaned_data
    destination, _ = meant_by(told["emergency_going"], "")
    wants = Wanted(
        person=person.pk, area_path=person.area_path, destination=destination, place=told["emergency_going"],
        why=told["emergency_why"],
    )  # fmt: skip
    leave_in_emergency(wants=wants, at=county_now(), by=f"account:{request.user.pk}")
    return HttpResponseRedirect(f"{address}?done=emergency")


def _page_of(row, person: Person, address: str) -> str:
    return reverse("my-departure", args=[row.pk]) if address == reverse("my-departures") else address


def _checks(request, person: Person, *, masks: bool) -> HttpResponse:
    form = DepartureForm(request.POST, household=_household(person))
    form.is_valid()
    return render(request, "pages/departures/checks.html", _checked(form, person, masks=masks) | {"person": person})


def _checked(form: DepartureForm, person: Person, *, masks: bool) -> dict[str, object]:
    """Which county is meant, and what leaving for it takes, as far as the form tells."""
    if form.is_bound:
        form.is_valid()
        wants, going, chosen = form.wanted(person), form["going"].value() or "", form["destination"].value() or ""
    else:
        wants, going, chosen = _as_draft(form, person), form["going"].value() or "", form["destination"].value() or ""
    destination, found = meant_by(going, chosen)
    along = {it.pk: it for it in who_may_go_along(person, at=county_now())}
    people = [person, *(along[one] for one in wants.companions if one in along)]
    looked = look_at_departure(
        [it.pk for it in people], destination=destination, leaves_on=wants.leaves_on, returns_on=wants.returns_on,
        at=county_now(),
    )  # fmt: skip
    return {
        "destination": destination,
        "meant": the_nation().path(destination) if destination else "",
        "choices": [(it.code, found_said(it), it.code == destination) for it in found],
        "is_nowhere": bool(going.strip()) and not destination and not found,
        "is_limited": looked.is_limited,
        "lines": lines_of(looked.of_person, names_of(people, masks=masks)),
        "levels": levels_said(levels_for(looked.check.approvals, person.area_path)),
    }


def _as_draft(form: DepartureForm, person: Person) -> Wanted:
    told = form.initial
    return Wanted(
        person=person.pk, area_path=person.area_path, leaves_on=told.get("leaves_on"),
        returns_on=told.get("returns_on"), companions=[UUID(one) for one in told.get("companions", ())],
    )  # fmt: skip


def _form(request, person: Person, *, fresh: bool = False) -> DepartureForm:
    household = _household(person)
    if request.method == "POST" and not fresh:
        return DepartureForm(request.POST, household=household)
    draft = draft_of(person.pk)
    if draft is None:
        return DepartureForm(household=household)
    told = {
        "going": the_nation().path(draft.destination), "destination": draft.destination, "place": draft.place,
        "leaves_on": draft.leaves_on, "returns_on": draft.returns_on, "purpose": draft.purpose, "why": draft.why,
        "transport": draft.transport, "companions": [str(it.person_id) for it in draft.people if not it.is_applicant],
    }  # fmt: skip
    return DepartureForm(initial=told, household=household)


def _household(person: Person) -> list[tuple[str, str]]:
    return [(str(it.pk), it.name) for it in who_may_go_along(person, at=county_now())]


def _sent_ones(person: Person) -> Sequence:
    return [row for row in of_person(person.pk) if row.state != "draft"]


def _mine(person: Person, application_id: UUID):
    """An application that this person made or goes along on."""
    row = application_with(application_id)
    if row is None or row.state == "draft" or person.pk not in {it.person_id for it in row.people}:
        raise Http404
    return row


def _one(request, row, person: Person, form: AppealForm | None = None, status: int = 200) -> HttpResponse:
    at = county_now()
    is_waiting = row.state in ("village", "township", "county", "submitted", "issued")
    looked = look_at_departure(
        [it.person_id for it in row.people], destination=row.destination, leaves_on=row.leaves_on,
        returns_on=row.returns_on, at=at,
    ) if is_waiting else None  # fmt: skip
    people = [it.person for it in row.people]
    context = with_clock(facts_of(row, masks=False), at) | {
        "history": history_of(row),
        "paper": paper_of(row),
        "lines": lines_of(looked.of_person, names_of(people, masks=False)) if looked else [],
        "can_cancel": is_waiting and row.person_id == person.pk,
        "can_appeal": row.state == "refused" and not any(it.kind == "appeal" for it in row.turns),
        "form": form or AppealForm(),
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "at": at,
    }
    return render(request, "pages/departures/own_one.html", context, status=status)
