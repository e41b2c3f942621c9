"""What others may ask of the documents room."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from django.db.models import QuerySet

from fangxian.ops.realm.areas import below
from fangxian.ops.realm.current import the_realm

from .models import Document
from .wire import Seal, read_seal


class Standing(StrEnum):
    """What the county says of a paper with a good signature."""

    GENUINE = "genuine"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"  # signed by us and not on record: a restored backup, or a stolen key


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a QR says and what stands behind it; the document is None when it is not on record."""

    standing: Standing
    seal: Seal
    document: Document | None


def verify(text: str) -> Verdict:
    """What to think of a paper whose QR reads `text`. Refuses what `wire.read_seal` refuses."""
    seal = read_seal(text, _is_ours)
    document = Document.objects.filter(pk=seal.document).first()
    if document is None or bytes.fromhex(document.digest)[:16] != seal.digest_head:
        return Verdict(Standing.UNKNOWN, seal, None)
    is_withdrawn = document.state == Document.State.WITHDRAWN
    return Verdict(Standing.WITHDRAWN if is_withdrawn else Standing.GENUINE, seal, document)


def _is_ours(signed: bytes, signature: bytes) -> bool:
    try:
        the_realm().keys.signing_key.public_key().verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def documents_by_id(ids: Iterable[UUID | str]) -> QuerySet[Document]:
    """In the order of their numbers."""
    return Document.objects.filter(pk__in=list(ids)).order_by("series", "year", "number")


def documents_about(subject: str) -> QuerySet[Document]:
    return Document.objects.filter(about=subject)


def documents_in(area_path: str) -> QuerySet[Document]:
    return Document.objects.filter(below(area_path))
