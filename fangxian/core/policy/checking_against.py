"""Whether a new version takes away a ceiling that the version before it stood under, and on whose word."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from fangxian.core.policy.checking_ceilings import subjects_of_section
from fangxian.core.policy.findings import Finding, at_row, found
from fangxian.core.policy.rulebook import Ceiling, Document, Rulebook
from fangxian.core.policy.vocabulary import COLOUR_SEVERITY
from fangxian.core.refusal import Said

# Each limit of a ceiling: its field, and how strict its value is. A larger number lets a rule be stricter.
_LIMITS: dict[str, Callable[[Ceiling], float | None]] = {
    "at_most_outcome": lambda row: row.at_most_outcome,
    "at_most_colour": lambda row: None if row.at_most_colour is None else COLOUR_SEVERITY[row.at_most_colour],
    "at_most_days": lambda row: row.at_most_days,
    "at_most_central_days": lambda row: row.at_most_central_days,
}


class _Asked(NamedTuple):
    """A ceiling of the version before, with the period over which the new version owes it."""

    row: Ceiling
    begins_at: datetime
    until_at: datetime


def find_loosened(rulebook: Rulebook, before: Rulebook) -> Iterator[Finding]:
    """Ceilings of `before` that `rulebook` takes away or loosens. (two rulebooks → findings)

    A ceiling is known by what it limits, not by its number: renumbered it is the same. It is loosened by a
    higher figure, a later beginning, an earlier end, or a document of a lower level. That blocks, unless a
    ceiling on the same subject rests on another document, of the level that set the old one or of one above.
    """
    for row in before.ceilings:
        # What a level sets itself limits nobody below it here, and is its own to change.
        if row.document.level < before.document.level:
            asked = _asked(row, rulebook, before)
            if lost := _lost(asked, rulebook):
                yield _finding(asked, lost, rulebook, before)


def _asked(row: Ceiling, rulebook: Rulebook, before: Rulebook) -> _Asked:
    # One that ended only because its rulebook did is owed for as long as the new version holds.
    until_at = rulebook.until_at if row.until_at >= before.until_at else row.until_at
    return _Asked(row, max(row.begins_at, rulebook.begins_at), min(until_at, rulebook.until_at))


def _lost(asked: _Asked, rulebook: Rulebook) -> tuple[str, ...]:
    """The limits of an old ceiling that hold no longer, by field; empty if it stands or would be over."""
    if asked.begins_at >= asked.until_at:
        return ()
    limits = {field: limit for field, strictness in _LIMITS.items() if (limit := strictness(asked.row)) is not None}
    return tuple(field for field, limit in limits.items() if not _stands(asked, field, limit, rulebook))


def _stands(asked: _Asked, field: str, allowed: float, rulebook: Rulebook) -> bool:
    """Whether ceilings as tight, set as high, hold without a gap over the period."""
    tight = [
        (new.begins_at, new.until_at)
        for new in _set_as_high(asked.row, rulebook)
        if (limit := _LIMITS[field](new)) is not None and limit <= allowed
    ]
    held_until = asked.begins_at
    for begins, until in sorted(tight):
        if begins <= held_until:
            held_until = max(held_until, until)
    return held_until >= asked.until_at


def _set_as_high(old: Ceiling, rulebook: Rulebook) -> list[Ceiling]:
    """The new version's ceilings on the same subject, by the level that set the old one or one above."""
    return [new for new in _same(old, rulebook) if new.document.level <= old.document.level]


def _same(old: Ceiling, rulebook: Rulebook) -> list[Ceiling]:
    return [new for new in rulebook.ceilings if (new.on, new.subject) == (old.on, old.subject)]


def _finding(asked: _Asked, lost: tuple[str, ...], rulebook: Rulebook, before: Rulebook) -> Finding:
    old = asked.row
    was = Said(f"{old.number}（{old.on} {old.subject}）", f"{old.number} ({old.on} {old.subject})")
    for new in _set_as_high(old, rulebook):
        holds = new.begins_at <= asked.begins_at and new.until_at >= asked.until_at
        if holds and not _is_same(new.document, old.document):
            return _on_a_document(new, was, _loosening(old, new, lost))
    if _is_gone(old, rulebook, before):
        return at_row(
            "rulebook.ceiling_of_nothing",
            False,
            "ceilings",
            "",
            None,
            f"上一版的上限 {was.zh}没有了，因为它约束的对象也不在本规则里。请两位发布人确认没有换个名称再用。",
            f"the ceiling {was.en} of the version before is gone, since what it limits is gone too. The two who "
            f"publish should be sure that it has not come back under another name.",
        )
    return _without_word(old, lost, rulebook, was)


def _is_same(one: Document, other: Document) -> bool:
    """By what is printed on it: a new key in the file makes no new paper."""
    return (one.number, one.issuer, one.division) == (other.number, other.issuer, other.division)


def _is_gone(old: Ceiling, rulebook: Rulebook, before: Rulebook) -> bool:
    """Whether the subject itself is gone. Where its section has new words, one of them may be the old one renamed."""
    now, then = set(subjects_of_section(rulebook, old.on)), set(subjects_of_section(before, old.on))
    return old.subject in then - now and not now - then


def _on_a_document(new: Ceiling, was: Said, change: str) -> Finding:
    title = new.document.title
    return found(
        new,
        "rulebook.ceiling_loosened_on_a_document",
        f"放宽了上一版的上限 {was.zh}：{change}，依据是《{title.zh}》{new.document.number}。请两位发布人核对该文件。",
        f"it loosens the ceiling {was.en} of the version before: {change}, on the word of “{title.en}”, "
        f"{new.document.number}. The two who publish should look that document up.",
        blocks=False,
    )


def _without_word(old: Ceiling, lost: tuple[str, ...], rulebook: Rulebook, was: Said) -> Finding:
    left = _same(old, rulebook)
    number, line = (left[0].number, left[0].line) if left else ("", None)
    what = Said("被删去", "is gone")
    if left:
        change = _loosening(old, left[0], lost)
        what = Said(f"被放宽：{change}", f"is loosened: {change}")
    title = old.document.title
    return at_row(
        "rulebook.ceiling_loosened",
        True,
        "ceilings",
        number,
        line,
        f"上一版的上限 {was.zh}{what.zh}，没有新的上级文件。"
        f"上限是《{title.zh}》定的，只有同级或更高一级的另一份文件能放宽。请恢复原上限；确有新文件的，"
        f"在 [[documents]] 列出，保留这条上限，写新的限度并用 document 引用它。",
        f"the ceiling {was.en} of the version before {what.en}, and no new "
        f"document of the level above is cited. “{title.en}” set it; only another document of that level or a higher "
        f"one can loosen it. Put the ceiling back; if there is such a document, list it under [[documents]], keep the "
        f"ceiling with its new limit, and name it in document.",
    )


def _loosening(old: Ceiling, new: Ceiling, lost: tuple[str, ...]) -> str:
    """What differs, as the file writes it: the limits, else the period, else the paper behind it."""
    limits = [(field, _word(getattr(old, field)), _word(getattr(new, field))) for field in lost]
    period = [("from", str(old.begins_at), str(new.begins_at)), ("until", str(old.until_at), str(new.until_at))]
    paper = [("document", old.document.number, new.document.number)]
    for pairs in (limits, period, paper):
        if told := [f"{name} {one} → {other}" for name, one, other in pairs if one != other]:
            return ", ".join(told)
    return ", ".join(lost)


def _word(value: object) -> str:
    return "—" if value is None else str(getattr(value, "word", value))
