"""Returnees: who is expected or has come back, what is known of one, and what was heard of them."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.pages.county.forms import FindForm
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.returnees.forms import AwayForm, HeardForm, ReturneeFilter, say_beside
from fangxian.ops.pages.returnees.tables import heard_events, returnees_table
from fangxian.ops.pages.rulebook.words import PLACES
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.words import in_words
from fangxian.ops.people.queries import person_with
from fangxian.ops.places.queries import path_down_to, places_at
from fangxian.ops.procedures.hear_of_returnee import REVIEW, hear_of_returnee, put_away
from fangxian.ops.realm.areas import GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now
from fangxian.ops.returnees import refusals
from fangxian.ops.returnees.queries import WHYS, away_of, heard_of
from fangxian.ops.returnees.wire import NewAway, NewHeard
from fangxian.ops.returnees.words import WHYS as WHYS_SAID
from fangxian.ops.risk_areas.wire import the_nation
from fangxian.ops.situation.persons import find_people
from fangxian.ops.situation.returnees import DONE, NOT_COMING, STATES_SAID, counted, named
from fangxian.ops.situation.returnees import returnees as all_of

SEE, WHY = "people.view", "returnees.page"
A_PAGE = 50
HOME = Said("返乡人员", "Returnees")


@login_required
@never_cache
@sensitive_post_parameters("number")
@require_http_methods(["GET", "HEAD", "POST"])
def returnees(request: HttpRequest) -> HttpResponse:
    """GET lists those of the reader's areas. POST finds somebody on the register, to put them on the list."""
    require(request.user, REVIEW)
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (found := _found(request, form)):
        return HttpResponseRedirect(reverse("returnee", args=[found]))
    at, own, opens = county_now(), areas_of(request.user, REVIEW), may(request.user, SEE)
    mine = [it for it in all_of(at=at) if any(it.area_path.startswith(area) for area in own)]
    narrow = ReturneeFilter(request.GET, areas=_areas(mine, own))
    counts = counted(it for it in mine if it.area_path.startswith(narrow.asked("area")))
    rows = _narrowed(mine, narrow)
    paging = Paging.of(request, total=len(rows), size=A_PAGE)
    shown = rows[paging.slice]
    names = named(it.person for it in shown) if opens else {}
    log_views(viewer=request.user.pk, subjects=sorted(f"person:{it}" for it in names), why=WHY)
    context = {
        "at": at,
        "form": form,
        "may_find": opens,
        "narrow": narrow,
        "counts": [(said, counts[key], f"?state={key}#list") for key, said in STATES_SAID.items()],
        "n_urgent": counts["overdue"] + counts["undeclared"],
        "table": returnees_table(shown, names, paging, opens=opens),
    }
    return render(request, "pages/returnees/returnees.html", context, status=400 if form.errors else 200)


def _narrowed(rows, narrow: ReturneeFilter) -> list:
    state, area = narrow.asked("state"), narrow.asked("area")
    if state == "":
        rows = [it for it in rows if it.state not in (DONE, NOT_COMING)]
    elif state != "all":
        rows = [it for it in rows if it.state == state]
    return [it for it in rows if it.area_path.startswith(area)]


def _areas(rows, own: list[str]) -> dict:
    """The areas to narrow to: townships of a county, villages of a township, grid cells of a village."""
    widest = min((len(it) for it in own), default=GRID_DIGITS)
    digits = TOWNSHIP_DIGITS if widest < TOWNSHIP_DIGITS else VILLAGE_DIGITS if widest < VILLAGE_DIGITS else GRID_DIGITS
    return dict(sorted(places_at({it.area_path[:digits] for it in rows}).items()))


def _found(request: HttpRequest, form: FindForm) -> UUID | None:
    """The one person meant; None where there is none or several, which is then said beside the field."""
    try:
        found = find_people(form.cleaned_data["number"], request.user, at=county_now())
    except Refusal as refusal:
        if not refusal.code.startswith("identity."):
            raise
        say_beside(form, "number", refusal)
        return None
    if len(found.persons) == 1:
        return found.persons[0].pk
    form.add_error("number", in_words(refusals.nobody().said if not found.persons else SEVERAL))
    return None


SEVERAL = Said(
    "这个号码在册上不止一个人。请改填证件号码。",
    "More than one person on the register has this number. Enter the document number.",
)


@login_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def returnee(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """GET shows what is known of somebody. POST records what was heard, or with `do=away` where they are."""
    person = person_with(person_id)
    if person is None:
        raise refusals.nobody()
    require(request.user, REVIEW, person.area_path)
    require(request.user, SEE, person.area_path)
    is_away = request.method == "POST" and request.POST.get("do") == "away"
    heard = HeardForm(request.POST if request.method == "POST" and not is_away else None)
    away = AwayForm(request.POST if is_away else None, initial=_initial(person.pk))
    form = away if is_away else heard
    if form.is_bound and form.is_valid():
        try:
            _record(request, person.pk, form)
        except Refusal as refusal:
            if refusal.code.startswith("accounts."):
                raise
            say_beside(form, "returns_on" if refusal.code == "returnees.day_wrong" else None, refusal)
        else:
            return HttpResponseRedirect(f"{reverse('returnee', args=[person.pk])}?done=1")
    return _page(request, person, heard, away)


def _record(request: HttpRequest, person: UUID, form: HeardForm | AwayForm) -> None:
    told = form.cleaned_data
    if isinstance(form, AwayForm):
        put_away(new=NewAway(person=person, **told), by=request.user)
    else:
        seen = request.POST.get("seen", "")
        number = int(seen) if seen.isdecimal() and len(seen) < 5 else None
        hear_of_returnee(heard=NewHeard(person=person, seen=number, **told), by=request.user)


def _initial(person: UUID) -> dict:
    row = away_of(person)
    if row is None or row.state != "away":
        return {"why": WHYS.WORK}
    return {
        "why": row.why, "division": the_nation().path(row.division_code) or "", "place": row.place, "phone": row.phone,
        "returns_on": row.returns_on,
    }  # fmt: skip


def _page(request: HttpRequest, person, heard: HeardForm, away: AwayForm) -> HttpResponse:
    found = next((it for it in all_of(person.area_path) if it.person == person.pk), None)
    row = away_of(person.pk)
    log_views(viewer=request.user.pk, subjects=[f"person:{person.pk}"], why=WHY)
    context = {
        "at": county_now(),
        "person": person,
        "where": whereabouts(path_down_to(person.area_path)),
        "found": found,
        "state": STATES_SAID[found.state] if found else None,
        "measure": PLACES[found.measure] if found and found.measure else None,
        "away": row,
        "why": WHYS_SAID[row.why] if row else None,
        "phone": (row.phone if row else "") or person.phone,
        "seen": row.n_heard if row else 0,
        "heard": heard,
        "away_form": away,
        "events": heard_events(heard_of(person.pk)),
        "is_done": "done" in request.GET and request.method != "POST",
        "trail": [(HOME, reverse("returnees")), (person.name, "")],
    }
    status = 400 if heard.errors or away.errors else 200
    return render(request, "pages/returnees/returnee.html", context, status=status)
