"""The spec tests' notebook: what each test states is tried, written into the manual, and kept as vectors.

A spec test takes one argument, `spec`, and states rules as small tables. Its docstring is the paragraph:
Chinese first, then English after an empty line. The same functions are run again to write the manual,
so the manual cannot say anything that was not tried.

    chapter   = folder of tests/spec (named in `manual_pages.CHAPTERS`)
    section   = file  (its `TITLE`)
    paragraph = test  (its docstring and tables)
    vectors   = spec/vectors/{doors,doors_tables,colours,measures}.jsonl
"""

import inspect
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from fangxian.core.policy.arrivals import Stay, decide_arrival
from fangxian.core.policy.checking import check, check_text
from fangxian.core.policy.colours import decide_colours
from fangxian.core.policy.contacts import management_days
from fangxian.core.policy.departures import Standing, check_departure
from fangxian.core.policy.doors import DoorInputs, compile_doors, decide_door
from fangxian.core.policy.evidence import Evidence, Ruling
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.travel import decide_travel
from fangxian.core.policy.vocabulary import Colour, Permit, Presence, Travel, VenueStatus
from tests.spec.exposure_story import ENGINES, Story

ROOT = Path(__file__).resolve().parents[2]
RULEBOOKS = ROOT / "counties" / "fushan" / "rulebooks"
YEAR = 2022

# What a door sees where a table says nothing: nothing to complain of.
AT_EASE = {
    "colour": "green", "travel": "clear", "test": "10 h", "temperature": "36.5", "permit": "valid",
    "presence": "staffed", "status": "open", "knowledge": "1 min", "exempt": "",
}  # fmt: skip


def rulebook_text(name):
    return (RULEBOOKS / f"{name}.toml").read_text("utf-8")


def table(text):
    """Rows of a table drawn with | and ---; a missing cell is "". No text, no rows."""
    if not text:
        return []
    head, _, *rows = [line.strip() for line in text.strip().splitlines()]
    names = [name.strip() for name in head.split("|")]
    return [dict(zip(names, (cell.strip() for cell in row.split("|")), strict=True)) for row in rows]


def moment(text, rulebook):
    """ "04-12 10:00" or "04-12 10:00:30" on the county's clock in 2022."""
    form = "%Y-%m-%d %H:%M:%S" if text.count(":") == 2 else "%Y-%m-%d %H:%M"
    return datetime.strptime(f"{YEAR}-{text}", form).replace(tzinfo=rulebook.utc_offset)


def day(text):
    return date.fromisoformat(f"{YEAR}-{text}")


def minutes(text):
    """ "47 h", "30 min", "3 d"; "" is not known."""
    if not text:
        return -1
    count, unit = text.split()
    return int(count) * {"min": 1, "h": 60, "d": 1440}[unit]


@dataclass
class Paragraph:
    """One spec test as it stands in the manual: its sentences and what was shown under them."""

    name: str
    zh: str
    en: str
    shown: list = field(default_factory=list)


