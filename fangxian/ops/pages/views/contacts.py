"""The contact line list: filters and order in the address, decisions on the rows that were ticked, files of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.contacts.actions import note_exported
from fangxian.ops.contacts.listing import SORTS, Wanted
from fangxian.ops.contacts.quality import RULES
from fangxian.ops.contacts.queries import VIEW
from fangxian.ops.pages.contacts.export import as_csv, as_xlsx
from fangxian.ops.pages.contacts.forms import ContactFilter, DecisionForm, say_beside
from fangxian.ops.pages.contacts.tables import contacts_table, ids_of
from fangxian.ops.pages.contacts.words import put_back_through
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.pages.words import said
from fangxian.ops.places.queries import DivisionName
from fangxian.ops.procedures.confirm_contacts import confirm_contacts, put_back_contacts, reject_contacts
from fangxian.ops.procedures.manage_contacts import MAY, release_contacts, trace_contacts
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.contact_lists import Words, contact_page, every_contact, n_wanted, words_in_force
from fangxian.ops.situation.venues import names_down_to_units

A_PAGE, LONG_PAGE = 50, 200
TAKEN, LOGGED_AT_ONCE = "contacts.taken_out", 500
FILTERS = {"case", "ring", "state", "area", "team", "mode", "belongs", "origin", "late", "fault"}
FILES = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
DONE = {
    "confirm": Said("已判定。", "Confirmed."),
    "reject": Said("已排除。", "Rejected."),
    "put-back": Said("已放回，等待重新判定。", "Put back; they wait to be decided on again."),
    "traced": Said("已记为落地。", "Noted as traced."),
    "release": Said("已解除。", "Released."),
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request) -> HttpResponse:
    """GET shows a page of the list. POST carries out, on the rows that were ticked, the decision named by `do`."""
    require(request.user, VIEW)
    at = county_now()
    words = words_in_force(at)
    if request.method != "POST":
        return _page(request, at, words, DecisionForm(rings=words.rings))
    if request.POST.get("do") not in DECIDE:
        return apologise(request, 400)
    form = DecisionForm(request.POST, rings=words.rings)
    return _decide(request, form) or _page(request, at, words, form, status=400)


def _decide(request, form: DecisionForm) -> HttpResponse | None:
    """Where to go once it is done; None where something is wrong, which the form then says."""
    do, ids = request.POST["do"], ids_of(request.POST.getlist("contact"))
    if not form.is_valid() or (do == "confirm" and not form.need_ring()):
        return None
    if not ids:
        form.add_error(None, said("还没有选接触者。请先勾选几行。", "No contact was chosen: tick some rows first."))
        return None
    try:
        decided = DECIDE[do](ids, form.cleaned_data, request.user)
    except Refusal as refusal:
        say_beside(form, None, refusal)
        return None
    query = request.GET.copy()
    query["done"] = do
    query["through"] = str(getattr(decided, "n_through", 0) or "")
    return HttpResponseRedirect(f"{reverse('contacts')}?{query.urlencode()}")


DECIDE: dict[str, Callable[[list[UUID], dict, Account], object]] = {
    "confirm": lambda ids, told, by: confirm_contacts(
        contacts=ids, ring=told["ring"], reason=told["reason"], by=by, seen_at=told["seen_at"]
    ),
    "reject": lambda ids, told, by: reject_contacts(
        contacts=ids, reason=told["reason"], by=by, seen_at=told["seen_at"]
    ),
    "put-back": lambda ids, told, by: put_back_contacts(
        contacts=ids, reason=told["reason"], by=by, seen_at=told["seen_at"]
    ),
    "traced": lambda ids, told, by: trace_contacts(contacts=ids, reason=told["reason"], by=by),
    "release": lambda ids, told, by: release_contacts(contacts=ids, reason=told["reason"], by=by),
}


def filter_of(request, words: Words, places: Mapping[str, DivisionName]) -> ContactFilter:
    """The filter in the address, with the areas that are the reader's to choose from."""
    own = areas_of(request.user, VIEW)
    theirs = [it for path, it in places.items() if _touches(path, own)]
    data = request.GET if request.GET.keys() & FILTERS else None
    return ContactFilter(data, rings=words.rings, places=theirs, teams=words.teams)


