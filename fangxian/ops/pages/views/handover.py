"""Hand-over: packages to and from other counties with their clocks, one package, making one, the keys of counties."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.scope import require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.documents.queries import find as find_document
from fangxian.ops.documents.rendering import pdf_of
from fangxian.ops.handover import actions, refusals
from fangxian.ops.handover.queries import (
    EXCHANGE,
    Package,
    county_called,
    fields_of,
    keys,
    own_fingerprint,
    package_for,
    rows_of,
    within,
)
from fangxian.ops.handover.wire import County
from fangxian.ops.handover.words import STATES
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.pages.handover.forms import ArrivalForm, KeyForm, LeavingForm, ReasonForm, say_beside
from fangxian.ops.pages.handover.tables import keys_table, packages_table, people_table
from fangxian.ops.pages.handover.words import DONE
from fangxian.ops.pages.parts import Need
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.pages.words import both, in_words, masked
from fangxian.ops.procedures.hand_over import (
    COUNTY_DIGITS,
    Leaving,
    all_living_in,
    cases_numbered,
    homes_elsewhere,
    known_home,
    living_elsewhere,
    n_living_elsewhere,
    prepare_package,
    send_package,
    withdraw_package,
)
from fangxian.ops.procedures.take_over import receive_package, take_over, take_receipt
from fangxian.ops.realm.current import county_now, the_realm

SHOWN, PEOPLE_A_PAGE = 50, 50
ZIP = b"PK"
FILE_FIELD = "file"
TRAIL = Said("移交", "Hand-over")
BESIDE = {
    "handover.no_addressee": "division_code",
    "handover.lives_in_another": "contacts",
    "handover.no_such_case": "cases",
    "handover.case_over": "cases",
}
DEEDS = ("send", "take-over", "withdraw")
LOOKED, TAKEN = "handover.package_page", "handover.package_taken"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def handover(request) -> HttpResponse:
    """GET shows what waits and what was exchanged. POST takes in a package or a receipt."""
    require(request.user, EXCHANGE)
    if request.method != "POST":
        return _page(request, ArrivalForm())
    form = ArrivalForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data[FILE_FIELD].read()
        try:
            package, done = _arrived(file, request.user)
        except Refusal as refusal:
            say_beside(form, FILE_FIELD, refusal)
        else:
            return HttpResponseRedirect(f"{reverse('handover-package', args=[package.pk])}?done={done}")
    return _page(request, form, status=400)


def _arrived(file: bytes, by) -> tuple[Package, str]:
    """A zip is a package, anything else a receipt; and what came of it, as a key of DONE."""
    is_package = file.startswith(ZIP)
    package, is_repeat = (receive_package if is_package else take_receipt)(file=file, by=by)
    if is_repeat:
        return package, "again"
    return package, ("held" if package.state == Package.State.HELD else "came") if is_package else "answered"


def _page(request, form: ArrivalForm, status: int = 200) -> HttpResponse:
    packages, at = within(request.user), county_now()
    going, coming = (packages.filter(direction=direction) for direction in ("out", "in"))
    waiting = list(packages.filter(state__in=("prepared", "sent", "held", "received")).order_by("due_at", "made_at"))
    out_paging = Paging.of(request, total=going.count(), size=SHOWN)
    in_paging = Paging.of(request, total=coming.count(), size=SHOWN, asks="page_in")
    nothing_out = Said("还没有移交过人员。", "Nobody has been handed over yet.")
    nothing_in = Said("还没有收到过其他县的转出包。", "No package of another county has come yet.")
    context = {
        "form": form,
        "needs": [_need(it, at) for it in waiting],
        "n_waiting": len(waiting),
        "out": packages_table(
            list(going[out_paging.slice]), caption=Said("发出", "Out"), empty=nothing_out, paging=out_paging
        ),
        "incoming": packages_table(
            list(coming[in_paging.slice]), caption=Said("收到", "In"), empty=nothing_in, paging=in_paging
        ),
        "keys": keys_table(list(keys())),
        "own_fingerprint": own_fingerprint(),
        "at": at,
    }
    return render(request, "pages/handover/handover.html", context, status=status)


def _need(it: Package, at) -> Need:
    state = STATES[it.state]
    return Need(
        what=Said(f"{it.number}：{state.zh}", f"{it.number}: {state.en}"),
        who=Said(it.county_zh, it.county_en),
        href=reverse("handover-package", args=[it.pk]),
        due_at=it.due_at,
        late=it.due_at is not None and it.due_at <= at,
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def package(request, package_id: UUID) -> HttpResponse:
    """GET shows a package with its people and clock. POST does what `do` says: send, withdraw or take over."""
    found = package_for(request.user, package_id)
    if request.method == "POST" and request.POST.get("do") not in DEEDS:
        return apologise(request, 400)
    form = ReasonForm(request.POST or None)
    refused, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            done = _done(request, found, form.cleaned_data["reason"])
        except Refusal as refusal:
            refused, status = refusal.said, 400
            found = package_for(request.user, package_id)
        else:
            return HttpResponseRedirect(f"{reverse('handover-package', args=[found.pk])}?done={done}")
    rows = rows_of(found)
    paging = Paging.of(request, total=rows.count(), size=PEOPLE_A_PAGE)
    shown = list(rows[paging.slice])
    log_views(
        viewer=request.user.pk, subjects=[f"{it.kind}:{it.subject_id or it.outer_id}" for it in shown], why=LOOKED
    )
    context = {
        "package": found,
        "state": STATES[found.state],
        "county": Said(found.county_zh, found.county_en),
        "people": people_table(shown, fields_of, paging, _rings()),
        "form": form,
        "refused": refused,
        "receipt": getattr(found, "receipt", None),
        "is_late": found.due_at is not None and found.closed_at is None and found.due_at <= county_now(),
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "trail": [(TRAIL, reverse("handover")), (Said(found.number, found.number), "")],
        "at": county_now(),
    }
    return render(request, "pages/handover/package.html", context, status=status)


def _rings() -> dict[str, Said]:
    """The rings of the rules in force by what a package, which speaks Chinese, calls them."""
    books = rulebooks_by_disease(county_now()).values()
    return {rule.name.zh: rule.name for book in books for rule in book.contacts}


def _done(request, found: Package, reason: str) -> str:
    """What was done, as a key of DONE."""
    do = request.POST.get("do")
    if do == "send":
        send_package(package=found.pk, by=request.user)
        return "sent"
    if do == "take-over":
        take_over(package=found.pk, by=request.user)
        return "taken"
    withdraw_package(package=found.pk, reason=reason, by=request.user)
    return "withdrawn"


@login_required
@never_cache
@require_POST
def package_file(request, package_id: UUID) -> HttpResponse:
    """The package, its receipt (`what=receipt`) or its letter (`what=letter`). Asked for, so that it is no link."""
    found = package_for(request.user, package_id)
    if request.POST.get("what") == "letter":
        return _letter(found)
    is_receipt = request.POST.get("what") == "receipt"
    kept = found.receipt.file if is_receipt and hasattr(found, "receipt") else found.file
    if not kept or (is_receipt and not hasattr(found, "receipt")):
        raise refusals.refusal("handover.unknown")
    if not is_receipt:  # the receipt names nobody
        subjects = [f"{it.kind}:{it.subject_id or it.outer_id}" for it in rows_of(found)]
        log_views(viewer=request.user.pk, subjects=subjects, why=TAKEN)
    answer = HttpResponse(the_realm().files.get(kept), content_type="application/octet-stream")
    name = f"receipt-{found.pk.hex[:8]}.json" if is_receipt else f"handover-{found.pk.hex[:8]}.zip"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _letter(found: Package) -> HttpResponse:
    """The covering letter, which names nobody."""
    letter = find_document(found.document) if found.document else None
    if letter is None:
        raise refusals.refusal("handover.unknown")
    answer = HttpResponse(pdf_of(letter), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="letter-{found.pk.hex[:8]}.pdf"'
    return answer


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def leaving(request) -> HttpResponse:
    """GET lists who lives elsewhere. POST makes a package of those chosen."""
    require(request.user, EXCHANGE)
    homes = homes_elsewhere(request.user)
    home = request.GET.get("home", "")
    n_there = dict(homes).get(home, 0)
    people = living_elsewhere(request.user, home if n_there else "")
    choices = [(str(it.pk), both(*_called(it, who))) for it, who in people]
    initial = _likely_addressee(people, request.GET.getlist("contact"))
    form = LeavingForm(request.POST or None, contacts=choices, n_all=n_there, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = _prepared(form.cleaned_data, home, request.user)
        except Refusal as refusal:
            say_beside(form, BESIDE.get(refusal.code), refusal)
        else:
            return HttpResponseRedirect(f"{reverse('handover-package', args=[made.pk])}?done=prepared")
    context = {
        "form": form,
        "n_people": n_living_elsewhere(request.user),
        "n_there": n_there,
        "homes": [(code, _county_said(code), n) for code, n in homes],
        "home": home if n_there else "",
        "n_shown": len(choices),
        "trail": [(TRAIL, reverse("handover")), (Said("移交人员", "Hand people over"), "")],
        "at": county_now(),
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "pages/handover/leaving.html", context, status=status)


def _county_said(code: str) -> Said:
    """A county by the name it gives itself, if anything of it was ever exchanged, with its code."""
    known = county_called(code)
    return Said(f"{known.zh} {code}", f"{known.en} {code}") if known else Said(code, code)


def _prepared(told: dict, home: str, by) -> Package:
    leaving = Leaving(
        to=_addressee(told["division_code"], told["county"]),
        reason=told["reason"],
        contacts=all_living_in(by, home) if told.get("everybody") else [UUID(it) for it in told["contacts"]],
        cases=cases_numbered(told["cases"].split()),
    )
    return prepare_package(leaving=leaving, by=by)


def _likely_addressee(people, asked: list[str]) -> dict[str, object]:
    """Where those asked for, or all who are listed, are known to live, if that is one county: it is filled in."""
    homes = {known_home(it.destination) for it, _ in people if not asked or str(it.pk) in asked} - {""}
    home = homes.pop() if len(homes) == 1 else ""
    code = home if len(home) == COUNTY_DIGITS else ""
    known = county_called(code)
    return {"contacts": asked, "division_code": code, "county": in_words(known) if known else ""}


def _addressee(code: str, name: str) -> County:
    """A county by its code, in both languages where it is known and was not called otherwise."""
    known = county_called(code)
    same = known is not None and name in (known.zh, known.en)
    return County(division_code=code, zh=known.zh if same else name, en=known.en if same else name)


def _called(contact, who) -> tuple[str, str]:
    """Somebody in a list to choose from: masked name, where they live, last contact."""
    name = masked(who.name, "name") or "—"
    place = contact.destination or "—"
    zh = f"{name} · 现住 {place} · 最后接触 {contact.last_exposure_on}"
    return zh, f"{name} · lives in {place} · last contact {contact.last_exposure_on}"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def key(request, key_id: UUID) -> HttpResponse:
    """GET shows another county's key with its fingerprint. POST confirms it, or rejects it (`do=reject`)."""
    require(request.user, EXCHANGE, the_realm().division_code)
    found = keys().filter(pk=key_id).first()
    if found is None:
        raise refusals.refusal("handover.unknown")
    form, status = KeyForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        decide = actions.reject_key if request.POST.get("do") == "reject" else actions.confirm_key
        if form.is_valid():
            try:
                row = decide(key=found.pk, because=form.cleaned_data["because"], by=f"account:{request.user.pk}")
            except Refusal as refusal:
                say_beside(form, "because", refusal)
            else:
                return HttpResponseRedirect(f"{reverse('handover-key', args=[row.pk])}?done={row.state}")
    context = {
        "key": found,
        "fingerprint": refusals.fingerprint(found.public_key),
        "county": Said(found.county_zh, found.county_en),
        "form": form,
        "n_packages": found.packages.count(),
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "trail": [(TRAIL, reverse("handover")), (Said("公钥", "Key"), "")],
        "at": county_now(),
    }
    return render(request, "pages/handover/key.html", context, status=status)
