"""The only writers of the laboratory room. Each is one transaction and one line in the audit trail."""

from .asking import ask_laboratory
from .entering import check_by_hand, enter_results
from .laying import (
    add_instrument,
    add_laboratory,
    change_laboratory,
    remove_instrument,
    set_instrument_going,
    set_kit,
    stop_instrument,
)
from .plating import begin_run, break_run_off, end_run, give_plate_up, lay_all, lay_plate
from .review import release, send_back, withdraw
from .sending import call_back, send_out

__all__ = [
    "add_instrument",
    "add_laboratory",
    "ask_laboratory",
    "begin_run",
    "break_run_off",
    "call_back",
    "change_laboratory",
    "check_by_hand",
    "end_run",
    "enter_results",
    "give_plate_up",
    "lay_all",
    "lay_plate",
    "release",
    "remove_instrument",
    "send_back",
    "send_out",
    "set_instrument_going",
    "set_kit",
    "stop_instrument",
    "withdraw",
]
