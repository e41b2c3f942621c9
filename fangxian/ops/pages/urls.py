"""Every page's address."""

from django.urls import path

from fangxian.ops.pages.views import (
    areas,
    design,
    health,
    home,
    households,
    people_search,
    persons,
    preferences,
    rulebooks,
    venues,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("county", areas.county, name="county"),
    path("areas/<slug:area_path>", areas.area, name="area"),
    path("households/<uuid:household_id>", households.household, name="household"),
    path("persons/<uuid:person_id>", persons.person, name="person"),
    path("people", people_search.people, name="people"),
    path("venues", venues.venues, name="venues"),
    path("venues/<uuid:venue_id>", venues.venue, name="venue"),
    path("design", design.design, name="design"),
    path("design/answer/<slug:outcome>", design.answer, name="design-answer"),
    path("design/console", design.console, name="design-console"),
    path("design/wall", design.wall, name="design-wall"),
    path("design/public", design.public, name="design-public"),
    path("language", preferences.choose_language, name="choose-language"),
    path("rulebooks", rulebooks.rulebooks, name="rulebooks"),
    path("rulebooks", rulebooks.rulebooks, name="rulebook"),
    path("rulebooks/<str:book>", rulebooks.rulebook, name="rulebook"),
    path("rulebooks/<str:book>/print", rulebooks.rulebook_print, name="rulebook-print"),
    path("rulebooks/<str:book>/changes", rulebooks.rulebook_changes, name="rulebook-changes"),
    path("healthz", health.healthz, name="healthz"),
    path("theme", preferences.choose_theme, name="choose-theme"),
]
