"""Lists to choose from, written as Django writes them, in a tenth of the time: its template takes one step an option.

A county has some hundred villages, and the list of them stands above every page of contacts.
"""

from collections.abc import Iterable, Iterator

from django import forms
from django.forms.utils import flatatt
from django.utils.choices import BaseChoiceIterator
from django.utils.safestring import SafeString, mark_safe

from .words import escaped, language


class Listed(BaseChoiceIterator):
    """Choices that all forms share, put into words once in each language: a form of its own copies and checks each
    of a hundred, and asks of each again which language is being written.
    """

    def __init__(self, pairs: Iterable[tuple]) -> None:
        self._pairs = tuple(pairs)
        self._written: dict[str, list[tuple]] = {}

    def __iter__(self) -> Iterator[tuple]:
        chosen = language()
        if chosen not in self._written:
            self._written[chosen] = [(key, it if isinstance(it, list) else str(it)) for key, it in self._pairs]
        return iter(self._written[chosen])

    def __copy__(self) -> "Listed":
        return self  # nobody changes it

    def __deepcopy__(self, _memo: dict) -> "Listed":
        return self


class LongSelect(forms.Select):
    """One of many, in groups or not."""

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        chosen = set(self.format_value(value))
        told = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        if self.use_required_attribute(self.attrs) is False:
            told.pop("required", None)
        parts = [
            f'<optgroup label="{escaped(key)}">{_options(inside, chosen)}</optgroup>'
            if isinstance(inside, list | tuple)
            else _option(key, inside, chosen)
            for key, inside in self.choices
        ]
        # Safe: every key, value and text was escaped where it was written.
        return mark_safe(f"<select{flatatt(told)}>{''.join(parts)}</select>")


def _options(choices: Iterable[tuple], chosen: set[str]) -> str:
    return "".join([_option(key, text, chosen) for key, text in choices])


def _option(key: object, text: object, chosen: set[str]) -> str:
    value = "" if key is None else str(key)
    return f'<option value="{escaped(value)}"{" selected" if value in chosen else ""}>{escaped(text)}</option>'
