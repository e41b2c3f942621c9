"""Somebody is on the register twice: the other record is found by a number, compared, and merged with a reason."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.actions import log_views
from fangxian.ops.pages.county.forms import FindForm, MergePersonForm
from fangxian.ops.pages.county.merges import side_of
from fangxian.ops.pages.words import in_words, masked
from fangxian.ops.procedures.merge_persons import merge_records
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.merge_files import OPENED
from fangxian.ops.situation.persons import Found, find_people, person_file, somebody_registered
from fangxian.ops.situation.without_codes import uses_codes

ANOTHER_S = {"accounts.not_yours", "approvals.own_matter", "people.merge_of_one_gone"}


@login_required
@never_cache
@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def person_merge(request, person_id: UUID) -> HttpResponse:
    """POST looks for the other record, or merges the one that was found into this one. No number is in an address."""
    kept = somebody_registered(person_id, request.user)
    do = request.POST.get("do", "")
    find = FindForm(request.POST if do == "find" else None)
    found = _found(request, find) if find.is_bound and find.is_valid() else None
    others = [it for it in found.persons if it.pk != kept.pk] if found else []
    tried = MergePersonForm(request.POST) if do == "merge" else None
    if tried is not None:
        if merged := _merge(request, kept, tried):
            return HttpResponseRedirect(f"{reverse('person', args=[merged])}#merges")
        if "other" not in tried.errors:
            others = [person_file(tried.cleaned_data["other"], request.user, at=county_now()).person]
    log_views(viewer=request.user.pk, subjects=[f"person:{it.pk}" for it in (kept, *others)], why=OPENED)
    context = {
        "kept": side_of(kept, request.user, at=county_now()),
        "others": [(side_of(it, request.user, at=county_now()), _form(it, tried)) for it in others],
        "has_codes": uses_codes(county_now()),
        "is_searched": found is not None,
        "find": find,
        "at": county_now(),
        "back": reverse("person", args=[kept.pk]),
        "trail": _trail(kept),
    }
    status = 400 if tried is not None or find.errors else 200
    return render(request, "pages/county/person_merge.html", context, status=status)


def _found(request, form: FindForm) -> Found | None:
    """What was found; None when the number cannot be one, which is then said beside the field."""
    try:
        return find_people(form.cleaned_data["number"], request.user, at=county_now())
    except Refusal as refusal:
        if not refusal.code.startswith("identity."):
            raise
        form.add_error("number", in_words(refusal.said))
        return None


def _merge(request, kept, form: MergePersonForm) -> UUID | None:
    """The record that goes on, when they were merged; else what is wrong is said in the form."""
    if not form.is_valid():
        return None
    told = form.cleaned_data
    try:
        merge_records(kept=kept.pk, merged=told["other"], reason=told["reason"], by=request.user)
    except Refusal as refusal:
        if refusal.code in ANOTHER_S:
            raise
        form.add_error(None, in_words(refusal.said))
        return None
    return kept.pk


def _form(other, tried: MergePersonForm | None) -> MergePersonForm:
    return tried or MergePersonForm(initial={"other": other.pk}, auto_id=f"id_%s_{other.pk}")


def _trail(kept) -> list:
    name = masked(kept.name, "name")
    here = (Said("登记了两次", "On record twice"), "")
    people = (Said("居民", "Residents"), reverse("people"))
    return [people, (Said(name, name), reverse("person", args=[kept.pk])), here]
