"""What the sheets room says when it will not."""

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.approvals.wire import InBoth


def too_large(found: int, limit: int) -> Refusal:
    return Refusal(
        "sheets.too_large",
        zh="文件有 {found} MiB，超过上限 {limit} MiB，没有收下。模板应只有表头和几行空行；请删去数据和图片后另存再传。",
        en="The file has {found} MiB, above the limit of {limit} MiB, and was not taken. A form has a head and some "
        "empty rows: delete data and pictures, save it and upload it again.",
        found=found,
        limit=limit,
    )


def unpacks_too_large(limit: int) -> Refusal:
    return Refusal(
        "sheets.unpacks_too_large",
        zh="文件展开后超过上限 {limit} MiB，没有打开。模板应只有表头和几行空行；请新建一个工作簿，把表格复制过去再传。",
        en="The file unpacks to more than the limit of {limit} MiB, and was not opened. A form has a head and some "
        "empty rows: copy the table into a new workbook and upload that.",
        limit=limit,
    )


def too_many_cells(found: int, limit: int) -> Refusal:
    return Refusal(
        "sheets.too_many_cells",
        zh="工作表“有格式”的单元格有 {found} 个，超过上限 {limit} 个，没有收下。多半是整列整行设了边框或底色。"
        "请选中表格以下的空行，整行删除，保存后再传。",
        en="The sheet has {found} cells with content or style, above the limit of {limit}, and was not taken. Most "
        "likely whole rows or columns were given borders: delete the empty rows below the table, save and upload it.",
        found=found,
        limit=limit,
    )


def old_format() -> Refusal:
    return Refusal(
        "sheets.old_format",
        zh="这是旧格式（.xls）或有打开密码的工作簿，不能用作模板。应为没有密码的 .xlsx。请在表格软件中取消密码、"
        "另存为“Excel 工作簿 (.xlsx)”后上传。",
        en="This is a workbook of the old format (.xls), or one with a password, and cannot be a form. It should be "
        ".xlsx without a password: save it as “Excel workbook (.xlsx)” and upload that.",
    )


def not_a_workbook() -> Refusal:
    return Refusal(
        "sheets.not_a_workbook",
        zh="这个文件不是完整的 .xlsx 工作簿，不能用作模板。请在表格软件（Excel、WPS）中打开，另存为"
        "“Excel 工作簿 (.xlsx)”后上传。",
        en="This file is no whole .xlsx workbook and cannot be a form. Open it in the spreadsheet, save it as “Excel "
        "workbook (.xlsx)” and upload that.",
    )


def active_content(what: Said) -> Refusal:
    return Refusal(
        "sheets.active_content",
        zh="工作簿里有{what:zh}，没有收下。模板应只有单元格。请另存为不带它的 .xlsx 后上传。",
        en="The workbook holds {what:en}, and was not taken. A form has cells only: save it as .xlsx without these and "
        "upload that.",
        what=InBoth(what),
    )


def hidden_sheets(names: str) -> Refusal:
    return Refusal(
        "sheets.hidden_sheets",
        zh="工作簿里有隐藏的工作表（{names}），没有收下：谁也看不见它们会随报表送到哪里。请取消隐藏，核对后保留或删除，再上传。",
        en="The workbook has hidden sheets ({names}), and was not taken: nobody would see them leave with each report. "
        "Unhide them, keep or delete them, and upload it again.",
        names=names,
    )


def protected() -> Refusal:
    return Refusal(
        "sheets.protected",
        zh="工作表或工作簿设了保护，不能填写。应为没有保护的模板。请在“审阅”里撤销保护，保存后上传。",
        en="The sheet or the workbook is protected and cannot be filled in. Remove the protection (under Review), save "
        "it and upload it again.",
    )


def no_such_sheet(found: str, sheets: str) -> Refusal:
    return Refusal(
        "sheets.no_such_sheet",
        zh="工作簿里没有名为“{found}”的工作表。现有：{sheets}。请选择其中一张。",
        en="The workbook has no sheet called “{found}”. It has {sheets}. Choose one of these.",
        found=found,
        sheets=sheets,
    )


