"""The legal card 传染病报告卡: its fields, what is wrong in one, and its file for other systems.

The file is JSON: {"format": "fangxian.case-report.1", "division", "realm", "card", "digest", "key", "signature"}.
`digest` is the SHA-256 of the card's canonical JSON (sorted keys, no spaces, UTF-8); signed with the county's
Ed25519 key is `fangxian.case-report.1`, a line feed, and the digest in hexadecimal. The signature is base64.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.timezone import localtime

from fangxian.core.identity import IdentityKind, check_identity_number
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.keys import Purpose

from .vocabulary import CASE_KINDS, COURSES, DOCUMENTS, NEEDS_A_UNIT, OCCUPATIONS, RESIDENCES, SEXES

FORMAT = "fangxian.case-report.1"
ADULT_YEARS = 14  # below, the card asks for a parent's name
LONGEST = 300
PHONE = re.compile(r"\+?[0-9][0-9\- ]{5,19}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card as it is filled in. An empty text and None mean: not filled in.

    Attributes
    ----------
    age : in `age_unit` ("year", "month", "day"), for whom no date of birth is known
    division : area path of where the person lives now, when `residence` is "county"; digits of elsewhere, or ""
    case_kind, course : the card's 病例分类 1 and 2
    diagnosed_at : the card asks for day and hour
    corrected_disease, return_reason : of a corrected card: the name it had before, why it came back
    """

    disease: str
    name: str
    kind: str = "first"
    card_number: str = ""
    guardian: str = ""
    document_kind: str = "resident"
    document_number: str = ""
    sex: str = ""
    born_on: date | None = None
    age: int | None = None
    age_unit: str = "year"
    workplace: str = ""
    phone: str = ""
    residence: str = "county"
    address: str = ""
    division: str = ""
    occupation: str = ""
    case_kind: str = ""
    course: str = ""
    onset_on: date | None = None
    diagnosed_at: datetime | None = None
    died_on: date | None = None
    corrected_disease: str = ""
    return_reason: str = ""
    unit_name: str = ""
    unit_phone: str = ""
    doctor: str = ""
    filled_on: date | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class CardFault:
    """What is wrong in one field of a card, in words for beside it."""

    field: str
    said: Said


NEEDED = {
    "name": Said(
        "请填写姓名；无名氏写“无名氏”并在备注里写明发现地点。", "Enter the name; for somebody unknown say so."
    ),
    "disease": Said("请选择病种。", "Choose the disease."),
    "sex": Said("请选择性别。", "Choose the sex."),
    "residence": Said("请选择病人属于哪里。", "Choose where the person belongs."),
    "address": Said("请填写现住址，具体到门牌或村组。", "Enter the present address, down to the house."),
    "occupation": Said("请选择职业。", "Choose the occupation."),
    "case_kind": Said("请选择病例分类。", "Choose the classification."),
    "onset_on": Said(
        "请填写发病日期；没有症状的填采样日期。", "Enter the date of onset; of somebody without symptoms, of sampling."
    ),
    "diagnosed_at": Said("请填写诊断时间，具体到小时。", "Enter when it was diagnosed, to the hour."),
    "unit_name": Said("请填写报告单位。", "Enter the reporting unit."),
    "doctor": Said("请填写填卡医生。", "Enter who fills in the card."),
    "filled_on": Said("请填写填卡日期。", "Enter the date of filling in."),
}
LISTS = {
    "kind": ("first", "corrected"),
    "sex": SEXES,
    "document_kind": DOCUMENTS,
    "residence": RESIDENCES,
    "occupation": OCCUPATIONS,
    "case_kind": CASE_KINDS,
    "course": COURSES,
    "age_unit": ("year", "month", "day"),
}


def faults_of(card: Card, *, now: datetime) -> list[CardFault]:
    """Everything that is wrong in a card, by field; none: it may be filed."""
    found = [*_missing(card), *_beside_the_lists(card), *_identity(card, now), *_dates(card, now), *_who(card, now)]
    return list({fault.field: fault for fault in reversed(found)}.values())[::-1]


def check_card(card: Card, *, now: datetime) -> None:
    """Refuses a card with anything wrong in it, naming all of it."""
    if faults := faults_of(card, now=now):
        raise Refusal(
            "cases.card_wrong",
            zh="报告卡有 {n} 处没有填对：{faults}改好后再报。",
            en="The report card has {n} things wrong: {faults_en} Mend them and file it again.",
            n=len(faults),
            faults="".join(fault.said.zh for fault in faults),
            faults_en=" ".join(fault.said.en for fault in faults),
        )


def normalised(card: Card) -> Card:
    """The card with its document number in the form it is compared in, and with the birth date and sex that the number
    tells where nothing else was filled in; as it is when the number cannot be right.
    """
    if not card.document_number:
        return card
    try:
        number = _number(card, None)
    except (Refusal, ValueError):
        return card
    return replace(
        card,
        document_number=number.text,
        born_on=number.born_on if card.born_on is None and card.age is None else card.born_on,
        sex=("male", "female")[number.sex - 1] if number.sex and not card.sex else card.sex,
    )


