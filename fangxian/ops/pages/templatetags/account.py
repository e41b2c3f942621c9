"""`{% load account %}`: who is signed in, for the shells."""

from django import template

from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import roles_of
from fangxian.ops.pages.words import in_words
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.folder import RealmKind

register = template.Library()
MUST_CHANGE = Said("须先改密码", "change the password first")
NO_ROLE = Said("没有任命", "no appointment")


@register.inclusion_tag("pages/account_shell.html", takes_context=True)
def account(context) -> dict:
    """Who is signed in, in full since it is the reader, with role and unit, and the ways to change that."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"user": None, "next": request.get_full_path() if request else "/"}
    roles = roles_of(user)
    return {
        "user": user,
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "name": user.display_name,
        "role": in_words(MUST_CHANGE if user.must_change_password else roles[0].said if roles else NO_ROLE),
        "unit": in_words(Said(user.unit.name_zh, user.unit.name_en)),
        "is_demo": the_realm().kind is RealmKind.DEMO and not user.must_change_password,
    }
