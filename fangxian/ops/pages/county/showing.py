"""Whom a list names is masked until a reason is stated; stated once, it holds for that one trace or comparison for an
hour.

The reason stands in the session, not in an address, and on the record with each page that was then seen in full.
"""

import time
from dataclasses import dataclass
from uuid import UUID

from fangxian.ops.audit.actions import log_views
from fangxian.ops.pages.county.forms import ReasonForm
from fangxian.ops.pages.county.words import REASONS
from fangxian.ops.pages.words import masked

KEY = "shown_in_full"
HOLDS_S = 3600


@dataclass(frozen=True, slots=True)
class Showing:
    """Whether names and numbers are shown in full to whoever asks, and why; `form` asks for the reason.

    `is_settled`: the request only stated a reason or took it back, so the page is asked for anew.
    """

    reason: str
    form: ReasonForm
    is_settled: bool = False

    @property
    def said(self):
        return REASONS.get(self.reason)

    def masked(self, text: str | None, kind: str) -> str | None:
        """A name ("name"), a phone or an address as this reader may see it; None for none."""
        if not text:
            return None
        return text if self.reason else masked(text, kind)


def showing(request, thing: UUID) -> Showing:
    """What holds for this request; POST with `do=show` states a reason, with `do=hide` takes it back."""
    do = request.POST.get("do") if request.method == "POST" else ""
    if do == "hide":
        request.session.pop(KEY, None)
        return Showing("", ReasonForm(), is_settled=True)
    form = ReasonForm(request.POST if do == "show" else None)
    if form.is_bound and form.is_valid():
        request.session[KEY] = {
            "thing": str(thing),
            "reason": form.cleaned_data["reason"],
            "until": time.time() + HOLDS_S,
        }
        return Showing(form.cleaned_data["reason"], form, is_settled=True)
    stated = request.session.get(KEY) or {}
    holds = stated.get("thing") == str(thing) and time.time() < stated.get("until", 0)
    return Showing(stated["reason"] if holds else "", form)


def log(request, shown: Showing, persons, of: str = "parcels") -> None:
    """Everybody on the page has it on their record, with the reason where they were shown in full.

    `of` says on whose list they were looked at, as words.py knows it.
    """
    why = f"people.{of}_shown.{shown.reason}" if shown.reason else f"people.{of}"
    log_views(viewer=request.user.pk, subjects=[f"person:{person}" for person in persons], why=why)
