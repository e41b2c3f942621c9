"""The only writers of the arrivals room. Each takes a set, is one transaction and leaves one audit line."""

from .declaring import (
    ONE_ARRIVAL_H,
    Kept,
    cancel,
    carry_arrivals_over,
    correct,
    decide_anew,
    declare,
    undertake,
    undo_merge,
)
from .proposing import Heard, answer, confirm_by, deny, find_out, propose, withdraw

__all__ = [
    "ONE_ARRIVAL_H",
    "Heard",
    "Kept",
    "answer",
    "cancel",
    "carry_arrivals_over",
    "confirm_by",
    "correct",
    "decide_anew",
    "declare",
    "deny",
    "find_out",
    "propose",
    "undertake",
    "undo_merge",
    "withdraw",
]
