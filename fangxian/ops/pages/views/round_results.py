"""A round's results: how its tubes came out, who is called back and how far they are, a slip for whoever asks."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.audit.actions import log_views
from fangxian.ops.documents.rendering import pdf_of
from fangxian.ops.lab.queries import RosterPlace, ScreeningRound, round_with
from fangxian.ops.pages.rounds.call_backs import ENDED, CallBackFilter, call_backs_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.rounds import HOME, require_sight
from fangxian.ops.pages.words import masked
from fangxian.ops.procedures.call_people_back import end_call_backs, may_end, place_asked_for, say_called
from fangxian.ops.procedures.print_result import print_result
from fangxian.ops.realm.current import county_now
from fangxian.ops.results.wire import OUTCOMES, STATES
from fangxian.ops.situation.call_backs import called_back, counted, outcomes, shown, told_at
from fangxian.ops.situation.round_board import NAMES

A_PAGE = 50
WHY, SLIP = "rounds.called_back", "rounds.result_slip"
RESULTS = Said("结果、召回", "Results and call-backs")
NOT_FOUND = Said(
    "这一轮的名册上没有找到，或不在您管的地方。请核对采样码或证件号码。",
    "Nobody of that slip or number is on this round's roster, or not in your area. Check what was typed.",
)
FILTERS = frozenset({"open", "awaited", "sampled", "free", "held", "dropped"})
BOTH = Said(
    "写了不再召回的原因，却按了“已通知到”，什么都没有记。两件事分开做：通知到的，请清空原因再按；不再召回的，请按“不再召回”。",
    "A reason for fetching nobody was written and “reached” was pressed, so nothing was recorded. One at a time: for "
    "those reached clear the reason; for those fetched no more press “Fetch no more”.",
)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("whom")
@sensitive_variables()
def results(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """GET shows them. POST: `called` says who of those ticked was reached, `end` why they are fetched no more; `find`
    looks somebody up by their slip or document; `slip` prints what they were told.
    """
    require_sight(request.user)
    row = round_with(round_id)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do in ("called", "end"):
        if refused := _say(request, row, do):
            return _page(request, row, refused=refused)
        return HttpResponseRedirect(request.get_full_path())
    if do in ("find", "slip"):
        place = place_asked_for(row=row, text=request.POST.get("whom", "")[:60], by=request.user)
        if place is not None and place.person_id:
            log_views(viewer=request.user.pk, subjects=[f"person:{place.person_id}"], why=SLIP)
        if do == "slip" and place is not None:
            return _slip(request, place)
        return _page(request, row, asked=True, place=place)
    return _page(request, row)


def _say(request: HttpRequest, row: ScreeningRound, do: str) -> Said | None:
    """What was said of those ticked is recorded; why it was not."""
    who, why = _ids(request.POST.getlist("who")[:A_PAGE]), request.POST.get("why", "")[:200]
    if do == "called":
        if why.strip():
            return BOTH
        say_called(row=row, call_backs=who, by=request.user)
        return None
    try:
        end_call_backs(row=row, call_backs=who, why=why, by=request.user)
    except Refusal as refusal:
        return refusal.said
    return None


def _slip(request: HttpRequest, place: RosterPlace) -> HttpResponse:
    [which] = _ids([request.POST.get("told", "")]) or [None]
    told = next((it for it in told_at(place) if it.pk == which), None)
    if told is None:
        raise Http404
    document = print_result(told=told, by=f"account:{request.user.pk}")
    answer = HttpResponse(pdf_of(document), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="test-result-{document.year}-{document.n}.pdf"'
    return answer


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _page(
    request: HttpRequest,
    row: ScreeningRound,
    *,
    asked: bool = False,
    place: RosterPlace | None = None,
    refused: Said | None = None,
) -> HttpResponse:
    at, state = county_now(), request.GET.get("state", "open")
    state = state if state in FILTERS else "open"
    rows = called_back(row, request.user, state=state)
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    page = shown(list(rows[paging.slice]))
    persons = sorted({f"person:{it.place.person_id}" for it in page if it.place.person_id})
    log_views(viewer=request.user.pk, subjects=persons, why=WHY)
    n, tubes = counted(row), outcomes(row)
    may_say = bool(areas_of(request.user, NAMES)) and state in ("open", "awaited")
    context = {
        "at": at,
        "round": row,
        "n_open": n.get("awaited", 0) + n.get("sampled", 0),
        "counts": [
            *((STATES[key], n.get(key, 0)) for key in ("awaited", "sampled", "free", "held")),
            (ENDED, n.get("dropped", 0)),
        ],
        "outcomes": [(OUTCOMES[key], tubes[key]) for key in OUTCOMES if key in tubes],
        "filter": CallBackFilter({"state": state}),
        "table": call_backs_table(page, paging, at, may_tick=may_say),
        "may_say": may_say and bool(page),
        "may_end": may_end(request.user),
        "refused": refused,
        "why": request.POST.get("why", "")[:200] if refused else "",
        "may_know": bool(areas_of(request.user, NAMES)),
        "asked": asked,
        "not_found": NOT_FOUND if asked and place is None else None,
        "found": place and _found(request, place),
        "trail": [(HOME, reverse("rounds")), (row.name, reverse("round", args=[row.pk])), (RESULTS, "")],
    }
    return render(request, "pages/rounds/results.html", context, status=400 if context["not_found"] or refused else 200)


def _found(request: HttpRequest, place: RosterPlace) -> dict[str, object]:
    """Whoever was asked for, with what they were told."""
    name = place.person.name if place.person else place.name
    told = [
        {"row": it, "found": OUTCOMES[it.result.outcome], "is_alone": it.result.n_members == 1} for it in told_at(place)
    ]
    return {"name": masked(name, "name"), "told": told, "whom": request.POST.get("whom", "")[:60]}