@dataclass
class Notebook:
    """`spec` in a spec test. Each method tries a table and notes it; a wrong row fails the test."""

    paragraph: Paragraph
    vectors: dict = field(default_factory=lambda: {"doors": [], "colours": [], "measures": []})
    name: str = "covid19-2022-04"

    @classmethod
    def for_test(cls, function):
        zh, _, en = inspect.getdoc(function).partition("\n\n")
        section = Path(inspect.getfile(function)).stem.removeprefix("test_")
        name = f"{section}.{function.__name__.removeprefix('test_')}"
        return cls(Paragraph(name, "".join(zh.split("\n")), " ".join(en.split())))

    def use(self, name):
        """Another shipped rulebook than COVID-19 of April 2022."""
        self.name = name

    @property
    def rulebook(self):
        return read_rulebook(rulebook_text(self.name))

    def _show(self, what, rows):
        """Note a table (rows as dictionaries) or a list of sentences under a word that says what it is."""
        self.paragraph.shown.append((what, self.name, rows))

    def _vector(self, kind, **vector):
        n = sum(one["name"].startswith(self.paragraph.name + "/") for one in self.vectors[kind])
        self.vectors[kind].append({"name": f"{self.paragraph.name}/{n + 1}", "rulebook": self.name} | vector)

    def colours(self, evidence, expect, registered=True, known=None):
        """Evidence about one person, and the colour with its rules at several moments.

        Columns of `evidence`: kind, source, from; optional until, issuer, presence, attributes (`a=b c=d`),
        about, ruling (`unit unit basis`), division. Columns of `expect`: at, colour; optional rules (all, in
        order), local, until, then, aside (`id:why`).
        """
        rulebook = self.rulebook
        pieces = [_piece(n, row, rulebook) for n, row in enumerate(table(evidence), 1)]
        for row in table(expect):
            at = moment(row["at"], rulebook)
            known_at = at if known is None else moment(known, rulebook)
            decision = decide_colours(
                rulebook, {"p": pieces}, at=at, known_at=known_at, registered={"p"} if registered else set()
            )["p"]
            said = _said_colour(decision, rulebook, row)
            assert said == row, f"{self.paragraph.name} at {row['at']}: {decision}"
            self._vector(
                "colours",
                evidence=[_plain_piece(piece) for piece in pieces],
                at=at.isoformat(), known_at=known_at.isoformat(), registered=registered,
                expect={
                    "colour": decision.colour.word, "local": decision.local.word,
                    "rules": [reason.rule for reason in decision.reasons],
                    "until": decision.until_at and decision.until_at.isoformat(),
                },
            )  # fmt: skip
        self._show("evidence", table(evidence))
        self._show("stale" if known else "colour", table(expect))

    def travel(self, evidence, expect):
        """Evidence about one person's journey, and the travel state at several moments (at, state)."""
        rulebook = self.rulebook
        pieces = [_piece(n, row, rulebook) for n, row in enumerate(table(evidence), 1)]
        for row in table(expect):
            decision = decide_travel(rulebook, {"p": pieces}, at=moment(row["at"], rulebook))["p"]
            assert decision.state.word == row["state"], f"{self.paragraph.name} at {row['at']}: {decision}"
        self._show("evidence", table(evidence))
        self._show("travel", table(expect))

    def doors(self, expect):
        """One row is one person at one door. Columns: venue, then any of `AT_EASE`, then outcome and rules
        (the closest first)."""
        tables = compile_doors(self.rulebook)
        for row in table(expect):
            inputs = door_inputs(tables, AT_EASE | row)
            decision = decide_door(tables, inputs)
            rules = [reason.rule for reason in decision.reasons]
            assert (decision.outcome.word, rules) == (row["outcome"], row["rules"].split()), (
                f"{self.paragraph.name}: {row}: {decision.outcome.word} {rules}"
            )
            self._vector(
                "doors",
                inputs=inputs._asdict(),
                expect={"outcome": decision.outcome.word, "reasons": rules},
            )
        self._show("door", table(expect))

    def arrival(self, stays, risks, arrived, expect):
        """A journey, the risk lists of its days, and what is asked on arrival.

        Columns of `stays`: place, from, until (the day after the last). Of `risks`: place, state, from, until.
        `expect`: rules, stages (`place begins..ends`), tests (days), and papers: n_tests, landing, undertaking.
        """
        rulebook = self.rulebook
        risk_rows = [(r["place"], r["state"], day(r["from"]), day(r["until"])) for r in table(risks)]
        journey = [Stay(row["place"], day(row["from"]), day(row["until"])) for row in table(stays)]
        arrived_at = moment(arrived, rulebook)

        def risk_on(place, on, _areas):
            return {state for where, state, begins, ends in risk_rows if where == place and begins <= on < ends}

        decision = decide_arrival(rulebook, journey, risk_on, arrived_at=arrived_at)
        said = _said_arrival(decision)
        (row,) = table(expect)
        assert {name: said[name] for name in row} == row, f"{self.paragraph.name}: {said}"
        self._vector(
            "measures",
            arrived_at=arrived_at.isoformat(),
            stays=[[s.division, s.begins_on.isoformat(), s.ends_on.isoformat()] for s in journey],
            risks=[[place, state, begins.isoformat(), ends.isoformat()] for place, state, begins, ends in risk_rows],
            expect=said,
        )
        self._show("stays", table(stays))
        self._show("risks", table(risks))
        self._show("asked", [{"arrived": arrived} | row])

    def management(self, expect):
        """Columns: ring, exposed (day 0), placed (may be empty), stages, tests."""
        rulebook = self.rulebook
        for row in table(expect):
            placed = day(row["placed"]) if row.get("placed") else None
            at = moment("04-19 12:00", rulebook)
            plan = management_days(rulebook, row["ring"], last_exposure_on=day(row["exposed"]), at=at, placed_on=placed)
            said = {"stages": _stages(plan), "tests": _days(plan.tests_on)}
            assert said == {name: row[name] for name in said}, f"{self.paragraph.name}: {said}"
            asked = {"ring": row["ring"], "exposed": row["exposed"], "placed": row.get("placed", "")}
            self._vector("measures", **asked, expect=said)
        self._show("contact", table(expect))

    def leaving(self, today, expect):
        """What leaving takes, seen on the day `today`, one row a journey. Columns: colour, tested (days), risk, leaves,
        returns; then any of met, open, unmet (rules), days (to be tested on), earliest, approvals."""
        at = moment(f"{today} 09:00", self.rulebook)
        for row in table(expect):
            colour, tested = Colour[row["colour"].upper()], [day(it) for it in row["tested"].split()]
            leaves_on, returns_on = day(row["leaves"]), day(row["returns"]) if row.get("returns") else None
            known = {"colour": colour, "negative_on": tested, "leaves_on": leaves_on, "returns_on": returns_on}
            said = _said_departure(check_departure(self.rulebook, risk=row["risk"].split(), at=at, **known))
            assert {**row, **{name: said[name] for name in row if name in said}} == row, said
        self._show("leaving", [{"at": today} | row for row in table(expect)])

    def exposed(self, scans, case, expect, ties="", rides=""):
        """Scans (person, venue, at; optional presence, way) and ties of people; whom each case exposed.

        `case`: case, onset, until. `ties`: tie, people, optional from, until. `rides`: person, seat (row-column), from,
        until. `expect`: person, then any of ring, contexts, sure, likely, possible (minutes), meetings, last; the order
        is the rank. Every engine is asked; minutes are those of the plain definition too.
        """
        story = Story(self.rulebook, moment, *map(table, (scans, ties, rides, case)))
        for engine in ENGINES:
            said = list(story.said_of(story.found(engine)))
            self._same(expect, said, engine)
        plain = story.by_definition()
        for row in said:
            if "scan" in row["contexts"].split():
                assert plain[row["person"]] == (row["sure"], row["likely"], row["possible"]), row
        for what, rows in (("scans", scans), ("ties", ties), ("rides", rides), ("case", case), ("exposed", expect)):
            if rows or what == "exposed":
                self._show(what, table(rows))

    def met(self, scans, case, expect, ties=""):
        """The evidence of each meeting: case, person, context, venue, from, until, sure, likely, possible, presence."""
        story = Story(self.rulebook, moment, *map(table, (scans, ties, "", case)))
        self._same(expect, list(story.evidence()), "evidence")
        for what, rows in (("scans", scans), ("ties", ties), ("case", case), ("met", expect)):
            if rows:
                self._show(what, table(rows))

    def second_hop(self, case, ties, until, expect, quarantined="", scans=""):
        """Whom close contacts met after they met the case and before their quarantine (contact, quarantined)."""
        story = Story(self.rulebook, moment, *map(table, (scans, ties, "", case)))
        self._same(expect, list(story.said_of(story.second_hop(until, table(quarantined)))), "second hop")
        shown = (("scans", scans), ("ties", ties), ("case", case), ("quarantined", quarantined), ("exposed", expect))
        for what, rows in shown:
            if rows:
                self._show(what, table(rows))

    def _same(self, expect, said, asked):
        rows = table(expect)
        names = list(rows[0]) if rows else []
        assert [{name: row[name] for name in names} for row in said] == rows, f"{self.paragraph.name}, {asked}: {said}"

    def found(self, code, *, write, instead_of="", and_also=None, blocks=True, cut_at=None, follows=False):
        """The shipped file with one passage written otherwise (or cut): the finding it brings is shown.

        `follows`: it is checked as a version that follows the shipped one.
        """
        text = rulebook_text(self.name)
        assert text.count(instead_of) >= 1, instead_of
        text = text.replace(instead_of, write, 1) if instead_of else text + write
        text = text.replace(*and_also, 1) if and_also else text
        text = text if cut_at is None else text[: int(len(text) * cut_at)]
        findings = check(read_rulebook(text), against=[self.rulebook]) if follows else check_text(text)[1]
        matching = [finding for finding in findings if finding.code == code]
        assert matching, f"{self.paragraph.name}: {[f.said.en for f in findings]}"
        assert matching[0].blocks == blocks
        finding = matching[0]
        self._show("finding", [finding.said.zh, finding.said.en])


