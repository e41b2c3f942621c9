"""`/situation.json`: the live file, handed out at the door of the program.

A page asks for it every second. Whether its reader may see it is asked of the database once a minute: the
answer is a ticket, a cookie that only this address is sent, bound to the session it was given to. With a
ticket `ServesLive` answers from memory, before Django has done anything (measured over HTTP: 0.33 ms of the
server's CPU, where a middleware took 0.79); without one the request goes on to the view, which asks.
"""

import gzip
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from http.client import responses
from pathlib import Path
from time import time
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, parse_cookie

from fangxian.ops.accounts.idle import ASKED_BY_ITSELF
from fangxian.ops.realm.current import the_realm
from fangxian.ops.situation.live import live_path

ADDRESS = "/situation.json"
RENEWED = "/tracing/board"  # a part of a page that renews itself, drawn by its view
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


class ServesLive:
    """Stands before the pages' program. What it passes on of this address is marked: a page asks it by itself,
    and that is no sign of anybody (`accounts.idle`); the wall's alone counts, for nobody sits before it.
    """

    def __init__(self, pages: Callable) -> None:
        self._pages = pages

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        if environ.get("PATH_INFO") not in (ADDRESS, RENEWED):
            return self._pages(environ, start_response)
        if environ["PATH_INFO"] == RENEWED:
            environ[ASKED_BY_ITSELF] = "wall" not in environ.get("QUERY_STRING", "")
            return self._pages(environ, start_response)
        if environ["REQUEST_METHOD"] in ("GET", "HEAD") and _has_ticket(parse_cookie(environ.get("HTTP_COOKIE", ""))):
            has = environ.get("HTTP_IF_NONE_MATCH", "")
            status, headers, body = _handed_out(has=has, takes=environ.get("HTTP_ACCEPT_ENCODING", ""))
            headers |= {"X-Content-Type-Options": "nosniff", "Content-Length": str(len(body))}
            start_response(f"{status} {responses[status]}", list(headers.items()))
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
        environ[ASKED_BY_ITSELF] = "wall" not in environ.get("QUERY_STRING", "")
        return self._pages(environ, start_response)


def give_ticket(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """To be given to whoever may see the situation."""
    ticket = signing.TimestampSigner(salt=SALT).sign(_session_mark(request.COOKIES))
    response.set_cookie(
        TICKET, ticket, max_age=TICKET_LASTS_S, path=ADDRESS, httponly=True, samesite="Strict", secure=settings.HTTPS
    )
    return response


def answer(request: HttpRequest) -> HttpResponse:
    """The same for whoever the view has let in."""
    has, takes = request.headers.get("If-None-Match", ""), request.headers.get("Accept-Encoding", "")
    status, headers, body = _handed_out(has=has, takes=takes)
    return HttpResponse(body, status=status, headers=headers)


def _handed_out(*, has: str, takes: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers, body: the file, or that the asker has it; 503 before there is one.

    `Age` says how many seconds ago it was written.
    """
    found = live_file()
    if found is None:
        return 503, {"Retry-After": "1", "Cache-Control": "no-store"}, b""
    headers = {"ETag": found.etag, "Cache-Control": "private, no-cache", "Age": str(found.age_s())}
    headers["Vary"] = "Accept-Encoding"
    if has == found.etag:
        return 304, headers, b""
    headers["Content-Type"] = "application/json"
    if "gzip" not in takes:
        return 200, headers, found.content
    return 200, headers | {"Content-Encoding": "gzip"}, found.packed


def _has_ticket(cookies: dict[str, str]) -> bool:
    try:
        mark = signing.TimestampSigner(salt=SALT).unsign(cookies[TICKET], max_age=TICKET_LASTS_S)
    except (KeyError, signing.BadSignature):
        return False
    return mark == _session_mark(cookies)


def _session_mark(cookies: dict[str, str]) -> str:
    """What a ticket is bound to: a session that has ended takes its tickets with it."""
    return sha256(cookies.get(settings.SESSION_COOKIE_NAME, "").encode()).hexdigest()[:32]
