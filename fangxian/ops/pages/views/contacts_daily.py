"""What is done and counted each day: the follow-ups of today, one of them by a thumb, the figures of the scheme."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.contacts.counting import sums
from fangxian.ops.contacts.days import day_by_area, done, waiting
from fangxian.ops.contacts.queries import FOLLOW, VIEW
from fangxian.ops.contacts.wire import who_of
from fangxian.ops.pages.contacts.forms import FollowUpForm, say_beside
from fangxian.ops.pages.contacts.tables import areas_table, days_table, managed_lines, own_lines
from fangxian.ops.pages.contacts.words import ring_and_day
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.words import masked
from fangxian.ops.places.queries import path_down_to, places_at
from fangxian.ops.procedures.follow_contact import follow_contact
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.contact_files import contact_file
from fangxian.ops.situation.contact_lists import daily_figures

FEW, N_DAYS = 60, 14
FOLLOWED = "contacts.follow_up_page"
PARTS = {COUNTY_DIGITS: TOWNSHIP_DIGITS, TOWNSHIP_DIGITS: VILLAGE_DIGITS, VILLAGE_DIGITS: GRID_DIGITS}


@login_required
@never_cache
def today(request) -> HttpResponse:
    """Today's follow-ups: by area, and where they are few enough to walk to, one by one."""
    require(request.user, FOLLOW)
    at = county_now()
    on, area_path = localtime(at).date(), _area(request)
    digits = PARTS.get(len(area_path), GRID_DIGITS)
    rows = [it for it in day_by_area(request.user, on, at=at, digits=digits) if it.area_path.startswith(area_path)]
    n_due = sum(it.n_due for it in rows)
    context = {
        "at": at,
        "on": on,
        "where": whereabouts(path_down_to(area_path)) if len(area_path) > COUNTY_DIGITS else None,
        "areas": areas_table(rows, places_at(it.area_path for it in rows), digits),
        "n_due": n_due,
        "n_late": sum(it.n_late for it in rows),
        "people": _people(waiting(request.user, on, area_path), at) if n_due <= FEW else None,
        "done_people": _people(done(request.user, on, area_path)[:FEW], at) if n_due <= FEW else (),
        "saved": request.GET.get("done") == "follow-up",
    }
    return render(request, "pages/contacts/today.html", context)


def _area(request) -> str:
    """The area asked for, or the one place the reader follows contacts in; the county where there are several."""
    asked = request.GET.get("area", "")
    if asked.isdecimal() and COUNTY_DIGITS <= len(asked) <= GRID_DIGITS:
        return asked
    own = areas_of(request.user, FOLLOW)
    return own[0] if len(own) == 1 else the_realm().division_code


def _people(follow_ups: list, at: datetime) -> list[dict]:
    """Whom to call on: the address in full, since somebody has to find the door; the name by its first character."""
    found = []
    for it in follow_ups:
        who = who_of(it.whose, it.whose.file)
        found.append(
            {
                "name": masked(who.name, "name"),
                "address": who.address,
                "is_late": it.state == "due" and it.due_at <= at,
                "is_symptomatic": it.is_symptomatic,
                "due_at": it.due_at,
                "href": reverse("contact-follow-up", args=[it.whose_id]),
            }
        )
    return found


@login_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request, contact_id: UUID) -> HttpResponse:
    """One contact's day. GET is the form, with what is written already; POST writes it, and again harmlessly."""
    at = county_now()
    found = contact_file(contact_id, request.user, at=at)
    require(request.user, FOLLOW, found.row.area_path, team=found.row.team)
    on = localtime(at).date()
    written = next((it for it in found.follow_ups if it.on == on and it.state == "done"), None)
    form = FollowUpForm(request.POST) if request.method == "POST" else FollowUpForm(initial=_initial(written))
    if request.method == "POST" and form.is_valid():
        try:
            follow_contact(contact=found.row.pk, on=on, how=form.how, by=request.user)
        except Refusal as refusal:
            say_beside(form, None, refusal)
        else:
            return HttpResponseRedirect(f"{reverse('contacts-today')}?done=follow-up&area={found.row.area_path}")
    subjects = [f"contact:{found.row.pk}"] + ([f"person:{found.row.person_id}"] if found.row.person_id else [])
    log_views(viewer=request.user.pk, subjects=subjects, why=FOLLOWED)
    context = {
        "form": form,
        "name": found.who.name or "—",
        "phone": found.who.phone,
        "address": found.who.address,
        "told": ring_and_day(found, on),
        "written": written,
        "at": at,
    }
    return render(request, "pages/contacts/follow_up.html", context, status=400 if form.errors else 200)


def _initial(written) -> dict:
    names = ("found", "temperature_c", "symptoms", "note")
    return {name: getattr(written, name) for name in names} if written else {}


@login_required
@never_cache
def figures(request) -> HttpResponse:
    """The daily figures by the scheme districts report in, with what each day brought."""
    require(request.user, VIEW)
    at = county_now()
    end = localtime(at)
    midnight = datetime.combine(end.date(), time.min, tzinfo=end.tzinfo) + timedelta(days=1)
    told = daily_figures(request.user, midnight=midnight, n_days=N_DAYS)
    context = {
        "at": at,
        "scheme": told.scheme,
        "own": own_lines(told.scheme),
        "managed": managed_lines(told.scheme),
        "wrong_sums": [it for it in sums(told.scheme) if it[1] != it[2]],
        "days": days_table(told.days),
    }
    return render(request, "pages/contacts/figures.html", context)
