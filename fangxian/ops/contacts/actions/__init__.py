"""The only writers of the contacts room. Each is one transaction and one audit line; long ones are several."""

from .correcting import Corrected, correct_last_exposure
from .deciding import confirm_contacts, put_back, reject_contacts
from .following import note_follow_up, open_follow_ups, recheck_quality
from .gathering import Gathered, gather_contacts, unite_contacts
from .listed import ready_list, write_list
from .listed_days import take_days, take_meetings
from .listed_through import take_meetings_through
from .noting import (
    carry_contacts_over,
    give_to_team,
    note_became_case,
    note_details,
    note_exported,
    note_handed_over,
    note_in_quarantine,
    note_traced,
    note_transferred,
    release_contacts,
    release_early,
)
from .parting import undo_merge
from .proposing import Proposed, propose_contacts, renew_proposal
from .returning import note_no_case

__all__ = [
    "Corrected",
    "Gathered",
    "Proposed",
    "carry_contacts_over",
    "confirm_contacts",
    "correct_last_exposure",
    "gather_contacts",
    "give_to_team",
    "note_became_case",
    "note_details",
    "note_exported",
    "note_follow_up",
    "note_handed_over",
    "note_in_quarantine",
    "note_no_case",
    "note_traced",
    "note_transferred",
    "open_follow_ups",
    "propose_contacts",
    "put_back",
    "ready_list",
    "recheck_quality",
    "reject_contacts",
    "release_contacts",
    "release_early",
    "renew_proposal",
    "take_days",
    "take_meetings",
    "take_meetings_through",
    "undo_merge",
    "unite_contacts",
    "write_list",
]
