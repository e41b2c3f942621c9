"""How the pages write: languages, numbers, times, masks. Pure functions of their arguments and the active language."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from html import escape

from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from fangxian.core.refusal import Said

THIN = "\u2009"
MINUS = "\u2212"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# A NUL stands for a tag while text is spaced: what it holds is no neighbour, what is beside it is.
_HAN_THEN_LATIN = re.compile(f"(?<=[{_HAN}])(\0*) ?(\0*)(?=[A-Za-z0-9{MINUS}+])")
_LATIN_THEN_HAN = re.compile(f"(?<=[A-Za-z0-9%])(\0*) ?(\0*)(?=[{_HAN}])")
_LATIN = re.compile(f"[A-Za-z0-9%{MINUS}+]")  # without one of these there is nothing to space
_TAG = re.compile(r"<[^>]*>")
WEEKDAYS = (
    Said("周一", "Mon"),
    Said("周二", "Tue"),
    Said("周三", "Wed"),
    Said("周四", "Thu"),
    Said("周五", "Fri"),
    Said("周六", "Sat"),
    Said("周日", "Sun"),
)


def language() -> str:
    """The language being written: `en`, or `zh-hans` for any other setting."""
    return "en" if (get_language() or "").lower().startswith("en") else "zh-hans"


def html_language() -> str:
    """The value of `lang` in HTML for the language being written: `en` or `zh-Hans`."""
    return "en" if language() == "en" else "zh-Hans"


def spaced(text: str) -> str:
    """A thin space (U+2009) between Chinese and Latin letters or figures; one ordinary space there becomes thin."""
    if not _LATIN.search(text):
        return text
    return _LATIN_THEN_HAN.sub(rf"\1\2{THIN}", _HAN_THEN_LATIN.sub(rf"{THIN}\1\2", text))


def said(zh: str, en: str) -> str:
    """Plain text in the language being written, Chinese with its thin spaces."""
    return en if language() == "en" else spaced(zh)


both = lazy(said, str)
both.__doc__ = "Like `said`, chosen when it is shown: for form labels, choices and other things made once."


def in_words(thing: object) -> str:
    """Anything a component is given as text: a `Said` in the language being written, `None` as nothing."""
    if thing is None:
        return ""
    return said(thing.zh, thing.en) if isinstance(thing, Said) else thing if isinstance(thing, str) else str(thing)


def joined(parts: Sequence[Said], zh: str = "、", en: str = ", ") -> Said:
    """Several names as one text."""
    return Said(zh.join(part.zh for part in parts), en.join(part.en for part in parts))


def compose(zh: str, en: str, **values: object) -> SafeString:
    """A sentence with its `{placeholders}` filled, as HTML: numbers separated, times as `<time>`, text escaped.

    Raises
    ------
    KeyError
        If the sentence names a value that was not given.
    """
    chosen = language()
    sentence = str.__str__(en if chosen == "en" else zh)
    if not values:
        return _composed(chosen, sentence)
    filled = escaped(sentence).format(**{name: written(value) for name, value in values.items()})
    # Safe: the sentence and every value were escaped.
    return mark_safe(filled if chosen == "en" else _spaced_around_tags(filled))


@lru_cache(maxsize=4096)  # the program's own sentences, which stand on every page
def _composed(chosen: str, sentence: str) -> SafeString:
    filled = escaped(sentence).format()
    return mark_safe(filled if chosen == "en" else _spaced_around_tags(filled))


def escaped(text: object) -> str:
    """What `conditional_escape` makes of it, which looks three times whether a text is lazy: for what a page has
    hundreds of.
    """
    return str(text.__html__()) if hasattr(text, "__html__") else escape(str(text))


def written(value: object) -> str:
    """A value as HTML: a number separated, a time as `<time>`, anything else as escaped text."""
    if isinstance(value, datetime | date | time):
        return when(value)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return number(value)
    return conditional_escape(in_words(value))


def _spaced_around_tags(html: str) -> str:
    tags = iter(_TAG.findall(html))
    return re.sub("\0", lambda _: next(tags), spaced(_TAG.sub("\0", html.replace("\0", ""))))


def number(value: float | Decimal | None, decimals: int | None = None) -> str:
    """`1,204`; a negative number has a real minus; `None` (not known) is an em dash, never 0.

    Without `decimals` a whole number has none and any other at most two.
    """
    if value is None:
        return "—"
    if decimals is None:
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
    else:
        text = f"{value:,.{decimals}f}"
    return text.replace("-", MINUS)


def delta(value: float | Decimal | None, decimals: int | None = None) -> str:
    """A change: `+12`, `−3`, `±0`, an em dash if not known."""
    if value is None:
        return "—"
    return "±0" if value == 0 else ("+" if value > 0 else "") + number(value, decimals)


def share(part: float, whole: float, decimals: int = 1) -> str:
    """A part as a percentage, rounded so that 100% is only ever said of everything and 0% only of nothing."""
    if not whole:
        return "—"
    percent, step = 100 * part / whole, 10**-decimals
    if part < whole:
        percent = min(percent, 100 - step)
    if part > 0:
        percent = max(percent, step)
    return f"{percent:.{decimals}f}%"


def unbroken(moment: datetime) -> str:
    """County time as text, where a line may end between date and time and not within the date."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}".replace("-", "-\u2060")


def when(moment: datetime | date | time | None, *, weekday: bool = False, only: str = "") -> str:
    """County time as a `<time>` element: `2026-11-23 14:05`, with the weekday if asked; an em dash for `None`.

    Parameters
    ----------
    moment : aware datetime, date or time of day
    only : "", "time" (14:05) or "date" (2026-11-23)
    """
    if moment is None:
        return "—"
    if isinstance(moment, time):
        return format_html('<time datetime="{0}">{0}</time>', f"{moment:%H:%M}")
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment)
        machine = moment.isoformat(timespec="minutes")
        day, clock = machine[:10], machine[11:16]
    else:
        machine, day, clock = moment.isoformat(), moment.isoformat(), ""
    parts = [
        day if only != "time" else "",
        in_words(WEEKDAYS[moment.weekday()]) if weekday else "",
        clock if only != "date" else "",
    ]
    # Safe: digits, signs and the name of a weekday.
    return mark_safe(f'<time datetime="{machine}">{" ".join(filter(None, parts))}</time>')


def masked(value: str | None, kind: str = "number") -> str:
    """Enough to recognise, too little to use.

    Parameters
    ----------
    kind : "name" (first character), "phone" (first 3, last 2), "identity" (the 6 of the division, last 2),
        "address" (up to the first digit), "number" (last 2)
    """
    text = (value or "").strip()
    if not text:
        return "—"
    if kind == "name":
        return text[0] + "＊" * max(1, len(text) - 1) if text[0] > "\u2e80" else text[0] + "***"
    if kind == "address":
        return re.split(r"\d", text, maxsplit=1)[0] + "***"
    head, tail = {"phone": (3, 2), "identity": (6, 2)}.get(kind, (0, 2))
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]
