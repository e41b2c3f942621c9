"""Who infected whom, as far as a reader may see: the cases of their area, the links on record, and what follows.

A link has two ends, and one of them may live outside the reader's area. It is then there, without number or day, so
that the tree holds together; a link between two such cases is not there at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

import numpy as np
from django.db.models import Count
from django.utils.timezone import localtime

from fangxian.core.exposure.chains import Chains, Link, serial_interval_days, trace_chains
from fangxian.core.exposure.tree import NO_DAY
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.cases import queries as cases
from fangxian.ops.cases.vocabulary import CERTAINTIES
from fangxian.ops.cases.wire import Link as CaseLink
from fangxian.ops.measures.queries import rulebooks_by_disease

# The vocabulary lists them from the surest down; core wants a larger number for the surer one.
SURENESS = {key: len(CERTAINTIES) - nth for nth, key in enumerate(CERTAINTIES)}
EXCLUDED = "excluded"
COLUMNS = ("id", "number", "onset_on", "first_positive_sampled_at", "state", "person_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCase:
    """A case as the tree knows it: no name, no address.

    Attributes
    ----------
    number : "" for a case outside the reader's area, of whom nothing else is told either
    onset_on : None where it is not known, and for somebody without symptoms
    stands_on : the day it is drawn at: of onset, else of the first positive sample; None if neither is known
    person : on the register, if the case is
    """

    id: UUID
    number: str = ""
    onset_on: date | None = None
    stands_on: date | None = None
    state: str = ""
    person: UUID | None = None

    @property
    def is_elsewhere(self) -> bool:
        return not self.number

    @property
    def is_by_sample(self) -> bool:
        return self.onset_on is None and self.stands_on is not None


@dataclass(frozen=True, kw_only=True)
class SeenChains:
    """One disease's chains, as one reader may see them.

    Attributes
    ----------
    cases : those seen, by id; cases that only a link names are in it too
    links : those seen, with setting and certainty, by (infector, infected)
    n_with_excluded : links left out, because a case at one end was excluded
    """

    disease: str
    cases: Mapping[UUID, ChainCase]
    links: Mapping[tuple[UUID, UUID], CaseLink]
    chains: Chains[UUID]
    n_with_excluded: int

    @cached_property
    def linked(self) -> list[tuple[UUID, ...]]:
        """The clusters of two and more, the largest first."""
        return [cluster for cluster in self.chains.clusters if len(cluster) > 1]

    @cached_property
    def doubtful(self) -> Mapping[str, frozenset[UUID]]:
        """The cases of whom each doubt holds; all at once, since each page counts them all.

        unlinked   no link to anybody
        undecided  several infectors, equally likely
        backwards  fell ill before an infector
        circle     infected one another in a circle
        undated    neither onset nor sample has a day
        """
        chains, infected = self.chains, self.chains.infected
        return {
            "unlinked": frozenset(key for key, links in chains.infectors.items() if not (links or infected[key])),
            "undecided": chains.undecided,
            "backwards": frozenset(it.infected for it in chains.links if (serial_interval_days(chains, it) or 0) < 0),
            "circle": frozenset(key for circle in chains.circles for key in circle),
            "undated": frozenset(
                case.id for case in self.cases.values() if case.stands_on is None and not case.is_elsewhere
            ),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Some cases as `core.exposure.tree` wants them, in the order of their numbers."""

    keys: list[UUID]
    infector: np.ndarray
    day: np.ndarray


def diseases_seen_by(account: Account, at: datetime) -> dict[str, Said]:
    """The diseases a reader may see cases of, most cases first; then those of rulebooks in force. Two queries."""
    found = cases.within(account).exclude(state=EXCLUDED).order_by()
    counted = found.values_list("disease").annotate(n=Count("*")).order_by("-n", "disease")
    names = {key: book.disease.name for key, book in rulebooks_by_disease(at).items()}
    seen = [key for key, _ in counted]
    return {key: names.get(key, Said(key, key)) for key in (*seen, *sorted(names.keys() - set(seen)))}


