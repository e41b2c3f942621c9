"""`{% load look %}`: everything a page is written with. Each tag is shown, with its source, on the design page;
the manual is docs/reference/design.md."""

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join

from fangxian.ops.pages import assets, navigation, parts, table_rows, words, written_parts
from fangxian.ops.pages.tables import Table
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.without_codes import uses_codes

register = template.Library()
THEMES = ("light", "dark", "auto")

register.filter("number", words.number)
register.filter("delta", words.delta)
register.filter("masked", words.masked)
register.filter("words", words.in_words)
register.simple_tag(words.when, name="when")
register.simple_tag(words.share, name="share")
register.simple_tag(words.compose, name="say")


@register.filter
def en(zh: str, english: str) -> str:
    """`{{ "中文"|en:"English" }}`: both languages where a tag takes a parameter."""
    return words.said(str.__str__(zh), str.__str__(english))


@register.simple_tag
def html_language() -> str:
    return words.html_language()


@register.simple_tag(takes_context=True)
def theme(context) -> str:
    """The theme in the reader's cookie: light, dark, or auto (as the device)."""
    request = context.get("request")
    chosen = request.COOKIES.get("fangxian_theme", "auto") if request else "auto"
    return chosen if chosen in THEMES else "auto"


@register.simple_tag
def asset(entry: str) -> str:
    """`{% asset "console.ts" %}`: the style sheets and the script of a built entry; nothing if the build is missing."""
    try:
        styles, scripts = assets.files_of(entry)
    except assets.AssetsMissing:
        return ""
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((s,) for s in styles)) + format_html_join(
        "\n", '<script type="module" src="{}"></script>', ((s,) for s in scripts)
    )


@register.simple_tag
def asset_url(entry: str) -> str:
    """The address of one built file, `icon.svg`; empty if the build is missing."""
    try:
        return assets.asset_url(entry)
    except assets.AssetsMissing:
        return ""


@register.simple_tag
def assets_missing() -> str:
    """The sentence that says to build the web assets, or nothing if they are there."""
    try:
        assets.manifest()
    except assets.AssetsMissing as missing:
        return format_html('<p role="alert">{}</p>', missing.said.in_language(words.language()))
    return ""


@register.inclusion_tag("components/shape.html")
def shape(name: str) -> dict:
    """A shape that stands beside a colour: green ✓, yellow !, red ✕, unknown ?, info i, line."""
    return {"name": name}


@register.inclusion_tag("components/health_code.html")
def health_code(colour: str, since=None, large: bool = False) -> dict:
    """Shape, colour and word of a health code. `since`: aware datetime, shown after it."""
    colour = colour if colour in parts.HEALTH_CODES else "unknown"
    return {"colour": colour, "word": words.in_words(parts.HEALTH_CODES[colour]), "since": since, "large": large}


@register.inclusion_tag("components/answer.html")
def door_answer(outcome: str, reason: str, do: str, word: str = "", at=None, contained: bool = False) -> dict:
    """A door's answer as large as the screen allows.

    outcome : "admit", "verify", "refuse" or "unknown"
    reason : the closest reason, one sentence; do : what to do now, one sentence
    word : in place of the outcome's own word; contained : within a page instead of filling the screen
    """
    name, css, own = parts.OUTCOMES[outcome]
    word = words.in_words(word or own)
    wide = sum(2 if c > "\u2e80" else 1.15 for c in word)
    letters = "2" if wide <= 4 else "3" if wide <= 6 else "4" if wide <= 8 else "long"
    return {
        "shape_name": name,
        "css": css,
        "word": word,
        "letters": letters,
        "reason": words.in_words(reason),
        "do": words.in_words(do),
        "at": at,
        "contained": contained,
    }


