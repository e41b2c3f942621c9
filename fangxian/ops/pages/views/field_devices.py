"""Phones in the field: letting one in, and cutting one off that is lost."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.queries import may
from fangxian.ops.field.actions import cut_off, enrol_device, renew_device
from fangxian.ops.field.queries import CUT_OFF_ANY, devices_seen_by, may_have_a_phone
from fangxian.ops.pages.field.lines import phone_lines
from fangxian.ops.pages.field.words import CUT_OFF, THIS_PHONE
from fangxian.ops.pages.refusals import refused_json
from fangxian.ops.pages.tables import Paging
from fangxian.ops.realm.current import county_now

SHOWN = 50
LONGEST_NAME = 40


@never_cache
@require_POST
def enrol(request: HttpRequest) -> JsonResponse:
    """Let this phone act for whoever is signed in (`name`), or go on as the phone it was (`device`): its secret, once.

    Refuses `field.sign_in_first`, `field.no_field_work`, `field.device_unknown`, `field.cut_off`.
    """
    try:
        _require_field_work(request)
        device, secret = _enrolled(request)
    except Refusal as refusal:
        return refused_json(refusal, 403)
    ends_at = localtime(device.ends_at).isoformat(timespec="seconds")
    return JsonResponse(
        {"device": str(device.pk), "secret": secret, "username": request.user.username, "ends_at": ends_at}
    )


def _enrolled(request: HttpRequest) -> tuple:
    device_id = _uuid(request.POST.get("device", ""))
    if device_id is not None:
        return renew_device(device_id=device_id, account=request.user)
    name = request.POST.get("name", "").strip()[:LONGEST_NAME] or THIS_PHONE
    return enrol_device(account=request.user, name=name, app_version=request.POST.get("app", ""))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """The reader's own phones, or the whole county's for whoever closes accounts. POST cuts one off (`device`)."""
    refused, status = None, 200
    if request.method == "POST":
        try:
            device_id = _uuid(request.POST.get("device", "")) or UUID(int=0)  # no phone has it
            cut_off(device_id=device_id, account=request.user)
            return HttpResponseRedirect(f"{reverse('field-devices')}?done=cut-off")
        except Refusal as refusal:
            refused, status = refusal.said, 403
    rows = devices_seen_by(request.user)
    paging = Paging.of(request, rows.count(), SHOWN)
    context = {
        "phones": phone_lines(rows[paging.slice], county_now()),
        "paging": paging,
        "sees_all": may(request.user, CUT_OFF_ANY),
        "may_enrol": may_have_a_phone(request.user),
        "done": CUT_OFF if request.GET.get("done") == "cut-off" else None,
        "refused": refused,
        "at": county_now(),
    }
    return render(request, "pages/field/devices.html", context, status=status)


def _require_field_work(request: HttpRequest) -> None:
    if not request.user.is_authenticated:
        raise Refusal(
            "field.sign_in_first",
            zh="还没有登录，或登录已过期，这部手机没有登记。登记要知道这部手机替谁办事；请先登录，再回到本页。",
            en="Nobody is signed in, or the session has ended, so the phone was not enrolled. It must be known for "
            "whom it acts: sign in, then come back to this page.",
        )
    if not may_have_a_phone(request.user):
        raise Refusal(
            "field.no_field_work",
            zh="账号 {username} 现在没有外勤的任命（办理任务或门口查验），这部手机没有登记。请让任命您的人"
            "给您相应的岗位。",
            en="The account {username} holds no appointment for work in the field (tasks, or checks at a door), so the "
            "phone was not enrolled. Ask whoever appoints you for one.",
            username=request.user.username,
        )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
