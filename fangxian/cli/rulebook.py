"""`fangxian rulebook`: what is wrong with a rulebook, row by row, and what changed between two."""

import argparse
from pathlib import Path

from fangxian.core.refusal import Refusal, Said

from .console import out, speaks_english, tell


def add_parser(commands) -> None:
    parser = commands.add_parser("rulebook", help="check and compare rulebooks (规则手册)")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    checking = verbs.add_parser("check", help="what is wrong, and what mends it")
    checking.add_argument("file", type=Path)
    checking.set_defaults(run=run_check)
    diff = verbs.add_parser("diff", help="what changed from one version to another, rule by rule")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    diff.set_defaults(run=run_diff)


def run_check(args: argparse.Namespace) -> int:
    from fangxian.core.policy.checking import check
    from fangxian.core.policy.reading import read_rulebook

    rulebook = read_rulebook(_content(args.file))
    findings = check(rulebook)
    language = "en" if speaks_english() else "zh"
    for finding in findings:
        mark = "✕" if finding.blocks else "!"
        out.print(f"{mark} {finding.said.in_language(language)}  [{finding.code}]", markup=False)
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


def run_diff(args: argparse.Namespace) -> int:
    from fangxian.core.policy.diff import diff
    from fangxian.core.policy.reading import read_rulebook

    language = "en" if speaks_english() else "zh"
    changes = diff(read_rulebook(_content(args.old)), read_rulebook(_content(args.new)))
    for change in changes:
        out.print(change.said.in_language(language), markup=False)
    if not changes:
        tell(Said("两份规则手册说的完全相同。", "The two rulebooks say the same."))
    return 0


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
