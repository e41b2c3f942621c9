"""What the round_staff room's teams, jobs and trainings are called."""

from collections.abc import Mapping
from typing import Final

from fangxian.core.refusal import Said

TEAMS: Final[Mapping[str, Said]] = {
    "testing": Said("核酸检测队伍", "testing team"),
    "reserve": Said("后备队伍", "reserve"),
}
JOBS: Final[Mapping[str, Said]] = {
    "sampler": Said("采样", "sampler"),
    "helper": Said("登记、协助", "helper"),
    "laboratory": Said("检测", "laboratory"),
}
TRAININGS: Final[Mapping[str, Said]] = {
    "sampling": Said("采样操作", "taking samples"),
    "protection": Said("个人防护", "protection"),
    "laboratory": Said("实验室检测", "laboratory work"),
}
LABORATORY: Final = Said("实验室", "the laboratory")
