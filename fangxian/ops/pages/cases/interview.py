"""The questionnaire as fields: a form for each section, its answers with the versions they were read at."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.cases.questionnaire import Kind, Question, Questionnaire, Section
from fangxian.ops.cases.wire import NewAnswer
from fangxian.ops.pages.cases.forms import DAY, MOMENT, PLAIN, choices
from fangxian.ops.pages.words import both, language

VERSION = "version."  # before a question's key: the version its answer had when the page was read


class SectionForm(forms.Form):
    """One section. Nothing is required while one types: what is missing is said when the interview is finished."""

    def __init__(self, told, *, section: Section, questionnaire: Questionnaire, answers: Mapping, values: Mapping):
        """`answers`: the rows by question; `values`: what they say."""
        initial = {it.key: _as_typed(it, values.get(it.key)) for it in section.questions}
        super().__init__(told, initial=initial)
        self.section = section
        self._answers = answers
        self._shown = {it.key for it in questionnaire.shown(section, values)}
        for question in section.questions:
            self.fields[question.key] = _field(question)

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        """Each question with its field, its version, and whether it is asked as things stand."""
        for question in self.section.questions:
            row = self._answers.get(question.key)
            yield {
                "question": question,
                "bound": self[question.key],
                "version": row.version if row else 0,
                "saved_at": row and row.saved_at,
                "is_shown": question.key in self._shown,
                "only_if": "=".join(question.only_if) if question.only_if else "",
            }

    @property
    def n_answered(self) -> int:
        return sum(bool(row and row.value) for key in self._shown if (row := self._answers.get(key)))

    @property
    def n_shown(self) -> int:
        return len(self._shown)

    def changed(self) -> list[NewAnswer]:
        """The answers that say something else than what is on record, as they were sent."""
        found = []
        for question in self.section.questions:
            if question.key not in self.data and VERSION + question.key not in self.data:
                continue
            value = self.data.getlist(question.key) if question.kind is Kind.MANY else self.data.get(question.key, "")
            row = self._answers.get(question.key)
            if not _says(question, value, row):
                found.append(answer_of(question.key, value, self.data.get(VERSION + question.key, "")))
        return found

    def say(self, question: str, refusal: Refusal) -> None:
        self.full_clean()
        self.add_error(question, refusal.said.in_language(language()))


def answer_of(question: str, value: object, version: str) -> NewAnswer:
    """An answer as a browser sends it; a version that is no number is that of nothing."""
    number = int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else 0
    return NewAnswer(question=question, value=value, version=number)


def conflict_told(row, questionnaire: Questionnaire) -> dict[str, object]:
    """What a page's script needs to show both answers: what is on record, as it would be typed, and its version."""
    question = questionnaire.questions[row.question]
    value = _as_typed(question, json.loads(row.value) if row.value else None)
    return {"question": row.question, "theirs": value, "version": row.version}


def _says(question: Question, value: object, row) -> bool:
    """Whether what was sent is what stands there: then there is nothing to save."""
    stored = _as_typed(question, json.loads(row.value) if row and row.value else None)
    return stored == (sorted(value) if isinstance(value, list) else str(value).strip())


def _as_typed(question: Question, value: object) -> object:
    """An answer as it stands in its field."""
    if question.kind is Kind.MANY:
        return sorted(value) if isinstance(value, list) else []
    return "" if value is None else str(value)


def _field(question: Question) -> forms.Field:
    label, hint = both(question.label.zh, question.label.en), question.hint
    if question.unit:
        label = both(f"{question.label.zh}（{question.unit.zh}）", f"{question.label.en} ({question.unit.en})")
    if question.needed:
        label = both(f"{question.label.zh}（必填）", f"{question.label.en} (needed)")
    common = {"label": label, "required": False, "help_text": both(hint.zh, hint.en) if hint else ""}
    words = choices(question.choices)
    match question.kind:
        case Kind.MANY:
            return forms.MultipleChoiceField(choices=words, widget=forms.CheckboxSelectMultiple, **common)
        case Kind.CHOICE | Kind.YES:
            return forms.ChoiceField(choices=words, widget=forms.RadioSelect, **common)
        case Kind.LONG:
            return forms.CharField(widget=forms.Textarea({"rows": 3}), **common)
        case Kind.DATE:
            return forms.CharField(widget=forms.TextInput(DAY), **common)
        case Kind.TIME:
            return forms.CharField(widget=forms.TextInput(MOMENT), **common)
        case Kind.NUMBER:
            return forms.CharField(widget=forms.TextInput(PLAIN | {"inputmode": "decimal"}), **common)
    return forms.CharField(widget=forms.TextInput(PLAIN), **common)


def clock_said(at) -> str:
    return f"{localtime(at):%H:%M}"
