"""What an address of the tree asks for: which chains, which of their cases, and the pictures of them.

`?disease=` `?setting=` `?cluster=` (the number of its first case) `?from=` (a case: it and everybody after it)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode
from uuid import UUID

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.pages.transmission.drawing import Drawing, Picture, draw
from fangxian.ops.pages.transmission.forms import TransmissionFilter
from fangxian.ops.pages.transmission.tables import clusters_said
from fangxian.ops.pages.words import said
from fangxian.ops.situation.transmission import (
    Branch,
    SeenChains,
    branch_of,
    chains_seen_by,
    diseases_seen_by,
    infected_after,
)

DRAWN_AT_FIRST = 120  # with a script the rest opens in its place, without one case by case
MOST_IN_A_PICTURE = 20_000
FILTERS = ("disease", "setting", "cluster")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`first`: the case everything shown comes after, if one was asked for; `keys`: the cases that are shown."""

    form: TransmissionFilter
    seen: SeenChains
    keys: Sequence[UUID]
    first: UUID | None

    @property
    def filters(self) -> dict[str, str]:
        """The address's own fields that say something."""
        return {name: value for name in FILTERS if (value := self.form.chosen(name))}

    @property
    def query(self) -> str:
        """The same chains again, for another address."""
        return urlencode(self.filters | ({"from": str(self.first)} if self.first else {}))

    @property
    def whole_query(self) -> str:
        """The same without the case it was narrowed to."""
        return urlencode(self.filters)

    @cached_property
    def branch(self) -> Branch:
        """What is shown, as arrays: the picture is drawn of them, and the rows are in their order."""
        return branch_of(self.seen, self.keys)

    @property
    def title(self) -> str:
        named = dict(self.form.fields["disease"].choices).get(self.seen.disease, self.seen.disease)
        n = len(self.keys)
        return said(f"传播链：{named}，{n} 例", f"Transmission: {named}, {n} cases")

    def whole(self, *, widest: float | None = None) -> Drawing:
        """Refuses `transmission.too_many` where that would be no picture any more."""
        if len(self.keys) > MOST_IN_A_PICTURE:
            raise Refusal(
                "transmission.too_many",
                zh="选中的传播链有 {n} 例，一张图最多画 {most} 例。应先选其中一条；请在“传播链”里选定后再导出。",
                en="The chosen chains have {n} cases, and one picture holds {most} at most. It should be one of the "
                "clusters: choose one and export again.",
                n=len(self.keys),
                most=MOST_IN_A_PICTURE,
            )
        return draw(self.seen, self.branch, widest=widest)

    def folded(self) -> Picture:
        opens = f"?{urlencode(self.filters)}&from="
        return Picture(draw(self.seen, self.branch, most=DRAWN_AT_FIRST), self.title, opens)


def asked_of(address, account: Account, at: datetime) -> Asked:
    """From the fields of an address. What it names and is not there means: all."""
    diseases = diseases_seen_by(account, at)
    form = TransmissionFilter(address, diseases=diseases)
    form.full_clean()
    disease = form.chosen("disease") or next(iter(diseases), "")
    seen = chains_seen_by(account, disease, setting=form.chosen("setting"))
    form.with_clusters(clusters_said(seen))
    by_first = {seen.cases[cluster[0]].number: cluster for cluster in seen.linked}
    cluster = by_first.get(form.chosen("cluster"))
    first = _case_in(seen, address.get("from", ""))
    if first:
        keys = infected_after(seen, first)
    else:
        keys = list(cluster) if cluster else [key for cluster in seen.linked for key in cluster]
    return Asked(form=form, seen=seen, keys=keys, first=first)


def _case_in(seen: SeenChains, text: str) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if found in seen.cases else None
