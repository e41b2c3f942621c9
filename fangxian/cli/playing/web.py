"""Asking pages as a browser does: a session, forms with their tokens, files."""

import http.client
import json
import re
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Protocol
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from fangxian.core.refusal import Refusal

from .reading import Form, notices_of

PATIENCE_S = 60.0
ANSWERED_WITHIN_S = 600.0  # a county's roster is taken in one answer
# What was never taken in by anybody, so that a form may be sent again.
NOT_HEARD = (ConnectionRefusedError, BrokenPipeError, http.client.RemoteDisconnected)
LANGUAGE = {"fangxian_language": "en"}
Fields = Sequence[tuple[str, str]]
Files = Sequence[tuple[str, str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: `to` is where a redirect leads."""

    status: int
    text: str
    to: str = ""
    is_running: bool = False
    """Whether the page follows by itself, as while a job runs"""

    @property
    def told(self) -> dict:
        return json.loads(self.text)


class Asker(Protocol):
    """One browser or phone: keeps its cookies, follows nothing."""

    def ask(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer: ...  # fmt: skip

    def cookie(self, name: str) -> str: ...


@dataclass(slots=True)
class Browser:
    """An `Asker` over HTTP. What finds nobody is asked again for a while: the county may be starting anew."""

    base: str
    certificate: str = ""
    cookies: dict[str, str] = field(default_factory=lambda: dict(LANGUAGE))
    _line: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self._asked(method, path, body, headers or {})
            except (OSError, http.client.HTTPException) as error:
                self._line = None
                is_harmless = method == "GET" or path.startswith("/field/table-events")
                if time.monotonic() > deadline or not (is_harmless or isinstance(error, NOT_HEARD)):
                    raise _silent(self.base, type(error).__name__) from None
                time.sleep(0.5)

    def cookie(self, name: str) -> str:
        return self.cookies.get(name, "")

    def _asked(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        line = self._line = self._line or self._connected()
        sent = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items()), "Referer": self.base}
        line.request(method, path, body=body or None, headers={**sent, **headers})
        answer = line.getresponse()
        content = answer.read()
        for text in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {key: it.value for key, it in SimpleCookie(text).items()}
        return Answer(
            status=answer.status, text=content.decode("utf-8", "replace"), to=answer.headers.get("Location") or "",
            is_running="Refresh" in answer.headers,
        )  # fmt: skip

    def _connected(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.base)
        if parts.scheme == "https":
            trusted = ssl.create_default_context(cafile=self.certificate or None)
            return http.client.HTTPSConnection(
                parts.hostname or "", parts.port, timeout=ANSWERED_WITHIN_S, context=trusted
            )
        line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWERED_WITHIN_S)
        line.connect()
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line


@dataclass(slots=True)
class Desk:
    """Somebody at a desk, signed in by one of a demo's roles."""

    asker: Asker
    role: str
    is_in: bool = False

    def get(self, path: str) -> Answer:
        """A page; refuses in words where it is none."""
        answer = self._signed("GET", path)
        if answer.status >= 400:
            raise refused(path, answer)
        return answer

    def post(self, path: str, fields: Fields | Mapping[str, str], files: Files = ()) -> Answer:
        """Send a form; where it is not taken the page's own words are the refusal's."""
        pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
        body, kind = _encoded(pairs, files)
        answer = self._signed("POST", path, body=body, headers={"Content-Type": kind, "Accept": "text/html"})
        if answer.status >= 400:
            raise refused(path, answer)
        return answer

    def form(self, path: str, **which: str) -> Form:
        """The form of a page in which these fields stand, as it is filled in already."""
        return Form.of(self.get(path).text, **which)

    def _signed(self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        for _ in range(2):
            if not self.is_in:
                self._enter()
            more = {"X-CSRFToken": self.asker.cookie("csrftoken")} if method == "POST" else {}
            answer = self.asker.ask(method, path, body=body, headers={**(headers or {}), **more})
            if not (answer.status == 401 or (answer.status == 302 and urlsplit(answer.to).path.endswith("/sign-in"))):
                return answer
            self.is_in = False
        raise refused(path, answer)

    def _enter(self) -> None:
        self.asker.ask("GET", "/sign-in")
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.asker.cookie("csrftoken")
        }  # fmt: skip
        answer = self.asker.ask("POST", "/sign-in", body=urlencode({"role": self.role}).encode(), headers=headers)
        if answer.status >= 400:
            raise refused("/sign-in", answer)
        self.is_in = True


def _encoded(pairs: Fields, files: Files) -> tuple[bytes, str]:
    if not files:
        return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    mark = uuid4().hex
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in pairs]
    for name, file_name, content in files:
        head = f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"'
        parts.append(
            f"--{mark}\r\n{head}\r\nContent-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n"
        )
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"


def refused(path: str, answer: Answer) -> Refusal:
    """A page that did not do what it was asked, in its own words. No address is told with what follows its “?”."""
    said = "; ".join(notices_of(answer.text)) or re.sub(r"\s+", " ", answer.text[:200])
    return Refusal(
        "scenario.page_refused",
        zh="页面 {path} 没有办成（{status}）：{said}。这一步没有做，已做的都在。请按它说的处理，再运行一次接着演。",
        en="The page {path} did not do it ({status}): {said}. This step was not done, what was done before stands. See "
        "to what it says, then run this again to go on.",
        path=path.partition("?")[0],
        status=answer.status,
        said=said,
    )


def _silent(base: str, why: str) -> Refusal:
    return Refusal(
        "scenario.nobody_answers",
        zh="{base} 没有应答（{why}）。应为正在运行的县；请先运行 fangxian run，再运行一次本命令，会接着演。",
        en="Nobody answers at {base} ({why}). The county should be running: start fangxian run, then run this again; "
        "it goes on where it was.",
        base=base,
        why=why,
    )
