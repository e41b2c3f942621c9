"""Contacts of contacts (次密接): who met a close contact after its first meeting with the case, before quarantine."""

from dataclasses import dataclass, replace

import numpy as np

from fangxian.core.exposure.columns import MEANS_CLOSE, Cases, Column, Exposed, Ring
from fangxian.core.exposure.disease import Rules
from fangxian.core.exposure.index import StayIndex
from fangxian.core.exposure.search import NOTHING_NEAR, find_exposed, ranked
from fangxian.core.exposure.stays import Engine
from fangxian.core.exposure.ties import Near, tie_meetings


@dataclass(frozen=True, slots=True, kw_only=True)
class Hops:
    """Two hops from cases.

    Attributes
    ----------
    first : whom the cases exposed
    contacts : those of `first` whose own contacts were sought, with the time that was searched; give it to
        `find_meetings` as its cases to see through whom somebody of `second` was exposed
    second : whom those contacts met, without the cases and the contacts themselves; minutes are not weighted by day,
        since nobody knows whether the contact was infected
    """

    first: Exposed
    contacts: Cases
    second: Exposed


def find_two_hops(
    index: StayIndex,
    cases: Cases,
    *,
    rules: Rules,
    near: Near = NOTHING_NEAR,
    until_s: int,
    quarantined: Column | None = None,
    quarantined_s: Column | None = None,
    through: Ring = Ring.CLOSE,
    engine: Engine = "numpy",
) -> Hops:
    """The people cases exposed, and the people those met.

    Parameters
    ----------
    until_s : up to when contacts who are not in quarantine are followed: now
    quarantined, quarantined_s : (n,) int64, contacts who are in quarantine, and since when
    through : contacts of which ring are followed; below CLOSE there are thousands

    Returns
    -------
    Hops. In `second` CONTACT_OF_CONTACT is proposed where something means closeness with a close contact, and NONE of
    everybody else: a scan at one place with a contact proposes nothing.
    """
    first = find_exposed(index, cases, rules=rules, near=near, engine=engine)
    followed = first.pick(np.flatnonzero((first.ring >= int(through)) & ~np.isin(first.person, cases.person)))
    contacts = Cases(
        person=followed.person, begins_s=followed.first_s, near_begins_s=followed.first_s,
        ends_s=_until(followed.person, until_s, quarantined, quarantined_s), onset_s=followed.first_s,
    )  # fmt: skip
    days = max(1, -(-int((contacts.ends_s - contacts.begins_s).max(initial=0)) // 86_400))
    met = find_exposed(index, contacts, rules=flat(rules, days), near=near, engine=engine)
    known = np.concatenate([cases.person, followed.person])
    second = met.pick(np.flatnonzero(~np.isin(met.person, known)))
    ties = tie_meetings(contacts.pick(np.flatnonzero(followed.ring == Ring.CLOSE)), near, rules)
    close = ties.person[ties.context & int(MEANS_CLOSE) > 0]
    ring = np.where(np.isin(second.person, close), int(Ring.CONTACT_OF_CONTACT), int(Ring.NONE))
    return Hops(first=first, contacts=contacts, second=ranked(replace(second, ring=ring)))


def flat(rules: Rules, n_days: int) -> Rules:
    """The same rules with every day from day 0 counting in full."""
    return replace(rules, first_day=0, curve=np.ones(n_days))


def _until(people: Column, until_s: int, quarantined: Column | None, quarantined_s: Column | None) -> Column:
    found = np.full(len(people), until_s, np.int64)
    if quarantined is not None and quarantined_s is not None and len(quarantined):
        order = np.argsort(quarantined, kind="stable")
        at = np.minimum(np.searchsorted(quarantined[order], people), len(order) - 1)
        there = quarantined[order][at] == people
        found[there] = np.minimum(found[there], quarantined_s[order][at][there])
    return found
