"""A county whose rulebooks say nothing of priority places: nothing is due, and the page says so."""

import pytest
from django.urls import reverse

from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.hygiene_due import hygiene_rules, lines_for
from tests.integration.two_townships import account_of, build, shown

pytestmark = pytest.mark.django_db


def test_a_county_whose_rulebook_says_nothing_of_it_has_nothing_due(db):
    made = build()
    at = county_now()
    assert lines_for(account_of(made, "dispatcher"), at, rules=hygiene_rules(at)) == []


def test_without_a_rule_the_page_says_that_nothing_is_asked(client, db):
    county = build()
    account = account_of(county, "dispatcher")
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assert "没有要查的" in shown(client.get(reverse("hygiene")))
