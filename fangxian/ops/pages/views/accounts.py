"""Accounts: the list, one account with what may be done about it, what waits for a second person, new accounts."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts import actions
from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.accounts.queries import appointments_of, in_force, may, units_in
from fangxian.ops.accounts.roles import the_roles
from fangxian.ops.accounts.scope import require
from fangxian.ops.accounts.seen import (
    APPOINT,
    OPEN,
    account_seen_by,
    accounts_filtered,
    accounts_seen_by,
    proposals_seen_by,
    roles_to_appoint,
    why_not_confirm,
    why_not_verify,
)
from fangxian.ops.audit.actions import log_views
from fangxian.ops.pages.accounts.forms import (
    AccountFilter,
    NewPasswordForm,
    OpenForm,
    ReasonForm,
    VerifyForm,
    said_beside,
)
from fangxian.ops.pages.accounts.tables import accounts_table, appointments_table, history_table, waiting_table
from fangxian.ops.pages.accounts.words import Whereabouts, account_state, appointment_in_words, posts_said
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.words import masked
from fangxian.ops.realm.current import county_now, the_realm

ACCOUNTS_A_PAGE, PROPOSALS_A_PAGE = 50, 20
SORTS = {"username": ("username",), "unit": ("unit__area_path", "unit__name_zh", "username")}
FORM = require_http_methods(["GET", "HEAD", "POST"])
TITLE = Said("账号与任命", "Accounts")


def trail(*steps: tuple) -> list[tuple]:
    return [(TITLE, reverse("accounts")), *steps]


def step_to(account: Account) -> tuple:
    return (account.username, reverse("accounts-one", args=[account.pk]))


def by(request) -> str:
    return f"account:{request.user.pk}"


@login_required
@never_cache
def accounts(request) -> HttpResponse:
    seen, roles = accounts_seen_by(request.user), list(the_roles().roles.values())
    form = AccountFilter(request.GET if request.GET.keys() & {"name", "role", "state"} else None, roles=roles)
    rows = accounts_filtered(seen, **form.chosen)
    asked = request.GET.get("sort", "")
    paging = Paging.of(request, total=rows.count(), size=ACCOUNTS_A_PAGE)
    page = list(rows.order_by(*_order(asked))[paging.slice])
    held = Appointment.objects.filter(in_force(county_now()), account__in=page).order_by("role", "area_path")
    context = {
        "table": accounts_table(
            page, list(held), paging=paging, is_filtered=any(form.chosen.values()), sorted_by=asked
        ),
        "form": form,
        "total": paging.total,
        "n_waiting": proposals_seen_by(request.user).count(),
        "n_unverified": seen.filter(is_active=True, verified_at__isnull=True).count(),
        "may_open": may(request.user, OPEN),
        "at": county_now(),
    }
    return render(request, "pages/accounts/list.html", context)


def _order(asked: str) -> tuple[str, ...]:
    fields = SORTS.get(asked.lstrip("-"), SORTS["username"])
    return tuple(f"-{field}" for field in fields) if asked.startswith("-") else fields


@login_required
@never_cache
def waiting(request) -> HttpResponse:
    proposals = proposals_seen_by(request.user)
    paging = Paging.of(request, total=proposals.count(), size=PROPOSALS_A_PAGE)
    page = list(proposals[paging.slice])
    yours = {it.pk: why_not_confirm(request.user, it) is None for it in page}
    context = {
        "table": waiting_table(page, yours, paging),
        "total": paging.total,
        "n_yours": sum(yours.values()),
        "trail": trail((Said("待确认的任命", "To be confirmed"), "")),
        "at": county_now(),
    }
    return render(request, "pages/accounts/waiting.html", context)


@login_required
@never_cache
def one(request, account_id: UUID) -> HttpResponse:
    viewer, account, now = request.user, account_seen_by(request.user, account_id), county_now()
    log_views(viewer=viewer.pk, subjects=[f"account:{account.pk}"], why="accounts.account_page")
    all_of_it = sorted(account.appointments.all(), key=lambda it: (it.ends_at is not None, -it.begins_at.timestamp()))
    where, standing = Whereabouts.of(all_of_it), list(account.appointments.filter(in_force(now)))
    behind = posts_said([account.opened_by, account.verified_by, account.password_by])
    context = {
        "account": account,
        "name": masked(account.display_name, "name"),
        "unit": Said(account.unit.name_zh, account.unit.name_en),
        "state": account_state(account, len(standing)),
        "opened_by": behind[account.opened_by],
        "verified_by": behind[account.verified_by],
        "password_by": behind[account.password_by],
        "n_in_force": len(standing),
        "appointments": appointments_table(all_of_it, where, now),
        "can_do": [appointment_in_words(it, where) for it in appointments_of(account)],
        "history": history_table(account),
        "done": request.GET.get("done", ""),
        "trail": trail((account.username, "")),
        "at": now,
        **_may(viewer, account),
    }
    return render(request, "pages/accounts/one.html", context)


def _may(viewer: Account, account: Account) -> dict:
    """What the page offers, and why it does not offer the rest."""
    is_own, may_open = viewer.pk == account.pk, may(viewer, OPEN)
    refusal = why_not_verify(viewer, account) if may_open and account.is_active and not account.verified_at else None
    return {
        "is_own": is_own,
        "may_appoint": account.is_active and not is_own and may(viewer, APPOINT) and bool(roles_to_appoint(viewer)),
        "may_verify": may_open and account.is_active and not account.verified_at and refusal is None,
        "why_not_verify": refusal and refusal.said,
        "may_close": may_open and account.is_active,
        "may_set_password": may_open and account.is_active and not is_own,
    }


def carried_out(form: forms.Form, act: Callable[[], object]) -> bool:
    """Whether the form could be read and the action did it; if not, the reason stands beside the field."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        act()
    except Refusal as refusal:
        said_beside(form, refusal)
        return False
    return True


