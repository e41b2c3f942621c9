"""The search over more scans than an index fits into memory for: some people at a time, no index of all. numba only."""

from dataclasses import replace

import numpy as np

from fangxian.core.exposure.case_stays import CaseStays, case_stays
from fangxian.core.exposure.co_presence import co_presence
from fangxian.core.exposure.columns import Cases, Exposed, Venues, Visits
from fangxian.core.exposure.disease import Rules
from fangxian.core.exposure.index import index_stays
from fangxian.core.exposure.matter import is_in
from fangxian.core.exposure.search import NOTHING_NEAR, assembled
from fangxian.core.exposure.stays import Coded, coded, stays_by_people, stays_of
from fangxian.core.exposure.ties import Near, tie_meetings
from fangxian.core.exposure.totals import Totals


def find_exposed_in_parts(
    visits: Visits,
    venues: Venues,
    cases: Cases,
    *,
    rules: Rules,
    near: Near = NOTHING_NEAR,
    people_at_once: int = 150_000,
) -> Exposed:
    """What `find_exposed` gives, from scans that are not indexed and need not be in memory.

    Beside the columns, which may be mapped and narrow (int32), it takes some 10 bytes a scan, and the index of
    `people_at_once` people. A hundred million scans: minutes.
    """
    scans = coded(visits, venues, "numba")
    stays = _of_cases(scans, cases, rules)
    parts = [Totals.empty()]
    for some in stays_by_people(scans, people_at_once):
        found = co_presence(index_stays(some, scans, "numba"), stays, "numba")
        parts.append(replace(found, person=scans.people[found.person]) if len(found) else found)
    return assembled(parts[0].joined(*parts[1:]), Totals.empty(), tie_meetings(cases, near, rules), rules)


def _of_cases(scans: Coded, cases: Cases, rules: Rules) -> CaseStays:
    """The stays of cases, with rows of everybody's people and places."""
    people = np.flatnonzero(is_in(scans.people, np.unique(cases.person)))
    rows = np.flatnonzero(is_in(scans.person, people))
    own = replace(scans, visits=scans.visits.pick(rows), person=scans.person[rows], venue=scans.venue[rows])
    return case_stays(index_stays(stays_of(own, "numba"), scans, "numba"), cases, rules)
