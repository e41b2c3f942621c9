"""Legal report cards: filled in, listed, read, sent on as a file, printed."""

from dataclasses import asdict
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import appointments_with, may
from fangxian.ops.accounts.scope import require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.cases import queries
from fangxian.ops.cases.card import Card, card_of, exchange_file
from fangxian.ops.cases.queries import REPORT, VIEW
from fangxian.ops.documents.rendering import pdf_of
from fangxian.ops.pages.cases.card_form import CardForm, card_rows, plain_rows
from fangxian.ops.pages.cases.forms import say_beside
from fangxian.ops.pages.cases.tables import clocks_said, reports_table
from fangxian.ops.pages.cases.words import DONE, case_href, reports_trail
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.words import both
from fangxian.ops.places.models import Venue
from fangxian.ops.places.queries import place_at
from fangxian.ops.procedures.print_report_card import print_report_card
from fangxian.ops.procedures.report_case import report_case
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.case_desk import disease_names
from fangxian.ops.situation.case_files import seen_report
from fangxian.ops.situation.venues import divisions_down_to_units

A_PAGE = 50


@login_required
@never_cache
@require_GET
def reports(request) -> HttpResponse:
    """The cards an account may see: a clinic those it filed, an investigator those of the area."""
    require(request.user, REPORT)
    rows = queries.reports_within(request.user)
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    page = list(rows[paging.slice])
    log_views(viewer=request.user.pk, subjects=[f"case:{it.of_case_id}" for it in page], why="cases.reports_listed")
    may_take = may(request.user, REPORT, the_realm().division_code)
    context = {"table": reports_table(page, paging), "at": county_now(), "total": paging.total, "may_take": may_take}
    return render(request, "pages/cases/reports.html", context)


@login_required
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def report_new(request) -> HttpResponse:
    """A new card; with `?corrects=` the correction of a card, filled in as that one was."""
    require(request.user, REPORT)
    at, before = county_now(), _corrected(request)
    told = request.POST if request.method == "POST" else None
    diseases = disease_names(at)
    form = CardForm(told, initial=_initial(request, before, at), diseases=diseases, areas=_areas(), now=at)
    if form.is_bound and form.is_valid():
        try:
            venue = _own_venue(request)
            done = report_case(
                card=form.card(),
                by=f"account:{request.user.pk}",
                venue=venue and venue.pk,
                found_by="clinic" if venue else "other",
                case=before and before.of_case_id,
            )
            return HttpResponseRedirect(f"{reverse('case-report', args=[done.report])}?done=reported")
        except Refusal as refusal:
            say_beside(form, None, refusal)
    status = 400 if form.is_bound else 200
    here = Said("填报告卡", "Fill in a card")
    context = {"form": form, "at": at, "trail": reports_trail(here), "before": before, "diseases": diseases}
    return render(request, "pages/cases/report_new.html", context, status=status)


@login_required
@never_cache
@sensitive_variables()
@require_GET
def report(request, report_id: UUID) -> HttpResponse:
    """A card as it was filed, in full: it is a paper of whoever may read it."""
    row = seen_report(report_id, request.user)
    log_views(viewer=request.user.pk, subjects=[f"case:{row.of_case_id}"], why="cases.report_read")
    card = card_of(row.content)
    at = county_now()
    context = {
        "report": row,
        "card": card,
        "groups": card_rows(card, disease_names(at), _area(card)),
        "clocks": _clocks(request, row, at),
        "case_href": case_href(row.of_case_id) if may(request.user, VIEW, row.area_path) else "",
        "done": DONE.get(request.GET.get("done", "")),
        "trail": reports_trail(Said(row.card_number, row.card_number)),
        "at": at,
    }
    return render(request, "pages/cases/report.html", context)


@login_required
@never_cache
@require_GET
def report_file(request, report_id: UUID) -> HttpResponse:
    """The card for another system: JSON with its digest and the county's signature."""
    row = seen_report(report_id, request.user)
    log_views(viewer=request.user.pk, subjects=[f"case:{row.of_case_id}"], why="cases.report_exported")
    answer = HttpResponse(exchange_file(card_of(row.content)), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="case-report-{row.card_number}.json"'
    return answer


@login_required
@never_cache
@require_POST
def report_print(request, report_id: UUID) -> HttpResponse:
    """The card as a numbered PDF with a code that verifies, page x of y."""
    row = seen_report(report_id, request.user)
    log_views(viewer=request.user.pk, subjects=[f"case:{row.of_case_id}"], why="cases.report_printed")
    card = card_of(row.content)
    rows = plain_rows(card, disease_names(county_now()), _area(card))
    document = print_report_card(report=row, rows=rows, by=f"account:{request.user.pk}")
    answer = HttpResponse(pdf_of(document), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="case-report-{row.card_number}.pdf"'
    return answer


def _corrected(request):
    """The card that is to be corrected, if the address names one."""
    asked = request.GET.get("corrects", "")
    try:
        return seen_report(UUID(asked), request.user) if asked else None
    except ValueError:
        return None


def _own_venue(request) -> Venue | None:
    """The clinic or hospital an account files for; None for whoever reports for an area."""
    if any(not it.venue for it in appointments_with(request.user, REPORT)):
        return None
    held = [it.venue for it in appointments_with(request.user, REPORT)]
    return Venue.objects.filter(pk__in=held).order_by("name").first()


def _initial(request, before, at) -> dict:
    """What is known before anybody types: the unit and the day; of a correction the card it corrects."""
    venue = _own_venue(request)
    unit = {"unit_name": venue.name if venue else request.user.unit.name_zh, "filled_on": at.date()}
    if before is None:
        return {"kind": "first", "document_kind": "resident", "residence": "county", "age_unit": "year", **unit}
    return asdict(card_of(before.content)) | unit | {"kind": "corrected", "card_number": "", "doctor": ""}


def _areas() -> list[tuple]:
    """Villages and communities, by township."""
    places = divisions_down_to_units()
    groups = []
    for township in (it for path, it in places.items() if len(path) == TOWNSHIP_DIGITS):
        name = place_name(township)
        inside = [
            (path, both(place_name(it).zh, place_name(it).en))
            for path, it in places.items()
            if len(path) == VILLAGE_DIGITS and path.startswith(township.area_path)
        ]
        whole = (township.area_path, both(f"{name.zh}（村不详）", f"{name.en} (village not known)"))
        groups.append((both(name.zh, name.en), [whole, *inside]))
    return groups


def _area(card: Card) -> Said | None:
    place = place_at(card.division) if card.division else None
    return place_name(place) if place else None


def _clocks(request, row, at) -> list[dict]:
    """The steps an account may stamp from the card: of a clinic its own."""
    steps = queries.stampable(request.user).filter(of_case=row.of_case_id, begins_at__isnull=False, chain__gt=0)
    return clocks_said(list(steps), at, may_stamp=True)
