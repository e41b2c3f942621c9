"""The only writers of the arrivals room. Each takes a set, is one transaction and leaves one audit line."""

from .correcting import (
    ask_to_correct,
    confirm_correction,
    correct,
    overtake_corrections,
    refuse_correction,
    take_correction_back,
)
from .declaring import (
    ONE_ARRIVAL_H,
    cancel,
    carry_arrivals_over,
    decide_anew,
    declare,
    undertake,
    undo_merge,
)
from .proposing import Heard, answer, confirm_by, deny, find_out, propose, withdraw
from .rows import Kept, hold, hold_people

__all__ = [
    "ONE_ARRIVAL_H",
    "Heard",
    "Kept",
    "answer",
    "ask_to_correct",
    "cancel",
    "carry_arrivals_over",
    "confirm_by",
    "confirm_correction",
    "correct",
    "decide_anew",
    "declare",
    "deny",
    "find_out",
    "hold",
    "hold_people",
    "overtake_corrections",
    "propose",
    "refuse_correction",
    "take_correction_back",
    "undertake",
    "undo_merge",
    "withdraw",
]
