"""What a spec test says of exposure: scans, ties and cases as small tables, tried on every engine.

People are capital letters. A venue is a key of `usual.BY_CLASS`, with `#2` for another one of the class.
"""

from datetime import datetime

import numpy as np

from fangxian.core.exposure.columns import BEFORE_ALL, EVER, UNKNOWN, Context, Memberships, Rides, Visits
from fangxian.core.exposure.disease import cases_of, ring_keys, rules_of
from fangxian.core.exposure.hops import find_two_hops
from fangxian.core.exposure.index import index_visits
from fangxian.core.exposure.meetings import find_meetings
from fangxian.core.exposure.search import find_exposed
from fangxian.core.exposure.ties import Near
from fangxian.core.exposure.usual import BY_CLASS, STAY_UNKNOWN_CLASS, venues_of
from fangxian.core.policy.vocabulary import Presence
from tests.property import exposure_plain as plain

ENGINES = ("numpy", "numba")
BANDS = ("sure", "likely", "possible")


def second(text, rulebook, moment):
    return int(moment(text, rulebook).timestamp())


class Story:
    """The columns of one spec paragraph."""

    def __init__(self, rulebook, moment, scans, ties, rides, cases):
        self.rulebook, self.moment = rulebook, moment
        self.names = sorted({row["venue"] for row in scans} | {"no such class"})
        self.rows = [
            (ord(r["person"]), self.names.index(r["venue"]), self.at(r["at"]),
             int(Presence[(r.get("presence") or "staffed").upper()]), r.get("way") == "out")
            for r in scans
        ]  # fmt: skip
        person, venue, at_s, presence, leaves = np.array(self.rows, np.int64).reshape(-1, 5).T
        self.visits = Visits.of(person, venue, at_s, presence.astype(np.int8), leaves.astype(bool))
        self.classes = [name.partition("#")[0] for name in self.names]
        self.venues = venues_of(np.arange(len(self.names)), self.classes)
        self.near = Near(memberships=self._memberships(ties), rides=self._rides(rides))
        at = moment(cases[0]["until"], rulebook)
        numbers = [np.array(column) for column in zip(*map(self._case, cases), strict=True)]
        self.cases, self.ring_keys = cases_of(rulebook, *numbers, at=at), ring_keys(rulebook, at)

    def at(self, text):
        return second(text, self.rulebook, self.moment)

    def _case(self, row):
        onset = self.at(f"{row['onset']} 00:00" if len(row["onset"]) == 5 else row["onset"])
        return ord(row["case"]), onset, self.at(row["until"])

    def _memberships(self, ties):
        rows = [
            (ord(person), n, int(Context[row["tie"].upper()]), self.at(row["from"]) if row.get("from") else BEFORE_ALL,
             self.at(row["until"]) if row.get("until") else EVER)
            for n, row in enumerate(ties)
            for person in row["people"].split()
        ]  # fmt: skip
        names = ("person", "group", "kind", "begins_s", "ends_s")
        columns = np.array(rows, np.int64).reshape(-1, 5).T
        return Memberships(**dict(zip(names, columns, strict=True)))

    def _rides(self, rides):
        rows = [
            (ord(r["person"]), 1, *(map(int, r["seat"].split("-")) if r["seat"] else (UNKNOWN, UNKNOWN)),
             self.at(r["from"]), self.at(r["until"]))
            for r in rides
        ]  # fmt: skip
        columns = np.array(rows, np.int64).reshape(-1, 6).T
        names = ("person", "vehicle", "seat_row", "seat_column", "begins_s", "ends_s")
        return Rides(**dict(zip(names, columns, strict=True)))

    def found(self, engine):
        rules = rules_of(self.rulebook)
        index = index_visits(self.visits, self.venues, engine=engine)
        return find_exposed(index, self.cases, rules=rules, near=self.near, engine=engine)

    def second_hop(self, until, quarantined):
        index, rules = index_visits(self.visits, self.venues), rules_of(self.rulebook)
        people = np.array([ord(row["contact"]) for row in quarantined], np.int64)
        since = np.array([self.at(row["quarantined"]) for row in quarantined], np.int64)
        return find_two_hops(
            index, self.cases, rules=rules, near=self.near, until_s=self.at(until), quarantined=people,
            quarantined_s=since,
        ).second  # fmt: skip

    def evidence(self):
        """Rows of `find_meetings` as a reader sees them."""
        rules = rules_of(self.rulebook)
        met = find_meetings(index_visits(self.visits, self.venues), self.cases, rules=rules, near=self.near)
        for row in zip(*met.columns().values(), strict=True):
            case, person, context, place, begins, ends, *bands, _, _, presence = row
            scan = context == Context.SCAN
            yield {
                "case": chr(self.cases.person[case]), "person": chr(person),
                "context": Context(int(context)).name.lower(), "venue": self.names[place] if scan else "",
                "from": self.said(begins), "until": self.said(ends),
                **dict(zip(BANDS, (f"{seconds / 60:g}" for seconds in bands), strict=True)),
                "presence": Presence(int(presence)).word if scan else "",
            }  # fmt: skip

    def said(self, at_s):
        return datetime.fromtimestamp(int(at_s), self.rulebook.utc_offset).strftime("%m-%d %H:%M")

    def said_of(self, found):
        """One dictionary a person, nearest and heaviest first."""
        for row in range(len(found)):
            contexts = [one.name.lower() for one in Context if found.contexts[row] & one]
            yield {
                "person": chr(found.person[row]), "ring": self.ring_keys.get(found.ring[row], "none"),
                "contexts": " ".join(contexts),
                **{band: f"{getattr(found, f'{band}_s')[row] / 60:g}" for band in BANDS},
                "meetings": str(found.n_meetings[row]), "last": self.said(found.last_s[row]),
            }  # fmt: skip

    def by_definition(self):
        """Person → (sure, likely, possible) minutes of the plain definition."""
        rules = rules_of(self.rulebook)
        rows = [plain.CaseRow(*row) for row in zip(*(c.tolist() for c in self._case_columns()), strict=True)]
        stays = plain.stays(self.rows, self._usual)
        met = plain.meetings(stays, rows, curve=lambda day: 1.0, linger=rules.linger_s)
        totals = plain.totals(met)
        return {chr(p): tuple(f"{s / 60:g}" for s in (t.sure, t.likely, t.possible)) for p, t in totals.items()}

    def _case_columns(self):
        return self.cases.person, self.cases.begins_s, self.cases.ends_s, self.cases.onset_s

    def _usual(self, venue):
        stay = BY_CLASS.get(self.classes[venue], (STAY_UNKNOWN_CLASS,))[0]
        return tuple(round(60 * minutes) for minutes in (stay.low, stay.value, stay.high))
