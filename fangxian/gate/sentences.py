"""What a door says, ready to send: each combination of reasons is written out once and then looked up."""

import json
from typing import Final

from fangxian.core.policy.tables import ColourSentence, DoorReason, DoorTables
from fangxian.core.refusal import Said

MOST_KEPT: Final = 5_000  # combinations; a county day sees some hundreds


class DoorSentences:
    """The tables of one period, with their sentences as JSON.

    `mark` names the tables in the journal: the first four bytes of their digest.
    """

    def __init__(self, tables: DoorTables) -> None:
        self.tables = tables
        self.mark = bytes.fromhex(tables.digest[:8])
        self.class_of = {key: place for place, key in enumerate(tables.venue_classes)}
        self._written: dict[tuple[int, int], bytes] = {}

    def because(self, mask: int, colour_reason: int) -> bytes:
        """JSON of the reasons in a mask, the closest first; the colour's own rule follows a reason of colour.

        `colour_reason` is the number of a colour rule as a safety word has it, 0 for none or a colour past
        its time.
        """
        if not mask:
            return b"[]"
        found = self._written.get((mask, colour_reason))
        if found is None:
            if len(self._written) >= MOST_KEPT:
                self._written.clear()
            found = self._written[mask, colour_reason] = self._write(mask, colour_reason)
        return found

    def _write(self, mask: int, colour_reason: int) -> bytes:
        reasons = [reason for bit, reason in enumerate(self.tables.reasons) if mask >> bit & 1]
        lines = []
        for reason in reasons:
            lines.append(_line(reason))
            if reason.input == "colour" and 0 < colour_reason <= len(self.tables.colour_reasons):
                lines.append(_line(self.tables.colour_reasons[colour_reason - 1]))
        return json.dumps(lines, ensure_ascii=False, separators=(",", ":")).encode()

    def closest_rule(self, mask: int) -> str:
        """The number of the rule that decided, "" if nothing is to be said."""
        return self.tables.reasons[(mask & -mask).bit_length() - 1].rule if mask else ""


def _line(row: DoorReason | ColourSentence) -> dict[str, str]:
    said = row.reason
    if row.advice != row.reason:
        said = Said(row.reason.zh + row.advice.zh, f"{row.reason.en} {row.advice.en}")
    return {"rule": row.rule, "zh": said.zh, "en": said.en}
