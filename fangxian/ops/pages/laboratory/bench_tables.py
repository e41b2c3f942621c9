"""Tables of the laboratory at work: boxes, tubes, plates, machines, files, lots of results, what was sent out."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse

from fangxian.core.laboratory.judging import KIT, TARGETS, Outcome
from fangxian.core.laboratory.reviewing import STEPS_SAID, Step
from fangxian.core.policy.box_clocks import LATE_SAID, BoxClocks, BoxMoments, late
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.intake.queries import Intake
from fangxian.ops.lab.queries import Box, Tube
from fangxian.ops.lab.words import THINGS
from fangxian.ops.laboratory.queries import Consignment, Instrument, Laboratory, Plate, Result, ResultBatch, Run
from fangxian.ops.laboratory.words import KINDS, OUTCOMES, PLATES
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.tables import Column, Paging, Table

NONE = Said("—", "—")
URGENCY = {0: Said("重测", "again"), 1: Said("单人复采", "a person's own"), 2: NONE}
FILES = {
    "received": Said("待录入", "to be entered"),
    "mapped": Said("待录入", "to be entered"),
    "closed": Said("已录入", "entered"),
    "refused": Said("没有收下", "not taken"),
}
CHANNELS = (*TARGETS, KIT.internal)


def number_of(plate: Plate | None) -> Said | str:
    return f"P{plate.number:04}" if plate else NONE


def boxes_table(rows: Sequence[Box], paging: Paging, clocks: Mapping[str, BoxClocks], at: datetime) -> Table:
    """Boxes on their way, or here, with what is late by the clocks of their round's disease."""
    columns = (
        Column("label", Said("箱", "Box")),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: THINGS[it.state]),
        Column("late", Said("时限", "Clock"), kind="tag", read=lambda it: _late(it, clocks[it.round.disease], at)),
        Column("n_tubes", Said("管数", "Tubes"), kind="number"),
        Column("n_people", Said("人数", "People"), kind="number"),
        Column("site", Said("采样点", "Site"), read=lambda it: it.site.name if it.site else NONE, wide=True),
        Column("opened_at", Said("第一管", "First tube"), kind="time"),
        Column("sealed_at", Said("封箱", "Sealed"), kind="time"),
        Column("handed_at", Said("交接", "Handed over"), kind="time"),
        Column("received_at", Said("签收", "Received"), kind="time"),
    )
    return Table(
        caption=Said("转运箱", "Boxes"),
        columns=columns,
        rows=rows,
        paging=paging,
        empty=Said("没有箱子。", "There is no box."),
        empty_next=Said("采样点把管装箱以后，这里就看得见。", "It is seen here once a site puts tubes into it."),
    )


def _late(it: Box, clocks: BoxClocks, at: datetime) -> Said:
    moments = BoxMoments(
        opened_at=it.opened_at, sealed_at=it.sealed_at, handed_at=it.handed_at, received_at=it.received_at,
        has_results=True,
    )  # fmt: skip
    why = late(clocks, moments, at) if it.n_tubes else None
    if why is None:
        return NONE
    said, hours = LATE_SAID[why.clock], (at - why.due_at) / timedelta(hours=1)
    return Said(f"超时 {hours:.1f} 小时：{said.zh}", f"{hours:.1f} h late: {said.en}")


def tubes_table(rows: Sequence[Tube], paging: Paging) -> Table:
    """Tubes that wait for a plate, in the order in which they get one."""
    href = addresses_of("laboratory-tube")
    columns = (
        Column("label", Said("管", "Tube")),
        Column("urgency", Said("优先", "First"), kind="tag", read=lambda it: URGENCY[it.urgency]),
        Column("n_people", Said("人数", "People"), kind="number"),
        Column("box", Said("箱", "Box"), read=lambda it: it.box.label),
        Column("site", Said("采样点", "Site"), read=lambda it: it.site.name if it.site else NONE, wide=True),
        Column("opened_at", Said("开始采样", "Sampled from"), kind="time"),
        Column("received_at", Said("签收", "Received"), kind="time", read=lambda it: it.box.received_at),
    )
    return Table(
        caption=Said("待上板的管", "Tubes that wait"),
        columns=columns,
        rows=rows,
        href=lambda it: href(it.pk),
        paging=paging,
        empty=Said("没有等着上板的管。", "No tube waits for a plate."),
        empty_next=Said("签收一个箱，里面的管就排进来。", "Receive a box, and its tubes line up here."),
    )


