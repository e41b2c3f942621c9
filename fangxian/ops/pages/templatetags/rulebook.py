"""`{% load rulebook %}`: a rulebook's keys in words, for the pages that show one."""

from datetime import timedelta

from django import template

from fangxian.core.policy.vocabulary import Strength
from fangxian.core.refusal import Said
from fangxian.ops.pages import words
from fangxian.ops.pages.rulebook.words import STRENGTHS, key_said, span_said

register = template.Library()


@register.filter
def key_words(key: str) -> str:
    return words.in_words(key_said(key))


@register.filter
def span_words(span: timedelta) -> Said:
    return span_said(span, days=True)


@register.filter
def strength_words(strength: Strength) -> Said:
    return STRENGTHS[strength]


@register.filter
def strength_kind(strength: Strength) -> str:
    """The frame of the tag: strong where nobody knows and the county must decide."""
    return "strong" if strength is Strength.GUESS else ""
