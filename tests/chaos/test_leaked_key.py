"""A day's key is stolen while the gate runs: retired, the gate killed, started again; nobody good is ever refused."""

import signal
import threading
import time

import pytest

from fangxian.core.policy import person_qr
from tests.integration.gate_process import files_now, gate_running, wait_for
from tests.unit.formats.county import DIVISION, NOON, SIGNER_ID
from tests.unit.gate.gate_files import GREEN, RED, TODAY
from tests.unit.gate.test_leaked_keys import B64, DAYS, STAND_IN, Thief

SECONDS = 15.0  # "within seconds": a gate looks each 0.1 s, on a machine that is busy with something else


@pytest.fixture
def files(tmp_path):
    return files_now(tmp_path / "realm")


def retire_today(files) -> None:
    """As the worker writes it: today's key proves nothing, another stands in."""
    good = {name: secret for name, secret in DAYS.items() if int(name) != TODAY}
    files.write_keys(
        day_keys=good | {str(STAND_IN): B64["new"]},
        retired={"day_keys": {str(TODAY): B64["day"]}, "card_keys": {}, "signers": []},
    )


def told(gate, code, **changed):
    """The outcome for a code at the keeper's door, or why it was refused."""
    scan = gate.files.scan(code=code, temperature_c=36.5, **changed)
    _, answer = gate.ask(scan, gate.files.token())
    return answer.get("refusal") or answer["outcome"]


def test_forged_codes_are_refused_within_seconds_and_after_a_kill_and_good_ones_never(files):
    thief, shown = Thief(files), [files.qr(GREEN), files.qr(RED)]
    with gate_running(files) as gate:
        assert told(gate, thief.qr()) == "admit"
        retired_at = time.monotonic()
        retire_today(files)
        wait_for(lambda: told(gate, thief.qr()) == "code.signature")
        assert time.monotonic() - retired_at < SECONDS
        assert [told(gate, code) for code in shown] == ["admit", "refuse"]
        gate.stop(signal.SIGKILL)
    with gate_running(files) as gate:
        assert [told(gate, thief.qr()), *(told(gate, code) for code in shown)] == ["code.signature", "admit", "refuse"]


def test_no_scan_fails_while_the_keys_are_taken(files):
    """The same people go on through the door; what they are told never changes."""
    answers, is_over = [], threading.Event()

    def go_through(gate, code):
        connection = gate.connect()
        while not is_over.is_set():
            status, answer = gate.ask(files.scan(code=code, temperature_c=36.5), files.token(), connection=connection)
            answers.append((status, answer.get("outcome")))
        connection.close()

    with gate_running(files) as gate:
        people = [threading.Thread(target=go_through, args=(gate, files.qr(GREEN))) for _ in range(2)]
        for person in people:
            person.start()
        wait_for(lambda: len(answers) > 20)
        retire_today(files)
        wait_for(lambda: told(gate, Thief(files).qr()) == "code.signature")
        n = len(answers)
        wait_for(lambda: len(answers) > n + 20)
        is_over.set()
        for person in people:
            person.join()
    assert set(answers) == {(200, "admit")}


def test_a_half_written_file_of_keys_leaves_the_leaked_key_retired(files):
    with gate_running(files) as gate:
        retire_today(files)
        wait_for(lambda: told(gate, Thief(files).qr()) == "code.signature")
        whole = (files.folder / "keys.json").read_bytes()
        files.replace("keys.json", whole[: len(whole) // 2])
        wait_for(lambda: "keys.json" in {trouble["file"] for trouble in gate.health()[1]["troubles"]})
        assert [told(gate, Thief(files).qr()), told(gate, files.qr(GREEN))] == ["code.signature", "admit"]
        files.replace("keys.json", whole)
        wait_for(lambda: not gate.health()[1]["troubles"])


def test_a_stolen_signer_alone_is_let_in_by_no_gate(files):
    """Whoever has the county's signing key and no key of a day can make no seal."""
    to_sign = files.keys.person_to_sign(
        division=DIVISION, signer_id=SIGNER_ID, day_key_id=TODAY, day_key=files.keys.other_day,
        gate_number=GREEN, from_min=NOON - 1, until_min=NOON + 60,
    )  # fmt: skip
    with gate_running(files) as gate:
        assert told(gate, person_qr.person_qr_text(to_sign, files.keys.sign(to_sign))) == "code.seal"
