"""Why a row of an instrument's file, or a tube in it, is not taken."""

from collections.abc import Iterable
from datetime import datetime

from fangxian.core.refusal import Refusal


def no_channel(found: str, channels: Iterable[str]) -> Refusal:
    return Refusal(
        "laboratory.no_channel",
        zh="通道“{found}”不是本试剂的通道。应为：{channels}。请核对所选的试剂，或把仪器里的通道改名后重新导出。",
        en="The channel “{found}” is none of this kit's. They are {channels}. See whether the right kit was chosen, or "
        "rename the channel on the instrument and export it again.",
        found=found,
        channels=", ".join(channels),
    )


def ct_unreadable(found: str, most: int) -> Refusal:
    return Refusal(
        "laboratory.ct_unreadable",
        zh="Ct 值“{found}”看不懂。应为 0 到 {most} 之间的数字，没有曲线写 NoCt 或留空。请改正后重新上传。",
        en="The Ct “{found}” cannot be read. It should be a number up to {most}, or NoCt or nothing where no curve "
        "rose. Correct it and upload the file again.",
        found=found,
        most=most,
    )


def two_values(channel: str, first: float | None, second: float | None, row_number: int) -> Refusal:
    return Refusal(
        "laboratory.two_values",
        zh="同一管的 {channel} 有两个 Ct：{first} 和 {second}（第一次见于第{first_row}行的样本）。应只有一个。"
        "可能同一条码放了两个孔。请核对布板，重新检测该管。",
        en="{channel} of one tube has two Ct, {first} and {second} (it first stands in row {first_row}). There should "
        "be one. Its barcode may be in two wells: look at the plate, and test the tube again.",
        channel=channel,
        first="NoCt" if first is None else first,
        second="NoCt" if second is None else second,
        first_row=row_number,
    )


def nameless() -> Refusal:
    return Refusal(
        "laboratory.nameless_curve",
        zh="有曲线的孔没有样本号，不知道是谁的，没有收。有样本的孔都应写条码。请按布板补上条码后重新导出。",
        en="A well with a curve has no sample name, so nobody knows whose it is. Every well with a sample should carry "
        "its barcode. Fill it in by the plate map and export the file again.",
    )


def incomplete(sample: str, missing: Iterable[str]) -> Refusal:
    return Refusal(
        "laboratory.channels_missing",
        zh="样本“{sample}”缺少通道 {missing}，没有判读。每个样本应有试剂的全部通道。"
        "文件可能被截断，请重新导出完整的文件。",
        en="The sample “{sample}” lacks {missing} and was not judged. Each should have every channel of the kit. The "
        "file may be cut off: export it whole again.",
        sample=sample,
        missing=", ".join(missing),
    )


def no_such_tube(sample: str, alike: str) -> Refusal:
    if alike:
        return Refusal(
            "laboratory.tube_misread",
            zh="没有接收过试管“{sample}”，但有“{alike}”，只差字母 O 与数字 0 之类或空格。条码应逐字相同。"
            "请核对管上的条码，改正后重新上传。",
            en="No tube “{sample}” was received, but “{alike}” was, which differs by a letter O for a zero or the "
            "like, or a space. A barcode should be the same to the letter. Look at the tube, and correct the file.",
            sample=sample,
            alike=alike,
        )
    return Refusal(
        "laboratory.unknown_tube",
        zh="没有接收过试管“{sample}”，结果没有收。应是本实验室接收的试管。请核对条码；若箱子还没有接收，请先接收。",
        en="No tube “{sample}” was received, so its result was not taken. It should be one this laboratory has. Look "
        "at the barcode; if its box is not yet received, receive that first.",
        sample=sample,
    )


def not_sampled_yet(sample: str, sampled_at: datetime | None, measured_at: datetime) -> Refusal:
    if sampled_at is None:
        return Refusal(
            "laboratory.sampling_awaited",
            zh="试管“{sample}”的采样记录还没有上传，结果先不收。应先有采样，再有结果。请让采样点联网上传后再导入。",
            en="The sampling of tube “{sample}” has not come in yet, so its result waits. Sampling should be known "
            "before a result. Have the site's phone sent online, and import the file again.",
            sample=sample,
        )
    return Refusal(
        "laboratory.result_before_sample",
        zh="试管“{sample}”的结果（{measured_at:%m-%d %H:%M}）早于采样（{sampled_at:%m-%d %H:%M}），没有收。"
        "结果应在采样之后。请核对条码是否重复使用、仪器时钟是否正确。",
        en="The result of tube “{sample}” ({measured_at:%m-%d %H:%M}) is earlier than its sampling "
        "({sampled_at:%m-%d %H:%M}), and was not taken. See whether the barcode was used before, and whether the "
        "instrument's clock is right.",
        sample=sample,
        measured_at=measured_at,
        sampled_at=sampled_at,
    )
