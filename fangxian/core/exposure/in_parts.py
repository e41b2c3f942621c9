"""What meetings sum to, some people at a time: an index of all need not fit into memory. numba only."""

from dataclasses import replace

import numpy as np

from fangxian.core.exposure.case_stays import CaseStays, case_stays
from fangxian.core.exposure.co_presence import co_presence
from fangxian.core.exposure.columns import Cases, Venues, Visits
from fangxian.core.exposure.disease import Rules
from fangxian.core.exposure.index import index_stays
from fangxian.core.exposure.matter import is_in
from fangxian.core.exposure.stays import Coded, coded, stays_by_people, stays_of
from fangxian.core.exposure.totals import Totals


def totals_in_parts(visits: Visits, venues: Venues, cases: Cases, rules: Rules, people_at_once: int) -> Totals:
    """Each person's sums, by number; the scans in any order."""
    scans = coded(visits, venues, "numba")
    stays = _of_cases(scans, cases, rules)
    parts = [Totals.empty()]
    for some in stays_by_people(scans, people_at_once):
        found = co_presence(index_stays(some, scans, "numba"), stays, "numba")
        parts.append(replace(found, person=scans.people[found.person]) if len(found) else found)
    return parts[0].joined(*parts[1:])


def _of_cases(scans: Coded, cases: Cases, rules: Rules) -> CaseStays:
    """The stays of cases, with rows of everybody's people and places."""
    people = np.flatnonzero(is_in(scans.people, np.unique(cases.person)))
    rows = np.flatnonzero(is_in(scans.person, people))
    own = replace(scans, visits=scans.visits.pick(rows), person=scans.person[rows], venue=scans.venue[rows])
    return case_stays(index_stays(stays_of(own, "numba"), scans, "numba"), cases, rules, "numba")
