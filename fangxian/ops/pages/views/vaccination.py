"""Vaccination: whom to call, how far each area and age is, one person's doses."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of, require, within_scope
from fangxian.ops.audit.actions import log_views
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.vaccination.forms import DoseForm, NoDoseForm, VaccinationFilter, say_beside
from fangxian.ops.pages.vaccination.tables import answer_said, coverage_table, doses_table, people_table
from fangxian.ops.people.queries import person_with
from fangxian.ops.places.queries import children_of, path_down_to
from fangxian.ops.procedures.import_doses import UPLOAD
from fangxian.ops.procedures.vaccinate import RECORD, SEE, note_answer, note_dose, withdraw_dose
from fangxian.ops.realm.areas import GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.vaccination import AGES, coverage_of, people_in, vaccinated
from fangxian.ops.vaccination import refusals
from fangxian.ops.vaccination.queries import course_of, doses_of
from fangxian.ops.vaccination.wire import NewAnswer, NewDose
from fangxian.ops.vaccination.words import STAGES

WHY = "vaccination.page"
A_PAGE = 50
HOME = Said("接种", "Vaccination")


@login_required
@never_cache
def vaccination(request: HttpRequest) -> HttpResponse:
    """How far each part of the reader's area is, and who is to be called there."""
    asked = _asked_area(request)
    parts = [*path_down_to(asked)[-1:], *children_of(asked)]
    narrow = VaccinationFilter(request.GET, areas={it.area_path: it for it in parts})
    age, state = narrow.asked("age"), narrow.asked("state") or "due"
    at = county_now()
    rows = within_scope(people_in(asked, state="" if state == "all" else state, age=age, at=at), request.user, SEE)
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    shown = vaccinated(list(rows[paging.slice]))
    log_views(viewer=request.user.pk, subjects=sorted(f"person:{it.person}" for it in shown), why=WHY)
    covered = age or "elders"
    context = {
        "at": at,
        "where": whereabouts(path_down_to(asked)) if len(asked) > len(the_realm().division_code) else None,
        "narrow": narrow,
        "n_shown": paging.total,
        "coverage": coverage_table(coverage_of(asked, covered, digits=_digits(asked), at=at), state, age),
        "covered": AGES[covered][0],
        "table": people_table(shown, paging),
        "may_upload": may(request.user, UPLOAD, the_realm().division_code)
        and may(request.user, RECORD, the_realm().division_code),
    }
    return render(request, "pages/vaccination/vaccination.html", context)


def _asked_area(request: HttpRequest) -> str:
    """The area asked for, where the reader looks after it; else their own, the county where there are several."""
    own = areas_of(request.user, SEE)
    require(request.user, SEE, own[0] if own else the_realm().division_code)
    asked = request.GET.get("area", "")
    if asked.isdecimal() and len(asked) <= GRID_DIGITS and any(asked.startswith(it) for it in own):
        return asked
    return own[0] if len(own) == 1 else the_realm().division_code


def _digits(area: str) -> int:
    """A county is shown by townships, a township by villages, anything smaller by grid cells."""
    return next(it for it in (TOWNSHIP_DIGITS, VILLAGE_DIGITS, GRID_DIGITS) if len(area) < it or it == GRID_DIGITS)


@login_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def one_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """GET shows somebody's doses. POST records a dose, why there is none, or takes a dose back, as `do` says."""
    person = person_with(person_id)
    if person is None:
        raise refusals.nobody()
    require(request.user, SEE, person.area_path)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    dose = DoseForm(request.POST if do == "dose" else None, initial={"source": "card"})
    none = NoDoseForm(request.POST if do == "none" else None)
    refusal = None
    if do:
        try:
            if _recorded(request, person.pk, do, dose, none):
                return HttpResponseRedirect(f"{reverse('vaccination-person', args=[person.pk])}?done=1")
        except Refusal as found:
            if found.code.startswith("accounts."):
                raise
            if do == "back":
                refusal = found
            else:
                say_beside(dose if do == "dose" else none, None, found)
    return _page(request, person, dose, none, refusal)


def _recorded(request: HttpRequest, person: UUID, do: str, dose: DoseForm, none: NoDoseForm) -> bool:
    """Record what was sent; False where it cannot be read, which is then said beside the field."""
    if do == "back":
        try:
            which = UUID(request.POST.get("dose", ""))
        except ValueError:
            raise refusals.dose_unknown() from None
        withdraw_dose(dose=which, why=request.POST.get("why", "")[:300], by=request.user)
        return True
    if do == "dose" and dose.is_valid():
        told = dose.cleaned_data
        note_dose(dose=NewDose(person=person, **{**told, "number": told["number"] or 0}), by=request.user)
        return True
    if do == "none" and none.is_valid():
        told = none.cleaned_data
        kind, _, reason = told["why"].partition(":")
        today = localtime(county_now()).date()
        answer = NewAnswer(
            person=person, kind=kind, reason=reason, said_on=today, until_on=told["until_on"], note=told["note"]
        )
        note_answer(answer=answer, by=request.user)
        return True
    return False


def _page(request: HttpRequest, person, dose: DoseForm, none: NoDoseForm, refusal: Refusal | None) -> HttpResponse:
    course, doses = course_of(person.pk), list(doses_of(person.pk))
    log_views(viewer=request.user.pk, subjects=[f"person:{person.pk}"], why=WHY)
    context = {
        "at": county_now(),
        "person": person,
        "where": whereabouts(path_down_to(person.area_path)),
        "course": course,
        "stage": STAGES[course.stage if course else "none"],
        "answer": answer_said(course),
        "doses": doses_table(doses),
        "standing": [it for it in doses if it.superseded_at is None],
        "dose": dose,
        "none": none,
        "refusal": refusal.said if refusal else None,
        "may_record": may(request.user, RECORD, person.area_path),
        "is_done": "done" in request.GET and request.method != "POST",
        "trail": [(HOME, reverse("vaccination")), (person.name, "")],
    }
    status = 400 if refusal or dose.errors or none.errors else 200
    return render(request, "pages/vaccination/person.html", context, status=status)
