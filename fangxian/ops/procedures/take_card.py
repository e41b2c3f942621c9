"""A report card arrives as an exchange file (收报告卡交换文件): from another system of ours, or of another county.

1. whose key signed it: ours, or one of the sender's that a second person has confirmed    handover
2. the signature is checked; a file that was changed or cut off is refused                cases
3. a card that is here already is recognised, and so is the case it belongs to            cases
4. somebody looks at what differs, and takes it in                                        report_case
"""

from dataclasses import dataclass
from typing import Any

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.cases.card import Card, as_seen_here, check_card, digest_of, normalised, read_exchange_file, sender_of
from fangxian.ops.cases.queries import report_numbered, unfinished_of_person, with_document, with_phone
from fangxian.ops.cases.refusals import refusal
from fangxian.ops.handover.queries import confirmed_keys
from fangxian.ops.people.queries import person_with_document
from fangxian.ops.realm.current import county_now, the_realm

from .report_case import OVER, Reported, report_case, what_it_says

REPORT = "cases.report"
COMPARED = ("name", "sex", "born_on", "document_number", "phone", "address", "workplace", "occupation", "onset_on",
            "died_on", "case_class")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A card that came, its signature found right.

    Attributes
    ----------
    known : the card on file that it is; None for one that is new here
    case : the case it belongs to, None for one that it would open
    differs : by the case's column, what the case says and what the card says
    """

    card: Card
    division: str
    known: Any
    case: Any
    differs: dict[str, tuple[object, object]]

    @property
    def corrects(self) -> bool:
        """Whether taking it in puts the case right; a first card leaves the case as it is."""
        return self.card.kind == "corrected"


def look_at_card(*, file: bytes, by: Account) -> Arrived:
    """What a file brings, beside what is on record. Nothing is written.

    Refuses
    -------
    accounts.not_yours, cases.file_unreadable, cases.file_changed, cases.file_key_unknown, cases.file_of_another_realm
    cases.card_wrong, cases.no_rulebook, cases.card_number_taken
    """
    require(by, REPORT, the_realm().division_code)
    division, kind = sender_of(file)
    if kind != str(the_realm().kind):
        raise _of_another_realm(kind)
    card = normalised(as_seen_here(read_exchange_file(file, _keys_of(division)), division))
    known = report_numbered(card.card_number) if card.card_number else None
    if known is not None and known.digest != digest_of(card):
        raise refusal("cases.card_number_taken", card_number=card.card_number)
    if known is None:
        check_card(card, now=county_now())
    case = known.of_case if known else _case_of(card)
    says = what_it_says(card)
    differs = {
        name: (getattr(case, name), says[name])
        for name in COMPARED
        if case is not None and name in says and getattr(case, name) != says[name]
    }
    return Arrived(card=card, division=division, known=known, case=case, differs=differs)


def take_card(*, file: bytes, by: Account) -> Reported:
    """File the card; one that is here already is that one.

    Refuses
    -------
    What `look_at_card` and `report_case` refuse.
    """
    it = look_at_card(file=file, by=by)
    if it.known is not None:
        return Reported(it.known.of_case_id, it.known.pk, False)
    return report_case(card=it.card, by=f"account:{by.pk}", found_by="other", case=it.case and it.case.pk)


def _keys_of(division: str) -> dict[int, bytes]:
    keys = the_realm().keys.public_keys() if division == the_realm().division_code else confirmed_keys(division)
    if not keys:
        raise Refusal(
            "cases.file_key_unknown",
            zh="这个文件说它由 {division} 签发，本县还没有确认过那里的公钥，没有收下。公钥应由第二个人打电话核对指纹后"
            "确认；请先在“移交”页收对方的一个转出包，并确认它的公钥。",
            en="This file says it was signed by {division}, whose public key nobody here has confirmed, so it was not "
            "taken in. A second person confirms a key by telephone: take in a package of theirs on the hand-over page "
            "first, and confirm its key.",
            division=division[:12],
        )
    return keys


def _of_another_realm(kind: str) -> Refusal:
    return Refusal(
        "cases.file_of_another_realm",
        zh="这个文件来自“{kind}”环境，这里是“{own}”环境，没有收下。真实的报告卡和演练的报告卡不能混在一起；请向发送单位"
        "索取这个环境的文件。",
        en="This file is of a realm of the kind “{kind}”, and this one is “{own}”, so it was not taken in. Real cards "
        "and those of a drill are never mixed: ask the sender for a file of this kind.",
        kind=kind[:10],
        own=str(the_realm().kind),
    )


def _case_of(card: Card):
    """The unfinished case of the disease that a card's person has: by the register, by document, by phone and name."""
    person = person_with_document(card.document_number) if card.document_number else None
    if person is not None and (found := unfinished_of_person(person.pk, card.disease)):
        return found
    rows = list(with_document(card.document_number)) if card.document_number else []
    phone = card.phone.replace(" ", "").replace("-", "")
    if not rows and phone:
        rows = [row for row in with_phone(phone) if row.name.strip() == card.name.strip()]
    same = [it for it in rows if it.disease == card.disease and it.state not in OVER and it.same_as_id is None]
    return same[0] if same else None
