"""A person's record: masked until shown with a reason; every opening is on record, and the page shows by whom."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.audit.actions import log_views
from fangxian.ops.merges.queries import merges_of_person
from fangxian.ops.pages.county.forms import ReasonForm
from fangxian.ops.pages.county.merges import merges_table
from fangxian.ops.pages.county.person_tables import attachments_table, evidence_table, looks_table, others_table
from fangxian.ops.pages.county.trails import trail_to, whereabouts
from fangxian.ops.pages.county.words import DOCUMENTS, RELATIONS, SEXES, word
from fangxian.ops.pages.words import masked
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.ages import age_on
from fangxian.ops.situation.code_files import code_file
from fangxian.ops.situation.households import card_number
from fangxian.ops.situation.looks import looks_at
from fangxian.ops.situation.merge_files import merges_shown
from fangxian.ops.situation.persons import OPENED, SHOWN, PersonFile, person_file
from fangxian.ops.situation.requests import pending_rulings


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def person(request, person_id: UUID) -> HttpResponse:
    """GET shows the record masked. POST with a reason shows it in full, once; the address stays the same."""
    found = person_file(person_id, request.user, at=county_now())
    form = ReasonForm(request.POST if request.method == "POST" else None)
    is_shown = form.is_bound and form.is_valid()
    why = f"{SHOWN}.{form.cleaned_data['reason']}" if is_shown else OPENED
    log_views(viewer=request.user.pk, subjects=[f"person:{found.person.pk}"], why=why)
    return render(request, "pages/county/person.html", _context(request, found, form, is_shown))


def _context(request, found: PersonFile, form: ReasonForm, is_shown: bool) -> dict:
    it, household = found.person, found.person.household
    steps = []
    if household and may(request.user, "households.view", household.area_path):
        label = Said(f"第 {household.number} 户", f"Household {household.number}")
        steps.append((label, reverse("household", args=[household.pk])))
    looks = looks_at(f"person:{it.pk}")
    code = code_file(it, at=found.at)
    return {
        "found": found,
        "title": it.name if is_shown else masked(it.name, "name"),
        "is_shown": is_shown,
        "form": form,
        "age": age_on(it.born_on, found.at.date()),
        "sex": word(SEXES, it.sex),
        "relation": word(RELATIONS, it.relation),
        "document": word(DOCUMENTS, it.document_kind),
        "number": it.document_number if is_shown else masked(it.document_number, "identity"),
        "phone": it.phone if is_shown or not it.phone else masked(it.phone, "phone"),
        "address": household and (household.address if is_shown else masked(household.address, "address")),
        "card_number": household and card_number(household),
        "household_href": steps[0][1] if steps else "",
        "lead": whereabouts(found.trail),
        "trail": trail_to(found.trail, request.user, *steps, (Said("居民档案", "Resident's record"), "")),
        "others": others_table(found.others, at=found.at, may_open=may(request.user, "people.view", it.area_path)),
        "attachments": attachments_table(found.attachments),
        "code": code,
        "colour": code.colour.word,
        "evidence": evidence_table(code),
        "pending": pending_rulings(it.pk, at=found.at),
        "may_declare_for": may(request.user, "people.register", it.area_path),
        "may_rule": may(request.user, "approvals.propose", it.area_path),
        "merges": _merges(it, request.user),
        "looks": looks_table(looks),
        "n_looks": looks.n_all,
    }


def _merges(person, account):
    """The merges the record had part in, for whoever keeps the register there; None where there was none.

    That a case was merged with it is only for whoever investigates: the register says nothing of who is ill.
    """
    if not may(account, "people.register", person.area_path):
        return None
    found = merges_of_person(person.pk)
    rows = merges_shown(found if may(account, "cases.investigate", person.area_path) else found.filter(kept_case=None))
    return merges_table(rows) if rows else None
