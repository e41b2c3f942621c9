"""Enquiries: the calls of a grid, one answer by a thumb, and how far the townships and the county are."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.enquiries.queries import rescreenings
from fangxian.ops.enquiries.wire import read_answer
from fangxian.ops.jobs.queries import unfinished
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.enquiries.tables import areas_table, rescreenings_table
from fangxian.ops.pages.enquiries.words import (
    ANSWERS,
    JUDGING,
    MET,
    NOT_NAMED,
    SHORT_URGENCIES,
    STAR_ANSWER,
    URGENCIES,
)
from fangxian.ops.pages.rulebook.words import PLACES
from fangxian.ops.pages.tables import Paging
from fangxian.ops.places.queries import path_down_to
from fangxian.ops.procedures.answer_enquiry import ASK, answer_enquiries
from fangxian.ops.procedures.enquiry_tasks import undeclared
from fangxian.ops.procedures.rescreen import JOB as RESCREENING
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.enquiries import (
    SEE_COUNTY,
    calls_of,
    digits_below,
    figures_by_area,
    n_old_way,
    to_ask_of,
)

CALLED = "enquiries.page"
UNDECLARED = "undeclared"  # recorded, and nothing follows until they declare
ROWS_A_PAGE = 40
FEW_RESCREENINGS = 10


@login_required
@never_cache
@require_safe
def to_call(request: HttpRequest) -> HttpResponse:
    """Whom to call in the reader's area, in the order of urgency and of the way."""
    require(request.user, ASK)
    return _to_call(request)


def _to_call(request: HttpRequest, *, refusal: Refusal | None = None, of: UUID | None = None) -> HttpResponse:
    area_path = _area(request)
    rows = to_ask_of(request.user, area_path)
    if "part" in request.GET:
        return _line(request, n_now=rows.count())
    paging = Paging.of(request, total=rows.count(), size=ROWS_A_PAGE)
    calls = calls_of(request.user, list(rows[paging.slice]))
    people = [it for call in calls for it in call.people]
    log_views(viewer=request.user.pk, subjects=sorted({f"person:{it.row.person_id}" for it in people}), why=CALLED)
    context = {
        "at": county_now(),
        "where": whereabouts(path_down_to(area_path)) if len(area_path) > COUNTY_DIGITS else None,
        "area": area_path,
        "calls": [_shown(call) for call in calls],
        "n_people": paging.total,
        "paging": paging,
        "answers": [(key, word) for key, word in ANSWERS.items() if key != "was_there"],
        "was_there": ANSWERS["was_there"],
        "is_done": "done" in request.GET,
        "is_undeclared": request.GET.get("done") == UNDECLARED,
        "refusal": refusal.said if refusal else None,
        "refused": of,
        "not_named": NOT_NAMED,
        "star_answer": STAR_ANSWER,
        "under_way": _under_way(),
    }
    return render(request, "pages/enquiries/to_call.html", context, status=400 if refusal else 200)


def _shown(call) -> dict:
    return {
        "call": call,
        "urgency": SHORT_URGENCIES[call.urgency],
        "people": [
            {
                "it": it,
                "stake": PLACES[it.row.at_stake] if it.row.at_stake else None,
                "now": PLACES[it.row.asked_now] if it.row.asked_now else None,
                "why": URGENCIES[it.row.urgency],
                "tried": ANSWERS[it.row.answer] if it.row.answer else None,
                "met": [word.with_facts(n=it.met[key]) for key, word in MET.items() if it.met.get(key)],
            }
            for it in call.people
        ],
    }


def _line(request: HttpRequest, *, n_now: int) -> HttpResponse:
    """How far the judging is, and whether the list is another than the one that stands on the page: `was` people.

    It alone renews itself. The list stays as it is under a thumb, until whoever calls asks for the new one.
    """
    was = request.GET.get("was", "")
    context = {
        "at": county_now(),
        "under_way": _under_way(),
        "n_now": n_now,
        "is_other": was.isdecimal() and int(was) != n_now,
        "area": request.GET.get("area", ""),
    }
    return render(request, "pages/enquiries/line.html", context)


def _under_way() -> dict | None:
    """The judging that waits or runs: how far it is, and what it says of itself."""
    job = unfinished().filter(kind=RESCREENING).first()
    if job is None:
        return None
    said = Said(job.said_zh, job.said_en) if job.said_zh else JUDGING
    return {"said": said, "done": job.n_done, "total": job.n_total or 0, "at": job.asked_at}


@login_required
@never_cache
@sensitive_post_parameters()
@require_POST
def answer(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """What came of asking somebody."""
    require(request.user, ASK)
    body = {
        "enquiry": str(enquiry_id),
        "answer": request.POST.get("answer", ""),
        "was_in": request.POST.getlist("was_in"),
        "asked": request.POST.getlist("asked"),
        "note": request.POST.get("note", ""),
    }
    try:
        changed = answer_enquiries(answers=[read_answer(body)], by=request.user)
    except Refusal as refusal:
        if refusal.code.startswith("accounts."):
            raise
        return _to_call(request, refusal=refusal, of=enquiry_id)
    told = {"done": UNDECLARED if undeclared(changed) else "1", "area": request.GET.get("area", "")}
    return HttpResponseRedirect(f"{reverse('enquiries')}?{urlencode({k: v for k, v in told.items() if v})}")


@login_required
@never_cache
@require_safe
def county(request: HttpRequest) -> HttpResponse:
    """How many to call in each area, done, left; and how many the old way would have asked."""
    sees_county = may(request.user, SEE_COUNTY, the_realm().division_code)
    if not sees_county:
        require(request.user, ASK)
    at, area_path = county_now(), the_realm().division_code if sees_county else _area(request)
    digits = GRID_DIGITS if request.GET.get("by") == "grid" else digits_below(area_path)
    areas = figures_by_area(request.user, at, digits=digits)
    context = {
        "at": at,
        "areas": areas_table(areas),
        "by_grid": digits == GRID_DIGITS,
        "n_left": sum(it.figures.n_left for it in areas),
        "n_done": sum(it.figures.n_done for it in areas),
        "n_calls": sum(it.figures.n_households for it in areas),
        "n_residents": n_old_way(area_path),
        "under_way": _under_way(),
        "part_of": urlencode({"part": "1"} | ({"by": "grid"} if request.GET.get("by") == "grid" else {})),
        "rescreenings": rescreenings_table(list(rescreenings()[:FEW_RESCREENINGS])),
    }
    return render(request, f"pages/enquiries/county{'_part' if 'part' in request.GET else ''}.html", context)


def _area(request: HttpRequest) -> str:
    """The area asked for, or the one place the reader asks in; the county where there are several."""
    asked = request.GET.get("area", "")
    if asked.isdecimal() and COUNTY_DIGITS <= len(asked) <= GRID_DIGITS and asked.strip("9"):
        return asked
    own = areas_of(request.user, ASK)
    return own[0] if len(own) == 1 else the_realm().division_code
