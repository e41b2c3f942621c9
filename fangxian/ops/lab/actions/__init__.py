"""The only writers of the lab room. Each is one transaction and one line in the audit trail."""

from .roster import add_to_roster, carry_places_over, take_roster, undo_merge
from .rounds import add_site, call_off_round, close_round, open_round, prepare_round, reopen_round, take_site_down
from .settling import settle, settle_what_came_late
from .taking import take_events

__all__ = [
    "add_site",
    "add_to_roster",
    "call_off_round",
    "carry_places_over",
    "close_round",
    "open_round",
    "prepare_round",
    "reopen_round",
    "settle",
    "settle_what_came_late",
    "take_events",
    "take_roster",
    "take_site_down",
    "undo_merge",
]