def age_years(card: Card, on: date) -> int | None:
    """Completed years on a day, or None when neither birth nor age is known."""
    if card.born_on:
        had_birthday = (on.month, on.day) >= (card.born_on.month, card.born_on.day)
        return on.year - card.born_on.year - (not had_birthday)
    if card.age is None:
        return None
    return card.age if card.age_unit == "year" else 0 if card.age_unit == "day" else card.age // 12


def canonical(card: Card) -> str:
    """JSON with sorted keys and no spaces: what the digest is taken of."""
    return json.dumps(as_json(card), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(card: Card) -> str:
    return sha256(canonical(card).encode()).hexdigest()


def as_json(card: Card) -> dict[str, object]:
    return {name: it.isoformat() if isinstance(it, date) else it for name, it in asdict(card).items()}


def card_of(told: Mapping[str, object] | str) -> Card:
    """A card from its JSON.

    Raises
    ------
    ValueError
        When it is none: a field nobody knows, a date that is none.
    """
    read = dict(json.loads(told) if isinstance(told, str) else told)
    if unknown := set(read) - {it.name for it in fields(Card)}:
        raise ValueError(f"a card has no {sorted(unknown)}")
    for name in ("born_on", "onset_on", "died_on", "filled_on"):
        read[name] = date.fromisoformat(str(read[name])) if read.get(name) else None
    if read.get("diagnosed_at"):
        read["diagnosed_at"] = datetime.fromisoformat(str(read["diagnosed_at"]))
    if odd := [it.name for it in fields(Card) if it.type is str and not isinstance(read.get(it.name, ""), str)]:
        raise ValueError(f"{odd} of a card are texts")
    return Card(**read)  # type: ignore[arg-type]


def exchange_file(card: Card) -> bytes:
    """The card as a file for another system, with its digest and the county's signature."""
    realm, digest = the_realm(), digest_of(card)
    told = {
        "format": FORMAT,
        "division": realm.division_code,
        "realm": str(realm.kind),
        "card": as_json(card),
        "digest": digest,
        "key": realm.keys.current(Purpose.SIGNING).id,
        "signature": base64.b64encode(realm.keys.signing_key.sign(_signed(digest))).decode(),
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def read_exchange_file(text: bytes, public_keys: Mapping[int, bytes]) -> Card:
    """The card in such a file, once digest and signature are found right.

    Parameters
    ----------
    public_keys : raw 32-byte Ed25519 keys of the sending county, by key id

    Refuses
    -------
    cases.file_unreadable, cases.file_changed
    """
    try:
        told = json.loads(text)
        if told["format"] != FORMAT:
            raise ValueError(told["format"])
        card, digest, signature = card_of(told["card"]), str(told["digest"]), base64.b64decode(told["signature"])
        key = public_keys[int(told["key"])]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _unreadable(text) from None
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, _signed(digest))
        if digest != digest_of(card):
            raise InvalidSignature
    except InvalidSignature:
        raise Refusal(
            "cases.file_changed",
            zh="报告卡 {number} 的内容与它的签名不符，途中被改过。应与签发时一字不差；请不要采用，向发送单位核实。",
            en="The content of card {number} does not fit its signature: it was changed on the way. It should be as "
            "signed: do not use it, and ask its sender.",
            number=card.card_number,
        ) from None
    return card


def sender_of(text: bytes) -> tuple[str, str]:
    """The division and the kind of realm that an exchange file says it is from; not proved before it is read.

    Refuses
    -------
    cases.file_unreadable
    """
    try:
        told = json.loads(text)
        if told["format"] != FORMAT:
            raise ValueError(told["format"])
        return str(told["division"]), str(told["realm"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _unreadable(text) from None


def as_seen_here(card: Card, division: str) -> Card:
    """A card of another county with where the person belongs said from here: “this county” was the sender's."""
    here, lives_in = the_realm().division_code, card.division or division
    if card.residence not in ("county", "city", "province", "country") or (division == here and not card.division):
        return card
    if card.residence != "county" and not card.division:
        return card
    shared = next((n for n in (6, 4, 2) if lives_in[:n] == here[:n]), 0)
    return replace(card, residence={6: "county", 4: "city", 2: "province", 0: "country"}[shared])


def _unreadable(text: bytes) -> Refusal:
    return Refusal(
        "cases.file_unreadable",
        zh="这个文件（{n} 字节）不是报告卡交换文件，或缺少签发县的公钥。应为 fangxian.case-report.1 格式；"
        "请向发送单位重新索取。",
        en="This file ({n} bytes) is no exchange file of a report card, or the sender's public key is not here. It "
        "should be in the format fangxian.case-report.1: ask its sender for it again.",
        n=len(text),
    )


def _signed(digest: str) -> bytes:
    return f"{FORMAT}\n{digest}".encode()


def _missing(card: Card) -> Iterator[CardFault]:
    for name, said in NEEDED.items():
        value = getattr(card, name)
        if value is None or not str(value).strip():
            yield CardFault(name, said)
    if card.born_on is None and card.age is None:
        yield CardFault("born_on", Said("请填写出生日期；不详的填年龄。", "Enter the date of birth, or else the age."))
    if card.kind == "corrected" and not (card.corrected_disease or card.return_reason.strip()):
        said = Said(
            "订正报告须写明订正前病名或退卡原因。", "A correction names the disease before, or why it came back."
        )
        yield CardFault("return_reason", said)


def _beside_the_lists(card: Card) -> Iterator[CardFault]:
    for name, known in LISTS.items():
        if (value := getattr(card, name)) and value not in known:
            yield CardFault(name, Said("没有这一项，请从列表里选。", "There is no such choice: take one of the list."))
    for it in fields(Card):
        value = getattr(card, it.name)
        if isinstance(value, str) and len(value) > LONGEST:
            said = Said(
                f"填了 {len(value)} 个字，最多 {LONGEST} 个。", f"{len(value)} characters; at most {LONGEST} fit."
            )
            yield CardFault(it.name, said)
    if card.phone and not PHONE.fullmatch(card.phone.strip()):
        yield CardFault("phone", Said("电话应为数字，可带区号和短横。", "A phone is digits, with hyphens if need be."))
    if card.division and not (card.division.isdecimal() and 6 <= len(card.division) <= 15):
        yield CardFault("division", Said("区划代码应为 6 至 15 位数字。", "A division's code is 6 to 15 digits."))


def _identity(card: Card, now: datetime) -> Iterator[CardFault]:
    """A number that can be right, and that agrees with the birth date and the sex on the card."""
    if not card.document_number or card.document_kind not in DOCUMENTS:
        return
    try:
        number = _number(card, localtime(now).date())
    except Refusal as wrong:
        yield CardFault("document_number", wrong.said)
        return
    if number.born_on and card.born_on and number.born_on != card.born_on:
        told = f"{number.born_on}"
        said = Said(f"证件号码里的出生日期是 {told}，与所填不同。请核对。", f"The document says {told}: compare.")
        yield CardFault("born_on", said)
    if number.sex and card.sex and ("male", "female")[number.sex - 1] != card.sex:
        yield CardFault("sex", Said("与证件号码里的性别不同，请核对。", "The document says otherwise: compare."))


def _number(card: Card, on: date | None):
    demo = the_realm().is_synthetic
    return check_identity_number(card.document_number, demo=demo, kind=IdentityKind(card.document_kind), on=on)


def _dates(card: Card, now: datetime) -> Iterator[CardFault]:
    """Born ≤ fell ill ≤ diagnosed ≤ now; fell ill ≤ died ≤ today; nothing filled in before it happened."""
    today = localtime(now).date()
    diagnosed_on = localtime(card.diagnosed_at).date() if card.diagnosed_at else None
    named = {
        "born_on": (card.born_on, Said("出生日期", "the date of birth")),
        "onset_on": (card.onset_on, Said("发病日期", "the onset")),
        "diagnosed_at": (diagnosed_on, Said("诊断日期", "the diagnosis")),
        "died_on": (card.died_on, Said("死亡日期", "the death")),
        "filled_on": (card.filled_on, Said("填卡日期", "the date of filling in")),
    }
    for field, (day, what) in named.items():
        if day and day > today:
            yield CardFault(field, Said(f"{what.zh} {day} 在今天之后。请核对。", f"{day} lies after today: check it."))
    if card.diagnosed_at and card.diagnosed_at > now and diagnosed_on == today:
        yield CardFault("diagnosed_at", Said("诊断时间在现在之后。请核对。", "It lies after now: check it."))
    for later, earlier in (
        ("onset_on", "born_on"), ("diagnosed_at", "onset_on"), ("died_on", "onset_on"), ("died_on", "born_on"),
        ("filled_on", "diagnosed_at"),
    ):  # fmt: skip
        (last, what), (first, before) = named[later], named[earlier]
        if last and first and last < first:
            zh = f"{what.zh} {last} 早于{before.zh} {first}。请核对这两个日期。"
            yield CardFault(later, Said(zh, f"{last} is earlier than {before.en}, {first}: check both."))


def _who(card: Card, now: datetime) -> Iterator[CardFault]:
    age = age_years(card, card.onset_on or localtime(now).date())
    if age is not None and age < ADULT_YEARS and not card.guardian.strip():
        yield CardFault("guardian", Said("未满 14 岁须填写家长姓名。", "Under 14 the card needs a parent's name."))
    if card.occupation in NEEDS_A_UNIT and not card.workplace.strip():
        said = Said(
            "这个职业须填写单位（学校、托幼机构写到班级）。", "This occupation needs its unit; of pupils the class."
        )
        yield CardFault("workplace", said)
    if card.residence == "county" and card.division and not card.division.startswith(the_realm().division_code):
        said = Said(
            "属于“本县区”，区划却不在本县。请核对。", "It says this county, yet the division is outside: check."
        )
        yield CardFault("division", said)
