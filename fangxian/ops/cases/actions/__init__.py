"""The only writers of the cases room. Each is one transaction and one line in the audit trail."""

from .interview import finish_interview, remove_entry, save_answers, save_entry
from .links import link_cases, merge_cases, unlink_cases
from .listed import ready_list, take_list, write_list
from .opening import carry_cases_over, correct_case, give_to_team, open_case, open_cases
from .reports import begin_clocks, file_report, meet_clock
from .steps import begin_treatment, close, confirm, exclude, hold, note_results
from .unmerging import undo_merge

__all__ = [
    "begin_clocks",
    "begin_treatment",
    "carry_cases_over",
    "close",
    "confirm",
    "correct_case",
    "exclude",
    "file_report",
    "finish_interview",
    "give_to_team",
    "hold",
    "link_cases",
    "meet_clock",
    "merge_cases",
    "note_results",
    "open_case",
    "open_cases",
    "ready_list",
    "remove_entry",
    "save_answers",
    "save_entry",
    "take_list",
    "undo_merge",
    "unlink_cases",
    "write_list",
]
