"""The transmission tree: its page, the data its island draws from, and its files."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fangxian.core.exposure.tree import choose_folded
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.documents.rendering import watermark
from fangxian.ops.documents.typesetting import picture_of, sharpness_of, sheets_of
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.transmission.asking import DRAWN_AT_FIRST, MOST_IN_A_PICTURE, Asked, asked_of
from fangxian.ops.pages.transmission.drawing import as_data
from fangxian.ops.pages.transmission.sheets import PAPER, PAPER_MARGIN, WIDEST, Sheets, Told, refuse_unreadable
from fangxian.ops.pages.transmission.tables import (
    before_table,
    case_table,
    circles_said,
    figures_of,
    links_csv,
    needs_of,
    rows_of,
)
from fangxian.ops.pages.transmission.words import DOUBTS
from fangxian.ops.pages.words import said
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.contacts_before import contacts_before

VIEW, INVESTIGATE = "cases.view", "cases.investigate"
ROWS_A_PAGE = 50
BEFORE_AT_MOST = 100  # the others follow once these are put on record


@login_required
@never_cache
@require_safe
def transmission(request: HttpRequest) -> HttpResponse:
    asked, doubt = _asked(request), request.GET.get("doubt", "")
    seen = asked.seen
    rows = rows_of(seen, asked.branch, doubt if doubt in DOUBTS else "")
    paging = Paging.of(request, total=len(rows), size=ROWS_A_PAGE)
    before = contacts_before(request.user, seen, at=county_now())
    may_link = may(request.user, INVESTIGATE)
    context = {
        "asked": asked,
        "form": asked.form,
        "figures": figures_of(seen),
        "needs": needs_of(seen, {key: it for key, it in asked.filters.items() if key != "cluster"}),
        "circles": circles_said(seen),
        "picture": asked.folded(),
        "is_drawable": len(asked.keys) <= MOST_IN_A_PICTURE,
        "first": seen.cases[asked.first].number if asked.first else "",
        "doubt": DOUBTS.get(doubt),
        "table": case_table(seen, rows, paging=paging),
        "may_link": may_link,
        "n_before": len(before),
        "before": before_table(before[:BEFORE_AT_MOST], may_link=may_link) if before else None,
        "is_linked": request.GET.get("done") == "linked",
        "at": county_now(),
    }
    return render(request, "pages/transmission/transmission.html", context)


@login_required
@never_cache
@require_safe
def data(request: HttpRequest) -> JsonResponse:
    """Every box of the whole tree, and which are folded at first, for the page's island."""
    drawing = _asked(request).whole()
    return JsonResponse(as_data(drawing, choose_folded(drawing.branch.infector, DRAWN_AT_FIRST)))


@login_required
@never_cache
@require_safe
def svg(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    return _file(request, asked, _sheets(asked).picture().encode(), "image/svg+xml", "svg")


@login_required
@never_cache
@require_safe
def png(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    sheets = _sheets(asked)
    width, height = sheets.size
    refuse_unreadable(sharpness_of(width=width, height=height), len(asked.keys))
    picture = picture_of(sheets.picture(), width=width, height=height)
    return _file(request, asked, picture, "image/png", "png")


@login_required
@never_cache
@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    """Sheets of A3, to hang side by side."""
    asked = _asked(request)
    printed = sheets_of(_sheets(asked).papers(), paper=PAPER, margin=PAPER_MARGIN, title=asked.title)
    return _file(request, asked, printed, "application/pdf", "pdf")


@login_required
@never_cache
@require_safe
def links(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    text = links_csv(asked.seen, asked.keys)
    return _file(request, asked, text.encode(), "text/csv; charset=utf-8", "csv")


def _sheets(asked: Asked) -> Sheets:
    at = f"{localtime(county_now()):%Y-%m-%d %H:%M}"
    told = Told(title=asked.title, as_of=said(f"数据截至 {at}", f"as of {at}"), mark=watermark())
    return Sheets(drawing=asked.whole(widest=WIDEST), told=told)


def _asked(request: HttpRequest) -> Asked:
    require(request.user, VIEW)
    return asked_of(request.GET, request.user, county_now())


def _file(request: HttpRequest, asked: Asked, content: bytes, kind: str, ending: str) -> HttpResponse:
    """A file to take away. Whose numbers and days are in it goes on the record of who looked."""
    taken = [f"case:{key}" for key in asked.keys if not asked.seen.cases[key].is_elsewhere]
    log_views(viewer=request.user.pk, subjects=taken, why="transmission.export")
    answer = HttpResponse(content, content_type=kind)
    name = f"transmission-{asked.seen.disease}-{localtime(county_now()):%Y%m%d-%H%M}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
