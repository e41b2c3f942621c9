"""What each template wants of a document's content, checked before a number is taken."""

from collections.abc import Callable, Mapping, Sequence

from fangxian.core.refusal import Refusal

MOST_COLUMNS = 14


def check_content(template: str, content: Mapping) -> None:
    """Refuse content its template cannot print.

    decision: {"addressee": text, "paragraphs": [text, …],
               optional "paragraphs_en": [text, …], "rights": text, "rights_en": text}
    list:     {"columns": [{"zh": text, "en": text, optional "width": share ≥ 1, "align": "left|center|right"}, …],
                          (without a width a column is as wide as what stands in it; those with one share the rest)
               "rows": [[text or whole number, …], …], optional "summary": [[label, value], …], "notes": [text, …]}
    poster:   {"venue": text, "posters": [{"door": text, "venue_code": text, "typed": text, "generation": n ≥ 1}, …]}
              (a page for each; the code is printed as a QR), optional "where": text
    permit:   {"rows": [[label, label in English, value], …], "copies": [[name, name in English], …]}
              (the same as often as there are copies, on one sheet)

    Refuses
    -------
    documents.content_wrong
        Names the place.

    Raises
    ------
    KeyError
        For a template there is none of.
    """
    _CHECKS[template](content)


def _check_decision(content: Mapping) -> None:
    _only(content, {"addressee", "paragraphs", "paragraphs_en", "rights", "rights_en"})
    _text(content, "addressee")
    _texts(content, "paragraphs")
    for name in {"paragraphs_en"} & content.keys():
        _texts(content, name)
    for name in {"rights", "rights_en"} & content.keys():
        _text(content, name)


def _check_list(content: Mapping) -> None:
    _only(content, {"columns", "rows", "summary", "notes"})
    columns, rows = content.get("columns"), content.get("rows")
    if not isinstance(columns, Sequence) or not 1 <= len(columns) <= MOST_COLUMNS:
        raise _wrong("columns", columns, f"1 … {MOST_COLUMNS} × (zh, en)")
    for number, column in enumerate(columns, start=1):
        _check_column(f"columns[{number}]", column)
    if not isinstance(rows, Sequence):
        raise _wrong("rows", rows, "[[…], …]")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Sequence) or isinstance(row, str) or len(row) != len(columns):
            raise _wrong(f"rows[{number}]", row, f"{len(columns)} × text")
        if not all(isinstance(cell, str | int) for cell in row):
            raise _wrong(f"rows[{number}]", row, "text | int")
    for number, pair in enumerate(content.get("summary", ()), start=1):
        if len(pair) != 2:
            raise _wrong(f"summary[{number}]", pair, "[label, value]")
    if "notes" in content:
        _texts(content, "notes")


def _check_column(place: str, column: object) -> None:
    if not isinstance(column, Mapping):
        raise _wrong(place, column, "(zh, en)")
    _only(column, {"zh", "en", "width", "align"}, place)
    _text(column, "zh", place)
    _text(column, "en", place)
    if column.get("align", "left") not in ("left", "center", "right"):
        raise _wrong(f"{place}.align", column["align"], "left | center | right")
    if not isinstance(column.get("width", 1), int) or column.get("width", 1) < 1:
        raise _wrong(f"{place}.width", column["width"], "≥ 1")


def _check_poster(content: Mapping) -> None:
    _only(content, {"venue", "where", "posters"})
    _text(content, "venue")
    if "where" in content:
        _text(content, "where")
    posters = content.get("posters")
    if not isinstance(posters, Sequence) or isinstance(posters, str) or not posters:
        raise _wrong("posters", posters, "[(door, venue_code, typed, generation), …]")
    for number, poster in enumerate(posters, start=1):
        place = f"posters[{number}]"
        if not isinstance(poster, Mapping):
            raise _wrong(place, poster, "(door, venue_code, typed, generation)")
        _only(poster, {"door", "venue_code", "typed", "generation"}, place)
        for name in ("door", "venue_code", "typed"):
            _text(poster, name, place)
        if not isinstance(poster.get("generation"), int) or poster["generation"] < 1:
            raise _wrong(f"{place}.generation", poster.get("generation"), "≥ 1")


def _check_permit(content: Mapping) -> None:
    _only(content, {"rows", "copies"})
    for name, wide in (("rows", 3), ("copies", 2)):
        rows = content.get(name)
        if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
            raise _wrong(name, rows, f"[{wide} × text, …]")
        for number, row in enumerate(rows, start=1):
            is_texts = isinstance(row, Sequence) and not isinstance(row, str) and len(row) == wide
            if not is_texts or not all(isinstance(text, str) and text.strip() for text in row):
                raise _wrong(f"{name}[{number}]", row, f"{wide} × text")


_CHECKS: dict[str, Callable[[Mapping], None]] = {
    "decision": _check_decision,
    "list": _check_list,
    "poster": _check_poster,
    "permit": _check_permit,
}


def _only(content: Mapping, names: set[str], place: str = "content") -> None:
    if strangers := sorted(content.keys() - names):
        raise _wrong(f"{place}.{strangers[0]}", "…", " | ".join(sorted(names)))


def _text(content: Mapping, name: str, place: str = "content") -> None:
    if not isinstance(content.get(name), str) or not content[name].strip():
        raise _wrong(f"{place}.{name}", content.get(name, "—"), "text")


def _texts(content: Mapping, name: str) -> None:
    value = content.get(name)
    if (
        not isinstance(value, Sequence)
        or isinstance(value, str)
        or not value
        or not all(isinstance(text, str) and text.strip() for text in value)
    ):
        raise _wrong(f"content.{name}", value, "[text, …]")


def _wrong(place: str, found: object, wanted: str) -> Refusal:
    return Refusal(
        "documents.content_wrong",
        zh="文书内容的 {place} 处是 {found}，这个模板要的是 {wanted}。没有编号，也没有出具；请改正这一处。",
        en="The document's content has {found} at {place}; its template wants {wanted}. No number was taken and "
        "nothing was issued: mend that place.",
        place=place,
        found=str(found)[:60],
        wanted=wanted,
    )
