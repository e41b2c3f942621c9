"""The addresses of the posts, which stand among every page's."""

from django.urls import path

from fangxian.ops.pages.views import posts, posts_checks, posts_known, posts_new, posts_roster

POSTS = [
    path("posts", posts.posts, name="posts"),
    path("posts/new", posts_new.new, name="post-new"),
    path("posts/<uuid:post_id>/close", posts_new.close, name="post-close"),
    path("posts/emergency/<uuid:emergency_id>", posts_checks.emergency, name="post-emergency"),
    path("posts/<uuid:post_id>", posts.post, name="post"),
    path("posts/<uuid:post_id>/known", posts_known.known, name="post-known"),
    path("posts/<uuid:post_id>/register", posts.register, name="post-register"),
    path("posts/<uuid:post_id>/roster", posts_roster.roster, name="post-roster"),
    path("posts/<uuid:post_id>/handover", posts_roster.handover, name="post-handover"),
    path("posts/<uuid:post_id>/checklist", posts_checks.checklist, name="post-checklist"),
    path("posts/<uuid:post_id>/practice", posts_checks.practice, name="post-practice"),
    path("posts/<uuid:post_id>/sheets", posts_checks.sheets, name="post-sheets"),
]
