"""Asking that another version of a rulebook be published: the file, what it rests on, what checking says of it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.scope import require
from fangxian.ops.pages.rulebook.forms import ProposalForm
from fangxian.ops.pages.words import in_words, said
from fangxian.ops.procedures.propose_rulebook import DRAFT, propose_rulebook
from fangxian.ops.realm.current import county_now

MOST_FINDINGS = 20  # once these are mended, checking says what is left


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST asks, and leads to the request, which two others decide."""
    require(request.user, DRAFT)
    form = ProposalForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        text, basis = form.cleaned_data["file"].read(), form.cleaned_data["basis"]
        try:
            pk = propose_rulebook(text=text, basis=basis, by=request.user)
        except Refusal as refusal:
            for line in _each(in_words(refusal.said)):
                form.add_error("file", line)
        else:
            return HttpResponseRedirect(f"{reverse('approval', args=[pk])}?done=asked")
    context = {
        "form": form,
        "at": county_now(),
        "trail": [
            (Said("现行规则", "Rulebooks"), reverse("rulebooks")),
            (Said("提出发布", "Ask for publication"), ""),
        ],
    }
    return render(request, "pages/rulebook/propose.html", context, status=400 if form.errors else 200)


def _each(told: str) -> list[str]:
    """What checking found, each by itself."""
    lines = told.splitlines()
    left = len(lines) - MOST_FINDINGS
    more = said(f"还有 {left} 处，先改这些，再检查。", f"{left} more: mend these, then check again.")
    return [*lines[:MOST_FINDINGS], *([more] if left > 0 else [])]
