"""Finding a person by a number. What is typed is sent in the body: no personal number ever stands in an address."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.pages.county.area_tables import links_table
from fangxian.ops.pages.county.forms import FindForm
from fangxian.ops.pages.county.person_tables import persons_table
from fangxian.ops.pages.county.trails import Step, area_href
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.words import in_words
from fangxian.ops.places.queries import children_of, place_at
from fangxian.ops.realm.areas import GRID_DIGITS
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.persons import Found, find_people


@login_required
@never_cache
@sensitive_post_parameters("number")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request) -> HttpResponse:
    require(request.user, "people.view")
    form = FindForm(request.POST if request.method == "POST" else None)
    found = _search(request, form) if form.is_bound and form.is_valid() else None
    if found and found.household:
        return redirect("household", found.household.pk)
    if found and len(found.persons) == 1:
        return redirect("person", found.persons[0].pk)
    at, steps = county_now(), list(_places(request.user))
    context = {
        "form": form,
        "at": at,
        "found": found,
        "persons": found and persons_table(found.persons, at=at),
        "places": steps and links_table(Said("按地区找", "By area"), steps, Said("地区", "Area")),
    }
    return render(request, "pages/county/people.html", context)


def _search(request, form: FindForm) -> Found | None:
    """What was found; None when the number cannot be one, which is then said beside the field."""
    try:
        return find_people(form.cleaned_data["number"], request.user, at=county_now())
    except Refusal as refusal:
        if not refusal.code.startswith("identity."):
            raise
        form.add_error("number", in_words(refusal.said))
        return None


def _places(account: Account) -> Iterator[Step]:
    """Where to look instead: the parts of the reader's areas, a grid cell itself."""
    for area_path in areas_of(account, "people.view"):
        inside = [place_at(area_path)] if len(area_path) == GRID_DIGITS else children_of(area_path)
        for place in filter(None, inside):
            yield place_name(place), area_href(place.area_path)
