"""Priority places: what is due; and the register, on which venues and processes are put."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account, Unit
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of, require, within_scope
from fangxian.ops.hygiene import actions
from fangxian.ops.hygiene.queries import (
    KEEP,
    REPORT,
    SEE,
    last_positive,
    open_faults,
    pending_samples,
    within,
)
from fangxian.ops.hygiene.vocabulary import VENUE_CLASSES
from fangxian.ops.hygiene.wire import NewPlace
from fangxian.ops.pages.hygiene.forms import HygieneFilter, RegisterFilter, StepOfWorkForm
from fangxian.ops.pages.hygiene.tables import classes_table, due_table, fault_need, pending_need, positive_need
from fangxian.ops.pages.hygiene.words import DONE
from fangxian.ops.pages.tables import Paging
from fangxian.ops.places.models import Venue
from fangxian.ops.procedures.import_priority_places import may_bring_files
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, VILLAGE_DIGITS, below
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.hygiene_due import counts_by_class, hygiene_rules, lines_for
from fangxian.ops.situation.venues import names_down_to_units

FORM = require_http_methods(["GET", "HEAD", "POST"])
A_PAGE, SHOWN_NEEDS, VENUES_A_PAGE = 50, 8, 100


def require_sight(account: Account) -> None:
    """Whoever sees venues, or enters results of samples."""
    if not may(account, REPORT[0]):
        require(account, SEE)


@login_required
@never_cache
@require_GET
def hygiene(request) -> HttpResponse:
    """What is due within what the account looks after, the latest first; positives and what waits above it."""
    require_sight(request.user)
    at = county_now()
    narrow = HygieneFilter(request.GET, townships=_places_of(request.user, SEE, TOWNSHIP_DIGITS))
    rules = hygiene_rules(at)
    lines = lines_for(request.user, at, rules=rules, area_path=narrow.area_path)
    chosen = narrow.of(lines)
    paging = Paging.of(request, total=len(chosen), size=A_PAGE)
    units = {path: Said(it.name_zh, it.name_en) for path, it in names_down_to_units().items()}
    context = {
        "at": at,
        "narrow": narrow,
        "n_late": sum(it.standing.state == "late" for it in lines),
        "at_risk_since": rules.at_risk_since,
        "needs": _needs(request.user, at),
        "classes": classes_table(counts_by_class(lines)),
        "table": due_table(chosen[paging.slice], units, paging),
        "may_keep": may(request.user, KEEP),
        "may_import": may_bring_files(request.user),
        "done": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "pages/hygiene/hygiene.html", context)


def _needs(account: Account, at) -> list:
    """Positive samples first, then what should be mended by now, then results that are to come."""
    places, today = within(account), localtime(at).date()
    needs = [positive_need(it) for it in last_positive(places)[:SHOWN_NEEDS]]
    faults = open_faults(places.values("pk")).filter(mend_by_on__lte=today)
    needs += [fault_need(it, today) for it in faults[:SHOWN_NEEDS]]
    if any(may(account, it) for it in REPORT):
        waiting = pending_samples().filter(place__in=places.values("pk")).order_by("done_at")
        if first := waiting.first():
            needs.append(pending_need(waiting.count(), first))
    return needs


def _places_of(account: Account, permission: str, digits: int) -> dict:
    """The townships or units that touch what the account looks after."""
    own = areas_of(account, permission)
    return {
        path: it
        for path, it in names_down_to_units().items()
        if len(path) == digits and any(path.startswith(area) or area.startswith(path) for area in own)
    }


@login_required
@never_cache
@FORM
def register(request) -> HttpResponse:
    """Put venues or a process on the register. POST lists the venues ticked, or the process told."""
    require(request.user, KEEP)
    narrow = RegisterFilter(request.GET, townships=_places_of(request.user, KEEP, TOWNSHIP_DIGITS))
    refused, process = None, _process_form(request, None)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "process":
                process = _process_form(request, request.POST)
                n = _list_process(request, process) if process.is_valid() else None
            else:
                n = _list_venues(request)
        except Refusal as refusal:
            refused, n = refusal.said, None
        if n is not None:
            return HttpResponseRedirect(f"{request.path}?done={'listed' if n else 'none'}")
    of_class = narrow.asked("of_class")
    candidates = _candidates(request.user, narrow) if of_class else Venue.objects.none()
    paging = Paging.of(request, total=candidates.count(), size=VENUES_A_PAGE)
    units = names_down_to_units()
    context = {
        "at": county_now(),
        "narrow": narrow,
        "of_class": of_class,
        "venues": [(it, units.get(it.area_path[:VILLAGE_DIGITS])) for it in candidates[paging.slice]],
        "paging": paging,
        "process": process,
        "refused": refused,
        "done": DONE.get(request.GET.get("done", "")),
        "n_listed": within(request.user).count(),
        "may_import": may_bring_files(request.user),
    }
    return render(request, "pages/hygiene/register.html", context, status=400 if request.method == "POST" else 200)


def _candidates(account: Account, narrow: RegisterFilter) -> QuerySet[Venue]:
    """Venues in use that are not on the register in the class."""
    rows = within_scope(Venue.objects.filter(status=Venue.Status.VERIFIED), account, KEEP, venue_field="pk")
    of_class = narrow.asked("of_class")
    if classes := VENUE_CLASSES.get(of_class):
        rows = rows.filter(venue_class__in=classes)
    if area_path := narrow.asked("area"):
        rows = rows.filter(below(area_path))
    if name := narrow.asked("name").strip():
        rows = rows.filter(name__icontains=name)
    listed = within(account).filter(of_class=of_class, venue__isnull=False)
    return rows.exclude(pk__in=listed.values("venue")).order_by("area_path", "name", "venue_number")


def _list_venues(request) -> int:
    chosen = {it for text in request.POST.getlist("venue") if (it := _uuid(text))}
    rows = within_scope(_open_venues().filter(pk__in=chosen), request.user, KEEP, venue_field="pk")
    of_class = request.POST.get("of_class", "")
    new = [NewPlace(of_class=of_class, name=it.name, area_path=it.area_path, venue=it.pk) for it in rows]
    return len(actions.list_places(places=new, by=f"account:{request.user.pk}"))


def _open_venues() -> QuerySet[Venue]:
    """Those that are not closed: of a page that was opened before one moved its old number is no place any more."""
    return Venue.objects.exclude(status=Venue.Status.CLOSED)


def _process_form(request, posted) -> StepOfWorkForm:
    units = {it.pk: it for it in Unit.objects.filter(kind=Unit.Kind.DEPARTMENT).order_by("name_zh")}
    areas = _places_of(request.user, KEEP, VILLAGE_DIGITS)
    return StepOfWorkForm(posted, units=units, areas=areas)


def _list_process(request, form: StepOfWorkForm) -> int | None:
    told, venue = form.cleaned_data, None
    if number := told["venue_number"]:
        rows = within_scope(_open_venues().filter(venue_number=number), request.user, KEEP, venue_field="pk")
        if (venue := rows.first()) is None:
            form.add_error("venue_number", form.NO_VENUE)
            return None
    elif not told["area"]:
        form.add_error("area", form.NO_AREA)
        return None
    unit = Unit.objects.filter(pk=told["unit"]).first() if told["unit"] else None
    area_path = venue.area_path if venue else told["area"]
    new = NewPlace(
        of_class=told["of_class"], name=told["name"], area_path=area_path, venue=venue and venue.pk, unit=unit
    )
    return len(actions.list_places(places=[new], by=f"account:{request.user.pk}"))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def hygiene_home(done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('hygiene')}?done={done}")
