"""Who before a post may be somebody known. What is typed is sent in the body: nothing of it stands in an address."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.posts.looking_up import looked_up
from fangxian.ops.pages.posts.officer import MOST_PEOPLE, signs_of
from fangxian.ops.posts.refusals import post_not_yours

from .posts import may_keep, post_of


@login_required
@never_cache
@require_POST
@sensitive_post_parameters()
@sensitive_variables()
def known(request, post_id: UUID) -> HttpResponse:
    """Part of the officer's form: those whose number ends in the six signs that were typed there."""
    row = post_of(request.user, post_id)
    if not may_keep(request.user, row):
        raise post_not_yours(row.name)
    n = request.POST.get("n", "")
    context = {"n": int(n) if n.isdecimal() and len(n) < 3 and int(n) < MOST_PEOPLE else 0}
    try:
        context["choice"] = looked_up(row, signs_of(request.POST.get("signs", "")), request.user)
    except Refusal as refusal:
        return render(request, "pages/posts/known.html", context | {"refused": refusal.said}, status=429)
    return render(request, "pages/posts/known.html", context)
