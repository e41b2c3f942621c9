"""What the pages say when they cannot answer: the status, a sentence, the next step; never a trace."""

import logging

from django.http import HttpResponse
from django.shortcuts import render

from fangxian.core.refusal import Said
from fangxian.ops.pages.held import Held
from fangxian.ops.pages.views.sign_in import send_again, sign_in_again

log = logging.getLogger("fangxian.pages")

APOLOGIES = {
    400: (
        Said("这个请求读不懂", "This request cannot be read"),
        Said(
            "送来的内容不完整，或者不是这个页面会送出的。请回到上一页，再试一次。",
            "What was sent is incomplete, or is not what this page sends. Go back and try once more.",
        ),
    ),
    403: (
        Said("这一页不在您的权限里", "This page is not yours to open"),
        Said(
            "您的岗位或片区看不到这里。如果工作需要，请向本单位的安全管理员申请；也可以换一个账号登录。",
            "Your role or your area does not reach this far. If your work needs it, ask the security "
            "administrator of your unit; or sign in with another account.",
        ),
    ),
    404: (
        Said("没有这一页", "There is no such page"),
        Said(
            "地址可能抄漏了字，也可能这条记录已经依规删除。请核对地址，或从首页找起。",
            "The address may have lost a letter on the way, or the record was deleted as the rules require. "
            "Check the address, or start from the first page.",
        ),
    ),
    409: (
        Said("这一步没有办成", "This could not be done"),
        Said(
            "您打开页面之后，情况变了。请刷新页面，看过现在的情况再决定。",
            "Things changed after you opened the page. Reload it, look at how things stand, and decide again.",
        ),
    ),
    500: (
        Said("程序出错了", "The program failed"),
        Said(
            "您填写的内容没有记入，已有的记录没有改动，错误已经记下。请稍后再试；如果又出错，请告诉系统管理员出错的时间。",
            "What you entered was not recorded and nothing on record was changed; the failure has been noted. "
            "Try again shortly; if it fails again, tell the system administrator the time it happened.",
        ),
    ),
    503: (
        Said("系统正在维护", "The system is being looked after"),
        Said(
            "页面暂时打不开，门口的扫码照常。请几分钟后再打开本页。",
            "Pages are closed for the moment; scanning at the doors goes on. Open this page again in a few minutes.",
        ),
    ),
}


def apologise(request, status: int) -> HttpResponse:
    """The designed page for a status of `APOLOGIES`."""
    apology, sentence = APOLOGIES[status]
    context = {"number": status, "apology": apology, "sentence": sentence}
    return render(request, "errors/apology.html", context, status=status)


def bad_request(request, exception=None) -> HttpResponse:
    return apologise(request, 400)


def forbidden(request, exception=None) -> HttpResponse:
    return apologise(request, 403)


def not_found(request, exception=None) -> HttpResponse:
    return apologise(request, 404)


def server_error(request) -> HttpResponse:
    try:
        return apologise(request, 500)
    except Exception:  # the realm itself may be what failed; a page is owed all the same
        log.exception("the apology failed too")
        apology, sentence = APOLOGIES[500]
        said = "".join(
            f'<section lang="{lang}"><h1>{a}</h1><p>{s}</p></section>'
            for lang, a, s in (("zh-Hans", apology.zh, sentence.zh), ("en", apology.en, sentence.en))
        )
        page = f'<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>{apology.zh}</title>{said}'
        return HttpResponse(page, status=500)


def stale_form(request, reason: str = "") -> HttpResponse:
    """For CSRF_FAILURE_VIEW: the form is older than the session.

    One of ours, as the browser itself says, is shown again with what was typed in it, since its reader has signed in
    anew in another window. A page elsewhere that sends in a reader's name gets nothing to press.
    """
    held = Held.of(request)
    if held and request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}":
        return send_again(request, held, status=403) if request.user.is_authenticated else sign_in_again(request, held)
    context = {
        "number": 403,
        "apology": Said("这张表单放得太久了", "This form has been open too long"),
        "sentence": Said(
            "为防他人冒用，表单只在登录期间有效。请返回上一页并刷新，再提交一次。",
            "So that nobody can act in your name, a form is good only while you are signed in. Go back, reload "
            "the page, and send it again.",
        ),
    }
    return render(request, "errors/apology.html", context, status=403)
