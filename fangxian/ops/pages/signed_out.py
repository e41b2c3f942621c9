"""Whoever was signed out while they typed is asked to sign in where they are, with what they typed at hand."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from fangxian.ops.pages.held import Held
from fangxian.ops.pages.views.sign_in import sign_in_again


class SignedOutMiddleware:
    """Stands after AuthenticationMiddleware. A page that only somebody signed in may open leads to the sign-in page,
    and a form sent there would be lost on the way.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _leads_to_sign_in(response) or request.user.is_authenticated:
            return response
        held = Held.of(request)
        return sign_in_again(request, held) if held else response


def _leads_to_sign_in(response: HttpResponse) -> bool:
    return response.status_code == 302 and urlsplit(response.headers["Location"]).path == reverse("sign-in")
