"""What deploy/ says to systemd and Prometheus is what the program is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from fangxian.cli import _parser
from fangxian.ops.alarms.kinds import KINDS
from tests.deploy.front_proxy import DEPLOY
from tests.integration.gate_process import files_now, gate_running

ROOT = DEPLOY.parent
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
NOT_ON_THE_PAGE = {"gate-slow"}
OF_NO_GATE = {"ingest-behind", "journal-damaged"}
ALERTS = (DEPLOY / "prometheus" / "alerts.yml").read_text("utf-8")


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_a_service_starts_a_command_that_there_is(unit):
    text = unit.read_text().replace("\\\n", " ")
    command = re.search(r"^ExecStart=/opt/fangxian/\.venv/bin/(\S+) (.*)$", text, re.M)
    if command[1] == "fangxian":
        assert callable(_parser().parse_args(command[2].split()).run)
    else:
        assert (command[1], command[2].split()[-1]) == ("granian", "fangxian.ops.config.wsgi:application")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze on this machine")
def test_systemd_understands_each_unit(tmp_path):
    for path in [*UNITS, DEPLOY / "systemd" / "fangxian.target"]:
        text = path.read_text().replace("/opt/fangxian/.venv/bin/", f"{Path(shutil.which('true')).parent}/")
        (tmp_path / path.name).write_text(re.sub(r"bin/(fangxian|granian)\b", "bin/true", text))
    command = ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.iterdir())]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")


def test_there_is_a_rule_for_each_alarm_that_a_gate_tells_of_and_none_for_anything_else():
    named = set(re.findall(r"- alert: (\S+)", ALERTS))
    assert named - NOT_ON_THE_PAGE == set(KINDS) - OF_NO_GATE


def test_each_rule_names_a_page_that_there_is():
    for page in re.findall(r"runbook: (\S+)", ALERTS):
        assert (ROOT / page).is_file(), page


def test_each_figure_that_a_rule_looks_at_is_one_that_a_gate_tells(tmp_path):
    with gate_running(files_now(tmp_path / "realm")) as gate:
        told = set(re.findall(r"^# TYPE (\S+)", gate.get("/metrics")[1], re.M))
    asked = {name.removesuffix("_bucket") for name in re.findall(r"\bfangxian_gate_\w+", ALERTS)}
    assert asked <= told
