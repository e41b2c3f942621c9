"""One priority place: what is due there, the form to record it, what was done, its faults and results."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from fangxian.core.policy.hygiene import KINDS, how_often_said
from fangxian.core.refusal import Refusal
from fangxian.ops.hygiene.checklist import all_items, checklist
from fangxian.ops.hygiene.due import due_lines
from fangxian.ops.hygiene.queries import (
    KEEP,
    RECORD,
    REPORT,
    PriorityPlace,
    Round,
    history_of,
    last_positive,
    latest_of,
    may_at,
    open_faults,
    round_with,
    within,
)
from fangxian.ops.hygiene.refusals import round_unknown
from fangxian.ops.pages.hygiene.forms import ResultForm, RoundForm
from fangxian.ops.pages.hygiene.tables import before_table, counts, rounds_table
from fangxian.ops.pages.hygiene.words import ANSWERS, DONE, STATES, STRENGTHS, class_said, round_said
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.hygiene import FORM, hygiene_home, require_sight
from fangxian.ops.procedures import keep_hygiene as keeping
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.hygiene_due import hygiene_rules
from fangxian.ops.situation.venues import names_down_to_units

A_PAGE = 20
Forms = dict[str, object]


@login_required
@never_cache
@FORM
@sensitive_post_parameters()
@sensitive_variables()
def place(request, place_id: UUID) -> HttpResponse:
    """A place of the register. POST does what `do` says: record, correct, void, result, mended or strike."""
    require_sight(request.user)
    row = keeping.place_for(request.user, place_id)
    refused, shown = None, {}
    if request.method == "POST":
        try:
            done, shown = _do(request, row)
        except Refusal as refusal:
            if refusal.code == "hygiene.place.not_yours":
                raise
            refused, done = refusal.said, ""
            shown = _typed(request, row)
        if done == "recorded" and _comes_from_venue(request, row):
            return HttpResponseRedirect(f"{reverse('venue-keep', args=[row.venue_id])}?done=hygiene#hygiene")
        if done in ("recorded", "result", "struck"):
            return hygiene_home(done)
        if done:
            return HttpResponseRedirect(f"{reverse('hygiene-place', args=[row.pk])}?done={done}{_back(request, row)}")
    return _page(request, row, shown, refused)


def _comes_from_venue(request, row: PriorityPlace) -> bool:
    """Whether the reader came from the own venue's page, to which recording leads back."""
    return request.GET.get("back") == "venue" and row.venue_id is not None


def _back(request, row: PriorityPlace) -> str:
    return "&back=venue" if _comes_from_venue(request, row) else ""


def _do(request, row: PriorityPlace) -> tuple[str, Forms]:
    """(a key of DONE, {}) once it is done; ("", the form with its faults) where something is missing."""
    asked, by = request.POST, request.user
    match asked.get("do", ""):
        case "mended":
            faults = [it for text in asked.getlist("fault") if (it := _uuid(text))]
            keeping.mend(place=row, faults=faults, by=by)
            return "mended", {}
        case "strike":
            keeping.strike(place=row, because=asked.get("because", "")[:200], by=by)
            return "struck", {}
        case "void":
            which, because = _round(asked, row).pk, asked.get("because", "")[:200]
            keeping.correct_done(place=row, round=which, because=because, by=by)
            return "voided", {}
        case "result":
            return _result(request, row)
    shown = _typed(request, row)
    form, which = shown["record"], shown["corrects"]
    if not form.is_valid():
        return "", shown
    new = form.told(row.pk, checklist(row.of_class), asked)
    if which is None:
        keeping.record_done(place=row, new=new, by=by)
        return "recorded", {}
    keeping.correct_done(place=row, round=which.pk, because=form.cleaned_data["because"], by=by, new=new)
    return "corrected", {}


def _result(request, row: PriorityPlace) -> tuple[str, Forms]:
    which, form = _round(request.POST, row), ResultForm(request.POST)
    if not form.is_valid():
        return "", {"result": (which, form)}
    keeping.report_samples(place=row, round=which.pk, by=request.user, **form.cleaned_data)
    return "result", {}


def _typed(request, row: PriorityPlace) -> Forms:
    """The form as it was sent, so that nothing typed is lost."""
    do, asked = request.POST.get("do", ""), request.POST
    if do == "result":
        return {"result": (_round(asked, row), ResultForm(asked))}
    if do not in ("record", "correct"):
        return {}
    corrects = _round(asked, row) if do == "correct" else None
    kind = corrects.kind if corrects else _kind(asked.get("kind", ""))
    form = RoundForm(asked, kind=kind, at=county_now(), corrects=corrects)
    return {"record": form, "corrects": corrects}


