"""The case questionnaire (个案调查表) as data: sections of questions, read from TOML, checked when they are read.

`questionnaires/common.toml` holds the sections every disease has; `questionnaires/<disease>.toml`, here or in the
county's own folder, adds sections and questions, or leaves common ones out (`without`). A county with another
disease adds a file, and changes no code.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from fangxian.core.refusal import Said
from fangxian.ops.realm.current import county_data

FOLDER = Path(__file__).parent / "questionnaires"
COMMON = "common"
LONGEST = {"text": 200, "long": 4000}


class Kind(StrEnum):
    TEXT = "text"
    LONG = "long"  # several lines
    NUMBER = "number"
    DATE = "date"
    TIME = "time"  # date and time of day
    CHOICE = "choice"  # one of `choices`
    MANY = "many"  # several of `choices`
    YES = "yes"  # yes, no, not known


YES_NO: Mapping[str, Said] = {
    "yes": Said("是", "yes"),
    "no": Said("否", "no"),
    "unknown": Said("不详", "not known"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `key` is section.name; `needed` ones must be answered before the interview is finished.

    `only_if`: shown when that question (its key) was answered with that value.
    """

    key: str
    label: Said
    kind: Kind
    hint: Said | None = None
    choices: Mapping[str, Said]
    needed: bool = False
    unit: Said | None = None
    only_if: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    key: str
    title: Said
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    disease: str
    sections: tuple[Section, ...]

    @property
    def questions(self) -> dict[str, Question]:
        return {question.key: question for section in self.sections for question in section.questions}

    def shown(self, section: Section, answers: Mapping[str, object]) -> list[Question]:
        """The questions of a section that these answers leave to ask."""
        return [it for it in section.questions if not it.only_if or _is(answers.get(it.only_if[0]), it.only_if[1])]

    def missing(self, answers: Mapping[str, object]) -> list[Question]:
        """The needed questions without an answer."""
        shown = [it for section in self.sections for it in self.shown(section, answers)]
        return [it for it in shown if it.needed and answers.get(it.key) in (None, "", [])]


def questionnaire_of(disease: str) -> Questionnaire:
    """The questionnaire of a disease; a disease without a file of its own has the common one."""
    paths = [FOLDER / f"{COMMON}.toml"]
    own = [county_data() / "questionnaires" / f"{disease}.toml", FOLDER / f"{disease}.toml"]
    paths += [path for path in own if disease.replace("-", "").isalnum() and path.is_file()][:1]
    return _read(disease, tuple((path, path.stat().st_mtime_ns) for path in paths))


def value_of(question: Question, value: object) -> object:
    """The answer as it is kept: "" for none, trimmed text, a number, ISO dates, keys of choices.

    Raises
    ------
    ValueError
        With the sentence to show, as a `Said`.
    """
    if value in (None, "", []):
        return ""
    if question.kind is Kind.MANY:
        told = value if isinstance(value, list) else [value]
        if wrong := [it for it in told if it not in question.choices]:
            raise ValueError(_not_a_choice(wrong[0]))
        return [key for key in question.choices if key in told]
    text = str(value).strip()
    if question.kind in (Kind.CHOICE, Kind.YES):
        if text not in question.choices:
            raise ValueError(_not_a_choice(text))
        return text
    if question.kind is Kind.NUMBER:
        return _number(text)
    if question.kind is Kind.DATE:
        return _moment(text, date.fromisoformat, Said("日期应写作 2022-04-08。", "A date is written 2022-04-08."))
    if question.kind is Kind.TIME:
        said = Said("时间应写作 2022-04-08 14:30。", "A time is written 2022-04-08 14:30.")
        return _moment(text, datetime.fromisoformat, said)
    if len(text) > (most := LONGEST[question.kind]):
        raise ValueError(
            Said(f"填了 {len(text)} 个字，最多 {most} 个。", f"{len(text)} characters; at most {most} fit.")
        )
    return text


def told(question: Question, text: str) -> Said:
    """An answer as it is kept (JSON, or "" for none), in words."""
    value = json.loads(text) if text else ""
    if value in ("", []):
        return Said("（空）", "(empty)")
    if question.choices:
        names = [question.choices.get(key, Said(key, key)) for key in (value if isinstance(value, list) else [value])]
        return Said("、".join(name.zh for name in names), ", ".join(name.en for name in names))
    shown = str(value).replace("T", " ") if question.kind is Kind.TIME else str(value)
    return Said(
        shown + (question.unit.zh if question.unit else ""),
        f"{shown} {question.unit.en if question.unit else ''}".strip(),
    )


def _number(text: str) -> float | int:
    try:
        number = float(text.replace("，", ".").replace(",", "."))
        if not -1e9 < number < 1e9:
            raise ValueError(text)
    except ValueError:
        raise ValueError(Said(f"“{text}”不是数字。", f"“{text}” is no number.")) from None
    return int(number) if number.is_integer() else number


def _moment(text: str, read, said: Said) -> str:
    try:
        return read(text.replace("/", "-")).isoformat(**({"timespec": "minutes"} if "T" in text or " " in text else {}))
    except ValueError:
        raise ValueError(said) from None


def _not_a_choice(value: object) -> Said:
    return Said(f"没有“{value}”这一项，请从列表里选。", f"There is no choice “{value}”: take one of the list.")


def _is(answer: object, wanted: str) -> bool:
    return wanted in answer if isinstance(answer, list) else answer == wanted


@lru_cache(maxsize=16)
def _read(disease: str, stamped: tuple[tuple[Path, int], ...]) -> Questionnaire:
    sections: dict[str, tuple[Said, dict[str, Question]]] = {}
    for path, _ in stamped:
        told = tomllib.loads(path.read_text("utf-8"))
        for key in told.get("without", ()):
            section, _, name = key.partition(".")
            if name:
                del sections[section][1][key]
            else:
                del sections[section]
        for row in told.get("sections", ()):
            _, questions = sections.setdefault(row["key"], (_said(row["title"]), {}))
            questions |= {it.key: it for it in _questions(row)}
    found = [
        Section(key=key, title=title, questions=tuple(questions.values()))
        for key, (title, questions) in sections.items()
    ]
    whole = Questionnaire(disease=disease, sections=tuple(found))
    for question in whole.questions.values():
        if question.only_if and question.only_if[0] not in whole.questions:
            raise ValueError(f"{question.key} depends on {question.only_if[0]}, which is no question")
    return whole


def _questions(section: Mapping) -> Iterator[Question]:
    for row in section["questions"]:
        if unknown := set(row) - {"key", "label", "kind", "hint", "choices", "needed", "unit", "only_if"}:
            raise ValueError(f"question {row['key']} has {sorted(unknown)}, which nobody reads")
        kind = Kind(row["kind"])
        choices = {key: _said(said) for key, said in row.get("choices", {}).items()}
        if (kind in (Kind.CHOICE, Kind.MANY)) != bool(choices):
            raise ValueError(f"question {row['key']} is of kind {kind} and has {len(choices)} choices")
        yield Question(
            key=f"{section['key']}.{row['key']}",
            label=_said(row["label"]),
            kind=kind,
            hint=_said(row["hint"]) if "hint" in row else None,
            choices=YES_NO if kind is Kind.YES else choices,
            needed=row.get("needed", False),
            unit=_said(row["unit"]) if "unit" in row else None,
            only_if=tuple(row["only_if"]) if "only_if" in row else None,
        )


def _said(told: Mapping[str, str]) -> Said:
    return Said(told["zh"], told["en"])
