"""What it costs the county to retire a key, in people, doors and papers: told before anybody does it."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from fangxian.core.refusal import Said
from fangxian.ops.audit.queries import lines, told
from fangxian.ops.documents.queries import n_signed_with
from fangxian.ops.movement.queries import n_with_documents
from fangxian.ops.places.queries import gate_devices, gate_venues
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.keys import Key, Purpose

from .door_bundle import BUNDLE_LASTS
from .issue_codes import QR_LASTS

CARD_PRINTED = "people.card_printed"
PHONES_REFRESH = Said(
    "签名和封记的密钥一起作废：此前打开的手机码要刷新后才能用，手机在 {minutes} 分钟内会自行刷新。",
    "Signature and seal go together: codes opened before count only once they are refreshed, which phones do by "
    "themselves within {minutes} min.",
)
CARDS_END = Said(
    "注意：{n} 张纸质卡的封记和签名都不再有效，在重印之前到处都不能用，持卡人须核对证件、人工登记。",
    "MIND: of {n} paper cards neither seal nor signature counts any more. They are good nowhere until printed anew; "
    "their holders are registered by hand.",
)


def cards_under(key: Key) -> set[UUID]:
    """Whose last paper card was made with that card key, or signed by that signer."""
    place = 1 if key.purpose is Purpose.SIGNING else 0
    return {person for person, made_with in _last_cards().items() if made_with[place] == key.id}


def cards_that_end(keys: Sequence[Key]) -> set[UUID]:
    """Whose last card has nothing left to prove it once these keys are retired: neither its seal nor its signature."""
    ring = the_realm().keys
    card_keys, signers = (
        {key.id for key in (*ring.retired(purpose), *keys) if key.purpose is purpose}
        for purpose in (Purpose.CARDS, Purpose.SIGNING)
    )
    return {
        person for person, (card_key, signer) in _last_cards().items() if card_key in card_keys and signer in signers
    }


def _last_cards() -> dict[UUID, tuple[int, int]]:
    """Of each who was ever given a paper card the ids of card key and signer of the last one."""
    last: dict[UUID, tuple[int, int]] = {}
    for line in lines(action=CARD_PRINTED).order_by("id").iterator(chunk_size=2000):
        known = told(line)
        made_with = (known.details.get("card_key", 1), known.details.get("signer", 1))
        last.update({UUID(subject.partition(":")[2]): made_with for subject in known.about})
    return last


def costs(keys: Sequence[Key]) -> list[Said]:
    """What retiring these keys together costs, one sentence for each thing."""
    purposes = {key.purpose for key in keys}
    said = [cost for purpose, told_of in _COSTS.items() if purpose in purposes for cost in told_of(keys)]
    if {Purpose.SIGNING, Purpose.DAYS} <= purposes:
        said.append(PHONES_REFRESH.with_facts(minutes=int(QR_LASTS.value)))
    if ending := cards_that_end(keys):
        said.append(CARDS_END.with_facts(n=f"{len(ending):,}"))
    return said


def _signing(keys: Sequence[Key]) -> Iterator[Said]:
    mine = [key for key in keys if key.purpose is Purpose.SIGNING]
    yield Said(
        "签名密钥：手机上的码在 {minutes} 分钟内自行换成新签名；其间门岗照常按封记放行，没有网络的门改为人工核验。",
        "Signing key: codes on phones have the new signature within {minutes} min by themselves; gates go on by the "
        "seal meanwhile, and doors without network check by hand.",
    ).with_facts(minutes=int(QR_LASTS.value))
    yield Said(
        "没有网络的门要取到新的离线包才知道作废：联网的几分钟内，断网的最迟 {hours} 小时后离线包到期；在此之前仍会"
        "认可用泄露的密钥伪造的码。",
        "Doors without network learn of it with their next bundle: within minutes where there is a network, and where "
        "there is none the bundle ends after {hours} h at the latest. Until then they take codes forged with the "
        "leaked key.",
    ).with_facts(hours=int(BUNDLE_LASTS.value) // 60)
    yield Said(
        "{n} 张纸质卡由这把密钥签名：门岗照常按封记放行；没有网络的门不再认得，改为人工登记。",
        "{n} paper cards are signed with it: gates go on by their seal; doors without network know them no more and "
        "register by hand.",
    ).with_facts(n=f"{len(set().union(*map(cards_under, mine))):,}")
    n_doors = sum(sum(1 for generation in row[3] if generation) for row in gate_venues())
    yield Said(
        "{n} 个门的海报照常可扫，只当作写着门号的纸（与手输的 9 位短码一样），应逐步重印。",
        "The posters of {n} doors can be scanned as before, as paper with a door's number on it (no more than the "
        "typed nine characters are); print them anew in time.",
    ).with_facts(n=f"{n_doors:,}")
    n_papers = sum(n_signed_with(key.id) for key in mine)
    yield Said(
        "{n} 份文书只能由本县凭登记簿核验，别处单凭签名核验不再有效。",
        "{n} papers can be verified by the county's register only; elsewhere their signature proves nothing any more.",
    ).with_facts(n=f"{n_papers:,}")


def _days(keys: Sequence[Key]) -> Iterator[Said]:
    n_days = sum(1 for key in keys if key.purpose is Purpose.DAYS)
    yield Said(
        "{n} 天的密钥：没有人被拒。此前出示的码由门岗核对签名（每张一次，约 0.14 毫秒）；此后打开的码都用新密钥。",
        "Keys of {n} days: nobody is refused. Of codes shown before, gates check the signature (once each, 0.14 ms); "
        "every code opened since is made with the new key.",
    ).with_facts(n=n_days)


def _cards(keys: Sequence[Key]) -> Iterator[Said]:
    holders = set().union(*(cards_under(key) for key in keys if key.purpose is Purpose.CARDS))
    yield Said(
        "纸质卡密钥：{n} 张卡由门岗核对签名后照常可用；每位持卡人所在网格会收到一项换新卡的任务。",
        "Card key: {n} cards are good as before, once gates have checked their signature; for each holder the grid "
        "worker gets a task to have it printed anew.",
    ).with_facts(n=f"{len(holders):,}")


def _presence(_keys: Sequence[Key]) -> Iterator[Said]:
    n_screens = sum(1 for row in gate_devices() if row[4] == "screen")
    yield Said(
        "动态场所码密钥：{n} 块屏幕在 30 秒内自行换成新码。此前扫的码（包括迟到补传的）仍然收下，但不再证明在场。",
        "Key of rotating codes: {n} screens show new codes within 30 s by themselves. What was scanned from them "
        "before, also what comes late, is taken and proves no presence.",
    ).with_facts(n=f"{n_screens:,}")


def _devices(_keys: Sequence[Key]) -> Iterator[Said]:
    kinds = [row[4] for row in gate_devices()]
    yield Said(
        "设备密钥：至多 {keepers} 部值守手机和 {screens} 块屏幕的凭证立即失效，须重新登记：有值守任命的人重新登录即可，"
        "其他的由场所负责人出示登记码。在此之前这些门没有网络时那样查验，来人可自己扫海报。",
        "Device key: the tokens of at most {keepers} keepers' phones and {screens} screens count no more at once. "
        "They have to be enrolled again: whoever is appointed to the door signs in, the others scan a code the owner "
        "shows. Until then these doors check as without a network, and people may scan the poster themselves.",
    ).with_facts(keepers=f"{kinds.count('keeper'):,}", screens=f"{kinds.count('screen'):,}")


def _day_secret(_keys: Sequence[Key]) -> Iterator[Said]:
    yield Said(
        "派生每日密钥的秘密：从后天起的每日密钥由新的秘密派生，没有人被拒。",
        "Secret of the days' keys: from the day after tomorrow they are derived from another. Nobody is refused.",
    )


def _documents(_keys: Sequence[Key]) -> Iterator[Said]:
    yield Said(
        "证件号散列密钥：{n} 人的散列由后台按新密钥重做，随后交给门岗一份新的名册；其间门岗新旧都认，没有人被拒。",
        "Key of identity numbers: the worker hashes those of {n} people anew, and gates get a base with them. They "
        "look under both meanwhile, and nobody is refused.",
    ).with_facts(n=f"{n_with_documents():,}")
    yield Said(
        "已经流出去的名册（快照）收不回来：同时有旧密钥和旧名册的人，仍能逐个试出当时谁在册、什么颜色。须按个人信息泄露上报。",
        "A base that is gone cannot be called back: whoever has it and the old key can still try identity numbers "
        "out, and learn who was on it and of what colour then. That has to be reported.",
    )


_COSTS = {
    Purpose.DOCUMENTS: _documents,
    Purpose.SIGNING: _signing,
    Purpose.DAYS: _days,
    Purpose.CARDS: _cards,
    Purpose.PRESENCE: _presence,
    Purpose.DEVICES: _devices,
    Purpose.DAY_HANDLES: _day_secret,
}
