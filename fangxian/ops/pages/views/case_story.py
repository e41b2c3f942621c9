"""Where a case was, day by day, with what does not fit; and the case's story on one page for print."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from fangxian.core.refusal import Said
from fangxian.ops.audit.actions import log_views
from fangxian.ops.cases import queries
from fangxian.ops.cases.questionnaire import questionnaire_of, told
from fangxian.ops.contacts.listing import n_by
from fangxian.ops.contacts.queries import within as contacts_within
from fangxian.ops.contacts.words import STATES
from fangxian.ops.pages.cases.merged import leads_on
from fangxian.ops.pages.cases.page import case_context
from fangxian.ops.pages.cases.tables import links_in_brief
from fangxian.ops.pages.cases.timeline import conflicts_said, days_of, folded, merged_days, places_map, places_table
from fangxian.ops.pages.cases.words import case_trail
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.case_files import case_file, worked_case
from fangxian.ops.situation.case_timeline import case_timeline
from fangxian.ops.situation.venues import divisions_down_to_units
from fangxian.ops.situation.without_codes import uses_codes

LINKS_IN_A_TABLE = 8  # more of them are a list in words, so that the story stays on its page


@login_required
@never_cache
@sensitive_variables()
@require_GET
@leads_on
def timeline(request, case_id: UUID) -> HttpResponse:
    case, at = worked_case(case_id, request.user), county_now()
    log_views(viewer=request.user.pk, subjects=_subjects(case), why="cases.timeline_read")
    found = case_timeline(case, at=at)
    context = {
        "case": case,
        "timeline": found,
        "has_scans": found.n_scans > 0 or uses_codes(at),
        "days": folded(days_of(found, has_onset=case.onset_on is not None)[::-1]),
        "conflicts": conflicts_said(found),
        "n_gaps": len(found.gaps),
        "map": places_map(found, divisions_down_to_units()),
        "places": places_table(found),
        "at": at,
        "trail": case_trail(case, Said("活动轨迹", "Itinerary")),
    }
    return render(request, "pages/cases/timeline.html", context)


@login_required
@never_cache
@sensitive_variables()
@require_GET
@leads_on
def story(request, case_id: UUID) -> HttpResponse:
    """Everything of a case on one sheet: for the meeting, for the file."""
    case, at = worked_case(case_id, request.user), county_now()
    log_views(viewer=request.user.pk, subjects=_subjects(case), why="cases.story_read")
    file, found = case_file(case_id, request.user, at=at), case_timeline(case, at=at)
    context = case_context(file, request.user) | {
        "timeline": found,
        "runs": merged_days(days_of(found, has_onset=case.onset_on is not None)),
        "conflicts": conflicts_said(found),
        "sections": _answered(case),
        "contacts": _contacts(request.user, case.pk),
        "brief_links": links_in_brief(file) if len(file.links) > LINKS_IN_A_TABLE else (),
        "printed_by": request.user.username,
    }
    return render(request, "pages/cases/story.html", context)


def _contacts(account, case: UUID) -> list[tuple[Said, int]]:
    """How many contacts the case has in each state, of those the reader may see."""
    found = n_by(contacts_within(account).filter(case_id=case), "state")
    return [(said, found[state]) for state, said in STATES.items() if state in found]


def _answered(case) -> list[tuple[Said, list[tuple[Said, Said]]]]:
    """What the interview answered, section by section; what was not asked is left out."""
    answers = queries.answers_of(case.pk)
    found = []
    for section in questionnaire_of(case.disease).sections:
        rows = [
            (it.label, told(it, answers[it.key].value))
            for it in section.questions
            if it.key in answers and answers[it.key].value
        ]
        if rows:
            found.append((section.title, rows))
    return found


def _subjects(case) -> list[str]:
    return [f"case:{case.pk}"] + ([f"person:{case.person_id}"] if case.person_id else [])
