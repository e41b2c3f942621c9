"""The same question put to DuckDB: a range join of the stays of cases with everybody's, in memory, on all cores."""

import threading
from typing import Final

import duckdb
import numpy as np

from bench.exposure.visits import CURVE, RULES
from fangxian.core.exposure.columns import Cases, Exposed
from fangxian.core.exposure.index import StayIndex

# Asked of both: each exposed person's seconds in three bands, weight, meetings, places, first and last moment.
ASKED: Final = """
SELECT o.person,
       sum(greatest(0, least(o.sure, c.sure) - greatest(o.begins, c.begins))) AS sure_s,
       sum(greatest(0, least(o.likely, c.likely) - greatest(o.begins, c.begins))) AS likely_s,
       sum(least(o.possible, c.possible) - greatest(o.begins, c.begins)) AS possible_s,
       sum(greatest(0, least(o.likely, c.likely) - greatest(o.begins, c.begins)) * c.rate) AS weight,
       count(*) FILTER (least(o.likely, c.likely) > greatest(o.begins, c.begins)) AS n_meetings,
       count(DISTINCT o.place) FILTER (least(o.likely, c.likely) > greatest(o.begins, c.begins)) AS n_places,
       min(greatest(o.begins, c.begins)) AS first_s,
       max(least(o.likely, c.likely)) AS last_s
FROM case_stays c JOIN stays o
  ON o.place = c.place AND o.begins < c.possible AND o.possible > c.begins AND o.person <> c.person {bucket}
GROUP BY o.person ORDER BY weight DESC, likely_s DESC, possible_s DESC, o.person
"""
CASE_STAYS: Final = """
WITH case_stays AS (
  SELECT s.person, s.place, greatest(s.begins, c.begins_s) AS begins, least(s.sure, c.ends_s) AS sure,
         least(s.likely, c.ends_s) AS likely, least(s.possible, c.ends_s) AS possible,
         a.air / 60 * coalesce(list_extract($curve,
             (floor((greatest(s.begins, c.begins_s) - c.onset_s) / 86400) - $first_day + 1)::INT), 0) AS rate
  FROM stays s JOIN cases c ON s.person = c.person JOIN airs a ON a.place = s.place
  WHERE greatest(s.begins, c.begins_s) < least(s.possible, c.ends_s))
"""
HOUR_S: Final = 3600


class Duck:
    """A database in memory with the stays of an index, in the same order: by place and begin, as narrow as they are."""

    def __init__(self, index: StayIndex) -> None:
        self.connection = duckdb.connect()
        place = np.repeat(np.arange(len(index.places), dtype=np.int32), np.diff(index.begins_of_place))
        starts = index.begins_s
        columns = {
            "person": index.people[index.person].astype(np.int32), "place": place, "begins": starts.astype(np.int32),
            "sure": (starts + index.sure_s).astype(np.int32), "likely": (starts + index.likely_s).astype(np.int32),
            "possible": (starts + index.possible_s).astype(np.int32),
        }  # fmt: skip
        self._table("stays", columns)
        self._table("airs", {"place": np.arange(len(index.air), dtype=np.int32), "air": index.air})

    def _table(self, name: str, columns: dict[str, np.ndarray]) -> None:
        self.connection.register("given", columns)
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
        self.connection.unregister("given")

    def ask(self, cases: Cases, give_up_s: float = 3600, by_hour: bool = False) -> dict[str, np.ndarray] | None:
        """The answer; None when it takes longer. `by_hour` helps it: stays are joined within hours, each once."""
        self._table("cases", dict(cases.columns()))
        alarm = threading.Timer(give_up_s, self.connection.interrupt)
        alarm.start()
        try:
            given = {"curve": list(CURVE), "first_day": RULES.first_day}
            question = self._by_hour() if by_hour else CASE_STAYS + ASKED.format(bucket="")
            return self.connection.execute(question, given).fetchnumpy()
        except duckdb.InterruptException:
            return None
        finally:
            alarm.cancel()

    @staticmethod
    def _by_hour() -> str:
        """Both sides cut into hours; a pair counts in the hour in which its overlap begins."""
        hours = "unnest(range(({t}.begins // 3600)::BIGINT, (({t}.possible - 1) // 3600 + 1)::BIGINT)) AS hour"
        cut = f", c0 AS (SELECT *, {hours.format(t='case_stays')} FROM case_stays)"
        cut += ", near AS (SELECT stays.* FROM stays SEMI JOIN case_stays USING (place))"
        cut += f", o0 AS (SELECT *, {hours.format(t='near')} FROM near)"
        bucket = "AND o.hour = c.hour AND o.hour = greatest(o.begins, c.begins) // 3600"
        asked = ASKED.format(bucket=bucket).replace("case_stays c", "c0 c").replace("stays o", "o0 o")
        return CASE_STAYS + cut + asked


def same(found: Exposed, told: dict[str, np.ndarray]) -> bool:
    """Whether both found the same people with the same seconds, weights, meetings and places."""
    ours, theirs = np.argsort(found.person), np.argsort(told["person"])
    names = ("person", "sure_s", "likely_s", "possible_s", "n_meetings", "n_places")
    whole = all(np.array_equal(getattr(found, name)[ours], told[name][theirs].astype(np.int64)) for name in names)
    return len(ours) == len(theirs) and whole and np.allclose(found.weight[ours], told["weight"][theirs])
