"""A test county: its keys, its good codes, two words. Every key says TEST and opens nothing anywhere."""

from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fangxian.core.policy import byte_card, byte_short_word, handles, person_qr, venue_code, words
from fangxian.core.policy.vocabulary import Colour, Travel

DIVISION = 141027
NOON = 11_727_600  # 2022-04-19T04:00Z, noon in the county
SECRETS = {
    "number": b"TEST KEY for numbers............",
    "day": b"TEST KEY for one day............",
    "other day": b"TEST KEY for another day........",
    "card": b"TEST KEY for cards..............",
    "presence": b"TEST KEY for rotating codes.....",
    "device": b"TEST KEY for devices............",
    "document": b"TEST KEY for documents..........",
    "signer": b"TEST KEY for signing............",
    "forger": b"TEST KEY of a forger............",
}
SIGNER_ID, DAY_KEY_ID, CARD_KEY_ID, PRESENCE_KEY_ID = 7, 8145, 3, 5


class Keys:
    """All keys of one test county; `verifiers`, `day_keys` and so on are what the readers take."""

    def __init__(self) -> None:
        self.number = handles.NumberKey(SECRETS["number"])
        self.day = handles.HandleKey(SECRETS["day"], purpose="day")
        self.other_day = handles.HandleKey(SECRETS["other day"], purpose="day")
        self.card = handles.HandleKey(SECRETS["card"], purpose="card")
        self.presence = handles.PresenceKey(SECRETS["presence"])
        self._signer = Ed25519PrivateKey.from_private_bytes(SECRETS["signer"])
        self._forger = Ed25519PrivateKey.from_private_bytes(SECRETS["forger"])
        self.public = self._signer.public_key()
        self.verifiers = {SIGNER_ID: verify_with(self.public)}
        self.day_keys = {DAY_KEY_ID: self.day}
        self.card_keys = {CARD_KEY_ID: self.card}
        self.presence_keys = {PRESENCE_KEY_ID: self.presence}

    def sign(self, message: bytes) -> bytes:
        return self._signer.sign(message)

    def forge(self, message: bytes) -> bytes:
        return self._forger.sign(message)

    def person_to_sign(self, **changed: Any) -> bytes:
        fields: dict[str, Any] = {
            "division": DIVISION,
            "signer_id": SIGNER_ID,
            "day_key_id": DAY_KEY_ID,
            "day_key": self.day,
            "gate_number": 1_309_740_485,
            "qr_generation": 2,
            "from_min": NOON,
            "until_min": NOON + 10,
            "short": SHORT,
        }
        return person_qr.person_qr_to_sign(**fields | changed)

    def card_to_sign(self, **changed: Any) -> bytes:
        fields: dict[str, Any] = {
            "division": DIVISION,
            "signer_id": SIGNER_ID,
            "card_key_id": CARD_KEY_ID,
            "card_key": self.card,
            "gate_number": 1_309_740_485,
            "card_generation": 1,
            "issued_day": NOON // 1440 - 30,
            "ends_day": NOON // 1440 + 335,
        }
        return byte_card.card_to_sign(**fields | changed)

    def person_text(self, **changed: Any) -> str:
        to_sign = self.person_to_sign(**changed)
        return person_qr.person_qr_text(to_sign, self.sign(to_sign))

    def card_text(self, **changed: Any) -> str:
        to_sign = self.card_to_sign(**changed)
        return byte_card.card_text(to_sign, self.sign(to_sign))

    def poster_text(self, division: int = DIVISION, signer_id: int = SIGNER_ID) -> str:
        to_sign = venue_code.venue_poster_to_sign(door(division), signer_id=signer_id, generation=3)
        return venue_code.venue_poster_text(to_sign, self.sign(to_sign))

    def rotating_text(self, at_s: int = NOON * 60, division: int = DIVISION) -> str:
        return venue_code.rotating_code_text(
            door(division), key_id=PRESENCE_KEY_ID, key=self.presence, generation=3, at_s=at_s
        )


def verify_with(public: Ed25519PublicKey) -> Callable[[bytes, bytes], bool]:
    def verify(message: bytes, signature: bytes) -> bool:
        try:
            public.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return verify


def door(division: int = DIVISION) -> venue_code.VenueDoor:
    return venue_code.VenueDoor(division=division, venue=9_042_117, door=2)


SAFETY = words.pack_safety(
    words.SafetyWord(
        colour=Colour.GREEN,
        reason=12,
        expires_min=NOON + 1440,
        exemptions=0b101,
        qr_generation=2,
        card_generation=1,
    )
)
RECENT = words.pack_recent(
    words.recent_as_of(
        NOON,
        sampled_min=NOON - 1700,
        resulted_min=NOON - 1000,
        result=words.LastResult.NEGATIVE,
        travel=Travel.CLEAR,
        travel_expires_min=NOON + 607,
    )
)
SHORT = byte_short_word.shorten(SAFETY, RECENT, from_min=NOON, until_min=NOON + 10)
