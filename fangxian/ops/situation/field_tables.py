"""What a phone takes to a sampling table (采样台): the rounds and sites at which its account samples, and of one site
whoever is to come there, so that a day without a network goes by names.

Of a document twelve bits of a digest of its last six signs go along: enough to find whoever left their slip at home
among a site's two thousand, beside one other at most as a rule, and the sampler goes by name and face. Of a million
endings some 240 have one digest, so that the roster alone tells nobody's. It narrows: who knows somebody's birthday as
well is left with three or so, and where they were born too, as a rule with theirs (docs/decisions/0018).
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.lab.barcodes import plain_number
from fangxian.ops.lab.field_queries import (
    Expected,
    Sampled,
    expected_at,
    rounds_at_tables,
    sampled_of,
    site_at_tables,
    sites_at_tables,
)
from fangxian.ops.lab.members import same_people
from fangxian.ops.lab.queries import PLAN, SAMPLE
from fangxian.ops.lab.refusals import no_site, not_yours_to_do
from fangxian.ops.lab.words import DISCREPANCIES, REASONS
from fangxian.ops.people.queries import phone_of_account
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.results.queries import STATES, waiting_or_held
from fangxian.ops.round_staff.queries import sites_on_duty

MOST_EXPECTED: Final = Parameter(
    value=6000, unit="people", low=2000, high=10_000,
    meaning="How many people of one site a phone takes along",
    source="a guess: twice the 3,000 of the guideline's largest site (domain.md §4.1); 300 kB on the phone",
)  # fmt: skip
LAST_SIGNS: Final = 6
DIGEST_SIGNS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRoster:
    """Who is to come to a site, as the phone reads it; `subjects` are the people it names, for the log of views."""

    told: dict[str, object]
    subjects: tuple[str, ...]


def tables_of(account: Account) -> dict[str, object] | None:
    """The rounds with the sites at which an account may sample; None for whoever samples nowhere."""
    plans = may(account, PLAN, the_realm().division_code)
    if not (plans or may(account, SAMPLE)):
        return None
    rounds = rounds_at_tables()
    own = _on_duty(account, [row.pk for row in rounds])
    sites: dict[UUID, list[dict[str, object]]] = {}
    for it in sites_at_tables([row.pk for row in rounds]):
        if plans or may(account, SAMPLE, it.area_path):
            told: dict[str, object] = {"id": str(it.pk), "name": it.name}
            if it.pk in own:
                told |= {"is_own": True} | ({} if own[it.pk] else {"is_in_doubt": True})
            sites.setdefault(it.round_id, []).append(told)
    return {
        "rounds": [
            {
                "id": str(it.pk),
                "name": it.name,
                "is_open": it.state == it.State.OPEN,
                "size": it.pool_size,
                "begins_at": localtime(it.begins_at).isoformat(timespec="seconds"),
                "sites": sites[it.pk],
            }
            for it in rounds
            if it.pk in sites
        ],
        "reasons": [{"key": key, **_both(said)} for key, said in REASONS.items()],
        # What is to be done about each thing that does not go together: the answers to a phone say only what it is.
        "doubts": {key: _both(todo) for key, (_, todo) in DISCREPANCIES.items()},
    }


def _on_duty(account: Account, rounds: list[UUID]) -> dict[UUID, bool]:
    """Where its holder is set to stand, or stands, and whether it is surely they: by name, unit and phone of the
    round's staff.
    """
    if not rounds:
        return {}
    name, phone = account.display_name, phone_of_account(account.pk)
    return sites_on_duty(rounds, name=name, unit=account.unit.name_zh, phone=phone, at=county_now())


def roster_of_site(account: Account, site: UUID) -> SiteRoster:
    """Who is to come to a site at which the account may sample.

    Refuses
    -------
    lab.site_unknown, lab.not_yours_to_do
    """
    row = site_at_tables(site)
    if row is None:
        raise no_site()
    if not (may(account, SAMPLE, row.area_path) or may(account, PLAN, the_realm().division_code)):
        raise not_yours_to_do()
    people, sampled = expected_at(row, MOST_EXPECTED.value), sampled_of(row)
    called = _called_back({it.place for it in people})
    told = {
        "site": str(row.pk),
        "round": str(row.round_id),
        "people": [_told(it, sampled.get(it.place), called.get(it.place, ""), row.pk) for it in people],
    }
    return SiteRoster(told=told, subjects=tuple(f"person:{it.person}" for it in people if it.person))


def _called_back(places: set[UUID]) -> dict[UUID, str]:
    """Of these who is to be sampled anew: `own`, in a tube of their own, whatever else they are called back for;
    `again`, in any (no hold belongs to it).
    """
    rows = [it for it in waiting_or_held() if it.state in (STATES.AWAITED, STATES.HELD)]
    same, found = same_people({it.place for it in rows}) if rows else {}, dict[UUID, str]()
    for it in rows:
        for place in same.get(it.place, {it.place}) & places:
            found[place] = "own" if it.is_held or found.get(place) == "own" else "again"
    return found


def _told(it: Expected, sampled: Sampled | None, called: str, site: UUID) -> list[str]:
    """[token, name, digest of the document, stage, class or unit, when and where they were sampled, whether they are
    called back], cut at the end.
    """
    at, where = (localtime(sampled.at).isoformat(timespec="minutes"), sampled.site) if sampled else ("", "")
    row = [it.token, it.name, digest_of(site, it.document_number), it.stage, it.group, at, where, called]
    while not row[-1]:
        row.pop()
    return row


def digest_of(site: UUID, document_number: str) -> str:
    """What finds a document by its last six signs: web/src/core/tableRoster.ts makes the same. "": it has fewer."""
    last = plain_number(document_number)[-LAST_SIGNS:]
    return sha256(f"{site}:{last}".encode()).hexdigest()[:DIGEST_SIGNS] if len(last) == LAST_SIGNS else ""


def _both(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}