@register.inclusion_tag("components/page_head.html")
def page_head(title, at=None, lead="", figure=None, label="", href="", unit="", stale=False) -> dict:
    """Title, its time, and the one figure that matters. `figure` None with a `label` is "not known"."""
    return {
        "title": words.in_words(title),
        "at": at,
        "lead": words.in_words(lead),
        "value": _figure_text(figure),
        "label": words.in_words(label),
        "href": href,
        "unit": words.in_words(unit),
        "stale": stale,
    }


@register.inclusion_tag("components/figure.html")
def figure(label, value, at=None, href="", unit="", change=None, state="", note="") -> dict:
    """A number, its time, a way in.

    value : int, float, or text already written (a share)
    state : "" as it is; "stale" too old to act on; "unknown" nobody knows; "not_yet" it cannot be known yet
    change : against the last time, a number; note : a few words at the foot ("18:00 后" for "not_yet")
    """
    if state not in {"", "stale", "unknown", "not_yet"}:
        raise template.TemplateSyntaxError(f"figure: state {state!r} is none of stale, unknown, not_yet")
    if value is None and not state:
        state = "unknown"
    return {
        "label": words.in_words(label),
        "value": _figure_text(value),
        "at": at,
        "href": href,
        "unit": words.in_words(unit),
        "change": change,
        "state": state,
        "css": f"is-{state.replace('_', '-')}" if state else "",
        "note": words.in_words(note),
    }


def _figure_text(value) -> str:
    return "" if value is None else value if isinstance(value, str) else words.number(value)


@register.inclusion_tag("components/needs.html")
def needs_a_hand(needs, title="", done="", level: int = 2) -> dict:
    """The list that can reach zero. needs: of `parts.Need`; done: the sentence when it has."""
    needs = list(needs)
    return {
        "needs": needs,
        "title": words.in_words(title),
        "done": words.in_words(done),
        "n": sum(need.count for need in needs),
        "n_late": sum(need.count for need in needs if need.late),
        "level": level,
    }


@register.inclusion_tag("components/table.html")
def table(table: Table) -> dict:
    """Rows under columns with everything look.md asks of a table; see `tables.Table`."""
    rows = list(table.rows)
    headings = [table.heading(column) for column in table.columns]
    most = {c.name: c.most or max((c.of(r) or 0 for r in rows), default=0) for c in table.columns if c.kind == "bar"}
    return {
        "table": table,
        "headings": headings,
        "body": table_rows.written(table, rows, most),
        "totals": [table_rows.cell(c, c.total, {}) for c in table.columns] if table.has_totals else (),
    }


@register.inclusion_tag("components/paging.html")
def paging(place, of=None) -> dict:
    """Which rows of how many, and the other pages. place: `tables.Paging`; of: of which list, where a page has two."""
    return {"paging": place, "of": of if place.asks != "page" else None}


@register.simple_tag
def field(bound, optional: bool | None = None) -> str:
    """A form's field (a Django BoundField): label, hint, widget, error beside it; what was typed is kept.

    optional : says "optional" after the label; unless given, as the form field's `required` has it
    """
    return written_parts.field(bound, optional=optional)


@register.simple_tag
def button(label, href="", kind="", name="", value="", big=False, disabled=False) -> str:
    """A button; with `href` a link that looks like one. kind: "", "primary", "quiet" or "alarm"; big: at the thumb."""
    css = (f" is-{kind}" if kind else "") + (" is-big" if big else "")
    label = words.in_words(label)
    return written_parts.button(label, href=href, css=css, name=name, value=value, disabled=disabled)


@register.inclusion_tag("components/tag.html")
def tag(label, kind="") -> dict:
    """A word in a frame. kind: "", "strong" or "solid". Never a colour of the health codes."""
    return {"label": words.in_words(label), "kind": kind}


@register.simple_block_tag(end_name="endnotice")
def notice(content, kind="info", title="") -> str:
    """A sentence that must not be missed, what to do in it. kind: "info", "warn" or "alarm"."""
    shapes = {"info": "info", "warn": "yellow", "alarm": "red"}
    return render_to_string(
        "components/notice.html",
        {"kind": kind, "shape_name": shapes[kind], "title": words.in_words(title), "content": content},
    )


