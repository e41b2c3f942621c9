"""What Prometheus reads of a gate, beside its counts: what is wrong of this moment, and what its process takes."""

import re

from fangxian.gate.own_process import system_text
from tests.unit.gate.gate_files import NOON_MS


def test_what_is_not_used_or_wrong_is_named_as_long_as_it_is_so(doors):
    assert not [name for name in doors.figures() if "trouble{" in name]
    doors.files.heartbeat(NOON_MS + 7_200_000)
    (doors.files.folder / "keys.json").write_text("{}")
    doors.follower.look()
    found = doors.figures()
    assert found['fangxian_gate_trouble{file="clock"}'] == found['fangxian_gate_trouble{file="keys.json"}'] == "1"
    assert found["fangxian_gate_snapshot_troubles"] == "2"


def test_that_no_rules_are_in_force_is_a_figure(doors):
    assert doors.figures()["fangxian_gate_no_rules"] == "0"
    doors.wall.ms -= 400 * 86_400_000
    assert doors.figures()["fangxian_gate_no_rules"] == "1"


def test_a_process_tells_what_it_takes_under_the_names_that_others_use(monkeypatch, tmp_path):
    told = dict(re.findall(r"^(process_\w+) (\S+)$", system_text(), re.M))
    assert float(told["process_resident_memory_bytes"]) > 1 << 20
    assert 0 < float(told["process_open_fds"]) < float(told["process_max_fds"])
    assert float(told["process_start_time_seconds"]) > 1_600_000_000
    monkeypatch.setattr("fangxian.gate.own_process._SELF", tmp_path / "nothing")
    assert set(re.findall(r"^(process_\w+) ", system_text(), re.M)) == {
        "process_cpu_seconds_total", "process_start_time_seconds", "process_max_fds",
    }  # fmt: skip
