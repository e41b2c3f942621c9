"""What a door says, ready to send: each combination of reasons is written out once and then looked up."""

import json
from typing import Final

from fangxian.core.policy.tables import ColourSentence, DoorReason, DoorTables
from fangxian.core.policy.vocabulary import Colour, Outcome, Travel
from fangxian.core.refusal import Said

MOST_KEPT: Final = 5_000  # combinations; a county day sees some hundreds
NO_HOURS: Final = -1
UNRECORDED: Final = Said(
    "这次扫码没能写进门岗的日志，系统不会记得：请人工核验并手工登记；值守设备会留着它，稍后自动重发。",
    "This scan could not be written into the gate's journal and will not be remembered: check by hand and write it "
    "down. A keeper's device keeps it and sends it again later.",
)
_COLOURS: Final = tuple(colour.word for colour in Colour)
_TRAVELS: Final = tuple(travel.word for travel in Travel)
_OUTCOMES: Final = tuple(outcome.word for outcome in Outcome)

Told = tuple[int, int, int]
"""What a keeper is told of a person: colour, travel, whole hours since the last negative test or NO_HOURS."""


def said_of(outcome: int, told: Told | None, because: bytes) -> bytes:
    """The middle of an answer's JSON, from behind the id to before the number of the knowledge.

    `told` is None for whoever is no keeper of that door; `because` is JSON.
    """
    keeper: dict[str, str | int | None] = {"health": None, "travel": None, "test_age_hours": None}
    if told:
        colour, travel, hours = told
        keeper = {
            "health": _COLOURS[colour],
            "travel": _TRAVELS[travel],
            "test_age_hours": None if hours == NO_HOURS else hours,
        }
    fields = json.dumps({"outcome": _OUTCOMES[outcome], **keeper}, separators=(",", ":")).encode()
    return b'",' + fields[1:-1] + b',"because":' + because + b',"snapshot":'


class DoorSentences:
    """The tables of one period, with their sentences as JSON.

    `mark` names the tables in the journal: the first four bytes of their digest.
    """

    def __init__(self, tables: DoorTables) -> None:
        self.tables = tables
        self.mark = bytes.fromhex(tables.digest[:8])
        self.class_of = {key: place for place, key in enumerate(tables.venue_classes)}
        self.exemption_bits = (1 << len(tables.exemptions)) - 1
        self.nothing_also = (0,) * tables.n_also  # what a rulebook asks beyond our words is not known at a door
        self._answers: dict[tuple[int, int, Told | None], tuple[int, bytes]] = {}
        self._written: dict[tuple[int, int], bytes] = {}

    def answer(self, mask: int, colour_reason: int, told: Told | None) -> tuple[int, bytes]:
        """The outcome of a mask, and the middle of the answer's JSON as `said_of` gives it.

        `colour_reason` is the number of a colour rule as a safety word has it, 0 for none or a colour past its time.
        """
        found = self._answers.get((mask, colour_reason, told))
        if found is None:
            if len(self._answers) >= MOST_KEPT:
                self._answers.clear()
            outcome = int(self.tables.outcome_of(mask))
            said = said_of(outcome, told, self.because(mask, colour_reason))
            found = self._answers[mask, colour_reason, told] = outcome, said
        return found

    def because(self, mask: int, colour_reason: int) -> bytes:
        """JSON of the reasons in a mask, the closest first; the colour's own rule follows a reason of colour."""
        if not mask:
            return b"[]"
        found = self._written.get((mask, colour_reason))
        if found is None:
            if len(self._written) >= MOST_KEPT:
                self._written.clear()
            found = self._written[mask, colour_reason] = self._write(mask, colour_reason)
        return found

    def because_unrecorded(self, mask: int, colour_reason: int) -> bytes:
        """The same, with what is said first of a scan that could not be recorded."""
        first = _json({"rule": "", "zh": UNRECORDED.zh, "en": UNRECORDED.en})
        rest = self.because(mask, colour_reason)[1:-1]
        return b"[" + first + (b"," + rest if rest else b"") + b"]"

    def _write(self, mask: int, colour_reason: int) -> bytes:
        reasons = [reason for bit, reason in enumerate(self.tables.reasons) if mask >> bit & 1]
        lines = []
        for reason in reasons:
            lines.append(_line(reason))
            if reason.input == "colour" and 0 < colour_reason <= len(self.tables.colour_reasons):
                lines.append(_line(self.tables.colour_reasons[colour_reason - 1]))
        return _json(lines)

    def closest_rule(self, mask: int) -> str:
        """The number of the rule that decided, "" if nothing is to be said."""
        return self.tables.reasons[(mask & -mask).bit_length() - 1].rule if mask else ""


def _line(row: DoorReason | ColourSentence) -> dict[str, str]:
    said = row.reason
    if row.advice != row.reason:
        said = Said(row.reason.zh + row.advice.zh, f"{row.reason.en} {row.advice.en}")
    return {"rule": row.rule, "zh": said.zh, "en": said.en}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
