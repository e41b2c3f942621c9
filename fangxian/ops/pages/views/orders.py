"""Orders for measures: what holds now, a draft that two others sign, lifting one before its time."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.approvals.queries import pending_of
from fangxian.ops.measures.actions import SIGNING
from fangxian.ops.measures.queries import (
    latest_issuer,
    order_numbers,
    order_with,
    orders_over,
    orders_proposed,
    orders_running,
)
from fangxian.ops.measures.wire import OrderDraft
from fangxian.ops.pages.orders.forms import OrderForm
from fangxian.ops.pages.orders.tables import orders_table, waiting_table
from fangxian.ops.pages.orders.words import DONE, meaning_of, next_number, state_of
from fangxian.ops.pages.tables import Paging
from fangxian.ops.people.queries import n_living_in
from fangxian.ops.places.queries import area_names
from fangxian.ops.procedures.order_measures import DRAFT, SIGN, VIEW, lift, order_not_found, propose_order
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.case_desk import disease_names
from fangxian.ops.situation.rulebook_names import rulebook_names

LIST = Said("措施命令", "Orders")
USUAL = timedelta(days=7)


@login_required
@never_cache
@require_safe
def orders(request) -> HttpResponse:
    """What holds, what is to come, what waits for signatures, and what is over."""
    require(request.user, VIEW)
    at = county_now()
    running, waiting = orders_running(at), _waiting(request.user, at)
    over = orders_over(at)
    paging = Paging.of(request, total=over.count(), size=20)
    past, proposed = list(over[paging.slice]), orders_proposed([it.pk for it in waiting])
    names = _Names(at, [*running, *past, *proposed.values()])
    told = {"at": at, "measure_of": names.measure, "place_of": names.place}
    context = {
        "at": at,
        "n": sum(it.begins_at <= at for it in running),
        "running": orders_table(
            running, caption=Said("生效和将要生效", "In force, and to come"),
            empty=Said("没有生效的命令，没有任何限制措施。", "No order is in force: nothing is restricted."), **told,
        ),
        "over": orders_table(
            past, caption=Said("已解除、已到期", "Lifted or lapsed"), paging=paging,
            empty=Said("还没有过命令。", "There has been no order yet."), **told,
        ),
        "waiting": waiting_table(
            [it for it in waiting if it.pk in proposed], proposed, measure_of=names.measure, place_of=names.place
        ),
        "may_draft": bool(_areas(request.user)),
        "sees_waiting": bool(waiting) or may(request.user, SIGN) or may(request.user, DRAFT),
    }  # fmt: skip
    return render(request, "pages/orders/orders.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request) -> HttpResponse:
    """GET shows the form; POST asks two others to sign, and leads to that request."""
    areas, at = _areas(request.user), county_now()
    if not areas:
        require(request.user, DRAFT)
    measures, places = rulebook_names(at).measures, _places(areas)
    listed = {"measures": measures, "diseases": disease_names(at), "areas": list(places.items())}
    form = OrderForm(request.POST or None, initial=_usual(at), **listed)
    if request.method == "POST" and form.is_valid():
        draft = _draft(form.cleaned_data)
        measure = measures[draft.disease, draft.measure]
        try:
            pk = propose_order(draft=draft, measure=measure, place=places[draft.area_path], by=request.user)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return HttpResponseRedirect(f"{reverse('approval', args=[pk])}?done=asked")
    trail = [(LIST, reverse("orders")), (Said("起草命令", "Draft an order"), "")]
    context = {"form": form, "at": at, "trail": trail}
    return render(request, "pages/orders/new.html", context, status=400 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def order(request, order_id: UUID) -> HttpResponse:
    """One order. POST lifts it, for the reason given."""
    require(request.user, VIEW)
    at, refused = county_now(), None
    if request.method == "POST":
        try:
            lift(order=order_id, reason=request.POST.get("reason", "")[:1000], by=request.user)
            return HttpResponseRedirect(f"{reverse('order', args=[order_id])}?done=lifted")
        except Refusal as refusal:
            if refusal.code != "measures.lift_without_reason":
                raise
            refused = refusal.said
    row = order_with(order_id)
    if row is None:
        raise order_not_found()
    names = _Names(at, [row])
    is_running = row.ends_at > at and (row.lifted_at is None or row.lifted_at > at)
    context = {
        "order": row,
        "measure": names.measure(row),
        "place": names.place(row),
        "meaning": meaning_of(row.measure),
        "n_people": n_living_in(row.area_path),
        "state": state_of(row, at),
        "may_lift": is_running and may(request.user, SIGN, row.area_path),
        "refused": refused,
        "done": DONE.get(request.GET.get("done", "")),
        "trail": [(LIST, reverse("orders")), (Said(row.number, row.number), "")],
        "at": at,
    }
    return render(request, "pages/orders/order.html", context, status=400 if refused else 200)


class _Names:
    """What the measures and areas of some orders are called."""

    def __init__(self, at: datetime, rows: Iterable) -> None:
        self._measures = rulebook_names(at).measures
        self._areas = area_names({it.area_path for it in rows})

    def measure(self, row) -> Said:
        return self._measures.get((row.disease, row.measure)) or Said(row.measure, row.measure)

    def place(self, row) -> Said:
        return self._areas.get(row.area_path) or Said(row.area_path, row.area_path)


def _waiting(account: Account, at: datetime) -> list:
    """Requests that orders be signed, of those the account made or may sign."""
    rows = pending_of(SIGNING, at).select_related("applicant_unit")
    return [it for it in rows if it.applicant_id == account.pk or may(account, SIGN, it.area_path)]


def _areas(account: Account) -> list[str]:
    """Where an account may ask for an order: headquarters in the county, a township's approver there."""
    return areas_of(account, DRAFT)


def _places(areas: Iterable[str]) -> dict[str, Said]:
    """Everything in some areas that an order may be for, by path, in the order of their codes."""
    return dict(sorted(_named_in(areas)))


def _named_in(areas: Iterable[str]) -> Iterator[tuple[str, Said]]:
    for area in areas:
        yield from area_names(inside=area).items()


def _draft(told: dict) -> OrderDraft:
    disease, _, measure = told["measure"].partition(":")
    return OrderDraft(
        number=told["number"].strip(), disease=disease, measure=measure, area_path=told["area"],
        issuer=told["issuer"].strip(), basis=told["basis"].strip(), reason=told["reason"].strip(),
        begins_at=told["begins_at"], ends_at=told["ends_at"], is_demonstration=the_realm().is_synthetic,
    )  # fmt: skip


def _usual(at: datetime) -> dict[str, object]:
    """What stands in an empty form: from now for a week, the number after the latest, its issuer."""
    begins = localtime(at).replace(second=0, microsecond=0)
    usual = {"begins_at": begins, "ends_at": begins + USUAL, "number": next_number(order_numbers())}
    return usual | {"issuer": latest_issuer()}
