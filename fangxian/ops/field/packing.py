"""What a phone presses together before it sends it: a shift's records are a tenth as long on a poor line."""

import zlib
from typing import Final

from .refusals import not_readable

PACKINGS: Final = ("gzip",)
MOST_BYTES: Final = 8_000_000  # five hundred records of the longest body, and their hulls
GZIP_ALONE: Final = 31  # no other format, zlib's own way of saying so


def unpacked(body: bytes, packing: str) -> bytes:
    """The body of a request as it was before it was packed; packed by nothing it is as it is.

    Refuses
    -------
    field.not_readable
        Packed by something else, cut in the middle, or longer than a phone ever sends: it is never unpacked whole.
    """
    if not packing:
        return body
    if packing not in PACKINGS:
        raise not_readable(packing[:12])
    unpacking = zlib.decompressobj(GZIP_ALONE)
    try:
        text = unpacking.decompress(body, MOST_BYTES)
    except zlib.error:
        raise not_readable(packing) from None
    if not unpacking.eof or unpacking.unused_data:
        raise not_readable(packing)
    return text
