"""What a kind of file is made of: its fields, how each is read, and the headers people give them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from fangxian.core.refusal import Said


class Form(StrEnum):
    """How a cell of a field is read."""

    TEXT = "text"
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    DIVISION = "division"
    DATE = "date"
    MOMENT = "moment"
    AGE = "age"
    CHOICE = "choice"


@dataclass(frozen=True)
class Field:
    """One field of a kind. `{field:zh}` in a sentence is its Chinese name.

    Attributes
    ----------
    aliases : further headers that mean it, as people write them; compared by `plain`
    choices : of a CHOICE, the word it becomes → the spellings people use for it, the Chinese one first
    """

    name: str
    said: Said
    form: Form = Form.TEXT
    required: bool = False
    aliases: tuple[str, ...] = ()
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __format__(self, language: str) -> str:
        return self.said.in_language(language or "zh")

    @cached_property
    def by_spelling(self) -> Mapping[str, str]:
        """The word by each plain spelling of it."""
        return {plain(spelling): word for word, spellings in self.choices for spelling in (word, *spellings)}

    @cached_property
    def by_text(self) -> dict[str, str]:
        """The word by each text that was found to be a spelling of it, so that a long list asks once."""
        return {}

    @cached_property
    def as_written(self) -> Mapping[str, str]:
        """Each word as the field's own people write it."""
        return {word: spellings[0] for word, spellings in reversed(self.choices)}


@dataclass(frozen=True)
class Kind:
    """One kind of file. `{kind:en}` in a sentence is its English name.

    Attributes
    ----------
    n_rows_above : among how many first rows the head is looked for; an instrument says a lot of itself before
    """

    name: str
    said: Said
    fields: tuple[Field, ...]
    n_rows_above: int = 10

    def __format__(self, language: str) -> str:
        return self.said.in_language(language or "zh")

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def by_header(self) -> Mapping[str, Field]:
        """Each field by every header that means it, plain; of two that claim one, the first has it."""
        found: dict[str, Field] = {}
        for field in self.fields:
            for header in (field.name, field.said.zh, field.said.en, *field.aliases):
                found.setdefault(plain(header), field)
        return found


def plain(header: str) -> str:
    """A header without case, width, spaces, marks and remarks in brackets: 「*身份证号 (18位)」 is 身份证号."""
    text = unicodedata.normalize("NFKC", header).casefold()
    without_remark = re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", "", text)
    return re.sub(r"[\W_]+", "", without_remark) or re.sub(r"[\W_]+", "", text)
