"""The manual docs/reference/rules.md: what the spec tests state, then the shipped rulebooks rule by rule."""

import importlib.util
from dataclasses import fields
from pathlib import Path

from fangxian.core.policy.diff import shown
from fangxian.core.policy.doors import compile_doors
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.rulebook import Row
from tests.spec.manual import ROOT, Notebook, lines, rulebook_text, swept_doors
from tests.spec.manual_words import COLUMNS, SECTIONS, STRENGTHS, WHAT, Words

RULEBOOKS = ("covid19-2022-04", "measles", "norovirus")
CHAPTERS = {
    "1_colours": "健康码 Colours",
    "2_doors": "门岗 Doors",
    "3_measures": "来返与接触者 Arrivals and contacts",
    "4_rulebook": "规则文件 The rulebook itself",
    "5_exposure": "暴露搜索 The exposure search",
}

INTRO = """# 规则手册 Rules

本页由规则测试写成（`pytest tests/spec --write`），每一句都经程序逐条验证；请勿手改。
上篇说明程序怎么判断，下篇逐条列出随程序发布的规则文件。日期均为2022年，县里时间；“至”不含当时。

This page is written by the spec tests (`pytest tests/spec --write`): every sentence has been tried on the
program. Part one says how it decides, part two lists the rulebooks that come with it, rule by rule. Dates are
in 2022, county time; an end is not included. Where a door's table leaves out a column, there is nothing to
complain of in it: green, clear, tested 10 hours ago, 36.5 °C, keeper present, venue open, knowledge fresh.
"""


def chapters():
    """(title, [(section title, [test functions])]) in the manual's order."""
    for folder, title in CHAPTERS.items():
        sections = []
        for path in sorted((ROOT / "tests" / "spec" / folder).glob("test_*.py")):
            module = _load(path)
            tests = [f for name, f in vars(module).items() if name.startswith("test_")]
            sections.append((module.TITLE, tests))
        yield title, sections


def _load(path: Path):
    where = importlib.util.spec_from_file_location(f"manual_{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(where)
    where.loader.exec_module(module)
    return module


def write_anew():
    """Every generated file as {path under the repository: text}; runs all spec tests to get it."""
    pages, vectors = (
        [INTRO, "\n# 上篇 怎么判断 Part one: how it decides\n"],
        {"doors": [], "colours": [], "measures": []},
    )
    for title, sections in chapters():
        pages.append(f"\n## {title}\n")
        for section, tests in sections:
            pages.append(f"\n### {section}\n")
            for test in tests:
                notebook = Notebook.for_test(test)
                test(notebook)
                pages.append(_paragraph(notebook.paragraph))
                for kind, of_test in notebook.vectors.items():
                    vectors[kind] += of_test
    pages.append("\n# 下篇 规则全文 Part two: the rulebooks\n")
    pages += [rulebook_page(read_rulebook(rulebook_text(name))) for name in RULEBOOKS]
    vectors["doors"] += swept_doors()
    tables = compile_doors(read_rulebook(rulebook_text(RULEBOOKS[0])))
    return {
        "docs/reference/rules.md": "".join(pages),
        "spec/vectors/doors_tables.jsonl": tables.to_bytes().decode() + "\n",
        **{f"spec/vectors/{kind}.jsonl": lines(of_kind) for kind, of_kind in vectors.items()},
    }


def _paragraph(paragraph):
    parts = [f"\n**{paragraph.zh}**\n\n{paragraph.en}\n"]
    for what, name, rows in paragraph.shown:
        if what == "finding":
            parts.append("\n" + "\n>\n".join(f"> {sentence}" for sentence in rows) + "\n")
        elif rows:
            parts.append(_table(WHAT[what], rows, Words(read_rulebook(rulebook_text(name)))))
        else:
            parts.append(f"\n{WHAT[what]}：无 none\n")
    return "".join(parts)


def _table(what, rows, words):
    names = [name for name in rows[0] if any(row[name] for row in rows) or name in ("outcome", "rules")]
    names = names or list(rows[0])
    head = " | ".join(COLUMNS[name] for name in names)
    body = "".join("| " + " | ".join(words.cell(name, row[name]) for name in names) + " |\n" for row in rows)
    return f"\n{what}：\n\n| {head} |\n|{'---|' * len(names)}\n{body}"


def rulebook_page(rulebook):
    """One rulebook as an official reads it: its header, then a table for each section."""
    header = (
        f"\n## {rulebook.title.zh} {rulebook.title.en}\n\n"
        f"{rulebook.document.issuer.zh}，{rulebook.document.number}，第 {rulebook.version} 版，"
        f"自 {rulebook.begins_at:%Y-%m-%d} 至 {rulebook.until_at:%Y-%m-%d}（不含）。"
        f"法律依据：{rulebook.legal_basis.zh}。有疑问请找：{rulebook.ask.zh}。\n\n"
        f"{rulebook.document.issuer.en}, version {rulebook.version}, from {rulebook.begins_at:%Y-%m-%d} until "
        f"{rulebook.until_at:%Y-%m-%d}. Legal basis: {rulebook.legal_basis.en}. Whom to ask: {rulebook.ask.en}.\n"
    )
    sections: dict[str, list[Row]] = {}
    for row in rulebook.rows:
        sections.setdefault(row.section, []).append(row)
    words = Words(rulebook)
    return header + "".join(_section(name, rows, words) for name, rows in sections.items())


_SHOWN_APART = {
    "section",
    "number",
    "reason",
    "advice",
    "document",
    "begins_at",
    "until_at",
    "source",
    "strength",
    "line",
}


def _section(name, rows, words):
    body = "".join(_rule(row, words) for row in rows)
    return f"\n### {SECTIONS[name]}\n\n| 编号 | 规则 rule | 内容 contents | 出处 source |\n|---|---|---|---|\n{body}"


def _says_something(name, value):
    """Whether a field is worth a line: 0 says something (a ceiling of no days), save where it means "not asked"."""
    return shown(value) not in ("—", "False") and not (name == "consecutive_test_days" and value == 0)


def _rule(row, words):
    sentence = f"{row.reason.zh}<br>{row.reason.en}"
    if row.advice is not None:
        sentence += f"<br>→ {row.advice.zh}<br>→ {row.advice.en}"
    contents = "<br>".join(
        f"{COLUMNS.get(field.name, field.name)}：{words.value(field.name, getattr(row, field.name))}"
        for field in fields(row)
        if field.name not in _SHOWN_APART and _says_something(field.name, getattr(row, field.name))
    )
    source = f"《{row.document.title.zh}》{row.document.number}<br>{row.source}<br>{STRENGTHS[row.strength.value]}"
    cells = (row.number, sentence, contents, source)
    return "| " + " | ".join(cell.replace("|", "／").replace("\n", " ") for cell in cells) + " |\n"
