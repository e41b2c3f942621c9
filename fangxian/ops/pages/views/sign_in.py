"""Signing in and out; in a demo realm also a list of roles, each one click away, which any other realm refuses."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts import sign_in as room
from fangxian.ops.accounts.demo import demo_accounts, sign_in_as
from fangxian.ops.pages.demo_roles import demo_groups
from fangxian.ops.pages.forms import SignInForm
from fangxian.ops.pages.held import Held

TOO_MANY = "accounts.too_many"


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request) -> HttpResponse:
    if request.method != "POST":
        return _page(request, SignInForm())
    if "role" in request.POST:
        sign_in_as(request, role=request.POST["role"])
        return _onwards(request)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        room.sign_in(request, username=form.cleaned_data["username"], password=form.cleaned_data["password"])
    except Refusal as refusal:
        # django-axes would put a bare line of its own in place of any answer to a request it has marked.
        request.axes_locked_out = False
        return _page(request, form, refusal=refusal, status=429 if refusal.code == TOO_MANY else 400)
    return _onwards(request)


def sign_in_again(request, held: Held) -> HttpResponse:
    """For whoever was signed out while they typed: what they sent waits for them behind the form."""
    return _page(request, SignInForm(), held=held, status=401)


def send_again(request, held: Held, *, status: int = 200) -> HttpResponse:
    """What was held, to be sent once more by whoever is signed in now."""
    return render(request, "pages/send_again.html", {"held": held}, status=status)


def _onwards(request) -> HttpResponse:
    held = Held.carried(request)
    return send_again(request, held) if held else HttpResponseRedirect(_next(request))


@require_POST
def sign_out(request) -> HttpResponse:
    room.sign_out(request)
    return HttpResponseRedirect(reverse("sign-in"))


def _page(
    request, form: SignInForm, *, refusal: Refusal | None = None, held: Held | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "held": held or Held.carried(request),
        "form": form,
        "refusal": refusal,
        "is_on_hold": refusal is not None and refusal.code == TOO_MANY,
        "groups": list(demo_groups(demo_accounts())),
        "next": _next(request, otherwise=""),
    }
    return render(request, "pages/sign_in.html", context, status=status)


def _next(request, otherwise: str = "/") -> str:
    """Where the visitor wanted to go, if that is on this site."""
    to = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return to if is_ours and to.startswith("/") else otherwise
