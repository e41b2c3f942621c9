"""Handing work out as proposed or otherwise, one team with what it holds, and the roster."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.pages.navigation import page_of
from fangxian.ops.pages.tracing.forms import ALL, ALL_CONTACTS, MoveForm, ShiftForm, chosen_lines, movable
from fangxian.ops.pages.tracing.tables import cases_table, contacts_in_hand, members_table, shifts_table
from fangxian.ops.pages.tracing.words import ROSTER_DONE, WORKS, roster_needs, team_choice
from fangxian.ops.pages.words import in_words
from fangxian.ops.procedures.assign_contacts import assign_contacts
from fangxian.ops.procedures.start_investigation import give_cases
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.tracing_board import board
from fangxian.ops.situation.tracing_plan import proposal
from fangxian.ops.situation.tracing_roster import roster, shifts_of_last_week
from fangxian.ops.tracing.actions import call_off_shifts, set_shifts
from fangxian.ops.tracing.queries import shifts_between, team_with, teams_of, work_of
from fangxian.ops.tracing.refusals import team_unknown
from fangxian.ops.tracing.wire import CASE, CONTACT, NewShift

FORM = require_http_methods(["GET", "HEAD", "POST"])
DIRECT = "cases.direct"
NEXT_SHIFTS = timedelta(days=7)


@login_required
@never_cache
@FORM
def hand_out(request: HttpRequest) -> HttpResponse:
    """GET shows what the planner proposes; POST hands out what was ticked, to the teams that were chosen."""
    require(request.user, DIRECT, the_realm().division_code)
    at = county_now()
    found, teams = proposal(request.user, at), board(request.user, at).teams
    refused = None
    if request.method == "POST":
        try:
            n_given = _hand_out(request.user, chosen_lines(request.POST, found, teams))
            return HttpResponseRedirect(f"{reverse('tracing-hand-out')}?given={n_given}")
        except Refusal as refusal:
            refused = refusal.said
    context = {
        "lines": [_line(line, teams, request.POST if refused else None) for line in found.lines],
        "n_beyond": found.n_beyond,
        "n_given": _count(request.GET.get("given", "")),
        "refused": refused,
        "at": at,
    }
    return render(request, "pages/tracing/hand_out.html", context, status=400 if refused else 200)


def _hand_out(lead, chosen: Sequence[tuple]) -> int:
    """How many cases and contacts were handed out."""
    by_work: dict[str, dict[UUID, UUID]] = {CASE: {}, CONTACT: {}}
    for line, team in chosen:
        by_work[line.work] |= dict.fromkeys(line.abouts, team)
    n_cases = len(give_cases(to_teams=by_work[CASE], by=lead).rows)
    return n_cases + assign_contacts(to_teams=by_work[CONTACT], by=lead).n_given


def _line(line, teams: Sequence, told: Mapping | None) -> dict:
    """A line as it is proposed; after a refusal as it was ticked and whom it was to go to."""
    chosen = str(line.team or "") if told is None else told.get(f"team-{line.key}", str(line.team or ""))
    return {
        "is_ticked": bool(line.team) if told is None else line.key in told.getlist("take"),
        "line": line,
        "work": WORKS[line.work],
        "n": len(line.abouts),
        "href": page_of(f"case:{line.case_id}") if line.case_number else "",
        "choices": [(team.team_id, team_choice(team), str(team.team_id) == chosen) for team in teams],
    }


@login_required
@never_cache
@FORM
def team(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """One team. POST gives what it holds, or some of it (`what`), to another team."""
    county = the_realm().division_code
    _may_look(request.user, team_id)
    row, at = team_with(team_id), county_now()
    if row is None:
        raise team_unknown(1)
    found, may_direct = board(request.user, at), may(request.user, DIRECT, county)
    line = next((it for it in found.teams if it.team_id == team_id), None)
    held = list(work_of(team_id))
    form = MoveForm(request.POST or None, held=movable(line, held), teams=[it for it in found.teams if it != line])
    if request.method == "POST":
        require(request.user, DIRECT, county)
        if form.is_valid():
            _move(request.user, held, form.cleaned_data["what"], UUID(form.cleaned_data["team"]))
            return HttpResponseRedirect(f"{reverse('tracing-team', args=[team_id])}?moved")
    context = {
        "team": row,
        "line": line,
        "cases": cases_table(line.cases if line else ()),
        "members": members_table(list(row.members.all()), shows_phones=may_direct),
        "contacts": contacts_in_hand(held, at),
        "form": form if held and may_direct else None,
        "shifts": shifts_table(list(shifts_between(at, at + NEXT_SHIFTS).filter(team=team_id))),
        "may_direct": may_direct,
        "is_moved": "moved" in request.GET,
        "at": at,
    }
    return render(request, "pages/tracing/team.html", context, status=400 if form.errors else 200)


def _may_look(account, team_id: UUID) -> None:
    """Whoever sees the county's cases sees every team; whoever is in a team sees that one."""
    county = the_realm().division_code
    if not may(account, "cases.view", county) and not teams_of(account).filter(pk=team_id).exists():
        require(account, "cases.view", county)


