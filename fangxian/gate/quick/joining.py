"""A lane for a gate, with all its loops compiled before anybody comes."""

from ..answering import Gate
from ..server import said_to
from ..site import Site
from .compiling import compile_loops
from .lane import Lane, Loop


def give_lane(gate: Gate, site: Site, loop: Loop) -> None:
    """From now on the usual scans go by a lane of that gate."""
    compile_loops()
    gate.lane = Lane(gate, loop, more_for=lambda head: said_to(head.origin, site))
