"""The only writers of the places room. Each is one transaction and one line in the audit trail."""

from .devices import end_device, enrol_device, offer_device, place_devices
from .grids import apply_drawing, keep_drawing, settle_outline
from .moving import move_back, move_venue, reopen_venue, set_rest_weekdays
from .naming import correct_naming
from .registering import lay_divisions, lay_grid_cells, register_venues, succeed_divisions, take_numbers
from .venues import (
    add_door,
    apply_for_venue,
    close_venue,
    refuse_venue,
    renew_door_code,
    resume_venue,
    set_position,
    suspend_venue,
    transfer_venue,
    verify_venue,
)

__all__ = [
    "add_door",
    "apply_drawing",
    "apply_for_venue",
    "close_venue",
    "correct_naming",
    "end_device",
    "enrol_device",
    "keep_drawing",
    "lay_divisions",
    "lay_grid_cells",
    "move_back",
    "move_venue",
    "offer_device",
    "place_devices",
    "refuse_venue",
    "register_venues",
    "renew_door_code",
    "reopen_venue",
    "resume_venue",
    "set_position",
    "set_rest_weekdays",
    "settle_outline",
    "succeed_divisions",
    "suspend_venue",
    "take_numbers",
    "transfer_venue",
    "verify_venue",
]
