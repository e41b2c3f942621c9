"""My visits and my appeals."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal
from fangxian.ops.movement.queries import appeals_of
from fangxian.ops.pages.county.words import word
from fangxian.ops.pages.resident.forms import AppealForm, say_beside
from fangxian.ops.pages.resident.tables import visits_table
from fangxian.ops.pages.resident.words import APPEAL_STATES, COLOUR_WORDS, DONE
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.words import in_words, said
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.appeal_code import appeal_code
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.appeals import is_overdue
from fangxian.ops.situation.code_files import code_file
from fangxian.ops.situation.own_household import own_person
from fangxian.ops.situation.own_visits import own_visits
from fangxian.ops.visits.queries import kept_since

VISITS_A_PAGE = 25


@login_required
@never_cache
@sensitive_variables()
def visits(request) -> HttpResponse:
    person, at = own_person(request.user), county_now()
    found = own_visits(person, at=at)
    paging = Paging.of(request, len(found), VISITS_A_PAGE)
    context = {
        "table": visits_table(found, paging),
        "total": len(found),
        "days": (at - kept_since(at)).days,
        "at": at,
    }
    return render(request, "pages/resident/visits.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("text")
@sensitive_variables()
def appeals(request) -> HttpResponse:
    """GET shows what became of my appeals, and the form for one more; POST sends it."""
    person = own_person(request.user)
    choices = _choices(person)
    if request.method != "POST":
        return _page(request, person, AppealForm(evidence=choices, initial=_begun(request, person)))
    form = AppealForm(request.POST, evidence=choices)
    if form.is_valid():
        about = form.cleaned_data["about"]
        try:
            appeal_code(
                person=person,
                text=form.cleaned_data["text"],
                about=UUID(about) if about else None,
                by=f"account:{request.user.pk}",
            )
        except Refusal as refusal:
            say_beside(form, "text", refusal)
        else:
            return HttpResponseRedirect(f"{reverse('my-appeals')}?done=appeal")
    return _page(request, person, form, status=400)


def _choices(person: Person) -> list[tuple]:
    found = code_file(person, at=county_now())
    counting = [piece for piece in found.evidence if piece.withdrawn_at is None]
    return [
        (piece, f"{in_words(found.kind_said(piece.kind))} · {in_words(found.issuer_said(piece.issuer))}")
        for piece in counting
    ]


def _begun(request, person: Person) -> dict[str, str]:
    """A visit that is contested begins the text: which one it was is then certain."""
    asked = request.GET.get("visit", "")
    found = next((it for it in own_visits(person, at=county_now()) if asked and it.scan_id == asked), None)
    if found is None:
        return {}
    at = f"{found.scanned_at:%Y-%m-%d %H:%M}"
    return {"text": said(f"{at} 在{found.venue}的扫码不是我本人：", f"The scan of {at} at {found.venue} was not me: ")}


def _page(request, person: Person, form: AppealForm, status: int = 200) -> HttpResponse:
    at = county_now()
    rows = [
        {
            "appeal": it,
            "state": word(APPEAL_STATES, it.state),
            "is_late": is_overdue(it, at=at),
            "colour": COLOUR_WORDS[it.colour],
        }
        for it in appeals_of(person.pk)
    ]
    context = {
        "form": form,
        "appeals": rows,
        "is_waiting": any(row["appeal"].state == "waiting" for row in rows),
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "at": at,
    }
    return render(request, "pages/resident/appeals.html", context, status=status)
