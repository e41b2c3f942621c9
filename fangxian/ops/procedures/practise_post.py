"""A keeper practises with invented people (值守练习), on the county's own rules.

1. the invented people of the county                             posts
2. what is right for each: the table in force, the same as for real people    decide_at_post
3. how many were right, and how long it took                     posts

Nobody real is touched: nothing is registered, no path is opened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fangxian.core.policy.vocabulary import Outcome
from fangxian.ops.accounts.models import Account
from fangxian.ops.posts.actions import record_practice
from fangxian.ops.posts.practising import Invented, invented_people
from fangxian.ops.posts.queries import Post, Practice
from fangxian.ops.posts.wire import Told
from fangxian.ops.realm.current import county_now

from .decide_at_post import AtPost, Facts, decide_at_post, post_rules

LONGEST_S = 3600


@dataclass(frozen=True, slots=True)
class Lesson:
    """Somebody invented with what is right: one of `admit`, `verify`, `path`, `let_on`; and what the table says."""

    who: Invented
    right: str
    said: AtPost


def lessons(post: Post) -> list[Lesson]:
    """The invented people before this post, under the rules of now."""
    rules = post_rules(county_now())
    return [_lesson(rules, post, it) for it in invented_people()]


def practise(*, post: Post, keeper: UUID, answers: Mapping[str, str], seconds: int, by: Account) -> Practice:
    """Score one round. (what the keeper chose by person → how many were right)

    Refuses
    -------
    posts.keeper_unknown
    """
    asked: Sequence[Lesson] = lessons(post)
    wrong = [it.who.key for it in asked if answers.get(it.who.key) != it.right]
    return record_practice(
        keeper=keeper,
        n_people=len(asked),
        n_right=len(asked) - len(wrong),
        seconds=max(0, min(seconds, LONGEST_S)),
        wrong=wrong,
        by=f"account:{by.pk}",
    )


def _lesson(rules, post: Post, who: Invented) -> Lesson:
    told = Told(
        post=post.pk,
        name=who.key,
        vehicle=who.vehicle,
        temperature_tenths=who.temperature_tenths,
        to_hospital=who.to_hospital,
    )
    facts = Facts(who.colour, who.travel, -1 if who.test_hours is None else who.test_hours * 60)
    said = decide_at_post(rules, told, facts, venue_class=post.venue_class)
    if said.needs_path:
        right = "let_on" if who.to_hospital else "path"
    else:
        right = "admit" if said.outcome is Outcome.ADMIT else "verify"
    return Lesson(who, right, said)
