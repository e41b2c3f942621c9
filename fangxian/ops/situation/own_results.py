"""Results of somebody's swabs in screening rounds, as they themselves read them (我的检测结果)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.laboratory.following import Next
from fangxian.core.laboratory.judging import Outcome
from fangxian.core.refusal import Said
from fangxian.ops.documents.queries import issued_about
from fangxian.ops.lab.members import places_of_person, swabs_of_people, tubes_with
from fangxian.ops.movement.queries import TestKnown, test_of
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now
from fangxian.ops.results.queries import STATES, CallBack, Told, call_backs_of, told_to
from fangxian.ops.results.wire import OUTCOMES

from .call_backs import lapses_of

MOST = 60
ALONE, SHARED = Said("单人单管", "a tube of your own"), Said("混管", "a shared tube")


@dataclass(frozen=True, slots=True)
class OwnResult:
    """One thing that somebody was told. `to_do`: what it means for them, None where nothing follows.

    `paper` is the number of a slip that was printed of it, and `proof` the text of its code.
    """

    told: Told
    round_name: str
    tube: str
    alone: Said
    found: Said
    to_do: Said | None
    tone: str
    paper: str
    proof: str

    @property
    def is_taken_back(self) -> bool:
        return self.told.ended_at is not None

    @property
    def reported_at(self) -> datetime:
        return self.told.result.released_at


@dataclass(frozen=True, slots=True)
class Awaited:
    """A swab of which no result was told yet."""

    taken_at: datetime
    tube: str
    round_name: str


TO_DO: Mapping[str, Said] = {
    Next.HOLD_AND_CALL_BACK: Said(
        "这不代表您已感染。请尽快到任一采样点单独采一管，结果阴性后健康码自动转绿，不用再办任何手续。",
        "It does not mean that you are infected. Go to any sampling site soon and have a tube of your own taken; when "
        "it is negative your code turns green by itself, and there is nothing else to do.",
    ),
    Next.HOLD_AND_SECOND_LABORATORY: Said(
        "这还不是确诊。请留在原地，等候另一家实验室复核和通知；急救就医不受影响。",
        "It is no diagnosis. Stay where you are until a second laboratory has tested; emergency care is open to you.",
    ),
    Next.CALL_BACK: Said(
        "这管样本检测不出结果，不影响健康码。请再到采样点采一次。",
        "This tube gave no result, and your code is not touched. Go to a sampling site once more.",
    ),
}
AGAIN: Mapping[str, Said] = {
    STATES.SAMPLED: Said("您已单独复采，正在等结果。", "You were sampled alone; the result is awaited."),
    STATES.FREE: Said("您单独复采为阴性，这条已解除。", "Your own tube was negative: this is over."),
    STATES.HELD: Said("您单独复采的一管另有结果，见上。", "Your own tube has a result of its own, above."),
}
LAPSED = Said(
    "黄码已于 {at} 到期，健康码不再受这条影响；但还不知道您是否感染，请仍到任一采样点单独采一管。",
    "The hold of this lapsed {at} and your code is no longer touched by it; but nobody knows yet whether you are "
    "infected. Please still have a tube of your own taken at any sampling site.",
)
TAKEN_BACK = Said(
    "实验室撤回了这条结果，它不再有效，健康码已重新计算。", "The laboratory took this back: it holds no more."
)


def own_results(person: Person) -> tuple[list[OwnResult], list[Awaited]]:
    """What somebody was told, the newest first, and which of their swabs have no result yet."""
    places = {it.pk: it for it in places_of_person(person.pk)}
    rows = list(told_to(list(places))[:MOST])
    backs = {(it.result_id, it.place): it for it in call_backs_of(places)}
    lapses = lapses_of(list(backs.values()), {pk: it.round.disease for pk, it in places.items()})
    swabs = {swab for some in swabs_of_people(list(places)).values() for swab in some}
    tubes = tubes_with({it.tube for it in rows} | {it.tube for it in swabs})
    papers = issued_about([subject_of(it.pk) for it in rows])
    found = [_result(it, places[it.place], tubes, backs.get((it.result_id, it.place)), papers, lapses) for it in rows]
    known, names = (
        {it.tube for it in rows if it.ended_at is None},
        {it.round_id: it.round.name for it in places.values()},
    )
    told = {it.of for it in swabs if it.tube in known}  # whichever of its labels the result came for
    waiting = [
        Awaited(it.taken_at, tubes[it.tube].label, names.get(tubes[it.tube].round, ""))
        for it in sorted(swabs, key=lambda it: it.taken_at, reverse=True)
        if it.tube == it.of and it.of not in told and it.tube in tubes
    ]
    return found, waiting


def own_result(person: Person, told: UUID) -> OwnResult | None:
    """One of them; None where it is nobody's or somebody else's."""
    found, _ = own_results(person)
    return next((it for it in found if it.told.pk == told), None)


def test_elsewhere(person: Person, results: Sequence[OwnResult]) -> TestKnown | None:
    """The newest test known of somebody, where no round's tube told it; None else."""
    known = test_of(person.pk)
    told = {(it.told.sampled_at, it.told.result.laboratory) for it in results}
    return known if known is not None and (known.sampled_at, known.source) not in told else None


def subject_of(told: UUID) -> str:
    return f"told:{told}"


def _result(
    it: Told,
    place,
    tubes,
    back: CallBack | None,
    papers: Mapping[str, Sequence],
    lapses: Mapping[UUID, datetime],
) -> OwnResult:
    outcome, paper = it.result.outcome, next(iter(papers.get(subject_of(it.pk), ())), None)
    bad = outcome not in (Outcome.NEGATIVE, Outcome.INVALID, Outcome.RE_TEST)
    own = it.next in (Next.HOLD_AND_SECOND_LABORATORY,) or it.result.n_members == 1
    to_do = TAKEN_BACK if it.ended_at else AGAIN.get(back.state if back else "") or TO_DO.get(it.next)
    lapses_at = lapses.get(back.pk) if back and back.state == STATES.AWAITED else None
    if not it.ended_at and lapses_at is not None and lapses_at <= county_now():
        at = localtime(lapses_at).strftime("%m-%d %H:%M")
        to_do = Said(LAPSED.zh.format(at=at), LAPSED.en.format(at=at))
    return OwnResult(
        told=it,
        round_name=place.round.name,
        tube=tubes[it.tube].label if it.tube in tubes else "",
        alone=ALONE if own else SHARED,
        found=OUTCOMES[outcome],
        to_do=to_do,
        tone="alarm" if bad and not it.ended_at and not (back and back.state == STATES.FREE) else "info",
        paper=paper.number if paper else "",
        proof=paper.proof if paper else "",
    )
