"""A fresh process asked its first question: seconds of the imports, of the first answer, and of the second."""

import sys
import time
from itertools import pairwise

began = time.perf_counter()
from bench.exposure.visits import RULES, cases_of, generate  # noqa: E402
from fangxian.core.exposure.index import index_visits  # noqa: E402
from fangxian.core.exposure.search import find_exposed  # noqa: E402


def main(engine: str) -> None:
    moments, few = [began, time.perf_counter()], generate(10_000)
    cases = [cases_of(few, 1), cases_of(few, 300)]
    moments[-1:] = [time.perf_counter()]
    for _ in range(2):
        index = index_visits(few.visits, few.venues, engine=engine)
        for some in cases:
            find_exposed(index, some, rules=RULES, engine=engine)
        moments.append(time.perf_counter())
    print(*(later - sooner for sooner, later in pairwise(moments)))


if __name__ == "__main__":
    main(sys.argv[1])
