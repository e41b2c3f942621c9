"""A list to choose from says what Django's own says."""

import pytest
from django import forms
from django.test.html import parse_html

from fangxian.ops.pages.selects import LongSelect

CHOICES = [("", "All"), ("a", "A & <b>"), ("Town", [("t1", "one"), ("t2", "two")])]


def written(widget, **told):
    form = type("F", (forms.Form,), {"where": forms.ChoiceField(choices=CHOICES, widget=widget, **told)})
    return lambda data: parse_html(str(form(data)["where"]))


@pytest.mark.parametrize("data", [None, {"where": ""}, {"where": "a"}, {"where": "t2"}, {"where": "none of them"}])
@pytest.mark.parametrize("required", [True, False])
def test_it_writes_what_django_writes(data, required):
    assert written(LongSelect, required=required)(data) == written(forms.Select, required=required)(data)


def test_its_attributes_are_kept():
    assert written(LongSelect(attrs={"class": "x"}))(None) == written(forms.Select(attrs={"class": "x"}))(None)
