"""Setting up a post, and closing one."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.scope import require
from fangxian.ops.pages.posts.setting_up import PostForm
from fangxian.ops.pages.words import in_words
from fangxian.ops.posts.refusals import post_not_yours
from fangxian.ops.procedures.keep_posts import MANAGE, REVIEW, end_post, set_up_post, venues_for_posts
from fangxian.ops.realm.current import county_now

from .posts import may_manage, minutes_of, post_of

BESIDE = {"posts.hours": "ends", "posts.key_nobody": "holder"}
# A county has thousands of venues: those that are posts by their class come first, the others after them.
MOST_VENUES = 400


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request) -> HttpResponse:
    """GET shows the form, with the venues of the reader's areas that have no post; POST sets one up."""
    require(request.user, MANAGE)
    require(request.user, REVIEW)
    form = PostForm(request.POST if request.method == "POST" else None, venues=_venues(request.user))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            row = set_up_post(
                venue=UUID(told["venue"]), begins_min=minutes_of(told["begins"]), ends_min=minutes_of(told["ends"]),
                n_a_shift=told["n_a_shift"], phone=told["phone"], exits=form.exits, by=request.user,
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(BESIDE.get(refusal.code, "venue"), in_words(refusal.said))
        else:
            return HttpResponseRedirect(f"{reverse('post-roster', args=[row.pk])}?done=set_up")
    trail = [(Said("值守点", "Posts"), reverse("posts")), (Said("设值守点", "Set one up"), "")]
    context = {"form": form, "trail": trail, "at": county_now()}
    return render(request, "pages/posts/new.html", context, status=400 if form.errors else 200)


@login_required
@never_cache
@require_POST
def close(request, post_id: UUID) -> HttpResponse:
    """The post is kept no more, for the reason given."""
    row = post_of(request.user, post_id)
    if not may_manage(request.user, row):
        raise post_not_yours(row.name)
    end_post(post=row.pk, reason=request.POST.get("reason", "")[:200], by=request.user)
    return HttpResponseRedirect(f"{reverse('posts')}?done=closed")


def _venues(account) -> list[tuple[str, str]]:
    rows = venues_for_posts(account)
    posts = list(rows.filter(venue_class__endswith="-post")[:MOST_VENUES])
    others = list(rows.exclude(venue_class__endswith="-post")[: MOST_VENUES - len(posts)])
    return [(str(it.pk), f"{it.name}（{it.venue_number}）") for it in (*posts, *others)]
