"""The only writers of the departures room. Each is one transaction and one audit line; long ones are several."""

from .applying import cancel, keep_draft, submit
from .deciding import appeal, ask_again, decide
from .leaving import (
    carry_departures_over,
    close_by_arrival,
    leave_out,
    note_emergency,
    note_exit,
    note_lapsed,
    note_overdue,
    note_permit,
    take_permit_back,
)
from .parting import undo_merge
from .rows import hold

__all__ = [
    "appeal",
    "ask_again",
    "cancel",
    "carry_departures_over",
    "close_by_arrival",
    "decide",
    "hold",
    "keep_draft",
    "leave_out",
    "note_emergency",
    "note_exit",
    "note_lapsed",
    "note_overdue",
    "note_permit",
    "submit",
    "take_permit_back",
    "undo_merge",
]
