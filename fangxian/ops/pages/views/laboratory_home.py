"""The laboratory's own page, what is coming to it, and the laboratories with their machines."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.laboratory.judging import Kit
from fangxian.core.policy.box_clocks import box_clocks
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.lab.queries import rounds
from fangxian.ops.laboratory.queries import (
    BEFORE_RESULTS,
    Laboratory,
    as_reckoned,
    boxes_coming,
    boxes_received,
    instruments_of,
    laboratories,
    laboratory_with,
    last_released_at,
    n_to_review,
    oldest_waiting_at,
    own_laboratory,
    plates_of,
    running_in,
    waiting,
)
from fangxian.ops.laboratory.refusals import no_instrument, no_laboratory
from fangxian.ops.laboratory.wire import NewInstrument
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.pages.laboratory.bench_forms import InstrumentForm, KitForm, LaboratoryForm, ReceiveForm, say_beside
from fangxian.ops.pages.laboratory.bench_tables import (
    boxes_table,
    laboratories_table,
    machines_table,
    plates_table,
    tubes_table,
)
from fangxian.ops.pages.tables import Paging
from fangxian.ops.procedures import run_laboratory
from fangxian.ops.realm.current import county_now

A_PAGE = 50
HOME = Said("实验室", "Laboratory")
COMING, LABORATORIES = Said("来的箱子", "Boxes coming"), Said("各实验室", "Laboratories")
FORM = require_http_methods(["GET", "HEAD", "POST"])


def the_bench() -> Laboratory:
    """The county's own laboratory.

    Refuses
    -------
    laboratory.not_found
    """
    row = own_laboratory()
    if row is None:
        raise no_laboratory()
    return row


@login_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def laboratory(request: HttpRequest) -> HttpResponse:
    """What is coming, what waits, what runs now, what is to be reviewed."""
    run_laboratory.require_laboratory(request.user)
    at, row = county_now(), own_laboratory()
    context: dict[str, object] = {"at": at, "laboratory": row}
    if row is not None:
        machines = list(instruments_of(row))
        open_plates = plates_of(row).filter(state__in=BEFORE_RESULTS)
        a_day = as_reckoned(row, machines).tubes_a_day
        context |= {
            "n_waiting": waiting(row).order_by().count(),
            "oldest_at": oldest_waiting_at(row),
            "n_coming": boxes_coming().order_by().count(),
            "n_review": n_to_review(),
            "last_at": last_released_at(row),
            "a_day": a_day,
            "machines": machines_table(machines, running_in(row), at),
            "plates": plates_table(list(open_plates[:A_PAGE])),
            "n_plates": open_plates.count(),
        }
    return render(request, "pages/laboratory/bench.html", context)


@login_required
@never_cache
@FORM
def coming(request: HttpRequest) -> HttpResponse:
    """GET lists boxes on their way, or received (`show`), and the tubes that wait. POST receives a box."""
    run_laboratory.require_laboratory(request.user)
    if (row := own_laboratory()) is None:
        return redirect("laboratory")
    at = county_now()
    open_rounds = rounds().filter(state="open")
    form = ReceiveForm(request.POST if request.method == "POST" else None, rounds=open_rounds)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            label, n = run_laboratory.receive(box=told["box"], laboratory=row, round=form.of_round, by=request.user)
        except Refusal as refusal:
            say_beside(form, "box", refusal)
        else:
            return HttpResponseRedirect(f"{request.path}?{urlencode({'box': label, 'n': n})}")
    show = "received" if request.GET.get("show") == "received" else "coming"
    boxes = boxes_received() if show == "received" else boxes_coming()
    paging, tubes = Paging.of(request, total=boxes.order_by().count(), size=A_PAGE), waiting(row)
    of_tubes = Paging.of(request, total=tubes.order_by().count(), size=A_PAGE, asks="tubes")
    n, shown = request.GET.get("n", ""), list(boxes[paging.slice])
    books = rulebooks_by_disease(at)
    clocks = {it: box_clocks(books.get(it), at) for it in {box.round.disease for box in shown}}
    context = {
        "at": at,
        "form": form,
        "show": show,
        "n_coming": paging.total if show == "coming" else boxes_coming().order_by().count(),
        "boxes": boxes_table(shown, paging, clocks, at),
        "tubes": tubes_table(list(tubes[of_tubes.slice]), of_tubes),
        "n_waiting": of_tubes.total,
        "received": request.GET.get("box", "")[:24],
        "n_in_box": int(n) if n.isdecimal() and len(n) < 5 else 0,
        "trail": [(HOME, reverse("laboratory")), (COMING, "")],
    }
    return render(request, "pages/laboratory/coming.html", context, status=400 if form.errors else 200)


@login_required
@never_cache
@FORM
def all_laboratories(request: HttpRequest) -> HttpResponse:
    """GET lists the laboratories, own and outside. POST adds one."""
    run_laboratory.require_laboratories(request.user)
    form = LaboratoryForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            made = run_laboratory.add(
                name=told["name"], is_own=told["is_own"], tubes_a_day=told["tubes_a_day"], by=request.user
            )
        except Refusal as refusal:
            say_beside(form, "name" if "name" in refusal.said.en else "tubes_a_day", refusal)
        else:
            return HttpResponseRedirect(reverse("laboratory-one", args=[made.pk]))
    rows = list(laboratories(closed=True).prefetch_related("instruments"))
    context = {
        "at": county_now(),
        "form": form,
        "n": len(rows),
        "table": laboratories_table([_capacity(it) for it in rows]),
        "trail": [(HOME, reverse("laboratory")), (LABORATORIES, "")],
    }
    return render(request, "pages/laboratory/laboratories.html", context, status=400 if form.errors else 200)


def _capacity(row: Laboratory) -> tuple[Laboratory, int | None, int]:
    """Tubes a day, as agreed or as its machines do, and how many of these work."""
    machines = [it for it in row.instruments.all() if it.removed_at is None]
    n_working = sum(it.stopped_at is None for it in machines)
    return row, as_reckoned(row, machines).tubes_a_day if machines else row.tubes_a_day, n_working


@login_required
@never_cache
@FORM
def one_laboratory(request: HttpRequest, laboratory_id: UUID) -> HttpResponse:
    """GET shows a laboratory and its machines. POST does what `do` says: add, change, stop, go, remove."""
    run_laboratory.require_laboratories(request.user)
    row, refused = laboratory_with(laboratory_id), None
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form = InstrumentForm(request.POST if do == "add" else None)
    kit = KitForm(request.POST) if do == "kit" else KitForm.showing(Kit.of(row.kit))
    if do:
        try:
            if _do(request, row, do, kit if do == "kit" else form):
                return HttpResponseRedirect(f"{request.path}?done={do}")
        except Refusal as refusal:
            if refusal.code.startswith("accounts."):
                raise
            if do == "add":
                say_beside(form, "name", refusal)
            else:
                refused = refusal.said
    machines, at = list(instruments_of(row)), county_now()
    reckoned = as_reckoned(row, machines)
    context = {
        "at": at,
        "laboratory": row,
        "a_day": reckoned.tubes_a_day if machines else row.tubes_a_day,
        "held_up_by": HELD_UP[reckoned.held_up_by] if machines else None,
        "machines": machines,
        "table": machines_table(machines, running_in(row), at),
        "form": form,
        "kit": kit if row.is_own else None,
        "refused": refused,
        "done": DONE.get(request.GET.get("done", "")),
        "trail": [(HOME, reverse("laboratory")), (LABORATORIES, reverse("laboratories")), (row.name, "")],
    }
    is_wrong = bool(refused or form.errors or kit.errors)
    return render(request, "pages/laboratory/laboratory.html", context, status=400 if is_wrong else 200)


HELD_UP = {
    "extraction": Said("提取", "extraction"),
    "amplification": Said("扩增", "amplification"),
    "hands": Said("约定的管数", "what was agreed"),
}
DONE = {
    "add": Said("仪器已添加。", "The instrument was added."),
    "change": Said("已改。", "Changed."),
    "kit": Said("已改，以后上传的文件按它判读。", "Changed: files from now on are judged by it."),
    "stop": Said("已记停机，产能已按能用的仪器重算。", "It is out of order; capacity is reckoned without it."),
    "go": Said("已恢复。", "It works again."),
    "remove": Said("已撤走。", "It was taken away."),
}


def _do(request: HttpRequest, row: Laboratory, do: str, form: InstrumentForm | KitForm) -> bool:
    by, asked = request.user, request.POST
    if do in ("add", "kit") and not form.is_valid():
        return False
    if do == "kit":
        run_laboratory.judge_by(laboratory=row.pk, kit=form.kit, by=by)
        return True
    if do == "add":
        run_laboratory.put_instrument_up(laboratory=row.pk, instrument=NewInstrument(**form.cleaned_data), by=by)
        return True
    if do == "change":
        text = asked.get("tubes_a_day", "").strip()
        a_day = int(text) if text.isdecimal() and 0 < len(text) < 8 else None
        run_laboratory.change(
            laboratory=row.pk, tubes_a_day=a_day or None, is_closed=asked.get("closed") == "on", by=by
        )
        return True
    machine = _machine(asked.get("instrument", ""))
    if do == "stop":
        run_laboratory.stop(instrument=machine, why=asked.get("why", "")[:200], by=by)
    elif do == "go":
        run_laboratory.set_going(instrument=machine, by=by)
    else:
        run_laboratory.take_away(instrument=machine, by=by)
    return True


def _machine(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise no_instrument() from None
