"""Whether two names are of one laboratory: on record it is its name alone, spelled as its unit or its room has it."""

import re
import unicodedata

IN_BRACKETS = re.compile(r"[\(\[<{〔【《「].*?[\)\]>}〕】》」]")
SHORT = (("疾病预防控制", "疾控"),)


def plain_name(name: str) -> str:
    """A laboratory's name without what is written now one way, now another: width, case, spaces, points, brackets."""
    text = IN_BRACKETS.sub("", unicodedata.normalize("NFKC", name).casefold())
    for long, short in SHORT:
        text = text.replace(long, short)
    return "".join(it for it in text if it.isalnum())


def are_two(one: str, other: str) -> bool:
    """Whether these are surely names of two laboratories.

    They are not where they are alike, or one says no more than a part of the other, as 县人民医院 and
    浮山县人民医院检验科; a name that says nothing may be anybody's. In doubt it is one, which confirms nothing.
    """
    a, b = plain_name(one), plain_name(other)
    return a not in b and b not in a
