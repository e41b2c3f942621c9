"""Appointments: proposing one, one with who decides on it, confirming or declining it, ending it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from fangxian.core.refusal import Said
from fangxian.ops.accounts import actions
from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.accounts.roles import DIGITS, Role, ScopeKind, the_roles
from fangxian.ops.accounts.scope import require
from fangxian.ops.accounts.seen import (
    APPOINT,
    account_seen_by,
    appointment_seen_by,
    areas_to_appoint,
    roles_to_appoint,
    who_may_confirm,
    why_not_appoint,
    why_not_confirm,
    why_not_end,
)
from fangxian.ops.pages.accounts.forms import AppointForm, DecisionForm, ReasonForm, RoleForm
from fangxian.ops.pages.accounts.tables import confirmers_table
from fangxian.ops.pages.accounts.words import (
    Whereabouts,
    appointment_in_words,
    appointment_state,
    post_said,
    posts_said,
    role_said,
)
from fangxian.ops.pages.views.accounts import FORM, by, carried_out, done_with, form_page, step_to, trail
from fangxian.ops.places.queries import current_divisions, grid_cells_in_order
from fangxian.ops.realm.areas import GRID_DIGITS
from fangxian.ops.realm.current import county_now


@login_required
@never_cache
@FORM
def appoint(request, account_id: UUID) -> HttpResponse:
    """First the role, by `?role=`; then where and until when."""
    require(request.user, APPOINT)
    viewer, account, roles = request.user, account_seen_by(request.user, account_id), roles_to_appoint(request.user)
    told = request.POST if request.method == "POST" else request.GET
    role = next((it for it in roles if it.name == told.get("role")), None)
    form = _appoint_form(request, viewer, role) if role else None
    new: list[Appointment] = []

    def act() -> None:
        new.append(form.appointment(account))
        actions.appoint(appointments=new, by=by(request))

    if form and carried_out(form, act):
        return _appointed(request, account, new[0])
    refusal = why_not_appoint(viewer, account, role) if role and not form.is_bound else None
    context = {
        "account": account,
        "role": role,
        "roles": RoleForm(told if role else None, roles=roles),
        "form": form,
        "takes_two": role and role.takes_two,
        "can_do": role and [it.said for name, it in the_roles().permissions.items() if name in role.permissions],
        "refusal": refusal and refusal.said,
        "trail": trail(step_to(account), (Said("任命", "Appoint"), "")),
        "at": county_now(),
    }
    status = 400 if form and form.is_bound else 200
    return render(request, "pages/accounts/appoint.html", context, status=status)


def _appoint_form(request, viewer: Account, role: Role) -> AppointForm:
    posted = request.POST if request.method == "POST" else None
    return AppointForm(posted, role=role, **_places(viewer, role))


def _places(viewer: Account, role: Role) -> dict:
    """Where the viewer may appoint to a role, and the places around by path."""
    if role.scope is ScopeKind.VENUE:
        return {"places": [], "names": {}}
    divisions = {it.area_path: it for it in current_divisions()}
    digits, inside = DIGITS[role.scope], areas_to_appoint(viewer, role)
    every = grid_cells_in_order() if digits == GRID_DIGITS else divisions.values()
    right = [it for it in every if len(it.area_path) == digits]
    return {"places": [it for it in right if any(it.area_path.startswith(a) for a in inside)], "names": divisions}


def _appointed(request, account: Account, new: Appointment) -> HttpResponse:
    if new.proposed_by:
        return HttpResponseRedirect(f"{reverse('accounts-appointment', args=[new.pk])}?done=proposed")
    return done_with(request, account, "appointed")


@login_required
@never_cache
@FORM
def appointment(request, appointment_id: UUID) -> HttpResponse:
    """One appointment; POST with `decision` confirms or declines one that waits for a second person."""
    it = appointment_seen_by(request.user, appointment_id)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    decide = actions.decline_appointment if request.POST.get("decision") == "decline" else actions.confirm_appointment
    if carried_out(form, lambda: decide(appointments=[it], by=by(request), reason=form.cleaned_data["reason"].strip())):
        return done_with(request, it.account, "declined" if decide is actions.decline_appointment else "confirmed")
    context = _appointment(request.user, it) | {"form": form, "done": request.GET.get("done", "")}
    return render(request, "pages/accounts/appointment.html", context, status=400 if form.is_bound else 200)


def _appointment(viewer: Account, it: Appointment) -> dict:
    now, where = county_now(), Whereabouts.of([it])
    is_over = it.ends_at is not None and it.ends_at <= now
    is_waiting = bool(it.proposed_by) and not it.confirmed_by and not is_over
    refusal, why_no_end = (why_not_confirm(viewer, it) if is_waiting else None), why_not_end(viewer, it)
    behind = posts_said([it.proposed_by, it.confirmed_by])
    return {
        "it": it,
        "account": it.account,
        "post": post_said(it.account),
        "role": role_said(it.role),
        "over": where.over(it),
        "words": appointment_in_words(it, where) if it.role in the_roles().roles else None,
        "state": appointment_state(it, now),
        "proposed_by": behind[it.proposed_by],
        "confirmed_by": behind[it.confirmed_by],
        "is_waiting": is_waiting,
        "may_confirm": is_waiting and refusal is None,
        "why_not": refusal and refusal.said,
        "is_proposer": it.proposed_by == f"account:{viewer.pk}",
        "confirmers": confirmers_table(who_may_confirm(it)) if is_waiting else None,
        "may_end": not is_over and why_no_end is None,
        "trail": trail(step_to(it.account), (role_said(it.role), "")),
        "at": now,
    }


@login_required
@never_cache
@FORM
def end(request, appointment_id: UUID) -> HttpResponse:
    viewer, it = request.user, appointment_seen_by(request.user, appointment_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if carried_out(
        form, lambda: actions.dismiss(appointments=[it], by=by(request), reason=form.cleaned_data["reason"].strip())
    ):
        return done_with(request, it.account, "ended")
    refusal = None if form.is_bound else why_not_end(viewer, it)
    if refusal:
        raise refusal
    more = {"role": role_said(it.role), "over": Whereabouts.of([it]).over(it)}
    return form_page(request, form, "end", it.account, **more)
