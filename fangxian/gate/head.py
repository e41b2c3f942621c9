"""What a request says before its body."""

from msgspec import Struct


class Head(Struct, gc=False, frozen=True):
    """What a request says before its body of `n_body` bytes. `is_direct` tells that nobody passed it on.

    `raw` is its bytes, once it is known by them.
    """

    method: bytes
    path: bytes
    token: str
    origin: bytes
    is_direct: bool
    keeps_alive: bool
    n_body: int
    raw: bytes = b""
