"""An identity number at a gate: eight keyed bytes, so that the files of a gate name nobody.

Whoever holds the key can try every possible number; the key is with central gates and the issuer only.
"""

import hashlib
import re
import unicodedata
from typing import Final

_FOR_THE_EYE: Final = re.compile(r"[\s\-‐-―]")


def document_hash(number: str, key: bytes) -> int:
    """The hash of an identity number as it was typed or registered; 1 .. 2**64 - 1, 0 means "none".

    Full-width digits, spaces, dashes and a small x are understood, as they are on the register.
    """
    text = _FOR_THE_EYE.sub("", unicodedata.normalize("NFKC", number)).upper()
    digest = hashlib.blake2b(text.encode(), key=key, digest_size=8, person=b"fx document").digest()
    return int.from_bytes(digest, "little") or 1
