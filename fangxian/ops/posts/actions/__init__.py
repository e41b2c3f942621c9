"""The only writers of the posts room."""

from .checks import mend_findings, record_inspection
from .emergency import do_step, end_emergency, open_emergency
from .moving import carry_post, rename_post
from .passing import carry_passings_over, register_passings, undo_merge
from .roster import (
    add_keepers,
    call_off_shift,
    come_on_duty,
    hand_shift,
    let_keeper_go,
    record_practice,
    set_shifts,
    sign_off,
    take_shift,
)
from .setting_up import change_hours, close_post, keep_key, lock_exit, open_exit, set_up_posts

__all__ = [
    "add_keepers", "call_off_shift", "carry_passings_over", "carry_post", "change_hours", "close_post", "come_on_duty",
    "do_step", "end_emergency", "hand_shift", "keep_key", "let_keeper_go", "lock_exit", "mend_findings",
    "open_emergency", "open_exit", "record_inspection", "record_practice", "register_passings", "rename_post",
    "set_shifts", "set_up_posts", "sign_off", "take_shift", "undo_merge",
]  # fmt: skip