def _round(asked, row: PriorityPlace) -> Round:
    which = _uuid(asked.get("round", ""))
    found = round_with(which, row) if which else None
    if found is None:
        raise round_unknown()
    return found


def _kind(text: str) -> str:
    return text if text in KINDS else "inspection"


def _page(request, row: PriorityPlace, shown: Forms, refused) -> HttpResponse:
    at = county_now()
    lines = due_lines(within(request.user).filter(pk=row.pk), hygiene_rules(at), at)
    corrects = shown.get("corrects") or _corrected(request, row)
    kind = corrects.kind if corrects else _kind(request.POST.get("kind") or request.GET.get("kind", ""))
    record = shown.get("record") or RoundForm(kind=kind, at=at, last=latest_of(row, kind), corrects=corrects)
    rounds = history_of(row)
    paging = Paging.of(request, total=rounds.count(), size=A_PAGE)
    rows, known = list(rounds[paging.slice]), all_items()
    here = reverse("hygiene-place", args=[row.pk])
    unit = names_down_to_units().get(row.area_path[:12])
    context = {
        "place": row,
        "class": class_said(row.of_class),
        "unit": unit,
        "venue_number": str(row.venue.venue_number) if row.venue else "",
        "kinds": [(key, said, key == kind) for key, said in KINDS.items()],
        "lines": [_line(it) for it in lines],
        "kind": kind,
        "kind_said": KINDS[kind],
        "record": record,
        "corrects": corrects,
        "corrected_said": round_said(corrects, known) if corrects else None,
        "items": _items(row, request.POST, corrects) if kind == "inspection" else [],
        "answers": ANSWERS.items(),
        "faults": [(it, known.get(it.item)) for it in open_faults([row.pk])],
        "waiting": _waiting(request, row, rows, shown.get("result")),
        "positive": last_positive(within(request.user).filter(pk=row.pk)).first(),
        "table": rounds_table(rows, known, paging, here, _back(request, row)),
        "before": before_table(row, known),
        "carried_on": row.carried_to.filter(struck_at__isnull=True).select_related("venue").first(),
        "may_record": may_at(request.user, row, RECORD),
        "may_keep": may_at(request.user, row, (KEEP,)),
        "refused": refused,
        "done": DONE.get(request.GET.get("done", "")),
        "back": _back(request, row),
        "venue_href": reverse("venue-keep", args=[row.venue_id]) if _comes_from_venue(request, row) else "",
        "today": localtime(at).date(),
        "at": at,
    }
    return render(request, "pages/hygiene/place.html", context, status=400 if request.method == "POST" else 200)


def _corrected(request, row: PriorityPlace) -> Round | None:
    """The record that the address asks to correct, while it counts."""
    which = _uuid(request.GET.get("correct", ""))
    found = history_of(row).filter(pk=which).first() if which else None
    return found if found is not None and counts(found) else None


def _line(it) -> dict:
    standing = it.standing
    return {
        "kind": it.kind,
        "said": KINDS[it.kind],
        "often": how_often_said(it.rule),
        "state": STATES[standing.state],
        "is_late": standing.state == "late",
        "due_on": standing.due_on,
        "last_on": standing.last_on,
        "rule": it.rule.number,
    }


def _items(row: PriorityPlace, posted, corrects: Round | None) -> list[dict]:
    before = corrects.answers if corrects else {}
    remedies = {it.item: it for it in corrects.faults.all()} if corrects else {}
    return [
        {
            "item": it,
            "strength": STRENGTHS[it.strength],
            "chosen": posted.get(f"answer-{it.key}", before.get(it.key, "")),
            "remedy": posted.get(f"remedy-{it.key}", remedies[it.key].remedy if it.key in remedies else ""),
            "days": posted.get(f"days-{it.key}", "3"),
        }
        for it in checklist(row.of_class)
    ]


def _waiting(request, row: PriorityPlace, rounds: list[Round], typed) -> list[tuple]:
    """The samplings whose result this account may enter, each with its form; of the newest also to change it."""
    if not may_at(request.user, row, REPORT):
        return []
    samplings = [it for it in rounds if it.kind == "sampling" and counts(it)]
    own = f"account:{request.user.pk}"
    shown = [it for n, it in enumerate(samplings) if (n == 0 or not it.results.all()) and it.recorded_by != own]
    forms = {typed[0].pk: typed[1]} if typed else {}
    return [(it, next(iter(it.results.all()), None), forms.get(it.pk) or ResultForm()) for it in shown]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