def _touches(path: str, areas: list[str]) -> bool:
    return any(path.startswith(area) or area.startswith(path) for area in areas)


def _page(request, at: datetime, words: Words, form: DecisionForm, status: int = 200) -> HttpResponse:
    places = names_down_to_units()
    narrow = filter_of(request, words, places)
    wanted, sort = narrow.wanted, _sort(request)
    size = LONG_PAGE if request.GET.get("size") == str(LONG_PAGE) else A_PAGE
    paging = Paging.of(request, total=n_wanted(request.user, wanted, at=at), size=size)
    for name in ("done", "through"):
        paging.query.pop(name, None)
    asked = {"sort": sort, "which": paging.slice, "total": paging.total}
    page = contact_page(request.user, wanted, at=at, words=words, places=places, **asked)
    may_decide = may(request.user, MAY)
    ticked = request.POST.getlist("contact")
    context = {
        "table": contacts_table(page, paging=paging, sort=sort, ticked=ticked, may_decide=may_decide),
        "narrow": narrow,
        "total": paging.total,
        "rules": _rules(page, wanted),
        "n_faulty": page.faulty.n_rows,
        "late": _late(page, wanted),
        "case_number": wanted.case and page.around.numbers.get(wanted.case),
        "form": form,
        "may_decide": may_decide,
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "through_said": put_back_through(request.GET.get("through", "")) if request.method != "POST" else None,
        "here": paging.href(paging.page),
        "is_long": size == LONG_PAGE,
        "at": at,
    }
    return render(request, "pages/contacts/contacts.html", context, status=status)


def _sort(request) -> str:
    asked = request.GET.get("sort", "")
    return asked if asked.lstrip("-") in SORTS else "-weight"


def _rules(page, wanted: Wanted) -> list[dict]:
    """The rules that some row breaks, with how many, the most broken first."""
    broken = [
        {"rule": rule, "n": page.faulty.by_rule[rule.key], "here": wanted.fault == rule.key}
        for rule in RULES
        if page.faulty.by_rule[rule.key] or wanted.fault == rule.key
    ]
    return sorted(broken, key=lambda it: -it["n"])


def _late(page, wanted: Wanted) -> list[dict]:
    told = (
        ("follow-up", Said("今天的随访逾期", "today's follow-up late"), page.n_late),
        ("release", Said("到期未解除", "not released in time"), page.n_to_release),
    )
    return [{"key": key, "what": what, "n": n, "here": wanted.late == key} for key, what, n in told if n]


@login_required
@never_cache
@require_POST
def export(request, kind: str) -> HttpResponse:
    """The filtered list as a file, of any length: sent as it is read. Who took it is put on record first.

    It holds in full what pages mask: asked for, so that it is no link to send, and each person sees who took it.
    """
    if kind not in FILES:
        return apologise(request, 404)
    at = county_now()
    wanted = filter_of(request, words_in_force(at), names_down_to_units()).wanted
    n = n_wanted(request.user, wanted, at=at)
    note_exported(n=n, kind=kind, by=f"account:{request.user.pk}")
    write, content_type = FILES[kind]
    rows = _looked_at(every_contact(request.user, wanted, at=at, sort=_sort(request)), request.user)
    answer = StreamingHttpResponse(write(rows, at), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="contacts-{localtime(at):%Y%m%d-%H%M}.{kind}"'
    return answer


def _looked_at(rows: Iterable[tuple], account: Account) -> Iterator[tuple]:
    """The same rows, each noted as looked at before it is sent."""
    left = iter(rows)
    while chunk := list(islice(left, LOGGED_AT_ONCE)):
        subjects = [f"contact:{it.pk}" for it, _ in chunk]
        subjects += [f"person:{it.person_id}" for it, _ in chunk if it.person_id]
        # Whoever stands between a contact and the case is named in the row of that contact too.
        subjects += sorted({f"contact:{it.via}" for it, _ in chunk if it.via} - set(subjects))
        log_views(viewer=account.pk, subjects=subjects, why=TAKEN)
        yield from chunk
