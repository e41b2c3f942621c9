"""From the text of a rulebook to a `Rulebook`: every field read, every wrong one named at once."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fangxian.core.policy.findings import Finding, at_row, refusal_of
from fangxian.core.policy.kinds import Wrong, did_you_mean
from fangxian.core.policy.rulebook import Document, Rulebook
from fangxian.core.policy.shapes import HEADER, SECTIONS, TABLES, Field, Shape
from fangxian.core.policy.text_of_file import FileText, open_text
from fangxian.core.refusal import Refusal


def read_rulebook(text: str | bytes) -> Rulebook:
    """Turn the text of a rulebook file into a `Rulebook`. (file text → `Rulebook`)

    The result is well formed, not yet judged: `checking.check` says whether it may be published.

    Parameters
    ----------
    text : str or bytes
        TOML in UTF-8; GB18030 bytes are read too, and `check` asks for them to be saved as UTF-8.

    Raises
    ------
    Refusal
        `rulebook.not_text`, `rulebook.cut_short`, `rulebook.not_toml`, or `rulebook.rows_wrong` with a
        line for every wrong field: section, rule number, line, what it says, what would be right.
    """
    file = open_text(text)
    reader = _Reader(file)
    rulebook = reader.rulebook()
    if reader.findings or rulebook is None:
        cut = any(finding.code == "rulebook.cut_short" for finding in reader.findings)
        raise refusal_of("rulebook.cut_short" if cut else "rulebook.rows_wrong", reader.findings)
    return rulebook


class _Reader:
    """Reads one file; wrong fields are collected in `findings`, so that all are said at once."""

    def __init__(self, file: FileText) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def rulebook(self) -> Rulebook | None:
        tables = dict(self.file.tables)
        self._unknown_sections(tables)
        header = self._fields(tables, HEADER, "", "", None, known_others=True)
        parts = {shape.name: self._table(tables, shape) for shape in TABLES}
        raw_rows = {shape.name: self._raw_rows(tables, shape.name) for shape in SECTIONS}
        self._count_rows(header, raw_rows)
        if self.findings or header is None or None in parts.values():
            # Rows inherit from the header, so its own mistakes come first.
            self._rows_without_header(raw_rows)
            return None
        listed = tuple(self._rows("documents", raw_rows["documents"], {}, {}))
        documents = {document.key: document for document in listed} | {"": parts["document"]}
        sections = {
            shape.name: tuple(self._rows(shape.name, raw_rows[shape.name], header, documents))
            for shape in SECTIONS
            if shape.name != "documents"
        }
        if self.findings:
            return None
        everything: dict[str, Any] = {**header, **parts, **sections}
        del everything["format"], everything["n_rules"]
        return Rulebook(
            **everything,
            documents=listed,
            digest=hashlib.sha256(self.file.text.encode()).hexdigest(),
            encoding=self.file.encoding,
        )

    def _find(self, code: str, section: str, number: str, line: int | None, zh: str, en: str) -> None:
        self.findings.append(at_row(code, True, section, number, line, zh, en))

    def _unknown_sections(self, tables: dict[str, Any]) -> None:
        known = [f.name for f in HEADER] + [s.name for s in (*TABLES, *SECTIONS)]
        for name in tables:
            if name not in known:
                mend = did_you_mean(name, known)
                self._find(
                    "rulebook.unknown_field", name, "", self.file.row_lines.get(name, [None])[0],
                    f"没有这一节。{mend.zh}", f"there is no such section. {mend.en}",
                )  # fmt: skip

    def _count_rows(self, header: dict[str, Any] | None, raw_rows: dict[str, list[Any]]) -> None:
        numbered = {shape.name for shape in SECTIONS if shape.numbered}
        n_read = sum(len(rows) for name, rows in raw_rows.items() if name in numbered)
        declared = self.file.tables.get("n_rules")
        if header is None or declared == n_read:
            return
        last = self.file.n_lines
        if isinstance(declared, int) and n_read < declared:
            self._find(
                "rulebook.cut_short", "", "", last,
                f"文件声明共 {declared} 条规则（n_rules），只读到 {n_read} 条，在第 {last} 行结束，很可能没有传完整。"
                f"请重新取得整个文件；如确已删减，请把 n_rules 改为 {n_read}。",
                f"the file declares {declared} rules (n_rules) but only {n_read} were read, and it ends at line "
                f"{last}: it was probably cut off. Fetch the whole file; if rules were meant to go, set n_rules "
                f"to {n_read}.",
            )  # fmt: skip
        else:
            self._find(
                "rulebook.more_rows", "", "", None,
                f"文件声明共 {declared} 条规则（n_rules），读到 {n_read} 条。请把 n_rules 改为 {n_read}。",
                f"the file declares {declared} rules (n_rules) and has {n_read}. Set n_rules to {n_read}.",
            )  # fmt: skip

    def _raw_rows(self, tables: dict[str, Any], section: str) -> list[Any]:
        rows = tables.get(section, [])
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            return rows
        self._find(
            "rulebook.not_rows", section, "", None,
            f"这一节应由若干 [[{section}]] 组成。", f"this section is written as rows, each under [[{section}]].",
        )  # fmt: skip
        return []

    def _table(self, tables: dict[str, Any], shape: Shape) -> Any:
        raw = tables.get(shape.name)
        if not isinstance(raw, dict):
            self._find(
                "rulebook.field_missing", shape.name, "", None,
                f"缺少 [{shape.name}] 一节，请补上。", f"the table [{shape.name}] is missing; add it.",
            )  # fmt: skip
            return None
        values = self._fields(raw, shape.all_fields, shape.name, "", None)
        extra = {"key": ""} if shape.build is Document else {}
        return None if values is None else shape.build(**extra, **values)

    def _rows_without_header(self, raw_rows: dict[str, list[Any]]) -> None:
        for shape in SECTIONS:
            for raw, line in self._lined(shape.name, raw_rows[shape.name]):
                self._fields(raw, shape.all_fields, shape.name, str(raw.get("number", "")), line)

    def _lined(self, section: str, rows: list[Any]) -> Iterator[tuple[dict[str, Any], int | None]]:
        lines: list[int] = self.file.row_lines.get(section, [])
        for n, raw in enumerate(rows):
            yield raw, lines[n] if len(lines) == len(rows) else None

    def _rows(
        self, section: str, raw_rows: list[Any], header: dict[str, Any], documents: dict[str, Document]
    ) -> Iterator[Any]:
        shape = next(shape for shape in SECTIONS if shape.name == section)
        for raw, line in self._lined(section, raw_rows):
            number = str(raw.get("number", ""))
            values = self._fields(raw, shape.all_fields, section, number, line)
            if values is None:
                continue
            if shape.numbered:
                self._inherit(values, section, line, header, documents)
            if values is not None and (not shape.numbered or values["document"] is not None):
                yield shape.build(**values)

    def _inherit(
        self,
        values: dict[str, Any],
        section: str,
        line: int | None,
        header: dict[str, Any],
        documents: dict[str, Document],
    ) -> None:
        key = values["document"]
        values["document"] = documents.get(key)
        if values["document"] is None:
            mend = did_you_mean(key, tuple(k for k in documents if k))
            self._find(
                "rulebook.unknown_document", section, values["number"], line,
                f"document 写的是 {key}，[[documents]] 中没有。{mend.zh}",
                f"document says {key}, which is not among [[documents]]. {mend.en}",
            )  # fmt: skip
        for name in ("begins_at", "until_at"):
            inherited: datetime = header[name]
            values[name] = values[name] or inherited
        values |= {"section": section, "line": line}

    def _fields(
        self,
        raw: dict[str, Any],
        fields: tuple[Field, ...],
        section: str,
        number: str,
        line: int | None,
        known_others: bool = False,
    ) -> dict[str, Any] | None:
        """Our values by our names; None if any field is wrong (each is then in `findings`)."""
        n_before = len(self.findings)
        names = tuple(field.name for field in fields)
        for name in () if known_others else raw:
            if name not in names:
                mend = did_you_mean(name, names)
                self._find(
                    "rulebook.unknown_field", section, number, line,
                    f"没有字段 {name}。{mend.zh}", f"there is no field {name}. {mend.en}",
                )  # fmt: skip
        values = {f.attribute or f.name: self._value(raw, f, section, number, line) for f in fields}
        return None if len(self.findings) > n_before else values

    def _value(self, raw: dict[str, Any], field: Field, section: str, number: str, line: int | None) -> Any:
        if field.name not in raw:
            if field.required:
                self._find(
                    "rulebook.field_missing", section, number, line,
                    f"缺少 {field.name}（{field.meaning}），请补上。",
                    f"{field.name} is missing ({field.meaning}); add it.",
                )  # fmt: skip
            return field.default
        try:
            return field.kind.read(raw[field.name])
        except Wrong as wrong:
            self._find(
                "rulebook.field_wrong", section, number, line,
                f"{field.name} {wrong.said.zh}", f"{field.name} {wrong.said.en}",
            )  # fmt: skip
            return None


def findings_of(refusal: Refusal) -> tuple[Finding, ...]:
    """The findings a refusal of `read_rulebook` carries, for a page that lists them."""
    findings: tuple[Finding, ...] = refusal.facts.get("findings", ())  # type: ignore[assignment]
    return findings
