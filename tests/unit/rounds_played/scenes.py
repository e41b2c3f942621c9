"""By hand: a small round to be played, with everything going wrong in it that can."""

from functools import cache

import numpy as np

from fangxian.core.drill.rounds.mishaps import Mishaps
from fangxian.core.drill.rounds.scene import Scene, Somebody, Stand
from fangxian.core.drill.rounds.script import Script, play

MUCH = Mishaps(later=0.1, excused=0.05, refuses=0.02, missing=0.02, strangers=0.03)


def scene(n_stands=3, n_people=130, n_alone=6) -> Scene:
    stands = tuple(
        Stand(
            name=f"第{stand + 1}小学",
            area_path="141027" + f"10000{stand + 1}",
            people=tuple(
                Somebody(name=f"甲{nth}", document_number=f"999{stand:05}{nth:010}", alone=nth < n_alone)
                for nth in range(n_people)
            ),
        )
        for stand in range(n_stands)
    )
    return Scene(stands=stands, areas=("141027",), size=10, has_lists=True)


@cache
def script(seed=1, number=7) -> Script:
    return play(scene(), MUCH, np.random.default_rng(seed), number=number)
