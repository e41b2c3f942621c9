"""The reader's two preferences, language and theme: cookies of the browser, nothing on record."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

YEAR_S = 365 * 24 * 3600

# Both are exempt from the CSRF token, so that the switches also stand on pages without a session (doors, venues,
# errors). The worst a forged form can do is show a page in another language.


@csrf_exempt
@require_POST
def choose_language(request) -> HttpResponse:
    return _keep(request, settings.LANGUAGE_COOKIE_NAME, request.POST.get("language"), dict(settings.LANGUAGES))


@csrf_exempt
@require_POST
def choose_theme(request) -> HttpResponse:
    return _keep(request, "fangxian_theme", request.POST.get("theme"), ("light", "dark", "auto"))


def _keep(request, cookie: str, choice: str | None, choices) -> HttpResponse:
    """Back to the page the reader came from, the choice kept for a year; anything that is no choice changes nothing."""
    to = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}):
        to = "/"
    answer = HttpResponseRedirect(to)
    if choice in choices:
        answer.set_cookie(cookie, choice, max_age=YEAR_S, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return answer
