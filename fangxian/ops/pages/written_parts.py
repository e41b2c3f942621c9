"""The parts a page has dozens of, as HTML: buttons, fields, the rail. A template takes some hundred steps for each;
together they were a fifth of what a page of a list took.
"""

from collections.abc import Iterable, Mapping

from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from . import words
from .words import escaped


def button(label: str, *, href: str, css: str, name: str, value: object, disabled: bool) -> SafeString:
    """A button; with `href` a link that looks like one."""
    css, label = escaped(css), escaped(label)
    if href:
        return mark_safe(f'<a class="button{css}" href="{escaped(href)}">{label}</a>\n')  # safe: all is escaped
    named = f' name="{escaped(name)}" value="{escaped(value)}"' if name else ""
    # Safe: all is escaped.
    return mark_safe(f'<button class="button{css}"{named}{" disabled" if disabled else ""}>{label}</button>\n')


def field(bound: BoundField, *, optional: bool | None) -> SafeString:
    """A form's field: label, hint, widget, errors. Several boxes stand in a fieldset, one box within its label."""
    hint_id, error_id = f"{bound.auto_id}_hint", f"{bound.auto_id}_fault"
    hint, errors, of = bound.help_text, bound.errors, escaped(bound.id_for_label)
    described = " ".join(filter(None, [hint_id if hint else "", error_id if errors else ""]))
    attributes = {"aria-describedby": described} if described else {}
    if errors:
        attributes["aria-invalid"] = "true"
    widget, label = bound.as_widget(attrs=attributes), escaped(bound.label)
    if not bound.field.required if optional is None else optional:
        aside = f'<span class="optional">{words.compose("选填", "optional")}</span>'
    else:
        aside = ""
    hinted = [f'<p class="hint" id="{escaped(hint_id)}">{escaped(hint)}</p>'] if hint else []
    tag, parts = "div", [f'<label for="{of}">{label}{aside}</label>', *hinted, widget]
    if bound.use_fieldset:
        tag, parts = "fieldset", [f"<legend>{label}{aside}</legend>", *hinted, widget]
    elif getattr(bound.field.widget, "input_type", "") == "checkbox":
        parts = [f'<label class="choice" for="{of}">{widget}<span>{label}</span></label>', *hinted]
    inside = "\n  ".join([*parts, *_errors(errors, error_id)])
    # Safe: all is escaped, and a widget writes itself.
    return mark_safe(f'<{tag} class="field{" has-error" if errors else ""}">\n  {inside}\n</{tag}>\n')


def _errors(errors: Iterable[str], error_id: str) -> list[str]:
    shape = render_to_string("components/shape.html", {"name": "red"}) if errors else ""
    ids = [f' id="{escaped(error_id)}"']  # the first is what the field is described by
    return [f'<p class="error"{ids.pop() if ids else ""}>{shape}<span>{escaped(error)}</span></p>' for error in errors]


def rail(groups: Iterable[Mapping]) -> SafeString:
    """The rooms of the console by group; see `navigation.rail`."""
    lists = "".join([
        f'<li><p class="group">{_said(group["title"])}</p><ul>{"".join(map(_place, group["places"]))}</ul></li>'
        for group in groups
    ])  # fmt: skip
    # Safe: all is escaped.
    return mark_safe(f'<nav aria-label="{words.compose("各室", "Rooms")}"><ul>{lists}</ul></nav>\n')


def _place(place: Mapping) -> str:
    here = ' aria-current="page"' if place["here"] else ""
    return f'<li><a href="{escaped(place["href"])}"{here}>{_said(place["label"])}</a></li>'


def _said(thing: object) -> str:
    return escaped(words.in_words(thing))
