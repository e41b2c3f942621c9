"""What crosses the intake room's boundary: an intake as it is shown, and what came of it in words."""

from django.utils.timezone import localtime

from fangxian.core.refusal import Said

from .kinds import KINDS
from .models import Intake

STATES = {
    "received": Said("已收下，待对应列名", "taken in, with its headers to be mapped"),
    "mapped": Said("列名已对应，待读取", "mapped, to be read"),
    "closed": Said("已办结", "closed"),
    "refused": Said("未收，文件不能读取", "refused, since it could not be read"),
}
WARNINGS = {
    "encoding_is_a_guess": Said(
        "文件编码是推测的，文字可能有误。请核对几行；如有乱码，请另存为“CSV UTF-8”后重新上传。",
        "The encoding was guessed, and the text may be wrong. Compare some rows; if they are garbled, save the file "
        "as “CSV UTF-8” and upload it again.",
    ),
    "cells_of_255": Said(
        "有的格正好 255 个字，而没有一格更长：旧版表格软件会把长文字截到 255 个字。请与原件核对这些格；如已截断，"
        "请从原系统导出 CSV 或 XLSX 后重新上传。",
        "Some cells have exactly 255 characters and none has more: old spreadsheets cut long texts there. Compare them "
        "with the original; if they were cut, export CSV or XLSX from the system it came from and upload that.",
    ),
    "leading_zeros_lost": Said(
        "有的电话像是丢了开头的 0（固定电话的区号）。请核对；如已丢失，请在表格软件中把该列设为“文本”，"
        "从原系统重新填入后上传。",
        "Some phones seem to have lost the 0 of their area code. Compare them; if so, format the column as text, fill "
        "it in again from the source and upload it again.",
    ),
    "merged_rows": Said(
        "表头下面有上下合并的格：只有最上面一行读得到内容，其余各行这一格是空的（例如同一病例的几名接触者）。"
        "请取消合并、每行填全后重新上传。",
        "Cells are merged over several rows below the head: only the first of those rows has what they say, in the "
        "others the cell is empty (such as the case of several contacts). Unmerge them, fill in every row and upload "
        "it again.",
    ),
}


def outcome(intake: Intake) -> Said:
    """When a file was taken in and what has come of it, in one sentence."""
    at = f"{localtime(intake.received_at):%Y-%m-%d %H:%M}"
    if intake.state == "closed":
        return Said(
            "该文件已于 {at} 收到，共{n_rows}行，接收{n_accepted}行，退回{n_refused}行。",
            "This file was taken in at {at}: of {n_rows} rows {n_accepted} were accepted and {n_refused} refused.",
        ).with_facts(
            at=at,
            n_rows=f"{intake.n_rows:,}",
            n_accepted=f"{intake.n_accepted:,}",
            n_refused=f"{intake.n_refused:,}",
        )
    state = STATES[intake.state]
    return Said(
        f"该文件已于 {at} 收到，共{intake.n_rows:,}行，现为“{state.zh}”。",
        f"This file was taken in at {at} with {intake.n_rows:,} rows; it is now {state.en}.",
    )


def as_json(intake: Intake) -> dict[str, object]:
    """One intake for the wire, without the file's name, sheet and headers, which may name people."""
    said, kind = outcome(intake), KINDS.get(intake.kind)
    return {
        "id": str(intake.pk),
        "kind": intake.kind,
        "kind_words": {"zh": kind.said.zh, "en": kind.said.en} if kind else None,
        "source": intake.source,
        "area_path": intake.area_path,
        "format": intake.file_format,
        "encoding": intake.encoding,
        "n_bytes": intake.n_bytes,
        "state": intake.state,
        "refusal_code": intake.refusal_code,
        "warnings": [{"zh": WARNINGS[name].zh, "en": WARNINGS[name].en} for name in intake.warnings],
        "n_rows": intake.n_rows,
        "n_accepted": intake.n_accepted,
        "n_refused": intake.n_refused,
        "received_at": intake.received_at.isoformat(),
        "closed_at": intake.closed_at.isoformat() if intake.closed_at else None,
        "outcome": {"zh": said.zh, "en": said.en},
    }
