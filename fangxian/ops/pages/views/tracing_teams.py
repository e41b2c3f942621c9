"""Putting a tracing team together: founding one, what it is called and where it stands, who is in it, down and up."""

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.scope import require
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.tracing.tables import members_table
from fangxian.ops.pages.tracing.team_forms import MemberForm, NewTeamForm, TeamFactsForm, say
from fangxian.ops.pages.tracing.words import TEAM_DONE
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.pages.words import both
from fangxian.ops.places.queries import children_of
from fangxian.ops.procedures import team_members as teams
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.tracing.queries import next_number, team_with
from fangxian.ops.tracing.refusals import team_unknown
from fangxian.ops.tracing.wire import NewTeam

FORM = require_http_methods(["GET", "HEAD", "POST"])
DIRECT = "cases.direct"
FACTS = ("name_zh", "name_en", "area_path", "load_max")


@login_required
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@FORM
def new(request: HttpRequest) -> HttpResponse:
    """A new team with its lead; the others join on the page it leads to."""
    require(request.user, DIRECT, the_realm().division_code)
    number = next_number()
    initial = {"number": number, "name_zh": f"流调第 {number} 组", "name_en": f"Tracing team {number}"}
    form = NewTeamForm(request.POST or None, townships=_townships(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = teams.found_team(team=_new_team(form), by=request.user)
        except Refusal as refusal:
            say(form, _beside(refusal), refusal)
        else:
            return _go_on(made, "found")
    status = 400 if request.method == "POST" else 200
    return render(request, "pages/tracing/team_new.html", {"form": form, "at": county_now()}, status=status)


def _new_team(form: NewTeamForm) -> NewTeam:
    told = form.cleaned_data
    return NewTeam(
        number=told["number"],
        name=Said(told["name_zh"], told["name_en"]),
        area_path=told["area_path"],
        load_max=told["load_max"],
        members=[form.member(is_lead=True)],
    )


@login_required
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@FORM
def edit(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """One team's members and facts. POST does what `do` says; what could not be done is said beside its field."""
    require(request.user, DIRECT, the_realm().division_code)
    row = team_with(team_id)
    if row is None:
        raise team_unknown(1)
    facts = TeamFactsForm(None, townships=_townships(), initial={name: getattr(row, name) for name in FACTS})
    shown = {"facts": facts, "join": MemberForm(None), "member": None}
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in DEEDS:
            return apologise(request, 400)
        shown |= (tried := DEEDS[do](request, row))
        if not tried:
            return _go_on(row.pk, do)
    context = {
        **{name: it for name, it in shown.items() if name != "refused"},
        "refused": shown.get("refused"),
        "team": row,
        "rows": list(row.members.all()),
        "members": members_table(list(row.members.all()), shows_phones=True),
        "done": TEAM_DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "at": county_now(),
    }
    return render(request, "pages/tracing/team_edit.html", context, status=400 if request.method == "POST" else 200)


def _change(request: HttpRequest, row) -> dict:
    form = TeamFactsForm(request.POST, townships=_townships())
    if form.is_valid():
        told = form.cleaned_data
        name = Said(told["name_zh"], told["name_en"])
        return _tried(
            lambda: teams.change_team(
                team=row.pk, name=name, area_path=told["area_path"], load_max=told["load_max"], by=request.user
            ),
            facts=form,
        )
    return {"facts": form}


def _join(request: HttpRequest, row) -> dict:
    form = MemberForm(request.POST)
    if form.is_valid():
        return _tried(lambda: teams.join_team(team=row.pk, member=form.member(), by=request.user), join=form)
    return {"join": form}


def _of_member(carry_out):
    def deed(request: HttpRequest, row) -> dict:
        try:
            member = UUID(request.POST.get("member", ""))
        except ValueError:
            return {"refused": teams.member_unknown().said}
        return _tried(lambda: carry_out(team=row.pk, member=member, by=request.user))

    return deed


def _of_team(carry_out):
    return lambda request, row: _tried(lambda: carry_out(team=row.pk, by=request.user))


DEEDS = {
    "change": _change,
    "join": _join,
    "leave": _of_member(teams.leave_team),
    "lead": _of_member(teams.name_lead),
    "down": _of_team(teams.stand_down),
    "up": _of_team(teams.stand_up),
}


def _tried(carry_out, **forms_of: forms.Form) -> dict:
    """Nothing if it was done; else what to show of it: the form with the refusal beside its field, or the refusal."""
    try:
        carry_out()
    except Refusal as refusal:
        for form in forms_of.values():
            field = _beside(refusal)
            say(form, field if field in form.fields else None, refusal)
        return forms_of or {"refused": refusal.said}
    return {}


def _beside(refusal: Refusal) -> str | None:
    if refusal.code == "tracing.number_taken":
        return "number"
    return "post" if refusal.code.startswith("accounts.") or refusal.code == "tracing.already_member" else None


def _go_on(team: UUID, done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('tracing-team-edit', args=[team])}?done={done}")


def _townships() -> list[tuple[str, str]]:
    found = [(it.area_path, place_name(it)) for it in children_of(the_realm().division_code)]
    return [(path, both(name.zh, name.en)) for path, name in found]
