"""Asking for a ruling on a person's code: the code as it stands, what it rests on, and the form."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.queries import of_subject
from fangxian.ops.audit.actions import log_views
from fangxian.ops.movement.wire import reference
from fangxian.ops.pages.approvals.forms import RulingForm
from fangxian.ops.pages.county.person_tables import evidence_table
from fangxian.ops.pages.county.trails import trail_to, whereabouts
from fangxian.ops.pages.words import in_words, masked
from fangxian.ops.procedures.rule_on_code import propose_ruling
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.code_files import CodeFile, code_file
from fangxian.ops.situation.persons import PersonFile, person_file
from fangxian.ops.situation.requests import RULING, pending_rulings

LOOKED = "people.ruling_page"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def ruling(request, person_id: UUID) -> HttpResponse:
    """GET shows the code and the form. POST asks two people of two units to rule."""
    found = person_file(person_id, request.user, at=county_now())
    require(request.user, "approvals.propose", found.person.area_path)
    log_views(viewer=request.user.pk, subjects=[f"person:{found.person.pk}"], why=LOOKED)
    code = code_file(found.person, at=found.at)
    if request.method != "POST":
        return _page(request, found, code, RulingForm(evidence=_releasable(code)))
    form = RulingForm(request.POST, evidence=_releasable(code))
    if form.is_valid():
        try:
            asked = _ask(request, found.person.pk, form)
        except Refusal as refusal:
            form.add_error("basis" if refusal.code == "approvals.no_basis" else "ruling", in_words(refusal.said))
        else:
            return HttpResponseRedirect(f"{reverse('approval', args=[asked])}?done=asked")
    return _page(request, found, code, form, status=400)


def _ask(request, person: UUID, form: RulingForm) -> UUID:
    """The request for approval that was made."""
    given, colour = form.cleaned_data, form.colour
    draft = propose_ruling(
        person=person,
        colour=colour,
        about=UUID(given["about"]) if given["about"] and not colour else None,
        basis=given["basis"],
        reason=given["reason"],
        by=request.user,
    )
    return of_subject(RULING, f"person:{person}").filter(digest=draft.digest, applicant=request.user)[0].pk


def _releasable(code: CodeFile) -> list[tuple[str, Said]]:
    """The evidence that still counts, named as the person is shown it."""

    def named(kind: str, ref: str) -> Said:
        name = code.kinds.get(kind, Said(kind, kind))
        return Said(f"{name.zh}（{ref}）", f"{name.en} ({ref})")

    return [(str(it.pk), named(it.kind, reference(it.pk))) for it in code.evidence if it.withdrawn_at is None]


def _page(request, found: PersonFile, code: CodeFile, form: RulingForm, status: int = 200) -> HttpResponse:
    here = (Said("裁定健康码", "Rule on the code"), "")
    steps = ((Said("居民档案", "Resident's record"), reverse("person", args=[found.person.pk])), here)
    context = {
        "found": found,
        "name": masked(found.person.name, "name"),
        "lead": whereabouts(found.trail),
        "trail": trail_to(found.trail, request.user, *steps),
        "code": code,
        "colour": code.colour.word,
        "evidence": evidence_table(code),
        "pending": pending_rulings(found.person.pk, at=found.at),
        "form": form,
    }
    return render(request, "pages/approvals/ruling.html", context, status=status)