def chains_seen_by(account: Account, disease: str, *, setting: str = "") -> SeenChains:
    """The chains of one disease. Three queries, and one more for each 500 cases that only links name.

    Parameters
    ----------
    setting : only links of that setting; the cases stay
    """
    seen = {case.id: case for case in map(_case, cases.within(account).filter(disease=disease).values_list(*COLUMNS))}
    told = [link for link in cases.links(disease) if link.infector in seen or link.infected in seen]
    strangers = _strangers({end for link in told for end in (link.infector, link.infected)} - seen.keys())
    found = seen | strangers
    links: dict[tuple[UUID, UUID], CaseLink] = {}
    n_with_excluded = 0
    for link in told:
        infector, infected = found.get(link.infector), found.get(link.infected)
        if infector is None or infected is None or EXCLUDED in (infector.state, infected.state):
            n_with_excluded += 1
        elif setting in ("", link.setting):
            links[link.infector, link.infected] = link
    counted = [case for case in seen.values() if case.state != EXCLUDED]
    onset = {key: case.onset_on for key, case in found.items()}
    believed = [Link(*pair, SURENESS[link.certainty]) for pair, link in links.items()]
    chains = trace_chains(_by_number(counted), believed, onset)
    return SeenChains(
        disease=disease, cases={key: found[key] for key in chains.cases}, links=links, chains=chains,
        n_with_excluded=n_with_excluded,
    )  # fmt: skip


def chain_cases(account: Account, ids: Iterable[UUID]) -> dict[UUID, ChainCase]:
    """Those of these cases that a reader may see. One query for each 500."""
    wanted, found = sorted(ids), {}
    for start in range(0, len(wanted), 500):
        rows = cases.within(account).filter(pk__in=wanted[start : start + 500])
        found |= {case.id: case for case in map(_case, rows.values_list(*COLUMNS))}
    return found


def n_cases_seen(account: Account, disease: str) -> int:
    """How many cases of a disease a reader may see, those excluded left out."""
    return cases.within(account).filter(disease=disease).exclude(state=EXCLUDED).count()


def branch_of(seen: SeenChains, keys: Iterable[UUID]) -> Branch:
    """These cases as arrays; an infector who is not among them is left out, so that its infected are first cases."""
    wanted = set(keys)
    chosen = [key for key in seen.chains.cases if key in wanted]
    place = {key: nth for nth, key in enumerate(chosen)}
    infector = [place.get(seen.chains.infector[key], -1) for key in chosen]
    days = [seen.cases[key].stands_on for key in chosen]
    return Branch(
        keys=chosen,
        infector=np.array(infector, dtype=np.int64),
        day=np.array([NO_DAY if day is None else day.toordinal() for day in days], dtype=np.int64),
    )


def infected_after(seen: SeenChains, first: UUID) -> list[UUID]:
    """A case and everybody after it in the chains of likeliest infectors."""
    below: dict[UUID, list[UUID]] = {}
    for key, above in seen.chains.infector.items():
        if above is not None:
            below.setdefault(above, []).append(key)
    found = [first]
    for key in found:  # grows while it is walked
        found.extend(below.get(key, ()))
    return found


def _case(row: tuple) -> ChainCase:
    key, number, onset_on, sampled_at, state, person = row
    stands_on = onset_on or (sampled_at and localtime(sampled_at).date())
    return ChainCase(id=key, number=number, onset_on=onset_on, stands_on=stands_on, state=state, person=person)


def _by_number(found: Iterable[ChainCase]) -> list[UUID]:
    return [case.id for case in sorted(found, key=lambda case: case.number)]


def _strangers(ids: set[UUID]) -> dict[UUID, ChainCase]:
    """Cases of links that the reader does not see: without anything of them but whether they still count."""
    rows = cases.cases_with(ids, only=["state"]) if ids else {}
    return {key: ChainCase(id=key, state=EXCLUDED if row.state == EXCLUDED else "") for key, row in rows.items()}