def plates_table(rows: Sequence[Plate], paging: Paging | None = None, *, sorted_by: str = "") -> Table:
    href = addresses_of("laboratory-plate")
    columns = (
        Column("number", Said("板", "Plate"), read=number_of, sort="-number" if paging else ""),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: PLATES[it.state]),
        Column("n_tubes", Said("管数", "Tubes"), kind="number", sort="-n_tubes" if paging else ""),
        Column("n_wells", Said("孔数", "Wells"), kind="number"),
        Column("laid_at", Said("布板", "Laid out"), kind="time", sort="-laid_at" if paging else ""),
        Column("read_at", Said("出结果", "Read"), kind="time"),
    )
    return Table(
        caption=Said("反应板", "Plates"),
        sorted_by=sorted_by,
        columns=columns,
        rows=rows,
        href=lambda it: href(it.pk),
        paging=paging,
        empty=Said("没有反应板。", "There is no plate."),
        empty_next=Said("有待上板的管时，在上面布一块。", "Lay one out above when tubes wait."),
    )


def machines_table(rows: Sequence[Instrument], running: Mapping[UUID, Run], at: datetime) -> Table:
    """Each machine with what runs in it now."""
    href = addresses_of("laboratory-plate")

    def run(it: Instrument) -> Run | None:
        return running.get(it.pk)

    columns = (
        Column("name", Said("仪器", "Instrument")),
        Column("kind", Said("种类", "Kind"), read=lambda it: KINDS[it.kind]),
        Column("n_wells", Said("孔数", "Wells"), kind="number"),
        Column("run_min", Said("每批（分）", "Run, min"), kind="number"),
        Column("now", Said("现在", "Now"), kind="tag", read=lambda it: _now(it, run(it), at)),
        Column("plate", Said("板", "Plate"), read=lambda it: number_of(run(it).plate) if run(it) else NONE),
        Column("began_at", Said("开始", "Begun"), kind="time", read=lambda it: run(it).began_at if run(it) else None),
        Column("due_at", Said("应结束", "Due"), kind="time", read=lambda it: run(it).due_at if run(it) else None),
    )
    return Table(
        caption=Said("仪器", "Instruments"),
        columns=columns,
        rows=rows,
        href=lambda it: href(run(it).plate_id) if run(it) else "",
        empty=Said("还没有仪器。", "There is no instrument yet."),
        empty_next=Said("在“实验室”里添加。", "Add them under “Laboratories”."),
        empty_href=reverse("laboratories"),
    )


def _now(it: Instrument, run: Run | None, at: datetime) -> Said:
    if run is not None:
        return Said("运行中", "running") if run.due_at > at else Said("应已结束", "should be through")
    if it.stopped_at is not None:
        return Said(f"停机：{it.stopped_why}", f"out of order: {it.stopped_why}")
    return Said("空闲", "free")


def laboratories_table(rows: Sequence[tuple[Laboratory, int | None, int]]) -> Table:
    """(laboratory, tubes a day, machines that work)."""
    href = addresses_of("laboratory-one")
    columns = (
        Column("name", Said("实验室", "Laboratory"), read=lambda it: it[0].name, wide=True),
        Column("whose", Said("谁的", "Whose"), kind="tag",
               read=lambda it: Said("本县", "own") if it[0].is_own else Said("外单位", "outside")),
        Column("a_day", Said("每天能做（管）", "Tubes a day"), kind="number", read=lambda it: it[1]),
        Column("n", Said("能用的仪器", "Working instruments"), kind="number", read=lambda it: it[2] or None),
        Column("closed", Said("状态", "State"), kind="tag",
               read=lambda it: Said("停用", "not used") if it[0].closed_at else Said("在用", "in use")),
    )  # fmt: skip
    return Table(
        caption=Said("实验室", "Laboratories"),
        columns=columns,
        rows=rows,
        href=lambda it: href(it[0].pk),
        empty=Said("还没有实验室。", "There is no laboratory yet."),
        empty_next=Said("在下面添加本县的和能帮忙的外单位。", "Add the county's own and those that may help below."),
    )


def files_table(rows: Sequence[Intake], names: Mapping[str, str], paging: Paging) -> Table:
    href = addresses_of("laboratory-file")
    columns = (
        Column("laboratory", Said("实验室", "Laboratory"), read=lambda it: names.get(it.source, NONE), wide=True),
        Column("received_at", Said("收到", "Received"), kind="time"),
        Column("state", Said("状态", "State"), kind="tag", read=lambda it: FILES[it.state]),
        Column("n_rows", Said("行数", "Rows"), kind="number"),
        Column("n_refused", Said("没有收的行", "Rows not taken"), kind="number"),
    )
    return Table(
        caption=Said("结果文件", "Result files"),
        columns=columns,
        rows=rows,
        href=lambda it: href(it.pk),
        paging=paging,
        empty=Said("还没有结果文件。", "No file of results came yet."),
        empty_next=Said("在上面上传仪器导出的文件。", "Upload one as the instrument exports it above."),
    )


