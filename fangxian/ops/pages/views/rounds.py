"""Screening rounds: the list of them, and one with its board, its preparing, its adding up."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.lab.queries import (
    PLAN,
    ScreeningRound,
    areas_covered,
    differences,
    groups_of,
    groups_on,
    n_late,
    n_waiting,
    round_with,
    rounds_listed,
    sites_of,
)
from fangxian.ops.lab.refusals import no_site
from fangxian.ops.lab.wire import NewSite
from fangxian.ops.lab.words import CALLED_OFF, POOLS, STAGES, STATES
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.rounds.forms import RoundForm, SiteForm, say_beside
from fangxian.ops.pages.rounds.tables import ON_BOARD, differences_table, places_table, rounds_table, sites_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.places.queries import division_names, path_down_to
from fangxian.ops.procedures import run_rounds
from fangxian.ops.procedures.keep_kits import may_keep_kits
from fangxian.ops.procedures.round_scope import groups_to_choose
from fangxian.ops.realm.areas import GRID_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.results.queries import undecided_of_round
from fangxian.ops.situation.round_board import NAMES, SEE, board
from fangxian.ops.situation.round_mode import above_risk

A_PAGE = 50
HOME = Said("核酸筛查", "Screening")
DONE = {
    "site": Said("采样点已添加。", "The site was added."),
    "down": Said("采样点已撤。", "The site was taken down."),
    "roster": Said("名册已取好。", "The roster was taken."),
    "open": Said("已开始采样。", "Sampling has begun."),
    "closed": Said("这一轮已结束。", "The round is over."),
    "off": Said("这一轮已撤销，不再列出。", "The round was called off and is listed no more."),
    "reopen": Said(
        "这一轮重新开始了，结束以后传来的已经算进来。", "The round goes on; what came after its end counts now."
    ),
    "late": Said("已写明结束以后传来的为什么不算。", "It is on record why what came after the end need not count."),
}


def require_sight(account: Account) -> None:
    """Whoever has a part in a round, or knows people it is for."""
    held = next((it for it in SEE if areas_of(account, it)), None)
    require(account, held or PLAN)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def all_rounds(request: HttpRequest) -> HttpResponse:
    """GET lists the rounds. POST prepares one."""
    require_sight(request.user)
    form = _round_form(request)
    if form is not None and form.is_bound and form.is_valid():
        try:
            made = run_rounds.prepare(**form.cleaned_data, by=request.user)
        except Refusal as refusal:
            say_beside(form, None, refusal)
        else:
            return HttpResponseRedirect(reverse("round", args=[made.pk]))
    rows = rounds_listed()
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    shown = list(rows[paging.slice])
    context = {
        "at": county_now(),
        "table": rounds_table(shown, paging, n_late([it.pk for it in shown])),
        "n_open": rows.filter(state="open").count(),
        "form": form,
    }
    return render(request, "pages/rounds/rounds.html", context, status=400 if form is not None and form.errors else 200)


def _round_form(request: HttpRequest) -> RoundForm | None:
    """For whoever plans rounds; None for others, whose POST is refused."""
    if request.method == "POST":
        run_rounds.require_plan(request.user)
    elif not run_rounds.may_plan(request.user):
        return None
    at = county_now()
    books = rulebooks_by_disease(at)
    told = [(key, book.disease.name) for key, book in sorted(books.items(), key=lambda it: not it[1].has_gate)]
    data = request.POST if request.method == "POST" else None
    groups = [(f"{it.kind}:{it.which}", it.name) for it in groups_to_choose(at)]
    return RoundForm(data, at=at, areas=areas_to_choose(), diseases=told, groups=groups)


def areas_to_choose() -> list[tuple[str, Said]]:
    """The county's divisions, each with its township before it."""
    names = {it.area_path: Said(it.name_zh, it.name_en) for it in division_names()}
    return [(path, _within(path, names)) for path in sorted(names)]


