"""My test results, and those of my household who carry no phone; a slip of one, with a code that verifies offline."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.actions import log_views
from fangxian.ops.documents.rendering import pdf_of
from fangxian.ops.pages.resident.words import RESULT_WORDS
from fangxian.ops.pages.venue_owner.codes import qr_address
from fangxian.ops.pages.words import masked
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.print_result import print_result
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.issuers import issuers_named
from fangxian.ops.situation.own_household import carried_by, carried_person, own_person
from fangxian.ops.situation.own_results import OwnResult, own_result, own_results, test_elsewhere

CARRIED = "people.carried_results"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def own(request) -> HttpResponse:
    """GET shows what I was told. POST has a slip made of one (`do=code`), or printed (`do=paper`)."""
    return _answer(request, own_person(request.user), reverse("my-results"), is_own=True)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def carried(request, person_id: UUID) -> HttpResponse:
    """The same for somebody of my household; that I looked is on their record."""
    person = carried_person(request.user, person_id, at=county_now())
    log_views(viewer=request.user.pk, subjects=[f"person:{person.pk}"], why=CARRIED)
    return _answer(request, person, reverse("carried-results", args=[person.pk]), is_own=False)


def _answer(request, person: Person, address: str, *, is_own: bool) -> HttpResponse:
    refused = None
    if request.method == "POST":
        found = own_result(person, _id_of(request.POST.get("told", "")))
        if found is None:
            raise Http404
        try:
            document = print_result(told=found.told, by=f"account:{request.user.pk}")
        except Refusal as refusal:
            refused = refusal.said
        else:
            if request.POST.get("do") != "paper":
                return HttpResponseRedirect(f"{address}#r{found.told.pk.hex[:8]}")
            answer = HttpResponse(pdf_of(document), content_type="application/pdf")
            answer["Content-Disposition"] = f'inline; filename="test-result-{document.year}-{document.n}.pdf"'
            return answer
    return _page(request, person, refused, is_own=is_own)


def _id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _page(request, person: Person, refused, *, is_own: bool) -> HttpResponse:
    at = county_now()
    results, waiting = own_results(person)
    elsewhere = test_elsewhere(person, results)
    laboratories = issuers_named({it.told.result.laboratory for it in results})
    others = carried_by(person, at=at) if is_own else []
    context = {
        "at": at,
        "is_own": is_own,
        "name": masked(person.name, "name"),
        "results": [_shown(it, laboratories) for it in results],
        "waiting": waiting,
        "elsewhere": elsewhere and {"row": elsewhere, "found": RESULT_WORDS[elsewhere.result],
                                    "issuer": issuers_named([elsewhere.source])[elsewhere.source]},
        "refused": refused,
        "carried": [
            {"name": masked(it.name, "name"), "href": reverse("carried-results", args=[it.pk])} for it in others
        ],
    }  # fmt: skip
    return render(request, "pages/resident/results.html", context, status=400 if refused else 200)


def _shown(it: OwnResult, laboratories: Mapping[str, Said]) -> dict[str, object]:
    """One result, with its QR once a slip was made of it."""
    return {
        "it": it,
        "key": f"r{it.told.pk.hex[:8]}",
        "title": Said(f"{it.found.zh}（{it.alone.zh}）", f"{it.found.en} ({it.alone.en})"),
        "laboratory": laboratories[it.told.result.laboratory],
        "qr": qr_address(it.proof) if it.proof else "",
    }