def refused_table(rows: Sequence[tuple[int, Refusal]], paging: Paging) -> Table:
    """The rows of a file that would not be taken, each with why."""
    columns = (
        Column("row", Said("行", "Row"), kind="number", read=lambda it: it[0]),
        Column("why", Said("为什么没有收", "Why it is not taken"), read=lambda it: it[1].said, wide=True),
    )
    return Table(
        caption=Said("不收的行", "Rows not taken"), columns=columns, rows=rows, paging=paging,
        empty=Said("每一行都收。", "Every row is taken."),
    )  # fmt: skip


def suspects_table(rows: Sequence) -> Table:
    """(what the file calls it, result) of tubes that are not negative."""
    columns = (
        Column("sample", Said("管", "Tube"), read=lambda it: it[0]),
        Column("outcome", Said("结果", "Result"), kind="tag", read=lambda it: OUTCOMES[it[1].outcome]),
        *_cycles(lambda it: it[1].cycles, rows),
    )
    return Table(
        caption=Said("阳性、灰区和单靶标", "Positive, grey, one target"), columns=columns, rows=rows,
        empty=Said("没有阳性、灰区或单靶标。", "Nothing is positive, grey or of one target."),
    )  # fmt: skip


def _cycles(read, rows: Sequence) -> tuple[Column, ...]:
    """Of the usual kit's channels, and of those that a row has besides."""
    shown = {*KIT.channels, *(channel for it in rows for channel in read(it))}
    return tuple(
        Column(key, Said(f"{key} Ct", f"Ct of {key}"), read=lambda it, key=key: _ct(read(it), key))
        for key in CHANNELS
        if key in shown
    )


def _ct(cycles: Mapping[str, float | None], channel: str) -> str | Said:
    if channel not in cycles:
        return NONE
    return Said("无", "none") if cycles[channel] is None else f"{cycles[channel]:g}"


def batches_table(rows: Sequence[ResultBatch], paging: Paging, *, sorted_by: str = "") -> Table:
    href = addresses_of("laboratory-batch")
    columns = (
        Column("entered_at", Said("录入", "Entered"), kind="time", sort="-entered_at"),
        Column("laboratory", Said("实验室", "Laboratory"), read=lambda it: it.laboratory.name, wide=True),
        Column("plate", Said("板", "Plate"), read=lambda it: number_of(it.plate)),
        Column("how", Said("怎么来的", "How it came"), kind="tag",
               read=lambda it: Said("手工", "by hand") if it.is_by_hand else Said("文件", "a file")),
        Column("n_results", Said("结果", "Results"), kind="number", sort="-n_results"),
        Column("n_suspect", Said("阳性或可疑", "Positive or unclear"), kind="number", sort="-n_suspect"),
        Column("n_entered", Said("待第二人录入", "To be typed again"), kind="number"),
        Column("n_checked", Said("待发布", "To be released"), kind="number"),
        Column("n_released", Said("已发布", "Released"), kind="number"),
    )  # fmt: skip
    return Table(
        caption=Said("各批结果", "Lots of results"),
        sorted_by=sorted_by,
        columns=columns,
        rows=rows,
        href=lambda it: href(it.pk),
        paging=paging,
        empty=Said("没有要复核的结果。", "Nothing waits for review."),
        empty_next=Said(
            "结果录入以后，由另一人在这里复核发布。", "Once results are entered, another person reviews them."
        ),
    )


def results_table(rows: Sequence[Result], paging: Paging, *, may_tick: bool, sorted_by: str = "") -> Table:
    href = addresses_of("laboratory-tube")
    columns = (
        Column("tube", Said("管", "Tube"), read=lambda it: it.tube.label, sort="tube"),
        Column(
            "outcome", Said("结果", "Result"), kind="tag", read=lambda it: OUTCOMES[Outcome(it.outcome)], sort="grave"
        ),
        *_cycles(lambda it: it.cycles, rows),
        Column("n_people", Said("人数", "People"), kind="number", read=lambda it: it.tube.n_people),
        Column("plate", Said("板", "Plate"), read=lambda it: number_of(it.plate)),
        Column("step", Said("进展", "How far"), kind="tag", read=_step),
    )
    return Table(
        caption=Said("结果", "Results"),
        sorted_by=sorted_by,
        columns=columns,
        rows=rows,
        href=lambda it: href(it.tube_id),
        paging=paging,
        choose="result" if may_tick else "",
        key=lambda it: str(it.pk),
        empty=Said("没有结果。", "There is no result."),
    )


