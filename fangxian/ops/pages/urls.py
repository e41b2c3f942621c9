"""Every page's address."""

from django.urls import path

from fangxian.ops.pages.views import design, health, preferences

urlpatterns = [
    path("design", design.design, name="design"),
    path("design/answer/<slug:outcome>", design.answer, name="design-answer"),
    path("design/console", design.console, name="design-console"),
    path("design/wall", design.wall, name="design-wall"),
    path("design/public", design.public, name="design-public"),
    path("language", preferences.choose_language, name="choose-language"),
    path("healthz", health.healthz, name="healthz"),
    path("theme", preferences.choose_theme, name="choose-theme"),
]
