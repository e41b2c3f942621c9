"""What may come in: each kind of file with its fields, and the headers people give them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fangxian.core.refusal import Refusal, Said


class Form(StrEnum):
    """How a cell of a field is read."""

    TEXT = "text"
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    DIVISION = "division"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind. `{field:zh}` in a sentence is its Chinese name.

    Attributes
    ----------
    aliases : further headers that mean it, as people write them; compared by `plain`
    """

    name: str
    said: Said
    form: Form = Form.TEXT
    required: bool = False
    aliases: tuple[str, ...] = ()

    def __format__(self, language: str) -> str:
        return self.said.in_language(language or "zh")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. `{kind:en}` in a sentence is its English name."""

    name: str
    said: Said
    fields: tuple[Field, ...]

    def __format__(self, language: str) -> str:
        return self.said.in_language(language or "zh")

    @property
    def by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}

    @property
    def by_header(self) -> Mapping[str, Field]:
        """Each field by every header that means it, plain."""
        return {
            plain(header): field
            for field in self.fields
            for header in (field.name, field.said.zh, field.said.en, *field.aliases)
        }


def plain(header: str) -> str:
    """A header without case, width, spaces, marks and remarks in brackets: 「*身份证号 (18位)」 is 身份证号."""
    text = unicodedata.normalize("NFKC", header).casefold()
    without_remark = re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", "", text)
    return re.sub(r"[\W_]+", "", without_remark) or re.sub(r"[\W_]+", "", text)


def kind_of(name: str) -> Kind:
    """The kind with a name.

    Refuses
    -------
    intake.unknown_kind
    """
    if name not in KINDS:
        raise Refusal(
            "intake.unknown_kind",
            zh="没有“{found}”这种文件。可以收的有：{kinds}。请选择其中一种。",
            en="There is no kind of file called “{found}”. These can come in: {kinds}. Choose one of them.",
            found=name,
            kinds=", ".join(KINDS),
        )
    return KINDS[name]


_KINDS = (
    Kind(
        "people.list",
        Said("人员名单", "a list of people"),
        (
            Field("name", Said("姓名", "name"), required=True, aliases=("人员姓名", "名字", "居民姓名", "full name")),
            Field(
                "identity_number",
                Said("身份证号", "identity number"),
                Form.IDENTITY_NUMBER,
                required=True,
                aliases=(
                    "身份证",
                    "身份证号码",
                    "证件号",
                    "证件号码",
                    "公民身份号码",
                    "居民身份证号码",
                    "id",
                    "id number",
                ),
            ),
            Field(
                "phone",
                Said("电话", "phone"),
                Form.PHONE,
                aliases=(
                    "手机",
                    "手机号",
                    "手机号码",
                    "联系电话",
                    "联系方式",
                    "电话号码",
                    "mobile",
                    "telephone",
                    "tel",
                ),
            ),
            Field(
                "address",
                Said("住址", "address"),
                aliases=("地址", "现住址", "居住地", "家庭住址", "居住地址", "详细地址", "现居住地址"),
            ),
            Field(
                "born_on", Said("出生日期", "date of birth"), Form.DATE, aliases=("生日", "出生年月日", "born", "dob")
            ),
        ),
    ),
    Kind(
        "places.divisions",
        Said("区划名单", "a list of divisions"),
        (
            Field(
                "division_code",
                Said("区划代码", "division code"),
                Form.DIVISION,
                required=True,
                aliases=("代码", "统计用区划代码", "行政区划代码", "code"),
            ),
            Field("name", Said("名称", "name"), required=True, aliases=("区划名称", "单位名称")),
            Field("kind", Said("城乡分类代码", "urban or rural"), aliases=("城乡分类", "类别")),
        ),
    ),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _KINDS}
