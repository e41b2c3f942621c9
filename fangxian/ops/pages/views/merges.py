"""One merge: which two, what it moved; undone with a reason, after what will go where has been read."""

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
from fangxian.ops.merges.wire import read_left, read_united
from fangxian.ops.pages.county.forms import UndoMergeForm
from fangxian.ops.pages.county.merges import counted, going_back, of_file, stays_told
from fangxian.ops.pages.words import in_words
from fangxian.ops.procedures.unmerge_persons import plan_of, refuse_undoing, unmerge_persons
from fangxian.ops.realm.as_before import RowChange
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.merge_files import CONTACT, OPENED, MergeFile, may_know, merge_file, named, since_merge
from fangxian.ops.situation.without_codes import uses_codes

SHOWN_AT_MOST = 50
ANOTHER_S = {"accounts.not_yours", "approvals.own_matter"}


@login_required
@never_cache
@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request, merge_id: UUID) -> HttpResponse:
    """GET shows what undoing it would do, and what was done once it is undone. POST undoes it."""
    file = merge_file(merge_id, request.user)
    form = UndoMergeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            unmerge_persons(merge=merge_id, reason=form.cleaned_data["reason"], by=request.user)
        except Refusal as refusal:
            if refusal.code in ANOTHER_S:
                raise
            form.add_error(None, in_words(refusal.said))
        else:
            return HttpResponseRedirect(f"{reverse('merge', args=[merge_id])}?done=undone")
    log_views(viewer=request.user.pk, subjects=file.subjects, why=OPENED)
    status = 400 if form.is_bound else 200
    return render(request, "pages/county/merge.html", _context(request, file, form), status=status)


def _context(request, file: MergeFile, form: UndoMergeForm) -> dict:
    is_undone = file.row.undone_at is not None
    return {
        "file": file,
        "row": file.row,
        "at": county_now(),
        "form": form,
        "kept": of_file(file, file.kept),
        "merged": of_file(file, file.merged),
        "kept_href": _href(file, file.kept),
        "merged_href": _href(file, file.merged),
        "by": file.posts.get(file.row.merged_by, "—"),
        "undone_by": file.posts.get(file.row.undone_by, "—"),
        "is_undone": is_undone,
        "is_done": is_undone and request.GET.get("done") == "undone",
        "trail": _trail(file),
    } | (_left(request, file) if is_undone else _preview(request, file))


def _preview(request, file: MergeFile) -> dict:
    """What would go where, or why nothing can."""
    try:
        refuse_undoing(file.row, request.user)
    except Refusal as refusal:
        return {"refusal": refusal.said}
    plan = plan_of(file.row)
    apart = [pk for pk, stays in read_united(file.row.united).items() if stays not in plan.contacts.whole]
    back = [it for it in going_back(plan.returning) if may_know(request.user, file, it.table)]
    names = named([*_keys(back), *((it.table, it.key) for it in plan.stays)])
    return {
        "counted": counted(back),
        "people_back": [names[key] for key in _keys(back) if key in names][:SHOWN_AT_MOST],
        "n_apart": len(apart) if may_know(request.user, file, CONTACT) else 0,
        "n_proposed": len(plan.contacts.proposals),
        "stays": _told(request, file, plan.stays, names),
        "since": since_merge(file.row),
        "has_codes": uses_codes(county_now()),
        "turns_codes": bool(file.row.merged_person),
    }


def _told(request, file: MergeFile, stays, names) -> list[dict]:
    """What stays, without names and cases for whoever only keeps the register."""
    return stays_told(stays, {key: it for key, it in names.items() if may_know(request.user, file, key[0])})


def _keys(changes: list[RowChange]) -> list[tuple[str, str]]:
    return [(it.table, it.key) for it in changes if it.table == CONTACT]


def _left(request, file: MergeFile) -> dict:
    stays = read_left(file.row.left)
    return {"stays": _told(request, file, stays, named((it.table, it.key) for it in stays))}


def _href(file: MergeFile, thing) -> str:
    return "" if thing is None else reverse("case" if file.is_of_cases else "person", args=[thing.pk])


def _trail(file: MergeFile) -> list:
    here = (Said("合并", "Merge"), "")
    if file.is_of_cases:
        first = (Said("病例", "Cases"), reverse("cases"))
    else:
        first = (Said("居民", "Residents"), reverse("people"))
    said = of_file(file, file.kept)
    return [first, (Said(said, said), _href(file, file.kept)), here]
