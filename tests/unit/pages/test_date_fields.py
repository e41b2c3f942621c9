"""Fields of days and moments: a browser shows what they hold only as the standard writes it, in whatever language."""

from datetime import UTC, date, datetime
from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms
from django.utils.translation import override

from fangxian.ops import pages

HELD = {
    forms.DateInput: (date(2022, 4, 11), "2022-04-11"),
    forms.DateTimeInput: (datetime(2022, 4, 11, 7, 30, tzinfo=UTC), "2022-04-11T07:30"),
}


def dated_fields():
    """Every field of a page's form that a browser shows with a calendar, with its widget."""
    for module in walk_packages(pages.__path__, f"{pages.__name__}."):
        for form in vars(import_module(module.name)).values():
            if isinstance(form, type) and issubclass(form, forms.Form):
                for name, field in form.base_fields.items():
                    if type(field.widget) in HELD and field.widget.input_type != "text":
                        yield f"{form.__name__}.{name}", field.widget


FIELDS = dict(dated_fields())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", FIELDS)
def test_a_day_is_written_so_that_a_browser_shows_it(name, language):
    held, written = HELD[type(FIELDS[name])]
    with override(language):
        assert f'value="{written}"' in FIELDS[name].render("x", held)
