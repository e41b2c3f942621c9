"""Sentences of contacts' pages."""

from datetime import date

from fangxian.core.refusal import Said


def ring_and_day(found, on: date) -> Said:
    """What somebody at the door has to know: which ring, which day it is, how long it goes on."""
    row = found.row
    ring = found.around.ring(row.disease, row.ring)
    n = (on - row.last_exposure_on).days
    until = row.watched_until_on
    if until is None:
        return Said(f"{ring.zh} · 最后接触后第 {n} 天", f"{ring.en} · day {n} after the last contact")
    return Said(
        f"{ring.zh} · 最后接触后第 {n} 天 · 随访到 {until}",
        f"{ring.en} · day {n} after the last contact · until {until}",
    )


def put_back_through(n: str) -> Said | None:
    """What the page says after a decision, of those who were contacts through whom it was about: `n` as the address has
    it; None where there were none."""
    if not (n.isascii() and n.isdecimal() and int(n)):
        return None
    return Said(
        "经由他们的 {n} 名次密接已放回，等待重新判定。",
        "Contacts through them: {n}, put back; they wait to be decided on again.",
    ).with_facts(n=int(n))
