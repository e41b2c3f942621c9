"""`fangxian rulebook`: what is wrong with a rulebook, row by row, and what changed between two."""

import argparse
import os
from collections import Counter
from pathlib import Path

from fangxian.core.refusal import Refusal, Said

from . import site
from .console import out, speaks_english, tell


def add_parser(commands) -> None:
    parser = commands.add_parser("rulebook", help="check and compare rulebooks (规则手册)")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    checking = verbs.add_parser("check", help="what is wrong, and what mends it")
    checking.add_argument("file", type=Path)
    checking.add_argument(
        "--against", type=Path, metavar="FILE", help="the version it follows: no ceiling may be lost on the way"
    )
    checking.set_defaults(run=run_check)
    diff = verbs.add_parser("diff", help="what changed from one version to another, rule by rule and field by field")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    diff.set_defaults(run=run_diff)


def run_check(args: argparse.Namespace) -> int:
    from fangxian.core.policy.checking import check
    from fangxian.core.policy.reading import read_rulebook

    rulebook = read_rulebook(_content(args.file))
    before = [read_rulebook(_content(args.against))] if args.against else []
    findings = check(rulebook, emergency_classes=_emergency_classes(args.file), against=before)
    for finding in findings:
        mark = "✕" if finding.blocks else "!"
        out.print(f"{mark} {_spoken(finding.said)}  [{finding.code}]", markup=False)
    n_blocking = sum(finding.blocks for finding in findings)
    tell(
        Said(
            "{title}（第 {version} 版，{n_rows} 条规则）：{n_blocking} 处须改正才能发布，{n_other} 处请留意。",
            "{title_en} (version {version}, {n_rows} rules): {n_blocking} to mend before it can be published, "
            "{n_other} to note.",
        ).with_facts(
            title=rulebook.title.zh,
            title_en=rulebook.title.en,
            version=rulebook.version,
            n_rows=len(rulebook.rows),
            n_blocking=n_blocking,
            n_other=len(findings) - n_blocking,
        )
    )
    return 1 if n_blocking else 0


def _emergency_classes(file: Path) -> frozenset[str]:
    """The classes with emergency care in the county the file is for, and which county that is, aloud."""
    from fangxian.core.policy.emergency import read_emergency_classes

    county = _county_of(file)
    classes = read_emergency_classes((county / "county.toml").read_bytes() if county else b"")
    tell(
        Said("急诊场所类别（{whose}）：{classes}", "Classes with emergency care ({whose_en}): {classes}").with_facts(
            whose=county.name if county else "通用，未指明哪个县",
            whose_en=county.name if county else "the common ones, no county named",
            classes=", ".join(sorted(classes)),
        )
    )
    return classes


def _county_of(file: Path) -> Path | None:
    """The county's folder: the one the file lies in, else that of the data folder, else FANGXIAN_COUNTY's."""
    from fangxian.ops.realm.folder import open_realm

    around = file.absolute().parent.parent
    if (around / "county.toml").is_file():
        return around
    name = open_realm(site.data_folder()).county if site.has_realm() else os.environ.get("FANGXIAN_COUNTY", "")
    folder = site.counties_folder() / name
    return folder if name and (folder / "county.toml").is_file() else None


def run_diff(args: argparse.Namespace) -> int:
    from fangxian.core.policy.reading import read_rulebook
    from fangxian.ops.pages.rulebook.changes import change_entries

    entries = change_entries(read_rulebook(_content(args.old)), read_rulebook(_content(args.new)))
    colon = ": " if speaks_english() else "："
    for entry in entries:
        place = f"[{_spoken(entry.section)}] {entry.number}" if entry.number else ""
        out.print(f"{_spoken(entry.word)} {place}".rstrip() + colon + _spoken(entry.said), markup=False)
        for line in entry.fields:
            out.print(
                f"    {_spoken(line.name)}{colon}{' → '.join(_told_apart(line.before, line.after))}", markup=False
            )
    n = Counter(entry.change for entry in entries)
    if not entries:
        tell(Said("两份规则手册说的完全相同。", "The two rulebooks say the same."))
        return 0
    said = Said("新增 {added}，改动 {changed}，删去 {removed}。", "{added} new, {changed} changed, {removed} gone.")
    tell(said.with_facts(**{change: n[change] for change in ("added", "changed", "removed")}))
    return 0


def _told_apart(before: Said, after: Said) -> tuple[str, str]:
    """Both in the terminal's language; in both languages where only the other one differs."""
    one, other = _spoken(before), _spoken(after)
    return (one, other) if one != other else (f"{before.zh} / {before.en}", f"{after.zh} / {after.en}")


def _spoken(said: Said) -> str:
    return said.in_language("en" if speaks_english() else "zh")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(
            "rulebook.file_unreadable",
            zh="读不到文件 {path}（{reason}）。请检查路径后再试。",
            en="The file {path} cannot be read ({reason}). Check its path and try again.",
            path=path,
            reason=error.strerror,
        ) from error