def door_inputs(tables, state):
    """The numbers of a door from words such as those of `AT_EASE`."""
    known = state["knowledge"]
    return DoorInputs(
        venue_class=tables.venue_class(state["venue"]),
        colour=Colour[state["colour"].upper()],
        travel=Travel[state["travel"].upper()],
        test_age_min=minutes(state["test"]),
        temperature_tenths=round(float(state["temperature"]) * 10) if state["temperature"] else -1,
        permit=Permit[state["permit"].upper()],
        presence=Presence[state["presence"].upper()],
        venue_status=VenueStatus[state["status"].upper()],
        knowledge_age_s=minutes(known) * 60 if known else -1,
        exempt=tables.exempt(state["exempt"].split()),
    )


def _piece(n, row, rulebook):
    """One piece of evidence from a row of a table; ids are e1, e2, …"""
    ruling = None
    if row.get("ruling"):
        first_unit, second_unit, basis = (*row["ruling"].split(" ", 2), "", "")[:3]
        ruling = Ruling(first="a", first_unit=first_unit, second="b", second_unit=second_unit, basis=basis)
    pairs = (pair.split("=") for pair in row.get("attributes", "").split())
    return Evidence(
        id=f"e{n}", kind=row["kind"], disease=row.get("disease") or rulebook.disease.key,
        from_at=moment(row["from"], rulebook),
        until_at=moment(row["until"], rulebook) if row.get("until") else None,
        source=row["source"], issuer=row.get("issuer") or "—",
        attributes={name: day(value) if name.endswith("_on") else value for name, value in pairs},
        presence=Presence[row["presence"].upper()] if row.get("presence") else None,
        ruling=ruling, about=row.get("about") or None, division=row.get("division", ""),
    )  # fmt: skip


