"""Whoever is said by six signs in the officer's form, looked up: whom was chosen, or those to choose from."""

from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.limits import refuse_busy_looker, refuse_looker_past_limit
from fangxian.ops.accounts.models import Account
from fangxian.ops.audit.actions import log_views
from fangxian.ops.people.tails import TAIL
from fangxian.ops.posts.queries import Post
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.known_at_post import known_at_post, the_chosen

from .known import NOT_SIX, Choice, choice_of
from .officer import OfficerForm, Row

LOOKED_UP = "posts.looked_up"


def look_up(form: OfficerForm, row: Post, account: Account) -> None:
    """Who was chosen, for each in the form who is said by six signs; else those to choose from, and what is missing.

    What the page showed before Register was pressed is looked up again: a form may send anything.
    """
    for one in (it for it in form.rows if it.is_by_tail):
        if len(one.tail) != TAIL:
            one.fault = NOT_SIX
            continue
        try:
            _look_up(one, row, account)
        except Refusal as refusal:
            one.fault = refusal.said


def _look_up(one: Row, row: Post, account: Account) -> None:
    if one.pick:
        # Whether an ending is somebody's is an answer too: past the limit it is given nobody.
        refuse_looker_past_limit(account.pk)
        one.known = the_chosen(known_at_post(row, one.tail), one.pick)
    if one.known is None:
        one.choice = looked_up(row, one.tail, account)
        one.fault = one.choice.said


def choices_again(form: OfficerForm) -> None:
    """What a form shows that comes back for another reason: whom it had chosen stays chosen."""
    for one in (it for it in form.rows if it.known is not None):
        one.choice = choice_of([one.known], localtime(county_now()).date())


def looked_up(row: Post, signs: str, account: Account) -> Choice:
    """Refuses `people.look_ups_too_many`; who is shown is on record."""
    refuse_busy_looker(account.pk)
    those = known_at_post(row, signs)
    log_views(viewer=account.pk, subjects=[f"person:{it.person}" for it in those if it.person], why=LOOKED_UP)
    return choice_of(those, localtime(county_now()).date())
