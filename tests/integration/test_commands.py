"""The commands, as a person types them: what they say when something is in the way, and that nothing is lost."""

import fcntl
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fangxian.ops.realm.clock import CountyClock
from fangxian.ops.realm.folder import create_realm
from tests.integration.journal_writing import a_scan, write_segment
from tests.integration.running_county import LONGEST_S, build, free_ports
from tests.integration.warm_program import warm_program
from tests.made_once import QUICK_START, made_once

pytestmark = pytest.mark.sqlite  # each command opens a data folder of its own

ROOT = Path(__file__).resolve().parents[2]
FUSHAN = ROOT / "counties" / "fushan"


@pytest.fixture(scope="module")
def built() -> Path:
    """A data folder with a small county; tests copy it before they change it."""
    return made_once("fushan", build)


@pytest.fixture
def folder(built, tmp_path) -> Path:
    copy = tmp_path / "data"
    subprocess.run(["cp", "-a", built, copy], check=True)
    return copy


def environment(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    told = {"FANGXIAN_DATA": str(folder), "FANGXIAN_LANGUAGE": "en"}
    return kept | told | {"PYTHONPATH": f"{ROOT}{os.pathsep}{QUICK_START}"}


def fangxian(
    folder: Path, *words: str, counties: Path = ROOT / "counties", starts: bool = False, before: Sequence[str] = ()
) -> subprocess.CompletedProcess:
    """The command as typed. Where it `starts`, or something runs it (`before`), from Python's own beginning."""
    surroundings = environment(folder) | {"FANGXIAN_COUNTIES": str(counties)}
    if not (starts or before):
        return warm_program.run(words, surroundings)
    command = [*before, sys.executable, "-m", "fangxian.cli", *words]
    return subprocess.run(command, env=surroundings, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_taken_port_is_said_with_another_to_try(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = fangxian(folder, "run", "--port", str(port))
    assert refused.returncode == 1
    assert f"--port {port + 10}" in refused.stderr
    assert "run.port_taken" in refused.stderr


def test_a_database_that_a_newer_program_has_used_is_refused_and_not_touched(folder):
    with closing(sqlite3.connect(folder / "database.sqlite3")) as database, database:
        database.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('accounts', '9000_later', '2030')")
    refused = fangxian(folder, "worker", "--once")
    assert refused.returncode == 1
    assert "realm.newer_database" in refused.stderr
    assert "accounts.9000_later" in refused.stderr


def test_scans_written_by_a_gate_are_taken_in_by_one_reader(folder):
    at = datetime(2022, 4, 19, 12, 0, tzinfo=UTC)
    write_segment(folder / "journal", [a_scan(n, at) for n in range(5)], at=at)
    with (folder / "journal" / "ingest.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = fangxian(folder, "ingest", "--once")
    assert refused.returncode == 1
    assert "journal.read_already" in refused.stderr
    for n_new in (5, 0):
        done = fangxian(folder, "ingest", "--once")
        assert done.returncode == 0, done.stderr
        assert f"{n_new} new" in done.stdout + done.stderr
    assert json.loads((folder / "live" / "counters.json").read_text())["n_hot"] == 5


@pytest.mark.parametrize("words", [("erase",), ("county", "report"), ("county", "export"), ("audit", "verify")])
def test_a_database_of_a_newer_program_is_refused_and_left_alone(folder, words):
    with sqlite3.connect(folder / "database.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '9999_later', '2030-01-01')"
        )
    database.close()
    refused = fangxian(folder, *words)
    assert refused.returncode == 1
    assert "people.9999_later" in refused.stderr


def test_a_folder_of_a_newer_format_is_refused(folder):
    card = json.loads((folder / "realm.json").read_text())
    (folder / "realm.json").write_text(json.dumps(card | {"format": 99}))
    refused = fangxian(folder, "realm")
    assert refused.returncode == 1
    assert "realm.newer_version" in refused.stderr


# Root writes to a read-only folder by two capabilities. Without them it is kept out like anybody else, and unlike
# another user can still read the program, wherever it is installed.
AS_ANYBODY = [] if os.geteuid() else ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]


def test_a_read_only_folder_is_refused_and_left_as_it_was(folder):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    folder.chmod(0o500)
    try:
        refused = fangxian(folder, "erase", starts=True, before=AS_ANYBODY)
    finally:
        folder.chmod(0o700)
    assert refused.returncode == 1
    assert "realm.read_only" in refused.stderr
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_folder_in_which_nothing_may_be_made_gets_no_realm(tmp_path):
    tmp_path.chmod(0o500)
    try:
        refused = fangxian(
            tmp_path / "data", "county", "build", "fushan", "--scale", "0.02", starts=True, before=AS_ANYBODY
        )
    finally:
        tmp_path.chmod(0o700)
    assert refused.returncode == 1
    assert "realm.read_only" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_realm_is_refused_with_what_to_do(tmp_path):
    refused = fangxian(tmp_path / "nothing", "erase")
    assert refused.returncode == 1
    assert "county build" in refused.stderr


def test_a_text_editor_does_not_make_a_live_realm_a_demo(folder):
    card = json.loads((folder / "realm.json").read_text())
    (folder / "realm.json").write_text(json.dumps(card | {"kind": "live"}))
    refused = fangxian(folder, "realm")
    assert refused.returncode == 1
    assert "realm.keys_or_card_changed" in refused.stderr


def test_the_keys_of_another_realm_do_not_open_this_one(folder, tmp_path):
    other, clock = tmp_path / "other", CountyClock.of_the_wall("Asia/Shanghai")
    create_realm(other, kind="demo", county="fushan", division_code="141027", clock=clock)
    (folder / "keys" / "keyring.json").write_bytes((other / "keys" / "keyring.json").read_bytes())
    refused = fangxian(folder, "audit", "verify")
    assert refused.returncode == 1
    assert "realm.keys_or_card_changed" in refused.stderr


def test_another_county_is_not_built_into_a_realm(folder, tmp_path):
    shutil.copytree(ROOT / "counties" / "fushan", tmp_path / "counties" / "elsewhere")
    refused = fangxian(folder, "county", "build", "elsewhere", counties=tmp_path / "counties")
    assert refused.returncode == 1
    assert "county.other_realm" in refused.stderr


@pytest.mark.parametrize(("words", "code"), [(("--scale", "7"), "county.scale"), (("--scale", "0"), "county.scale")])
def test_a_build_that_is_refused_leaves_no_folder_behind(tmp_path, words, code):
    refused = fangxian(tmp_path / "data", "county", "build", "fushan", *words)
    assert (refused.returncode, code in refused.stderr) == (1, True)
    assert not (tmp_path / "data").exists()


def test_a_county_whose_file_is_missing_is_refused_by_its_name(tmp_path):
    shutil.copytree(ROOT / "counties" / "fushan", tmp_path / "counties" / "fushan")
    (tmp_path / "counties" / "fushan" / "names.toml").unlink()
    refused = fangxian(tmp_path / "data", "county", "build", "fushan", counties=tmp_path / "counties")
    assert "county.file_missing" in refused.stderr
    assert "names.toml" in refused.stderr


@pytest.mark.parametrize(
    "words", [("run", "--port", "99999"), ("run", "--port", "0"), ("county", "build", "fushan", "--seed", "-1")]
)
def test_a_number_that_is_none_is_a_wrong_call_and_no_traceback(folder, words):
    refused = fangxian(folder, *words)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def test_setting_the_clock_is_on_record(folder):
    assert fangxian(folder, "realm", "--clock", "2022-05-01T08:00+08:00").returncode == 0
    with sqlite3.connect(folder / "database.sqlite3") as database:
        n_lines = database.execute("SELECT count(*) FROM audit_auditline WHERE action = 'realm.clock_set'").fetchone()[
            0
        ]
    database.close()
    assert n_lines == 1


@pytest.mark.parametrize("text", ["yesterday", "2022-04-19T07:30", "2022-13-01T00:00+08:00"])
def test_a_time_that_is_none_is_refused(folder, text):
    refused = fangxian(folder, "realm", "--clock", text)
    assert refused.returncode == 1
    assert "realm.clock_unreadable" in refused.stderr


def test_the_shipped_rulebooks_have_nothing_to_mend(folder):
    for path in sorted((FUSHAN / "rulebooks").glob("*.toml")):
        checked = fangxian(folder, "rulebook", "check", str(path))
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_rulebook_cut_in_half_is_refused_with_its_last_line(folder, tmp_path):
    whole = (FUSHAN / "rulebooks" / "covid19-2022-04.toml").read_bytes()
    (tmp_path / "half.toml").write_bytes(whole[: len(whole) // 2])
    refused = fangxian(folder, "rulebook", "check", str(tmp_path / "half.toml"))
    assert refused.returncode == 1
    assert "rulebook.cut_short" in refused.stderr


def test_a_missing_rulebook_file_is_said(folder, tmp_path):
    refused = fangxian(folder, "rulebook", "check", str(tmp_path / "none.toml"))
    assert refused.returncode == 1
    assert "rulebook.file_unreadable" in refused.stderr


def test_the_end_of_an_epidemic_asks_twice(folder):
    told = fangxian(folder, "erase", "--epidemic-ended", "令1")
    assert told.returncode == 2
    assert "nothing was erased" in told.stdout


def test_a_county_that_runs_cannot_be_run_again_and_ends_with_its_parent(folder):
    port = free_ports()
    run = [sys.executable, "-m", "fangxian.cli", "run", "--no-day", "--port", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(run, env=environment(folder), cwd=ROOT, **quiet) as running:
        _until(lambda: _answers(port))
        again = fangxian(folder, "run", "--port", str(free_ports()))
        running.send_signal(signal.SIGKILL)
    assert "run.already_running" in again.stderr
    _until(lambda: not _answers(port))
    verified = fangxian(folder, "audit", "verify", starts=True)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
    except OSError:
        return False
    return True


def _until(holds, within_s: float = LONGEST_S) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"
