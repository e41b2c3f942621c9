"""What steps, levers, kits and the areas of a site are called."""

from collections.abc import Mapping
from typing import Final

from fangxian.core.refusal import Said

STEPS_SAID: Final[Mapping[str, Said]] = {
    "sampling": Said("采样", "sampling"),
    "transport": Said("转运", "transport"),
    "extraction": Said("提取", "extraction"),
    "amplification": Said("扩增", "amplification"),
    "": Said("都已上机", "all are in the machines"),
}
LEVERS_SAID: Final[Mapping[str, Said]] = {
    "extractor": Said("增加提取仪（96 通道）", "one more extractor (96)"),
    "amplifier": Said("增加扩增仪（96 孔）", "one more amplifier (96)"),
    "shift": Said("实验室加一班", "one more shift in the laboratory"),
    "tables": Said("每个点增加采样台", "one more table at every site"),
    "pick_ups": Said("转运加密一倍", "boxes fetched twice as often"),
    "pool_20": Said("改为 20 合 1", "20 to a tube"),
    "outside": Said("送外部实验室", "an outside laboratory"),
}
KITS_SAID: Final[Mapping[str, Said]] = {
    "tubes": Said("采样管", "tubes"),
    "swabs": Said("拭子", "swabs"),
    "extraction_kits": Said("提取试剂", "extraction kits"),
    "amplification_kits": Said("扩增试剂", "amplification kits"),
    "suits": Said("防护服", "suits"),
}

# The areas of a sampling site (national guideline: waiting, collection, buffer, temporary isolation; domain.md §4.1).
ZONES_SAID: Final[Mapping[str, Said]] = {
    "waiting": Said("等候区", "waiting area"),
    "registration": Said("信息登记区", "registration area"),
    "sampling": Said("采集区", "sampling area"),
    "buffer": Said("缓冲区", "buffer area"),
    "isolation": Said("临时隔离区", "temporary isolation area"),
}
ZONES_NEEDED: Final = ("waiting", "registration", "sampling", "buffer")


def steps_said(steps: Mapping[str, int]) -> Said:
    """A set of levers in words; nothing pulled is as planned."""
    if not steps:
        return Said("按原计划", "as planned")
    each = [(LEVERS_SAID[name], n) for name, n in steps.items()]
    return Said(
        " + ".join(f"{said.zh}×{n}" if n > 1 else said.zh for said, n in each),
        " + ".join(f"{said.en} ×{n}" if n > 1 else said.en for said, n in each),
    )