def done_with(request, account: Account, what: str) -> HttpResponse:
    """Back to the account's page; of one's own that may no longer be seen, to what everybody sees of theirs."""
    if account.pk == request.user.pk:
        return HttpResponseRedirect(reverse("account"))
    return HttpResponseRedirect(f"{reverse('accounts-one', args=[account.pk])}?done={what}")


def form_page(request, form: forms.Form, what: str, account: Account | None, **more) -> HttpResponse:
    """The page of one deed: what it does, the form, and the way back. `what` picks its words in the template."""
    context = {"form": form, "what": what, "account": account, "at": county_now(), **more}
    context["trail"] = trail(*([step_to(account)] if account else []), (DEEDS[what], ""))
    context["title"] = DEEDS[what]
    return render(request, "pages/accounts/deed.html", context, status=400 if form.is_bound else 200)


DEEDS = {
    "open": Said("开立账号", "Open an account"),
    "verify": Said("核验本人", "Verify the person"),
    "password": Said("设临时密码", "Set a temporary password"),
    "close": Said("停用账号", "Close the account"),
    "end": Said("结束任命", "End the appointment"),
}


def _posted(request) -> object:
    return request.POST if request.method == "POST" else None


@login_required
@never_cache
@FORM
@sensitive_post_parameters("display_name")
def open_one(request) -> HttpResponse:
    require(request.user, OPEN)
    form = OpenForm(_posted(request), units=units_in(the_realm().division_code))
    opened: list[Account] = []

    def act() -> None:
        opened.append(form.account())
        actions.open_accounts(accounts=opened, by=by(request))

    if carried_out(form, act):
        return done_with(request, opened[0], "opened")
    return form_page(request, form, "open", None)


@login_required
@never_cache
@FORM
@sensitive_post_parameters("document_number")
@sensitive_variables()
def verify(request, account_id: UUID) -> HttpResponse:
    require(request.user, OPEN)
    account, form = account_seen_by(request.user, account_id), VerifyForm(_posted(request))
    if carried_out(
        form,
        lambda: actions.verify_person(
            accounts=[account], by=by(request), identities={account.pk: form.cleaned_data["document_number"]}
        ),
    ):
        return done_with(request, account, "verified")
    refusal = None if form.is_bound else why_not_verify(request.user, account)
    return form_page(request, form, "verify", account, refusal=refusal and refusal.said)


@login_required
@never_cache
@FORM
@sensitive_post_parameters("new")
@sensitive_variables()
def password(request, account_id: UUID) -> HttpResponse:
    require(request.user, OPEN)
    account, form = account_seen_by(request.user, account_id), NewPasswordForm(_posted(request))
    if account.pk == request.user.pk:
        return HttpResponseRedirect(reverse("account"))
    if carried_out(
        form, lambda: actions.set_password(account=account, password=form.cleaned_data["new"], by=by(request))
    ):
        return done_with(request, account, "password")
    return form_page(request, form, "password", account)


@login_required
@never_cache
@FORM
def close(request, account_id: UUID) -> HttpResponse:
    require(request.user, OPEN)
    account, form = account_seen_by(request.user, account_id), ReasonForm(_posted(request))
    if carried_out(
        form,
        lambda: actions.deactivate(accounts=[account], by=by(request), reason=form.cleaned_data["reason"]),
    ):
        return done_with(request, account, "closed")
    return form_page(request, form, "close", account)