def _plain_piece(piece):
    plain = {
        "id": piece.id, "kind": piece.kind, "disease": piece.disease, "from_at": piece.from_at.isoformat(),
        "until_at": piece.until_at and piece.until_at.isoformat(), "source": piece.source, "issuer": piece.issuer,
        "presence": None if piece.presence is None else piece.presence.word, "about": piece.about,
        "division": piece.division,
        "attributes": {n: v.isoformat() if isinstance(v, date) else v for n, v in piece.attributes.items()},
    }  # fmt: skip
    if piece.ruling is not None:
        names = ("first", "first_unit", "second", "second_unit", "basis")
        plain["ruling"] = {name: getattr(piece.ruling, name) for name in names}
    return plain


def _said_colour(decision, rulebook, row):
    until = decision.until_at and decision.until_at.astimezone(rulebook.utc_offset)
    said = {
        "at": row["at"],
        "colour": decision.colour.word,
        "local": decision.local.word,
        "rules": " ".join(reason.rule for reason in decision.reasons),
        "until": until.strftime("%m-%d %H:%M") if until else "",
        "then": decision.then.word if decision.then is not None else "",
        "aside": " ".join(f"{id_}:{why}" for id_, why in decision.set_aside),
    }
    return {name: said[name] for name in row}


def _said_arrival(decision):
    return {
        "rules": " ".join(match.rule for match in decision.matches),
        "stages": _stages(decision.plan) if decision.plan else "",
        "tests": _days(decision.plan.tests_on) if decision.plan else "",
        "n_tests": str(decision.measure.n_tests or ""),
        "landing": "yes" if decision.measure.landing_test else "",
        "undertaking": "yes" if decision.measure.undertaking else "",
    }


def _said_departure(check):
    rules = {it.value: " ".join(r.rule for r in check.requirements if r.standing is it) for it in Standing}
    lacking = (*check.open, *check.unmet)
    return rules | {
        "days": _days(on for it in lacking for on in it.days), "approvals": " ".join(check.approvals),
        "earliest": _days(it.earliest for it in lacking if it.earliest),
    }  # fmt: skip


def _stages(plan):
    return "; ".join(f"{s.place.value} {s.begins_on:%m-%d}..{s.ends_on:%m-%d}" for s in plan.stages)


def _days(days):
    return " ".join(f"{on:%m-%d}" for on in days)


def swept_doors(n=600):
    """Cells of the shipped door tables, chosen by a fixed sequence, so that every evaluator meets odd ones."""
    tables = compile_doors(read_rulebook(rulebook_text("covid19-2022-04")))
    state = 20220419
    for number in range(n):
        picks = []
        for choices in (len(tables.venue_classes), 4, 3, 7, 5, 4, 4, 4, 4, len(tables.keeps)):
            state = (state * 1103515245 + 12345) % 2**31
            picks.append((state >> 8) % choices)
        venue, colour, travel, test, temperature, permit, presence, status, knowledge, exempt = picks
        inputs = DoorInputs(
            venue, colour, travel, (-1, 0, 1439, 1440, 2879, 4319, 4320)[test], (-1, 365, 372, 373, 401)[temperature],
            permit, presence, status, (-1, 0, tables.stale_after_s - 1, tables.stale_after_s)[knowledge], exempt,
        )  # fmt: skip
        decision = decide_door(tables, inputs)
        yield {
            "name": f"swept/{number + 1}",
            "rulebook": "covid19-2022-04",
            "inputs": inputs._asdict(),
            "expect": {"outcome": decision.outcome.word, "reasons": [r.rule for r in decision.reasons]},
        }


def lines(vectors):
    return "".join(json.dumps(vector, ensure_ascii=False, sort_keys=True) + "\n" for vector in vectors)
