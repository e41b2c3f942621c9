"""A name as couriers write it: whole, masked (张**), a surname with a title (张先生), or no person's name at all."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

MASKS = re.compile(r"[*＊×xX○●•?？□#]")
WILD = "*"
NOT_A_SIGN = re.compile(r"[^\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002ffffA-Za-z*·]")
REMARK = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】")
TITLES = (
    "先生", "女士", "小姐", "老师", "同学", "师傅", "经理", "老板", "阿姨", "叔叔", "大爷", "大妈",
    "大姐", "大哥", "医生", "主任", "总", "哥", "姐", "叔", "姨",
)  # fmt: skip
SEXES = dict.fromkeys(("先生", "叔叔", "大爷", "大哥", "哥", "叔"), "male")
SEXES |= dict.fromkeys(("女士", "小姐", "阿姨", "大妈", "大姐", "姐", "姨"), "female")
NO_PERSON = re.compile(
    "店|铺|公司|部|厂|超市|驿站|快递|代收|菜鸟|物业|门卫|前台|学校|医院|合作社|家人|妈妈|爸爸|宝宝|宝贝|客户"
)
NOBODY_ELSE = re.compile(
    "^(本人|客户|收件人|自提|自取|已签收|签收|家人|家属|他人|代签|代收)|驿站|菜鸟|丰巢|快递柜|代收点|门卫|前台|物业"
)
# Surnames of two signs; a name that begins so is not read as one sign and a given name.
TWO_SIGNS = frozenset(
    (
        "欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟",
        "公孙", "慕容", "令狐", "宇文", "长孙", "夏侯", "端木",
    )
)  # fmt: skip
LONGEST_NAME = 4


class Writing(StrEnum):
    """How a name is written, and so what it can prove."""

    WHOLE = "whole"
    MASKED = "masked"
    TITLED = "titled"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written: `text` without spaces, remarks and titles, `*` for a masked sign; a surname where titled.

    sex : "male" or "female" where the title says so
    """

    writing: Writing
    text: str = ""
    sex: str = ""

    @property
    def surname(self) -> str:
        return surname_of(self.text)


NO_NAME = Name(Writing.NONE)


@lru_cache(maxsize=65_536)
def read_name(text: str) -> Name:
    """What a name on a list says; nothing for a shop, a nickname of many signs or an empty cell."""
    plain = REMARK.sub("", unicodedata.normalize("NFKC", text))
    if NO_PERSON.search(plain):
        return NO_NAME
    plain = NOT_A_SIGN.sub("", MASKS.sub(WILD, plain)).replace("·", "")
    for title in TITLES:
        if plain.endswith(title) and 1 <= len(plain) - len(title) <= LONGEST_NAME:
            plain = plain.removesuffix(title)
            is_surname = (len(plain) == 1 or plain in TWO_SIGNS) and WILD not in plain
            return Name(Writing.TITLED if is_surname else _writing(plain), plain, SEXES.get(title, ""))
    return Name(_writing(plain), plain) if _writing(plain) is not Writing.NONE else NO_NAME


def _writing(plain: str) -> Writing:
    if WILD in plain:
        return Writing.MASKED if plain.strip(WILD) else Writing.NONE
    has_latin = any(sign.isascii() for sign in plain)
    return Writing.WHOLE if 2 <= len(plain) <= LONGEST_NAME and not has_latin else Writing.NONE


def surname_of(name: str) -> str:
    """The surname a name begins with; of a masked one "" where that very sign is masked."""
    if name[:2] in TWO_SIGNS:
        return name[:2]
    return name[:1].replace(WILD, "")


def fits_mask(mask: str, name: str) -> bool:
    """Whether a name can stand behind a mask. One star after one sign stands for any rest: 张* is 张伟 and 张小伟."""
    if len(mask) == 2 and mask[1] == WILD != mask[0]:
        return len(name) > 1 and name[0] == mask[0]
    return len(mask) == len(name) and all(sign in (WILD, real) for sign, real in zip(mask, name, strict=True))


def masks_of(name: str) -> set[str]:
    """The masks behind which couriers put a name: one sign, all but the surname, all but the last, 张* for any rest."""
    n = len(name)
    if n < 2:
        return set()
    one_each = {f"{name[:at]}{WILD}{name[at + 1 :]}" for at in range(n)}
    return one_each | {name[0] + WILD * (n - 1), WILD * (n - 1) + name[-1], name[0] + WILD}


def is_nearly(one: str, other: str) -> bool:
    """Whether two whole names of one length and at least three signs differ in one sign only."""
    return len(one) == len(other) >= 3 and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def signer_beside(signer: str, recipient: str) -> str:
    """The name of whoever took the parcel, where that is somebody else than it is for; else ""."""
    text = signer.strip()
    if not text or NOBODY_ELSE.search(text):
        return ""
    signed, meant = read_name(text), read_name(recipient)
    if signed.writing is Writing.NONE or signed == meant:
        return ""
    if meant.writing is Writing.MASKED and fits_mask(meant.text, signed.text):
        return ""
    if signed.writing is Writing.MASKED and fits_mask(signed.text, meant.text):
        return ""
    return "" if Writing.TITLED in (signed.writing, meant.writing) and signed.surname == meant.surname else text
