"""Declaring an arrival for oneself and one's household, on a phone."""

from datetime import date, datetime
from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal
from fangxian.ops.arrivals.queries import DECLARED_AS, declared_by, origins_of, proposals_about
from fangxian.ops.pages.arrivals.forms import WhoForm
from fangxian.ops.pages.arrivals.journey import Journey, asks_for_a_row
from fangxian.ops.pages.arrivals.proposals import DONE
from fangxian.ops.pages.arrivals.showing import place_name
from fangxian.ops.pages.arrivals.tables import own_table
from fangxian.ops.pages.words import said
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.arrival_decision import look_back
from fangxian.ops.procedures.declare_arrival import Comer, declare_arrival
from fangxian.ops.procedures.print_arrival import print_receipt
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.arrival_files import listed_there
from fangxian.ops.situation.own_household import household_of, own_person

SHOWN = 30
LEVELS = {"high": ("高风险", "high risk"), "medium": ("中风险", "medium risk"), "low": ("低风险", "low risk")}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def own(request) -> HttpResponse:
    """GET shows what I have declared, and the form for one more; POST declares it, or gives the form another row."""
    person, at = own_person(request.user), county_now()
    family, listed = household_of(person, at=at), partial(areas_there, at=at)
    if request.method != "POST":
        journey = Journey.begun(at, phone=person.phone, listed=listed)
        return _page(request, person, WhoForm(family=family, initial={"who": [str(person.pk)]}), journey, at)
    journey, who = Journey.sent(request.POST, listed=listed), WhoForm(request.POST, family=family)
    if asks_for_a_row(request.POST):
        return _page(request, person, who, journey, at)
    if not all([who.is_valid(), journey.is_valid()]):
        return _page(request, person, who, journey, at, status=400)
    if journey.asks:
        return _page(request, person, who, journey, at)
    comers = [Comer(person=it, area_path=it.area_path, declared_as=_as(it, person)) for it in who.persons]
    try:
        kept = declare_arrival(comers=comers, told=journey.told, by=request.user, token=journey.main.sent_with)
    except Refusal as refusal:
        journey.say(refusal)
        return _page(request, person, who, journey, at, status=400)
    done = "waits" if any(it.waits for it in kept) else "declared" if any(it.is_new for it in kept) else "again"
    for it in kept:
        print_receipt(arrival=it.row, by=f"account:{request.user.pk}")
    return HttpResponseRedirect(f"{reverse('arrival', args=[kept[0].row.pk])}?done={done}")


def areas_there(code: str, begins_on: date, ends_on: date, *, at: datetime) -> list[tuple[str, str]]:
    """The risk areas of a county on some days, as a form has them ticked."""
    found = listed_there(code, begins_on, ends_on, at=at)
    words = '<span translate="no">{}</span>（{}）'
    return [(id_, format_html(words, place, said(*LEVELS[level]))) for id_, place, level in found]


def _as(one: Person, declarer: Person) -> str:
    return DECLARED_AS.PERSON if one.pk == declarer.pk else DECLARED_AS.RELATIVE


def _page(request, person: Person, who: WhoForm, journey: Journey, at: datetime, status: int = 200) -> HttpResponse:
    rows = list(declared_by(request.user)[:SHOWN])
    origins = {pk: "、".join(map(place_name, codes)) for pk, codes in origins_of([it.pk for it in rows]).items()}
    context = {
        "who": who,
        "journey": journey,
        "look_back": look_back(at).days,
        "table": own_table(rows, origins, person.pk),
        "n": len(rows),
        "told": list(proposals_about([it.pk for it in household_of(person, at=at)])),
        "done": DONE.get(request.GET.get("done", "")),
        "action": reverse("my-arrivals"),
        "at": at,
    }
    return render(request, "pages/arrivals/own.html", context, status=status)