def _step(it: Result) -> Said:
    said = STEPS_SAID[Step(it.step)]
    if it.disagrees and it.step in (Step.ENTERED, Step.CHECKED):
        said = Said(f"{said.zh}，与另一结果不一致", f"{said.en}; another result says otherwise")
    if it.tube.state == "void":
        said = Said(f"{said.zh}，此管已作废，阴性不算数", f"{said.en}; the tube is void, a negative is nobody's")
    return said


def history_table(rows: Sequence[Result]) -> Table:
    """All results of a tube."""
    batch = addresses_of("laboratory-batch")
    columns = (
        Column("measured_at", Said("检测", "Measured"), kind="time"),
        Column("outcome", Said("结果", "Result"), kind="tag", read=lambda it: OUTCOMES[Outcome(it.outcome)]),
        *_cycles(lambda it: it.cycles, rows),
        Column("laboratory", Said("实验室", "Laboratory"), read=lambda it: it.laboratory.name, wide=True),
        Column("plate", Said("板", "Plate"), read=lambda it: number_of(it.plate)),
        Column("step", Said("进展", "How far"), kind="tag", read=lambda it: STEPS_SAID[Step(it.step)]),
        Column("released_at", Said("发布", "Released"), kind="time"),
        Column("reason", Said("退回或撤回的原因", "Why it went back"), read=lambda it: it.reason or NONE, wide=True),
    )
    return Table(
        caption=Said("这一管的结果", "This tube's results"),
        columns=columns,
        rows=rows,
        href=lambda it: batch(it.batch_id),
        empty=Said("这一管还没有结果。", "This tube has no result yet."),
    )


def consignments_table(rows: Sequence[Consignment], paging: Paging) -> Table:
    href = addresses_of("laboratory-consignment")
    columns = (
        Column("number", Said("批", "No."), read=lambda it: f"{it.number:04}"),
        Column("laboratory", Said("送到", "To"), read=lambda it: it.laboratory.name, wide=True),
        Column("sent_at", Said("送出", "Sent"), kind="time"),
        Column("n_tubes", Said("管数", "Tubes"), kind="number"),
        Column("n_awaited", Said("还没有结果", "Awaited"), kind="number"),
        Column("closed_at", Said("结束", "Done"), kind="time"),
    )
    return Table(
        caption=Said("外送", "Sent out"),
        columns=columns,
        rows=rows,
        href=lambda it: href(it.pk),
        paging=paging,
        empty=Said("还没有外送。", "Nothing was sent out yet."),
        empty_next=Said("忙不过来时，在上面选箱送出去。", "When there is too much to do, choose boxes to send above."),
    )


def sent_tubes_table(rows: Sequence, paging: Paging) -> Table:
    href = addresses_of("laboratory-tube")
    columns = (
        Column("tube", Said("管", "Tube"), read=lambda it: it.tube.label),
        Column("box", Said("箱", "Box"), read=lambda it: it.tube.box.label if it.tube.box else NONE),
        Column("n_people", Said("人数", "People"), kind="number", read=lambda it: it.tube.n_people),
        Column("site", Said("采样点", "Site"), read=lambda it: it.tube.site.name if it.tube.site else NONE, wide=True),
        Column("sealed_at", Said("封管", "Sealed"), kind="time", read=lambda it: it.tube.sealed_at),
        Column("is_open", Said("结果", "Result"), kind="tag",
               read=lambda it: Said("未回", "awaited") if it.is_open else Said("已回或已撤回", "came, or called back")),
    )  # fmt: skip
    return Table(
        caption=Said("送出的管", "Tubes sent"), columns=columns, rows=rows, paging=paging,
        href=lambda it: href(it.tube_id), empty=Said("没有管。", "There is no tube."),
    )  # fmt: skip


def boxes_to_send_table(rows: Sequence[Box]) -> Table:
    columns = (
        Column("label", Said("箱", "Box")),
        Column("site", Said("采样点", "Site"), read=lambda it: it.site.name if it.site else NONE, wide=True),
        Column("round", Said("轮次", "Round"), read=lambda it: it.round.name, wide=True),
        Column("received_at", Said("签收", "Received"), kind="time"),
    )
    return Table(
        caption=Said("可以外送的箱", "Boxes that may be sent"), columns=columns, rows=rows, choose="box",
        key=lambda it: str(it.pk), empty=Said("没有可以外送的箱。", "No box can be sent out."),
        empty_next=Said("已签收、还没有上板的箱会列在这里。", "Boxes received and not begun are listed here."),
    )  # fmt: skip


def order_of(asked: str, known: Mapping[str, str], otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of the database by which `?sort=` orders; of an unknown one, or none, the usual order.

    Parameters
    ----------
    known : what a heading asks for, without its "-" → the column
    """
    column = known.get(asked.lstrip("-"))
    return (f"{'-' if asked.startswith('-') else ''}{column}", "id") if column else otherwise
