"""`/situation.json`: the live file, handed out at the door of the program.

A page asks for it every second. Whether its reader may see it is asked of the database once a minute: the
answer is a ticket, a cookie that only this address is sent, bound to the session it was given to. With a
ticket the middleware answers from memory; without one the request goes on to the view, which asks.
"""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from time import time

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from fangxian.ops.realm.current import the_realm
from fangxian.ops.situation.live import live_path

ADDRESS = "/situation.json"
TICKET = "fangxian_situation"
TICKET_LASTS_S = 60
SALT = "fangxian.situation.ticket"


@dataclass(frozen=True, slots=True)
class LiveFile:
    """The file as it is now. `etag` names its content's moment; `packed` is the same, compressed once for everybody."""

    content: bytes
    packed: bytes
    etag: str
    written_s: float

    def age_s(self) -> int:
        return max(0, int(time() - self.written_s))


def live_file() -> LiveFile | None:
    """The live file, read when it has changed; None before the worker has written it."""
    path = live_path(the_realm())
    try:
        changed_ns = path.stat().st_mtime_ns
        return _read(path, changed_ns)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=1)
def _read(path: Path, changed_ns: int) -> LiveFile:
    content = path.read_bytes()
    return LiveFile(content, gzip.compress(content, 6, mtime=0), f'"{changed_ns:x}"', changed_ns / 1e9)


class LiveMiddleware:
    """Stands before everything that reads a session. Marks what a page asks by itself: it keeps nobody signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == ADDRESS:
            if request.method in ("GET", "HEAD") and _has_ticket(request):
                return answer(request)
            request.is_asked_by_itself = "wall" not in request.GET
        return self.get_response(request)


def give_ticket(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """To be given to whoever may see the situation."""
    ticket = signing.TimestampSigner(salt=SALT).sign(_session_mark(request))
    response.set_cookie(
        TICKET, ticket, max_age=TICKET_LASTS_S, path=ADDRESS, httponly=True, samesite="Strict", secure=settings.HTTPS
    )
    return response


def answer(request: HttpRequest) -> HttpResponse:
    """The file, or that the asker has it; 503 before there is one. `Age` says how long ago it was written."""
    found = live_file()
    if found is None:
        return HttpResponse(status=503, headers={"Retry-After": "1", "Cache-Control": "no-store"})
    headers = {"ETag": found.etag, "Cache-Control": "private, no-cache", "Age": str(found.age_s())}
    headers["Vary"] = "Accept-Encoding"
    if request.headers.get("If-None-Match") == found.etag:
        return HttpResponse(status=304, headers=headers)
    content = found.content
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        content, headers["Content-Encoding"] = found.packed, "gzip"
    return HttpResponse(content, content_type="application/json", headers=headers)


def _has_ticket(request: HttpRequest) -> bool:
    try:
        mark = signing.TimestampSigner(salt=SALT).unsign(request.COOKIES[TICKET], max_age=TICKET_LASTS_S)
    except (KeyError, signing.BadSignature):
        return False
    return mark == _session_mark(request)


def _session_mark(request: HttpRequest) -> str:
    """What a ticket is bound to: a session that has ended takes its tickets with it."""
    return sha256(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "").encode()).hexdigest()[:32]
