"""快: who was where with whom, from scans at doors and from what brings people near one another.

Owns: stays (a scan has no exit), the search for everybody a case may have exposed, its evidence, the rings that
are proposed, contacts of contacts, transmission trees and their sources.
Promises: the same answer from every engine (plain, NumPy, numba); what is sure, likely and possible kept apart; a
scan that shows no presence counts for nothing, and a scan alone never makes a close contact. Proposals only.
Does not: know who anybody is, what time it is, where the archive lies, or decide: an investigator does.

Read in this order: `columns` (what goes in and comes out), `usual` (the numbers), `stays`, `index`, `search`.

    rules = rules_of(rulebook)                                  usual: numbers of this disease
    venues = venues_of(number, venue_class_keys, cell=None)     usual: stays and air of each venue's class
    cases = cases_of(rulebook, person, onset_s, ends_s, at=at)  usual: with the look-back of the rulebook
    index = index_visits(visits, venues)                        index: for many questions; its columns can be mapped
    index = index_visits(visits_that_matter(visits, venues, cases, rules=rules), venues)    for one: three passes
    found = find_exposed(index, cases, rules=rules, near=Near(memberships, rides, parcels)) search: Exposed, ranked
    found = find_exposed_in_one_pass(visits, venues, cases, rules=rules, near=near)  one_pass: a hundred million scans
    why = find_meetings(index, cases, rules=rules, near=near, people=found.person[:200])    search: Meetings
    first, second = find_two_hops(index, cases, rules=rules, near=near, quarantined_s=...)  search
"""