def _within(path: str, names: dict[str, Said]) -> Said:
    town = names.get(path[:9])
    if len(path) < VILLAGE_DIGITS or town is None:
        return names[path]
    return Said(f"{town.zh} {names[path].zh}", f"{town.en}, {names[path].en}")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one_round(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """GET shows how far a round is. POST does what `do` says: site, down, roster, open, off, close, reopen, late."""
    require_sight(request.user)
    row = round_with(round_id)
    plans = run_rounds.may_plan(request.user)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    site = _site_form(request, row, do) if plans or do else None
    refused = None
    if request.method == "POST":
        try:
            if done := _do(request, row, do, site):
                return HttpResponseRedirect(f"{reverse('round', args=[row.pk])}?done={done}")
        except Refusal as refusal:
            if refusal.code.startswith("accounts."):
                raise
            refused = refusal.said
    context = _context(request, row, plans) | {"site_form": site if plans else None, "refused": refused}
    is_wrong = refused is not None or (site is not None and bool(site.errors))
    return render(request, "pages/rounds/round.html", context, status=400 if is_wrong else 200)


def _site_form(request: HttpRequest, row: ScreeningRound, do: str) -> SiteForm:
    return SiteForm(request.POST if do == "site" else None, areas=areas_to_choose(), groups=groups_on(row))


def _do(request: HttpRequest, row: ScreeningRound, do: str, site: SiteForm | None) -> str:
    """A key of DONE once it is done; "" where the form is not complete."""
    by = request.user
    match do:
        case "down":
            run_rounds.take_down_site(round=row.pk, site=_site(request.POST.get("site", "")), by=by)
        case "roster":
            run_rounds.take_people(round=row.pk, by=by)
        case "open":
            run_rounds.begin(round=row.pk, by=by)
        case "off":
            run_rounds.call_off(round=row.pk, because=request.POST.get("because", "")[:500], by=by)
        case "close":
            run_rounds.end(round=row.pk, because=request.POST.get("because", "")[:500], by=by)
            return "closed"
        case "reopen":
            run_rounds.reopen(round=row.pk, because=request.POST.get("because", "")[:500], by=by)
        case "late":
            run_rounds.settle_late(round=row.pk, how=request.POST.get("how", "")[:300], by=by)
        case _:
            run_rounds.require_plan(by)
            if site is None or not site.is_valid():
                return ""
            told = site.cleaned_data
            new = NewSite(
                name=told["name"], area_path=told["area"], n_tables=told["n_tables"], serves=told["serves"],
                groups=told.get("groups", ()),
            )  # fmt: skip
            run_rounds.put_up_site(round=row.pk, site=new, by=by)
            return "site"
    return do


def _site(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise no_site() from None


def _context(request: HttpRequest, row: ScreeningRound, plans: bool) -> dict[str, object]:
    area = request.GET.get("area", "")
    area = area if area.isdecimal() and len(area) <= GRID_DIGITS else ""
    seen = board(row, request.user, area=area)
    is_off = row.state == "closed" and row.opened_at is None
    lines = differences(row, n_called_back=undecided_of_round(row.pk).count(), n_due=seen.n_due)
    return {
        "at": county_now(),
        "round": row,
        "state": CALLED_OFF if is_off else STATES[row.state],
        "is_off": is_off,
        "pool": POOLS[row.pool_size],
        "above_risk": above_risk(row, county_now()),
        "scope": [
            *(place_name(it) for path in areas_covered(row) for it in path_down_to(path)[-1:]),
            *(Said(it.name_zh, it.name_en) for it in groups_of(row)),
        ],
        "waiting": n_waiting(row),
        "seen": seen,
        "stages": [(key, STAGES[key], seen.whole.stages.get(key, 0)) for key in ON_BOARD],
        "places": places_table(seen.places, row, is_last=len(area) >= VILLAGE_DIGITS),
        "sites": sites_table(seen.sites),
        "area": area,
        "where": [place_name(it) for it in path_down_to(area)[-1:]] if area else [],
        "differences": differences_table([it for it in lines if it.n], _hrefs(row)),
        "n_left": sum(it.n for it in lines),
        "must_go": any(it.n and it.must_go for it in lines),
        "plans": plans,
        "keeps_kits": may_keep_kits(request.user),
        "may_list": bool(areas_of(request.user, NAMES)),
        "may_table": any(may(request.user, it) for it in ("screening.sample", "screening.plan")),
        "standing": [it for it in sites_of(row) if it.closed_at is None] if plans else [],
        "is_county": the_realm().division_code in areas_covered(row),
        "done": DONE.get(request.GET.get("done", "")),
        "trail": [(HOME, reverse("rounds")), (row.name, "")],
    }


def _hrefs(row: ScreeningRound) -> dict[str, str]:
    boxes, table = reverse("round-boxes", args=[row.pk]), reverse("round-table", args=[row.pk])
    kinds = ("boxes_open", "boxes_waiting", "boxes_on_the_way", "boxes_empty", "boxes_untold", "not_handed")
    return {
        "due": reverse("round-people", args=[row.pk]),
        "tubes_open": f"{table}?show=open#tubes",
        "tubes_loose": f"{table}?show=loose#tubes",
        "unsettled": reverse("round-doubts", args=[row.pk]),
        "called_back": f"{reverse('round-results', args=[row.pk])}?state=open#list",
        **dict.fromkeys(kinds, boxes),
    }