def _move(lead, held: Sequence, what: str, to_team: UUID) -> None:
    """Give the chosen part of what a team holds to another: one case, all contacts, or everything."""
    cases = [row.about for row in held if row.work == CASE and what in (ALL, str(row.about))]
    contacts = [row.about for row in held if row.work == CONTACT and what in (ALL, ALL_CONTACTS)]
    give_cases(to_teams=dict.fromkeys(cases, to_team), by=lead)
    assign_contacts(to_teams=dict.fromkeys(contacts, to_team), by=lead)


@login_required
@never_cache
@FORM
def duty_roster(request: HttpRequest) -> HttpResponse:
    """The roster of the next days. POST sets a shift, calls one off (`off`) or repeats last week (`repeat`)."""
    county, at = the_realm().division_code, county_now()
    require(request.user, "cases.view", county)
    teams, actor = board(request.user, at).teams, f"account:{request.user.pk}"
    form = ShiftForm(None, teams=teams)
    if request.method == "POST":
        require(request.user, DIRECT, county)
        if "repeat" in request.POST:
            made = set_shifts(shifts=shifts_of_last_week(at), by=actor)
            return HttpResponseRedirect(f"{reverse('tracing-roster')}?repeated={len(made)}")
        if shift := _uuid(request.POST.get("off", "")):
            call_off_shifts(shifts=[shift], by=actor)
            return HttpResponseRedirect(f"{reverse('tracing-roster')}?done=off")
        form = ShiftForm(request.POST, teams=teams)
        if _is_set(form, actor):
            return HttpResponseRedirect(f"{reverse('tracing-roster')}?done=set")
    found, may_direct = roster(at), may(request.user, DIRECT, county)
    context = {
        "roster": found,
        "needs": roster_needs(found),
        "shifts": shifts_table(found.shifts),
        "running": [it for it in found.shifts if may_direct],
        "form": form,
        "may_direct": may_direct,
        "n_last_week": len(shifts_of_last_week(at)) if may_direct else 0,
        "done": ROSTER_DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "n_repeated": _count(request.GET.get("repeated", "")),
        "at": at,
    }
    return render(request, "pages/tracing/roster.html", context, status=400 if form.errors else 200)


def _is_set(form: ShiftForm, actor: str) -> bool:
    if not form.is_valid():
        return False
    told = form.cleaned_data
    shift = NewShift(team=UUID(told["team"]), begins_at=told["begins_at"], ends_at=told["ends_at"])
    try:
        set_shifts(shifts=[shift], by=actor)
    except Refusal as refusal:
        form.add_error("ends_at", in_words(refusal.said))
    return not form.errors


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 7 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
