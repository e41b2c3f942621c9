"""What was typed into a form is kept when its sender was signed out meanwhile: signed in again, they send it once more.

It stays in the reader's own browser, in hidden fields of the page that answers; nothing of it is written down here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

TO, FIELDS, FILES = "held.to", "held.fields", "held.files"
# Whatever holds a password, and what means nothing to somebody who is signed out.
NEVER = frozenset({"account", "accounts-password", "sign-in", "sign-out", "choose-language", "choose-theme"})


@dataclass(frozen=True, slots=True)
class Held:
    """A form that was not carried out.

    Attributes
    ----------
    to : the path it was sent to
    fields : what stood in it, as a form is encoded
    had_files : whether files were with it, which cannot be held and are chosen anew
    """

    to: str
    fields: str
    had_files: bool

    @classmethod
    def of(cls, request: HttpRequest) -> "Held | None":
        """What a form brought; None for one that is never held, and for what a script sent, which keeps its own."""
        match = request.resolver_match
        is_form = request.method == "POST" and "text/html" in request.headers.get("Accept", "")
        if not is_form or match is None or match.url_name in NEVER:
            return None
        told = request.POST.copy()
        told.pop("csrfmiddlewaretoken", None)
        return cls(request.get_full_path(), told.urlencode(), bool(request.FILES))

    @classmethod
    def carried(cls, request: HttpRequest) -> "Held | None":
        """What the form of signing in carries on; None unless it leads to a page of ours."""
        to = request.POST.get(TO, "")
        is_ours = to.startswith("/") and url_has_allowed_host_and_scheme(
            to, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return cls(to, request.POST.get(FIELDS, ""), FILES in request.POST) if is_ours else None

    @property
    def carrying(self) -> Iterator[tuple[str, str]]:
        """The hidden fields that carry it through another form."""
        yield TO, self.to
        yield FIELDS, self.fields
        if self.had_files:
            yield FILES, "1"

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """The fields as they were."""
        for name, values in QueryDict(self.fields).lists():
            yield from ((name, value) for value in values)
