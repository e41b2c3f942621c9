"""Sealed segments to another host over real TLS: from where the last try ended, verified, as often as one likes."""

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fangxian.cli import main
from fangxian.core.policy.byte_journal import segment_name
from fangxian.core.policy.byte_seal import without_numbers
from fangxian.core.refusal import Refusal
from fangxian.gate import shipping, tls
from fangxian.gate.held import checked_segments, held_segments
from fangxian.gate.shipping import Destination, context_for, ship
from fangxian.ops.visits.models import JournalSegment, Scan
from fangxian.ops.visits.tail import Tail
from tests.integration.gate_process import free_port, wait_for
from tests.integration.journal_transit import TOKEN, destination, receiving
from tests.integration.journal_writing import GATE, a_scan, write_open_segment, write_segment

NOON = datetime(2022, 4, 19, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PIECE_BYTES = 2_000


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A journal of three sealed segments, the second of several pieces, and one being written."""
    monkeypatch.setattr(shipping, "MOST_PIECE_BYTES", PIECE_BYTES)
    folder = tmp_path / "here"
    write_segment(folder, [a_scan(1, NOON)], at=NOON)
    write_segment(folder, *([a_scan(n, NOON)] for n in range(2, 92)), at=NOON)
    write_segment(folder, [a_scan(92, NOON)], at=NOON)
    write_open_segment(folder, [a_scan(93, NOON)], at=NOON)
    return folder


@pytest.fixture
def there(tmp_path):
    folder = tmp_path / "there"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    return tls.local_certificate(folder, names=["localhost", "127.0.0.1"], at=datetime.now(UTC))


def bytes_of(folder):
    return {held.path.name: held.path.read_bytes() for held in held_segments(folder) if held.seal}


def test_what_is_sealed_is_there_and_what_a_gate_is_writing_is_not(here, there, certificate):
    with receiving(there, certificate) as port, destination(port, certificate) as to:
        first, again = ship(here, to), ship(here, to)
    assert (first.n_sent, first.n_there, first.troubles) == (3, 0, [])
    assert (again.n_sent, again.n_there, again.n_bytes) == (0, 3, 0)
    assert bytes_of(there) == bytes_of(here)
    assert len(list(there.iterdir())) == 3
    assert not any(checked.faults for checked in checked_segments(there))


class KillsAfter(Destination):
    """A destination whose process is killed in the middle of a segment."""

    process, n_puts = None, 5

    def ask(self, method, path, data=b"", **headers):
        if method == "PUT":
            self.n_puts -= 1
            if self.n_puts < 0:
                self.process.kill()
                self.process.wait()
        return super().ask(method, path, data, **headers)


def start_receiver(there, certificate, tmp_path):
    token, port = tmp_path / "token", free_port()
    token.write_text(TOKEN)
    token.chmod(0o600)
    process = subprocess.Popen(
        [
            sys.executable, "-m", "fangxian.cli", "journal", "receive", "--port", str(port), "--folder", str(there),
            "--token-file", str(token), "--certificate", str(certificate.certificate), "--key", str(certificate.key),
        ],
        env=os.environ | {"FANGXIAN_DATA": str(tmp_path)}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip

    def answers():
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            return False
        return True

    wait_for(lambda: answers() or process.poll() is not None)
    assert process.poll() is None, process.stderr.read().decode()
    return process, port


def end(process):
    process.kill()
    process.wait()
    process.stderr.close()


def test_a_receiver_killed_in_mid_segment_goes_on_from_there_when_it_is_back(here, there, certificate, tmp_path):
    process, port = start_receiver(there, certificate, tmp_path)
    try:
        with destination(port, certificate, kind=KillsAfter) as to:
            to.process = process
            with pytest.raises(Refusal) as refused:
                ship(here, to)
        assert refused.value.code == "transit.not_reached"
        n_part = next(there.glob("*.part")).stat().st_size
        assert n_part > 0
        assert len(bytes_of(there)) == 1, "a segment that is not whole has no name yet"
    finally:
        end(process)
    process, port = start_receiver(there, certificate, tmp_path)
    try:
        with destination(port, certificate) as to:
            shipped = ship(here, to)
        process.terminate()
        assert process.wait(30) == 0
    finally:
        end(process)
    n_left = sum(len(data) for data in bytes_of(here).values()) - n_part
    n_left -= len(bytes_of(here)[segment_name(GATE, 0)])
    assert (shipped.n_sent, shipped.n_there, shipped.n_bytes) == (2, 1, n_left)
    assert bytes_of(there) == bytes_of(here)


class Damaging(Destination):
    """A way on which a byte of each of the next pieces is turned, after the sum over the piece was made or before."""

    n_damaged, before_the_sum = 1, False

    def ask(self, method, path, data=b"", **headers):
        if method == "PUT" and self.n_damaged:
            self.n_damaged -= 1
            data = bytes([data[0], data[1] ^ 1, *data[2:]])
            if self.before_the_sum:
                headers["Content_Digest"] = shipping.digest_header(data)
        return super().ask(method, path, data, **headers)


@pytest.mark.parametrize("before_the_sum", [False, True])
def test_a_byte_damaged_on_the_way_is_noticed_and_sent_again(here, there, certificate, before_the_sum):
    with receiving(there, certificate) as port, destination(port, certificate, kind=Damaging) as to:
        to.before_the_sum = before_the_sum
        shipped = ship(here, to)
    assert (shipped.n_sent, shipped.troubles) == (3, [])
    assert bytes_of(there) == bytes_of(here)


def test_a_way_that_damages_everything_is_given_up_in_words_and_nothing_wrong_is_kept(here, there, certificate):
    with receiving(there, certificate) as port, destination(port, certificate, kind=Damaging) as to:
        to.n_damaged = 1_000
        shipped = ship(here, to)
    assert [trouble.code for trouble in shipped.troubles] == ["transit.refused_there"] * 3
    assert "damaged on its way" in shipped.troubles[0].said.en
    assert list(there.iterdir()) == []


def test_with_no_network_it_is_said_and_nothing_is_changed(here, certificate):
    before = bytes_of(here)
    with destination(free_port(), certificate) as to, pytest.raises(Refusal) as refused:
        ship(here, to)
    assert refused.value.code == "transit.not_reached"
    assert bytes_of(here) == before


def test_only_a_host_that_the_certificate_vouches_for_is_spoken_to(here, there, certificate, tmp_path):
    other = tls.local_certificate(tmp_path / "other", names=["127.0.0.1"], at=datetime.now(UTC))
    with receiving(there, other) as port, destination(port, certificate) as to, pytest.raises(Refusal) as refused:
        ship(here, to)
    assert refused.value.code == "transit.not_reached"
    with pytest.raises(Refusal) as refused:
        Destination("http://127.0.0.1:8002", TOKEN, context_for(certificate.certificate))
    assert refused.value.code == "transit.not_https"


def test_without_the_token_nothing_is_told_or_taken_and_it_stands_in_no_log(here, there, certificate, caplog):
    caplog.set_level("DEBUG")
    wrong = "w" * 40
    with receiving(there, certificate) as port:
        with destination(port, certificate, token=wrong) as to, pytest.raises(Refusal) as refused:
            ship(here, to)
        with destination(port, certificate) as to:
            ship(here, to)
    assert "token is not known" in refused.value.said.en
    assert wrong not in caplog.text + refused.value.said.en
    assert TOKEN not in caplog.text


def test_a_host_whose_disk_is_nearly_full_takes_nothing_and_goes_on_when_there_is_room(here, there, certificate):
    with receiving(there, certificate, kept_free=1 << 60) as port, destination(port, certificate) as to:
        shipped = ship(here, to)
    assert [trouble.code for trouble in shipped.troubles] == ["transit.refused_there"] * 3
    assert "nearly full" in shipped.troubles[0].said.en
    assert list(there.iterdir()) == []
    with receiving(there, certificate) as port, destination(port, certificate) as to:
        assert ship(here, to).n_sent == 3


def erased(data, *gate_numbers):
    changed, n_changed = without_numbers(data, set(gate_numbers), at_ms=1, ordered_by=5, salt=os.urandom(16))
    assert n_changed == len(gate_numbers)
    return changed


def put_in_place(path, data):
    path.chmod(0o600)
    path.write_bytes(data)


def test_a_segment_from_which_somebody_was_erased_takes_the_place_of_the_older_one(here, there, certificate):
    path = here / segment_name(GATE, 1)
    older = path.read_bytes()
    newer = erased(older, 1005)
    with receiving(there, certificate) as port, destination(port, certificate) as to:
        ship(here, to)
        put_in_place(path, newer)
        assert ship(here, to).n_sent == 1
        assert (there / path.name).read_bytes() == newer
        put_in_place(path, older)  # a backup was restored: it does not bring anybody back
        assert (ship(here, to).n_there, ship(here, to).troubles) == (3, [])
    assert (there / path.name).read_bytes() == newer


def test_whom_the_receiving_host_has_erased_is_not_brought_back_by_a_later_erasure_here(here, there, certificate):
    path = here / segment_name(GATE, 1)
    with receiving(there, certificate) as port, destination(port, certificate) as to:
        ship(here, to)
        older, theirs = path.read_bytes(), erased(path.read_bytes(), 1005)
        put_in_place(there / path.name, theirs)
        put_in_place(path, erased(erased(older, 1006), 1007))
        assert [trouble.code for trouble in ship(here, to).troubles] == ["transit.refused_there"]
        assert (there / path.name).read_bytes() == theirs
        put_in_place(path, erased(erased(older, 1006), 1005))
        assert ship(here, to).n_sent == 1


def test_two_gates_of_one_number_are_not_mixed(here, there, certificate):
    write_segment(there, [a_scan(700, NOON)], at=NOON)
    before = bytes_of(there)
    with receiving(there, certificate) as port, destination(port, certificate) as to:
        shipped = ship(here, to)
        assert [trouble.code for trouble in shipped.troubles] == ["transit.another_segment"]
        assert bytes_of(there)[segment_name(GATE, 0)] == before[segment_name(GATE, 0)]
        (there / segment_name(GATE, 2)).unlink()
        (there / f"{GATE:08x}.lock").touch()  # as of a gate that runs there
        assert "runs on the receiving host" in ship(here, to).troubles[-1].said.en


def test_what_the_other_side_would_not_replace_is_refused_there_too(here, there, certificate):
    write_segment(there, [a_scan(700, NOON)], at=NOON)
    before = bytes_of(there)
    held = held_segments(here)[0]
    with receiving(there, certificate) as port, destination(port, certificate) as to:
        with pytest.raises(Refusal) as refused:
            shipping._send(held.path.read_bytes(), held, to)
        assert "Another" in refused.value.said.en
    assert bytes_of(there) == before


def test_an_altered_segment_is_not_sent_and_the_others_are(here, there, certificate):
    path = here / segment_name(GATE, 1)
    altered = bytearray(path.read_bytes())
    altered[200] ^= 1
    path.chmod(0o600)
    path.write_bytes(altered)
    with receiving(there, certificate) as port, destination(port, certificate) as to:
        shipped = ship(here, to)
    assert [trouble.code for trouble in shipped.troubles] == ["transit.altered_here"]
    assert sorted(bytes_of(there)) == [segment_name(GATE, 0), segment_name(GATE, 2)]


def test_nothing_is_removed_here_but_what_is_there_and_old_enough_when_a_county_asks_for_it(here, there, certificate):
    with receiving(there, certificate) as port, destination(port, certificate) as to:
        ship(here, to)
        assert len(bytes_of(here)) == 3
        assert ship(here, to, delete_before=datetime.now(UTC) - timedelta(days=1)).n_deleted == 0
        (there / segment_name(GATE, 0)).unlink()
        (here / segment_name(GATE, 0)).rename(here.parent / "kept")
        assert ship(here, to, delete_before=datetime.now(UTC) + timedelta(days=1)).n_deleted == 1
        assert sorted(bytes_of(here)) == [segment_name(GATE, 2)], "a gate goes on from its newest"
        (here / "ingest.lock").touch()
        with pytest.raises(Refusal) as refused:
            ship(here, to, delete_before=datetime.now(UTC))
    assert refused.value.code == "transit.read_here"


@pytest.mark.django_db
def test_what_was_received_is_taken_in_as_another_gates(here, there, certificate):
    write_segment(there, [a_scan(1_000, NOON)], at=NOON, gate=7)
    with receiving(there, certificate) as port, destination(port, certificate) as to:
        ship(here, to)
        assert Tail(there, lambda *_: "").read_on(at=NOON).n_new == 93
        assert ship(here, to).n_there == 3
    assert Scan.objects.count() == 93
    assert {row.gate: row.faults for row in JournalSegment.objects.all()} == {7: "", GATE: ""}


def test_the_command_lists_checks_and_ships_in_words(here, there, certificate, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("FANGXIAN_LANGUAGE", "en")
    token = tmp_path / "token"
    token.write_text(TOKEN)
    assert main(["journal", "list", "--folder", str(here)]) == 0
    told = capsys.readouterr().out
    assert "000000a1-00000001" in told
    assert "90 records, sealed 2022-04-19 04:00 UTC" in told
    assert "not sealed" in told
    with receiving(there, certificate) as port:
        call = ["journal", "ship", "--to", f"https://127.0.0.1:{port}", "--token-file", str(token), "--folder",
                str(here), "--ca-file", str(certificate.certificate)]  # fmt: skip
        token.chmod(0o644)
        assert main(call) == 1
        assert "transit.token_unreadable" in capsys.readouterr().err
        token.chmod(0o600)
        assert main(call) == 0
        assert "3 segments sent" in capsys.readouterr().out
    assert main(["journal", "check", "--folder", str(there)]) == 0
    assert "3 segments, 92 records: all as sealed." in capsys.readouterr().out
    (there / segment_name(GATE, 1)).unlink()
    assert main(["journal", "check", "--folder", str(there)]) == 1
    assert "the segment before is missing or another" in capsys.readouterr().out
    assert main(["journal", "list", "--folder", str(tmp_path / "nowhere")]) == 1
