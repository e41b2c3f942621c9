"""Apologies: every status has a page in both languages, and one that survives anything."""

import pytest
from django.utils.translation import override

from fangxian.ops.pages.views import errors


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("status", sorted(errors.APOLOGIES))
def test_each_status_has_its_page(rf, status, language):
    with override(language):
        answer = errors.apologise(rf.get("/"), status)
    assert answer.status_code == status
    assert errors.APOLOGIES[status][1].in_language(language).replace("'", "&#x27;") in answer.content.decode()


def test_when_the_apology_fails_too_a_plain_page_is_left_in_both_languages(rf, settings):
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": []}]
    answer = errors.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "程序出错了" in answer.content.decode()
    assert "The program failed" in answer.content.decode()


def test_a_form_that_waited_too_long_says_what_to_do(rf):
    answer = errors.stale_form(rf.get("/"), "reason")
    assert answer.status_code == 403
