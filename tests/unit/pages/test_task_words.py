"""Every kind of task that a procedure opens has words of its own: nobody is given “a task” to do."""

import pytest

from fangxian.ops.pages.tasks.words import KINDS
from fangxian.ops.procedures import (
    case_clocks,
    contact_tasks,
    follow_contact,
    hand_over,
    hold_tasks,
    parcels_tasks,
    retire_keys,
    start_investigation,
    take_over,
)

OPENED = {
    case_clocks: ("KIND",),
    contact_tasks: ("TRANSFER", "CALL", "RETURN"),
    follow_contact: ("SYMPTOMATIC", "LOST"),
    hand_over: ("LATE",),
    hold_tasks: ("RETEST", "CALL"),
    parcels_tasks: ("NOTIFY", "TEST", "TRANSFER", "SAMPLE", "RETURN"),
    retire_keys: ("KIND",),
    start_investigation: ("SEND",),
    take_over: ("FIND", "TAKE_OVER"),
}


@pytest.mark.parametrize("kind", [getattr(module, name) for module, names in OPENED.items() for name in names])
def test_a_kind_of_task_has_words_and_a_button_of_its_own(kind):
    assert kind in KINDS
