"""Whoever still has a password that somebody else knows is led to the form that changes it, and nowhere else."""

from django.http import HttpResponseRedirect
from django.urls import reverse

# The form itself, the way out, the two switches that stand on it, and what answers programs.
OPEN_TO_THEM = {"account", "sign-out", "choose-language", "choose-theme", "healthz"}


class OwnPasswordMiddleware:
    """Stands after AuthenticationMiddleware. Such an account may do nothing anyway (`queries.appointments_of`);
    without being led it would meet refusals that do not say why.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.resolver_match.url_name in OPEN_TO_THEM or not request.user.is_authenticated:
            return None
        return HttpResponseRedirect(reverse("account")) if request.user.must_change_password else None
