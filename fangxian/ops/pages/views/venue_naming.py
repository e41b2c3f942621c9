"""A venue's name or address put right where it stands: as it is, and as it is to be, side by side."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.venue_owner.forms import NamingForm, say_beside
from fangxian.ops.places.models import Venue
from fangxian.ops.places.queries import path_down_to
from fangxian.ops.places.refusals import venue_not_found, venue_not_yours, venue_status
from fangxian.ops.procedures.move_venue import may_move
from fangxian.ops.procedures.name_venue import LIVING, name_venue
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.venues import venues_seen_by

BESIDE = {"places.reason_missing": "note"}  # what a refusal is about; the others are about the name


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def naming(request: HttpRequest, venue_id: UUID) -> HttpResponse:
    """GET shows both sides. POST corrects it."""
    venue = _nameable(request, venue_id)
    if request.method != "POST":
        return _page(request, venue, NamingForm(initial={"name": venue.name, "address": venue.address}))
    form = NamingForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            name_venue(venue=venue, name=told["name"], address=told["address"], because=form.because, by=request.user)
        except Refusal as refusal:
            say_beside(form, BESIDE.get(refusal.code, "name"), refusal)
        else:
            return HttpResponseRedirect(f"{reverse('venue', args=[venue.pk])}?done=naming#namings")
    return _page(request, venue, form, status=400)


def _nameable(request: HttpRequest, venue_id: UUID) -> Venue:
    venue = Venue.objects.filter(pk=venue_id).select_related("grid_cell").first()
    if venue is None:
        raise venue_not_found()
    is_seen = venues_seen_by(request.user).filter(pk=venue_id).exists()
    if not is_seen or not may_move(request.user, venue, venue.area_path):
        raise venue_not_yours(venue.name)
    if venue.status not in LIVING:
        raise venue_status(venue.name, venue.status, LIVING)
    return venue


def _page(request: HttpRequest, venue: Venue, form: NamingForm, status: int = 200) -> HttpResponse:
    context = {
        "venue": venue,
        "form": form,
        "lead": whereabouts(path_down_to(venue.area_path)),
        "trail": [(Said("场所", "Venues"), reverse("venues")), (venue.name, reverse("venue", args=[venue.pk])),
                  (Said("更正名称、地址", "Correct name or address"), "")],
        "at": county_now(),
    }  # fmt: skip
    return render(request, "pages/venue_owner/naming.html", context, status=status)
