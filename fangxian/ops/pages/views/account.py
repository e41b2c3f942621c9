"""One's own account: roles, unit, until when; the password; the last times somebody signed in with it."""

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.actions import set_password
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import appointments_of, idle_minutes_of, rests_until_verified
from fangxian.ops.audit.queries import lines
from fangxian.ops.pages.accounts.words import Whereabouts, appointment_in_words
from fangxian.ops.pages.audit.words import action_said
from fangxian.ops.pages.forms import PasswordForm
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.realm.current import county_now

SIGN_INS_SHOWN = 8
SIGN_IN_COLUMNS = (Column("what", Said("什么", "What")), Column("at", Said("何时", "When"), kind="time"))


@sensitive_post_parameters("current", "new")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request) -> HttpResponse:
    if request.method == "POST":
        form = PasswordForm(request.POST, account=request.user)
        if form.is_valid() and (done := _change_password(request, form)):
            return done
        return _page(request, form, status=400)
    return _page(request, PasswordForm(account=request.user))


def _change_password(request, form: PasswordForm) -> HttpResponse | None:
    """Set it, stay signed in here and nowhere else; None with the reason beside the field."""
    own = f"account:{request.user.pk}"
    try:
        set_password(account=request.user, password=form.cleaned_data["new"], by=own)
    except Refusal as refusal:
        form.add_error("new", refusal.said.in_language(request.LANGUAGE_CODE))
        return None
    request.user.refresh_from_db(fields=["password"])
    update_session_auth_hash(request, request.user)
    return HttpResponseRedirect(f"{reverse('account')}?done=password")


def _page(request, form: PasswordForm, status: int = 200) -> HttpResponse:
    user, held = request.user, appointments_of(request.user)
    where = Whereabouts.of(held)
    context = {
        "form": form,
        "has_password": user.has_usable_password(),
        "is_done": request.GET.get("done") == "password" and request.method != "POST",
        "unit": Said(user.unit.name_zh, user.unit.name_en),
        "must_change": user.must_change_password,
        "rests": rests_until_verified(user),
        "appointments": [appointment_in_words(it, where) for it in held],
        "idle_minutes": idle_minutes_of(user),
        "sign_ins": _sign_ins(user),
        "at": county_now(),
    }
    return render(request, "pages/account.html", context, status=status)


def _sign_ins(user: Account) -> Table:
    """From the audit trail itself; a line appears once it is sealed, within a second."""
    rows = lines(about=f"account:{user.pk}", action="accounts.sign")[:SIGN_INS_SHOWN]
    return Table(
        caption=Said("最近的登录", "Signing in, lately"),
        columns=SIGN_IN_COLUMNS,
        rows=[{"what": action_said(row.action), "at": row.at} for row in rows],
        empty=Said("还没有已封存的登录记录。", "No sealed record of signing in yet."),
    )
