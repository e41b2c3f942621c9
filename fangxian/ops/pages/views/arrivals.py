"""Arrivals as grid workers, checkpoints, hotels and the county see them; declaring for somebody; one arrival."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fangxian.core.identity import IdentityKind
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.arrivals.queries import (
    DECLARED_AS,
    PROPOSAL_STATES,
    REVIEW,
    STATES,
    arrivals_for,
    corrections_for,
    origins_of,
    proposals_for,
)
from fangxian.ops.arrivals.refusals import no_correction
from fangxian.ops.audit.actions import log_views
from fangxian.ops.documents.rendering import pdf_of
from fangxian.ops.pages.arrivals.filters import CORRECTED, LATE, NOT_SIGNED, ArrivalFilter, areas_to_choose, narrowed
from fangxian.ops.pages.arrivals.forms import (
    CancelForm,
    CorrectForm,
    NewcomerForm,
    NotSoForm,
    UndertakingForm,
    say_beside,
)
from fangxian.ops.pages.arrivals.journey import Journey, asks_for_a_row
from fangxian.ops.pages.arrivals.showing import (
    code_said,
    place_name,
    stages_said,
    stays_said,
    tests_said,
    versions_said,
)
from fangxian.ops.pages.arrivals.tables import arrivals_table
from fangxian.ops.pages.arrivals.words import CORRECTIONS, DONE, MEASURES, TRANSPORTS
from fangxian.ops.pages.arrivals.words import DECLARED_AS as DECLARED_WORDS
from fangxian.ops.pages.arrivals.words import STATES as STATE_WORDS
from fangxian.ops.pages.county.words import place_name as area_name
from fangxian.ops.pages.parts import Need
from fangxian.ops.pages.tables import Paging
from fangxian.ops.places.queries import path_down_to, places_at
from fangxian.ops.posts.queries import passing_seen
from fangxian.ops.procedures.arrival_decision import asked_by, look_back
from fangxian.ops.procedures.arrival_declarers import declare_for_somebody, declares_as, may_declare_for_others
from fangxian.ops.procedures.arrival_people import Newcomer
from fangxian.ops.procedures.confirm_correction import confirm_correction, refuse_correction, take_correction_back
from fangxian.ops.procedures.declare_arrival import (
    cancel_arrival,
    correct_arrival,
    own_may_cancel,
    say_landed,
    sign_undertaking,
)
from fangxian.ops.procedures.print_arrival import print_receipt, print_undertaking, receipt_of
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.arrival_files import ArrivalFile, arrival_file
from fangxian.ops.situation.venues import names_down_to_units

from .own_arrivals import areas_there

A_PAGE = 50
READ = "arrivals.read"
CORRECTING = ("so", "not_so", "take_back")
BESIDE_NUMBER = ("identity.", "arrivals.other_name", "people.visitor_on_record")
BESIDE_BIRTH = ("people.visitor_birth_missing", "arrivals.birth_missing")


@login_required
@never_cache
@require_GET
def arrivals(request) -> HttpResponse:
    """Who came and who is expected, within what the account looks after; filters in the address."""
    if not may_declare_for_others(request.user):
        require(request.user, REVIEW)
    at = county_now()
    narrow = ArrivalFilter(request.GET, areas=areas_to_choose(names_down_to_units(), areas_of(request.user, REVIEW)))
    rows = narrow.of(arrivals_for(request.user), at)
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    shown = list(rows[paging.slice])
    codes = origins_of([it.pk for it in shown])
    origins = {pk: "、".join(map(place_name, some)) for pk, some in codes.items()}
    places = {path: area_name(it) for path, it in places_at({it.area_path for it in shown}).items()}
    context = {
        "table": arrivals_table(shown, origins, places, paging),
        "needs": list(_needs(request.user, at)),
        "narrow": narrow,
        "total": paging.total,
        "at": at,
    }
    return render(request, "pages/arrivals/arrivals.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def new(request) -> HttpResponse:
    """GET shows the form for somebody who stands before one; POST declares, or gives the form another row."""
    declared_as, hotel = declares_as(request.user)
    at, listed = county_now(), partial(areas_there, at=county_now())
    asks = _asks(request, declared_as)
    if request.method != "POST":
        told = _told_at_post(request)
        journey = Journey.begun(at, phone=told.pop("phone", ""), origin=told.pop("origin", ""), listed=listed)
        return _new_page(request, NewcomerForm(initial=told, **asks), journey, at, hotel)
    who, journey = NewcomerForm(request.POST, **asks), Journey.sent(request.POST, listed=listed)
    is_valid = all([who.is_valid(), journey.is_valid()])
    if asks_for_a_row(request.POST) or (is_valid and journey.asks):
        return _new_page(request, who, journey, at, hotel)
    if is_valid:
        try:
            kept, token = declare_for_somebody(
                newcomer=_newcomer(who, journey), told=journey.told, area_path=who.cleaned_data.get("area", ""),
                by=request.user, token=journey.main.sent_with,
            )  # fmt: skip
        except Refusal as refusal:
            _say(who, journey, refusal)
        else:
            return _declared(request, kept, token, at)
    return _new_page(request, who, journey, at, hotel, status=400)


def _declared(request, kept, token: str, at: datetime) -> HttpResponse:
    """What is asked, with the receipt. A new visitor's code has an address that only its owner may keep: it stands on
    this answer alone, and in no address and no session of whoever declared."""
    done = "waits" if kept.waits else "declared" if kept.is_new else "again"
    if kept.is_new:
        print_receipt(arrival=kept.row, by=f"account:{request.user.pk}")
    if not token:
        return HttpResponseRedirect(f"{reverse('arrival', args=[kept.row.pk])}?done={done}")
    found = arrival_file(kept.row.pk, request.user, at=at)
    address = request.build_absolute_uri(reverse("visitor-code", args=[token]))
    context = {"form": CancelForm(), "done": DONE["declared"], "visitor": {"address": address}}
    context["visitor"]["svg"] = code_said(address)
    return render(request, _template("one", found), _shown(found, at) | context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def arrival(request, arrival_id: UUID) -> HttpResponse:
    """GET shows what is asked of somebody and why; POST says that they are here, issues the receipt, cancels, or
    answers a correction that waits (`do`: so, not_so, take_back)."""
    at = county_now()
    found = arrival_file(arrival_id, request.user, at=at)
    here = reverse("arrival", args=[found.row.pk])
    form = CancelForm()
    if request.method == "POST" and request.POST.get("do") == "landed":
        say_landed(arrival=found.row.pk, by=request.user)
        return HttpResponseRedirect(f"{here}?done=landed")
    if request.method == "POST" and request.POST.get("do") == "receipt":
        print_receipt(arrival=found.row, by=f"account:{request.user.pk}")
        return HttpResponseRedirect(f"{here}#receipt")
    do, not_so = request.POST.get("do", ""), NotSoForm()
    if do in CORRECTING and found.correction is not None:
        not_so = NotSoForm(request.POST if do == "not_so" else None)
        if done := _answered(request, found, do, not_so):
            return HttpResponseRedirect(f"{here}?done={done}")
    elif request.method == "POST":
        form = CancelForm(request.POST)
        if form.is_valid():
            why = form.cleaned_data["why"]
            cancel_arrival(arrivals=[found.row.pk], why=why, by=request.user, is_own=found.is_own)
            return HttpResponseRedirect(f"{here}?done=cancelled")
    if not found.is_own:
        log_views(viewer=request.user.pk, subjects=[f"person:{found.row.person_id}"], why=READ)
    context = _shown(found, at) | {"form": form, "not_so": not_so, "done": DONE.get(request.GET.get("done", ""))}
    return render(request, _template("one", found), context, status=400 if form.errors or not_so.errors else 200)


def _answered(request, found: ArrivalFile, do: str, not_so: NotSoForm) -> str:
    """What became of a correction that waits; "" where something is still to be written."""
    correction = found.correction.pk
    if request.POST.get("correction") != str(correction):  # another was said since the page was opened
        raise no_correction()
    if do == "take_back":
        take_correction_back(correction=correction, by=request.user)
        return "taken_back"
    if do == "so":
        confirm_correction(correction=correction, by=request.user)
        return "confirmed"
    if not_so.is_valid():
        refuse_correction(correction=correction, why=not_so.cleaned_data["why_not"], by=request.user)
        return "refused"
    return ""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def correct(request, arrival_id: UUID) -> HttpResponse:
    """GET shows the declaration as a form; POST puts right what is wrong with it."""
    at, listed = county_now(), partial(areas_there, at=county_now())
    found = arrival_file(arrival_id, request.user, at=at)
    if request.method != "POST":
        return _correct_page(request, found, Journey.of(found.told, listed=listed), CorrectForm(), at)
    journey, why = Journey.sent(request.POST, listed=listed), CorrectForm(request.POST)
    is_valid = all([journey.is_valid(), found.is_own or why.is_valid()])
    if asks_for_a_row(request.POST) or (is_valid and journey.asks):
        return _correct_page(request, found, journey, why, at)
    if is_valid:
        reason = "" if found.is_own else why.cleaned_data["reason"]
        try:
            kept = correct_arrival(
                arrival=found.row.pk, told=journey.told, reason=reason, is_own=found.is_own, by=request.user
            )
        except Refusal as refusal:
            journey.say(refusal)
        else:
            done = "waits" if kept.waits else "corrected"
            return HttpResponseRedirect(f"{reverse('arrival', args=[found.row.pk])}?done={done}")
    return _correct_page(request, found, journey, why, at, status=400)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("name")
@sensitive_variables()
def undertaking(request, arrival_id: UUID) -> HttpResponse:
    """GET shows what is undertaken; POST signs it with a typed name."""
    at = county_now()
    found = arrival_file(arrival_id, request.user, at=at)
    form = UndertakingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        sign_undertaking(arrival=found.row.pk, name=form.cleaned_data["name"], by=request.user)
        return HttpResponseRedirect(f"{reverse('arrival', args=[found.row.pk])}?done=undertaken")
    status = 400 if form.errors else 200
    return render(request, _template("undertaking", found), _shown(found, at) | {"form": form}, status=status)


@login_required
@never_cache
@require_POST
def paper(request, arrival_id: UUID) -> HttpResponse:
    """The receipt, or with `which=undertaking` what was signed, as a numbered PDF whose QR verifies."""
    found = arrival_file(arrival_id, request.user, at=county_now())
    is_promise = request.POST.get("which") == "undertaking"
    printed = (print_undertaking if is_promise else print_receipt)(arrival=found.row, by=f"account:{request.user.pk}")
    if not found.is_own:
        log_views(viewer=request.user.pk, subjects=[f"person:{found.row.person_id}"], why="arrivals.printed")
    answer = HttpResponse(pdf_of(printed), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="arrival-{found.row.pk.hex[:8]}.pdf"'
    return answer


def _needs(account, at: datetime) -> Iterator[Need]:
    """What needs a hand: who was announced and did not come, who has not signed."""
    rows, here = arrivals_for(account).order_by(), reverse("arrivals")
    if n_told := proposals_for(account).filter(state=PROPOSAL_STATES.WAITING).order_by().count():
        yield Need(what=Said("亲友代报，等核实", "told by relatives or hosts, to be asked about"),
                   href=reverse("arrival-proposals"), count=n_told)  # fmt: skip
    if n_corrected := corrections_for(account).order_by().count():
        yield Need(what=Said("本人更正，等核实", "corrected by the person, to be asked about"),
                   href=f"{here}?state={CORRECTED}#list", count=n_corrected)  # fmt: skip
    n_late, n_unsigned = (narrowed(rows, state, at).count() for state in (LATE, NOT_SIGNED))
    if n_late:
        yield Need(what=Said("报备的时间过了，还没有落地申报", "announced, and not seen yet"),
                   href=f"{here}?state={LATE}#list", count=n_late, late=True)  # fmt: skip
    if n_unsigned:
        yield Need(what=Said("承诺书还没有签", "undertaking not signed"),
                   href=f"{here}?state={NOT_SIGNED}#list", count=n_unsigned)  # fmt: skip


def _template(name: str, found: ArrivalFile) -> str:
    """Whoever looks at their own is on a phone; everybody else is at a desk."""
    return f"pages/arrivals/{name}_own.html" if found.is_own else f"pages/arrivals/{name}.html"


def _shown(found: ArrivalFile, at: datetime) -> dict[str, object]:
    row, today, receipt = found.row, localtime(at).date(), receipt_of(found.row)
    return {
        "found": found,
        "row": row,
        "state": STATE_WORDS[row.state],
        "declared_as": DECLARED_WORDS[row.declared_as],
        "asked": asked_by(found.decided, at),
        "receipt": receipt and {"number": receipt.number, "svg": code_said(receipt.proof)},
        "stages": stages_said(found.decided),
        "tests": list(tests_said(found.decided, found.sampled, today)),
        "stays": list(stays_said(found.told, found.areas)),
        "legs": [(TRANSPORTS[it.transport], it) for it in found.told.legs],
        "versions": list(versions_said(found.versions)),
        "not_taken": [(CORRECTIONS[it.state], it) for it in found.not_taken],
        "ask": found.rulebook.ask if found.rulebook else None,
        "where": [area_name(it) for it in path_down_to(row.area_path)],
        "is_announced": row.state == STATES.ANNOUNCED,
        "is_over": row.state == STATES.CANCELLED,
        "may_cancel": not found.is_own or own_may_cancel(row),
        "corrected": _corrected(found),
        "trail": [(Said("来返申报", "Arrivals"), reverse("arrivals")), (Said("一次到达", "One arrival"), "")],
        "at": at,
    }


def _corrected(found: ArrivalFile) -> dict[str, object] | None:
    """A correction that waits, as both read it: the person, and whoever is to ask."""
    if found.corrected_to is None:
        return None
    row = found.correction
    return {
        "row": row,
        "told": found.corrected_to,
        "stays": list(stays_said(found.corrected_to, found.areas)),
        "now": MEASURES[found.row.measure if found.row.rules else ""],
        "then": MEASURES[row.measure if row.rules else ""],
    }


def _asks(request, declared_as: str) -> dict[str, object]:
    """What the form asks of whoever declares: a hotel is itself where its guests stay."""
    if declared_as == DECLARED_AS.HOTEL:
        return {"areas": [], "lives_here": False}
    own = areas_of(request.user, REVIEW) if declared_as == DECLARED_AS.GRID_WORKER else [""]
    return {"areas": areas_to_choose(names_down_to_units(), own, whole=False), "lives_here": True}


def _told_at_post(request) -> dict[str, str]:
    """What somebody said at a post a moment ago, who is to declare now: `passing` in the address names it, and no more.
    Of whoever showed a code alone the name is known, and the number is typed from the document."""
    passing = passing_seen(request.user, request.GET.get("passing", ""))
    if passing is None:
        return {}
    name = passing.name or (passing.person.name if passing.person else "")
    return {"name": name, "number": passing.document, "phone": passing.phone, "origin": passing.origin}


def _newcomer(who: NewcomerForm, journey: Journey) -> Newcomer:
    told, said = who.cleaned_data, journey.told
    origin = "、".join(place_name(it.division) for it in said.stays)
    return Newcomer(
        name=told["name"].strip(), number=told["number"], kind=IdentityKind(told["kind"]), phone=said.phone,
        born_on=told["born_on"], is_male=told["sex"] != "female", lives_here=told.get("lives_here") == "yes",
        from_place=origin[:200], to_place=said.stays_at,
    )  # fmt: skip


def _say(who: NewcomerForm, journey: Journey, refusal: Refusal) -> None:
    if refusal.code.startswith(BESIDE_NUMBER):
        say_beside(who, "number", refusal)
    elif refusal.code in BESIDE_BIRTH:
        say_beside(who, "born_on", refusal)
    else:
        journey.say(refusal)


def _new_page(request, who: NewcomerForm, journey: Journey, at: datetime, hotel, status: int = 200) -> HttpResponse:
    context = {"who": who, "journey": journey, "look_back": look_back(at).days, "hotel": hotel, "at": at}
    context |= {"action": reverse("arrivals-new"), "trail": _trail(Said("替人申报", "Declare for somebody"))}
    return render(request, "pages/arrivals/new.html", context, status=status)


def _correct_page(
    request, found: ArrivalFile, journey: Journey, why: CorrectForm, at: datetime, status: int = 200
) -> HttpResponse:
    context = {"found": found, "row": found.row, "journey": journey, "why": why, "look_back": look_back(at).days}
    context |= {"action": reverse("arrival-correct", args=[found.row.pk]), "trail": _trail(Said("更正", "Correct"))}
    return render(request, _template("correct", found), context | {"at": at}, status=status)


def _trail(last: Said) -> list[tuple]:
    return [(Said("来返申报", "Arrivals"), reverse("arrivals")), (last, "")]
