"""Signs out whoever has not been heard of for as long as their roles allow. Runs on wall time."""

from time import time

from .sign_in import IDLE_MINUTES, SEEN, sign_out

WRITE_EVERY_S = 60
ASKED_BY_ITSELF = "fangxian.asked_by_itself"


class IdleMiddleware:
    """Stands after AuthenticationMiddleware. Writes the session at most once a minute, not every request.

    What a page that was left open asks by itself (ASKED_BY_ITSELF in its environment) is no sign of anybody.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        seen = request.session.get(SEEN)
        if seen is not None:
            now = int(time())
            if now - seen > request.session.get(IDLE_MINUTES, 15) * 60:
                sign_out(request, why="idle")
            elif now - seen >= WRITE_EVERY_S and not request.META.get(ASKED_BY_ITSELF):
                request.session[SEEN] = now
        return self.get_response(request)
