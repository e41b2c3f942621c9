"""One contact: who and why, the decision with its reason, where they are, the daily follow-ups."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.audit.actions import log_views
from fangxian.ops.cases.queries import CONFIRMED, case_with
from fangxian.ops.cases.queries import may_see as may_see_case
from fangxian.ops.contacts.quality import rules_broken
from fangxian.ops.contacts.queries import FOLLOW, VIEW
from fangxian.ops.contacts.wire import DECIDED, OBSERVED, who_of
from fangxian.ops.contacts.words import BELONGS, FOUND_BY, HOME_REASONS, MODES, ORIGINS, RELATIONS, STATES, said_of
from fangxian.ops.pages.contacts.forms import DecisionForm, DetailsForm, ExposureForm, StepForm, say_beside
from fangxian.ops.pages.contacts.tables import (
    changes_table,
    follow_ups_table,
    occupation_said,
    others_table,
    own_case_said,
    through_table,
    why_table,
)
from fangxian.ops.pages.contacts.words import put_back_through
from fangxian.ops.pages.county.forms import ReasonForm
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.county.words import SEXES, word
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.pages.words import masked
from fangxian.ops.procedures.confirm_contacts import confirm_contacts, put_back_contacts, reject_contacts
from fangxian.ops.procedures.correct_exposure import correct_exposure
from fangxian.ops.procedures.manage_contacts import (
    MAY,
    note_contact,
    place_contacts,
    release_contacts,
    trace_contacts,
    transfer_contacts,
)
from fangxian.ops.procedures.name_second_contact import may_have_contacts
from fangxian.ops.procedures.release_early import MAY as MAY_RELEASE_EARLY
from fangxian.ops.procedures.release_early import release_early
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.ages import age_on
from fangxian.ops.situation.contact_files import ContactFile, contact_file
from fangxian.ops.situation.contact_lists import words_in_force
from fangxian.ops.situation.venues import divisions_down_to_units

OPENED, SHOWN = "contacts.contact_page", "contacts.contact_shown"
DETAILS = (
    "area_path", "belongs", "destination", "occupation", "relation", "is_core", "home_reason", "release_on",
)  # fmt: skip
DONE = {
    "named": Said("已登记，等待判定。", "On record, to be decided on."),
    "confirm": Said("已判定。", "Confirmed."),
    "reject": Said("已排除。", "Rejected."),
    "put-back": Said("已放回，等待重新判定。", "Put back, to be decided on again."),
    "step": Said("已记下。", "Noted."),
    "details": Said("已保存。", "Saved."),
    "exposure": Said(
        "最后接触日期已更正，凡按这一天算的都已重算；前后日期见“经过”。",
        "The day of last exposure is corrected, and all that is reckoned from it follows. Both days stand below.",
    ),
}
DECIDE: dict[str, Callable[[list[UUID], dict, Account], object]] = {
    "confirm": lambda ids, told, by: confirm_contacts(
        contacts=ids, ring=told["ring"], reason=told["reason"], by=by, seen_at=told["seen_at"]
    ),
    "reject": lambda ids, told, by: reject_contacts(
        contacts=ids, reason=told["reason"], by=by, seen_at=told["seen_at"]
    ),
    "put-back": lambda ids, told, by: put_back_contacts(
        contacts=ids, reason=told["reason"], by=by, seen_at=told["seen_at"]
    ),
}
OTHERS = ("details", "exposure")
STEPS: dict[str, Callable[[list[UUID], dict, Account], object]] = {
    "traced": lambda ids, told, by: trace_contacts(contacts=ids, reason=told["reason"], by=by),
    "transferred": lambda ids, told, by: transfer_contacts(
        contacts=ids, site=told["site"], reason=told["reason"], by=by
    ),
    "placed": lambda ids, told, by: place_contacts(contacts=ids, by=by, **told),
    "released": lambda ids, told, by: release_contacts(contacts=ids, reason=told["reason"], by=by),
    "released-early": lambda ids, told, by: release_early(contacts=ids, reason=told["reason"], by=by),
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def contact(request, contact_id: UUID) -> HttpResponse:
    """GET shows the contact, masked. POST is what `do` names; shown in full once, with a reason that is kept."""
    found = contact_file(contact_id, request.user, at=county_now())
    if request.method != "POST":
        _log(request, found, OPENED)
        return _page(request, found, _forms(found))
    do = request.POST.get("do", "")
    if do == "show":
        return _show(request, found)
    if do not in {*DECIDE, *STEPS, *OTHERS}:
        return apologise(request, 400)
    forms = _forms(found, request.POST, do)
    return _carry_out(request, found, do, forms) or _page(request, found, forms, status=400)


def _log(request, found: ContactFile, why: str) -> None:
    subjects = [f"contact:{found.row.pk}"] + ([f"person:{found.row.person_id}"] if found.row.person_id else [])
    log_views(viewer=request.user.pk, subjects=subjects, why=why)


def _show(request, found: ContactFile) -> HttpResponse:
    form = ReasonForm(request.POST, auto_id="show_%s")
    is_shown = form.is_valid()
    _log(request, found, f"{SHOWN}.{form.cleaned_data['reason']}" if is_shown else OPENED)
    return _page(request, found, _forms(found) | {"show": form}, is_shown=is_shown)


def _forms(found: ContactFile, data=None, do: str = "") -> dict:
    """Every form of the page; the one that was sent holds what was sent."""
    places = divisions_down_to_units().values()
    initial = {name: getattr(found.row, name) for name in DETAILS}
    initial["is_traced"] = {True: "yes", False: "no"}.get(found.row.is_traced, "")
    first = {"ring": found.row.ring}
    return {
        "decide": DecisionForm(
            data if do in DECIDE else None, rings=words_in_force(found.at).rings_of(found.row.disease), initial=first
        ),
        "step": StepForm(
            data if do in STEPS else None, auto_id="step_%s", initial={"mode": found.row.mode, "site": found.row.site}
        ),
        "details": DetailsForm(data if do == "details" else None, auto_id="details_%s", places=places, initial=initial),
        "exposure": ExposureForm(
            data if do == "exposure" else None, auto_id="exposure_%s",
            initial={"last_exposure_on": found.row.last_exposure_on},
        ),
        "show": ReasonForm(auto_id="show_%s"),
    }  # fmt: skip


def _carry_out(request, found: ContactFile, do: str, forms: dict) -> HttpResponse | None:
    """Where to go once it is done; None where something is wrong, which the form then says."""
    name = "decide" if do in DECIDE else "step" if do in STEPS else do
    form, ids, n_through = forms[name], [found.row.pk], 0
    if not form.is_valid() or (do == "confirm" and not form.need_ring()):
        return None
    try:
        if name == "details":
            note_contact(contact=found.row.pk, noted=form.noted, by=request.user)
        elif name == "exposure":
            told = form.cleaned_data
            correct_exposure(contact=found.row.pk, on=told["last_exposure_on"], reason=told["reason"], by=request.user)
        else:
            decided = (DECIDE | STEPS)[do](ids, form.cleaned_data, request.user)
            n_through = getattr(decided, "n_through", 0)
    except Refusal as refusal:
        say_beside(form, None, refusal)
        return None
    done = do if name == "decide" else name
    return HttpResponseRedirect(
        f"{reverse('contact', args=[found.row.pk])}?done={done}{f'&through={n_through}' if n_through else ''}"
    )


def _ways_to_case(account, row) -> dict[str, str]:
    """Where one goes on to the case: its page for whoever may see it, its story for whoever investigates there."""
    case = case_with(row.case_id)
    if case is None or not may_see_case(account, case.pk):
        return {"case_href": "", "story_href": ""}
    investigates = may(account, "cases.investigate", case.area_path)
    story = reverse("case-story", args=[case.pk]) if investigates else ""
    return {"case_href": reverse("case", args=[case.pk]), "story_href": story}


def _own_case(account, found: ContactFile) -> dict[str, object]:
    """The case that this contact, on whom nobody has decided, is by now, with its page for whoever may see it."""
    case = found.around.own_case(found.row)
    if case is None:
        return {"own_case": None}
    href = reverse("case", args=[case.pk]) if may_see_case(account, case.pk) else ""
    return {"own_case": own_case_said(case), "own_case_href": href, "own_is_confirmed": case.state in CONFIRMED}


def _page(request, found: ContactFile, forms: dict, *, is_shown: bool = False, status: int = 200) -> HttpResponse:
    row, who = found.row, found.who
    may_decide = may(request.user, MAY, row.area_path)
    context = (
        _identity(found, is_shown)
        | _facts(found)
        | {
            "found": found,
            **_ways_to_case(request.user, row),
            **_own_case(request.user, found),
            "row": row,
            "forms": forms,
            "is_shown": is_shown,
            "may_decide": may_decide,
            "may_release_early": may(request.user, MAY_RELEASE_EARLY, row.area_path),
            "may_list": any(row.area_path.startswith(area) for area in areas_of(request.user, VIEW)),
            "may_follow": may(request.user, FOLLOW, row.area_path, team=row.team) and row.state in DECIDED,
            "is_observed": row.state in OBSERVED,
            "turns_codes": found.around.turns_codes(row.disease),
            "may_correct": may_decide and row.state in (*OBSERVED, "released"),
            "age": age_on(who.born_on, found.at.date()) if who.born_on else None,
            "lead": whereabouts(found.trail),
            "why": why_table(found.why),
            "changes": changes_table(found.changes, found.by, found.around, row.disease),
            "follow_ups": follow_ups_table(found.follow_ups),
            "through": through_table(found.through, found.around) if found.through else None,
            "may_name": may_decide and may_have_contacts(row, found.around.rulebooks.get(row.disease), found.at),
            **_via(found),
            "elsewhere": others_table(found.elsewhere, found.around) if found.elsewhere else None,
            "wrong": list(rules_broken(row.faults)),
            "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
            "through_said": put_back_through(request.GET.get("through", "")) if request.method != "POST" else None,
            "at": found.at,
        }
    )
    return render(request, "pages/contacts/contact.html", context, status=status)


def _via(found: ContactFile) -> dict:
    """Whose contact this contact of a contact is, and whether that one became a case."""
    if found.via is None:
        return {}
    name = masked(who_of(found.via, found.via.file).name, "name")
    return {"via_name": name, "via_became": found.via_case is not None}


def _identity(found: ContactFile, is_shown: bool) -> dict:
    who = found.who

    def told(value: str, kind: str) -> str:
        return value if is_shown or not value else masked(value, kind)

    return {
        "name": told(who.name, "name") or "—",
        "document": told(who.document_number, "identity"),
        "phone": told(who.phone, "phone"),
        "address": told(who.address, "address"),
        "workplace": told(who.workplace, "address"),
        "whereabouts_now": told(found.row.file.whereabouts, "address"),
        "sex": word(SEXES, who.sex) if who.sex else None,
        "occupation": occupation_said(who.occupation),
    }


def _facts(found: ContactFile) -> dict:
    row = found.row
    return {
        "ring": found.around.ring(row.disease, row.ring),
        "state": said_of(STATES, row.state),
        "mode": said_of(MODES, row.mode) if row.mode else None,
        "home_reason": said_of(HOME_REASONS, row.home_reason) if row.home_reason else None,
        "found_by": said_of(FOUND_BY, row.found_by),
        "relation": said_of(RELATIONS, row.relation) if row.relation else None,
        "belongs": said_of(BELONGS, row.belongs),
        "origin": said_of(ORIGINS, row.origin),
        "number": found.around.numbers.get(row.case_id),
        "team": found.around.teams.get(row.team),
        "release_differs": bool(row.release_computed_on) and row.release_on != row.release_computed_on,
    }
