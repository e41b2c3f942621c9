"""Printing a person's paper card (打印纸质卡).

1. the card's signed text, of the generation in force   issue_codes
2. the sheet it is cut from                             documents (typesetting only)

The card is no paper of the register: it verifies by itself at every gate, has a number of its own, and keeping its
text would keep a credential.
"""

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.policy.byte_card import card_number_text, parse_card
from fangxian.core.policy.byte_time import DAY_MIN, moment_of
from fangxian.ops.audit.actions import record
from fangxian.ops.documents.rendering import WATERMARKS
from fangxian.ops.documents.typesetting import typeset
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now, the_realm

from .issue_codes import paper_card
from .print_posters import county_office

TAIL = 4


def print_card(*, person: Person, by: str) -> bytes:
    """The PDF of a person's card; that it was printed goes on their record.

    Refuses
    -------
    movement.no_code_yet, documents.no_font, documents.no_glyph
    """
    text = paper_card(person.pk)
    card, realm, issuer = parse_card(text), the_realm(), county_office()
    issued_on, ends_on = (
        localtime(county_now()).date().isoformat(),
        moment_of(card.ends_day * DAY_MIN).date().isoformat(),
    )
    pdf = typeset(
        "card",
        {
            "number": card_number_text(card.handle),
            "issuer_zh": issuer.zh,
            "issuer_en": issuer.en,
            "title_zh": "纸质健康卡",
            "title_en": "Paper health card",
            "issued_on": issued_on,
            "proof": text,
            "division_code": realm.division_code,
            "realm": str(realm.kind),
            "basis": "",
            "watermark": WATERMARKS[realm.kind],
            "stamp": "",
            "content": {
                "name": person.name,
                "document_tail": person.document_number[-TAIL:],
                "issued_on": issued_on,
                "ends_on": ends_on,
            },
        },
        issued_at=county_now(),
    )
    with transaction.atomic():
        details = {"card_key": card.card_key_id, "signer": card.signer_id}
        record("people.card_printed", by=by, about=[f"person:{person.pk}"], details=details)
    return pdf