@register.inclusion_tag("components/progress.html")
def progress(label, done: int, total: int, at=None, unit="", note="") -> dict:
    """How far a thing is, with the figures. `note`: a few words about when it ends."""
    return {
        "label": words.in_words(label),
        "done": done,
        "total": total,
        "share": words.share(done, total, 0),
        "at": at,
        "unit": words.in_words(unit),
        "note": words.in_words(note),
    }


@register.inclusion_tag("components/state.html")
def state(kind: str, sentence, then="", href="", link="") -> dict:
    """Nothing here, not loaded, failed or offline: a sentence and the next step.

    kind : "empty", "done", "failed", "offline"; then : what to do; href, link : where, and its words
    """
    return {
        "kind": kind,
        "sentence": words.in_words(sentence),
        "then": words.in_words(then),
        "href": href,
        "link": words.in_words(link),
    }


@register.inclusion_tag("components/skeleton.html")
def skeleton(label="", lines: int = 5) -> dict:
    """What will stand here, before it is there. label: what is being fetched, and how much of it if known."""
    return {"label": words.in_words(label), "lines": range(lines)}


@register.inclusion_tag("components/crumbs.html")
def crumbs(trail, label="") -> dict:
    """The way down to this page. trail: of (words, address) from the county; the last has no address."""
    return {"trail": [(words.in_words(w), href) for w, href in trail], "label": words.in_words(label)}


@register.inclusion_tag("components/fact.html")
def fact(label, value=None, href="") -> dict:
    """One line of a `<dl class="facts">`. None is "not known"; a number and a time are written as such."""
    shown = value if value is None or isinstance(value, str) else words.written(value)
    return {"label": words.in_words(label), "value": shown, "href": href}


@register.inclusion_tag("components/timeline.html")
def timeline(events) -> dict:
    """What happened, in the order given. events: of `parts.Event`."""
    return {"events": list(events)}


@register.inclusion_tag("components/bars.html")
def bars(chart) -> dict:
    """Bars from zero with their unit, band and rule changes, and the same numbers as a table. `pictures.BarChart`."""
    return {"chart": chart, "n": len(chart.bars)}


@register.simple_block_tag(end_name="endmap")
def map_frame(content, title, svg, schematic=True) -> str:
    """A map with its table beside it (the block). svg: safe SVG markup; schematic: the map says that it is."""
    return render_to_string(
        "components/map.html",
        {"title": words.in_words(title), "svg": svg, "schematic": schematic, "content": content},
    )


@register.inclusion_tag("components/languages.html", takes_context=True)
def languages(context) -> dict:
    """The language switch; without scripts a form."""
    return {"now": words.language(), "next": _here(context)}


@register.inclusion_tag("components/themes.html", takes_context=True)
def themes(context) -> dict:
    """The theme switch: light, dark, as the device."""
    return {"now": theme(context), "next": _here(context)}


@register.inclusion_tag("components/copy_link.html")
def copy_link(href="") -> dict:
    """A button that copies this page's address (or `href`); not there without scripts."""
    return {"href": href}


@register.simple_tag(takes_context=True)
def rail(context) -> str:
    request = context.get("request")
    return written_parts.rail(navigation.rail(request.path, getattr(request, "user", None)) if request else [])


@register.simple_tag
def has_codes() -> bool:
    """`{% has_codes as codes %}`: whether a disease with a rulebook in force has codes."""
    return uses_codes(county_now())


@register.simple_tag(takes_context=True)
def address_with(context, **changes) -> str:
    """This page's query with some fields changed, `?township=…&sort=-n`; None takes a field away."""
    query: QueryDict = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    return format_html("?{}", query.urlencode())


def _here(context) -> str:
    request = context.get("request")
    return request.get_full_path() if request else "/"