def no_head() -> Refusal:
    return Refusal(
        "sheets.no_head",
        zh="在这张工作表里没有找到表头。应有一行（或两三行）列名，如“序号、姓名、身份证号”。请加上表头，或选别的工作表。",
        en="No head was found in this sheet. It should have a row (or two or three) that names the columns, such as "
        "“number, name, identity number”. Add one, or choose another sheet.",
    )


def rows_out_of_order(head_last: int, body_last: int) -> Refusal:
    return Refusal(
        "sheets.rows_out_of_order",
        zh="表头到第 {head_last} 行、表体到第 {body_last} 行，对不上。表头应在前 200 行之内，表体不能在表头之前结束。"
        "请改正行号。",
        en="The head ends in row {head_last} and the body in row {body_last}, which cannot be. The head should stand "
        "in the first 200 rows, and the body cannot end before it. Correct the rows.",
        head_last=head_last,
        body_last=body_last,
    )


def nothing_mapped() -> Refusal:
    return Refusal(
        "sheets.nothing_mapped",
        zh="没有一列对应任何内容，这样导出的是空表。请至少为一列选择填什么。",
        en="No column has anything to be filled in with, so the sheet would stay empty. Choose for one at least.",
    )


def no_such_field(found: str) -> Refusal:
    return Refusal(
        "sheets.no_such_field",
        zh="数据来源里没有“{found}”这一项，没有保存。请从列表中选择。",
        en="The source has no field “{found}”, and nothing was saved. Choose from the list.",
        found=found,
    )


def not_found() -> Refusal:
    return Refusal(
        "sheets.not_found",
        zh="没有这个模板或这一版，可能已被删去。请从“报表模板”页重新打开。",
        en="There is no such form or version. Open one from the page of sheets.",
    )


def not_confirmed() -> Refusal:
    return Refusal(
        "sheets.not_confirmed",
        zh="这个模板还没有确认过列，不能导出。应先有人核对每一列填什么。请打开“核对各列”。",
        en="The columns of this form were never confirmed, so it cannot be filled in. Somebody has to check what each "
        "column holds: open its columns.",
    )


def withdrawn() -> Refusal:
    return Refusal(
        "sheets.withdrawn",
        zh="这个模板已撤下，不能再导出或改动。请用别的模板；撤错了的，请重新上传。",
        en="This form was withdrawn and can be neither filled in nor changed. Use another; if it was withdrawn by "
        "mistake, upload it anew.",
    )


def no_name() -> Refusal:
    return Refusal(
        "sheets.no_name",
        zh="还没有写模板的名称。请写上大家认得的名字，如“疫情防控日报表”。",
        en="The form has no name. Give it one that people know, such as “daily report”.",
    )


def name_taken(name: str) -> Refusal:
    return Refusal(
        "sheets.name_taken",
        zh="已经有名为“{name}”的模板。改了样式的，请到那个模板里上传新的一版；不同的表请换个名称。",
        en="There is a form called “{name}” already. Upload a changed one there, as its next version; give another "
        "form another name.",
        name=name,
    )


def no_reason() -> Refusal:
    return Refusal(
        "sheets.no_reason",
        zh="还没有写撤下的原因。请写一句，如“上级换了新表”。",
        en="No reason was given. Say in a sentence why the form is withdrawn, such as “replaced by a new one”.",
    )


def no_such_source(found: str) -> Refusal:
    return Refusal(
        "sheets.no_such_source",
        zh="没有“{found}”这种数据来源。请从列表中选择。",
        en="There is no source called “{found}”. Choose one from the list.",
        found=found,
    )


def too_many_rows(limit: int) -> Refusal:
    return Refusal(
        "sheets.too_many_rows",
        zh="要填的行数超过一张工作表能放的 {limit} 行，没有导出。请缩小地区或日期，分几次导出。",
        en="There are more rows than the {limit} a sheet holds, so it was not filled in. Choose a smaller area or "
        "fewer days, and take it in parts.",
        limit=limit,
    )
