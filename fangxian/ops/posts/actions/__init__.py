"""The only writers of the posts room."""

from .passing import carry_passings_over, register_passings, undo_merge

__all__ = ["carry_passings_over", "register_passings", "undo_merge"]
