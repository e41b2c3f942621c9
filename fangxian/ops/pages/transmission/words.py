"""What is said of chains: doubts about a case, who infected it, and the lists that a filter offers."""

from collections.abc import Mapping
from uuid import UUID

from fangxian.core.refusal import Said
from fangxian.ops.cases.vocabulary import CERTAINTIES, SETTINGS
from fangxian.ops.pages.words import joined
from fangxian.ops.situation.transmission import SeenChains

NOBODY_KNOWN = Said("不知由谁传染", "infector not known")
ELSEWHERE = Said("外地病例", "a case elsewhere")
DOUBTS: Mapping[str, Said] = {
    "unlinked": Said("没有任何传播关系", "no link to anybody"),
    "undecided": Said("有几个同样可能的传染来源", "several infectors, equally likely"),
    "backwards": Said("比传染来源先发病", "fell ill before the infector"),
    "circle": Said("互相传染，自相矛盾", "in a circle: infected one another"),
    "undated": Said("发病和采样日期都不明", "neither onset nor sample has a day"),
}


def number_said(seen: SeenChains, key: UUID) -> Said:
    number = seen.cases[key].number
    return Said(number, number) if number else ELSEWHERE


def number_unbroken(seen: SeenChains, key: UUID) -> Said:
    """For a column as narrow as a phone's: no line ends within it."""
    said = number_said(seen, key)
    return Said(said.zh.replace("-", "-\u2060"), said.en.replace("-", "-\u2060"))


def infector_said(seen: SeenChains, key: UUID) -> Said:
    """By whom, the likeliest first, each with how sure that is."""
    links = seen.chains.infectors[key]
    if not links:
        return NOBODY_KNOWN
    parts = []
    for link in links:
        number, sure = number_unbroken(seen, link.infector), CERTAINTIES[seen.links[link.infector, key].certainty]
        parts.append(Said(f"{number.zh}（{sure.zh}）", f"{number.en} ({sure.en})"))
    named = joined(parts)
    return Said(f"传染来源 {named.zh}", f"infected by {named.en}")


def doubts_of(seen: SeenChains, key: UUID) -> list[str]:
    """Keys of DOUBTS that hold of a case."""
    return [doubt for doubt in DOUBTS if key in seen.doubtful[doubt]]


def doubts_said(seen: SeenChains, key: UUID) -> list[Said]:
    return [DOUBTS[doubt] for doubt in doubts_of(seen, key) if doubt != "unlinked"]


def settings_of(seen: SeenChains, key: UUID) -> Said:
    """Where it happened, by the likeliest link."""
    links = seen.chains.infectors[key]
    return SETTINGS[seen.links[links[0].infector, key].setting] if links else Said("", "")
