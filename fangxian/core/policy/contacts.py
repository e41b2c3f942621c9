"""The rings of contacts a rulebook knows, and what is asked of each."""

from datetime import date, datetime, timedelta

from fangxian.core.policy.arrivals import Plan, plan_measure
from fangxian.core.policy.rulebook import ContactRule, Rulebook
from fangxian.core.refusal import Refusal


def contact_rule(rulebook: Rulebook, ring: str, at: datetime) -> ContactRule:
    """The rule of a ring in force at `at`.

    Raises
    ------
    Refusal
        `rulebook.unknown_ring`, naming the rings there are.
    """
    rings = [rule for rule in rulebook.contacts if rule.in_force(at)]
    for rule in rings:
        if rule.ring == ring:
            return rule
    raise Refusal(
        "rulebook.unknown_ring",
        zh="规则 {rulebook} 没有“{ring}”这一圈接触者，只有：{rings}。请选用其中一个。",
        en="Rulebook {rulebook} has no ring “{ring}”; it has: {rings}. Choose one of these.",
        rulebook=rulebook.id,
        ring=ring,
        rings=", ".join(rule.ring for rule in rings) or "—",
    )


def management_days(
    rulebook: Rulebook,
    ring: str,
    *,
    last_exposure_on: date,
    at: datetime,
    placed_on: date | None = None,
) -> Plan:
    """Quarantine days and test days of one contact. (ring, last exposure → dates)

    Parameters
    ----------
    ring : such as `close-contact`
    last_exposure_on : the day of last exposure, which is day 0
    at : aware datetime, to choose the rule in force
    placed_on : the day the person is really placed; earlier days and tests are left out, and it is
        day 0 where the rule counts from placement
    """
    rule = contact_rule(rulebook, ring, at)
    day_zero = placed_on if rule.day_zero == "placement" and placed_on is not None else last_exposure_on
    return plan_measure(rule.measure, day_zero, placed_on)


def lookback_begins_at(rulebook: Rulebook, ring: str, *, onset_at: datetime, at: datetime) -> datetime:
    """The moment from which contacts of a case belong to a ring: look-back before onset or first positive sample,
    from the beginning of that local day."""
    rule = contact_rule(rulebook, ring, at)
    day = onset_at.astimezone(rulebook.utc_offset).date() - rule.lookback
    return rulebook.midnight_ending(day - timedelta(days=1))
