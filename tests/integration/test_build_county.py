"""A county is built from its data folder: whole, once, the same from the same seed."""

import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest

from fangxian.core.drill.county.columns import TEAM_KINDS
from fangxian.core.drill.county.demo import read_demo
from fangxian.core.drill.county.export import canonical_export
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.actions import appoint, confirm_appointment, open_accounts, set_password, verify_person
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.accounts.queries import may
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.audit.queries import told as told_of
from fangxian.ops.measures.queries import is_ordered, rulebooks_in_force
from fangxian.ops.people.models import Attachment, Household, Person
from fangxian.ops.people.queries import person_at_gate, person_with_document
from fangxian.ops.places.models import Division, Door, GridCell, SchoolClass, Venue
from fangxian.ops.procedures.build_county import CountyData, build_county, read_county
from fangxian.ops.procedures.export_county import canonical_lines
from fangxian.ops.procedures.staff_county import TEAM_ROLES
from tests.integration.warm_program import warm_program

ROOT = Path(__file__).resolve().parents[2]
FUSHAN = ROOT / "counties" / "fushan"
BUILD = ("county", "build", "fushan", "--seed", "7", "--scale", "0.02")


def in_a_realm_of_its_own(folder: Path, *words: str, counties: Path = ROOT / "counties") -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"FANGXIAN_DATA": str(folder), "FANGXIAN_COUNTIES": str(counties), "FANGXIAN_LANGUAGE": "en"}
    if words != BUILD:  # which has a hash seed of its own each time, and comes to the same all the same
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        return warm_program.run(words, environment)
    command = [sys.executable, "-m", "fangxian.cli", *words]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> SimpleNamespace:
    """A data folder as BUILD leaves it, and the digest of its export; tests copy the folder before they change it."""
    folder = tmp_path_factory.mktemp("built") / "data"
    done = in_a_realm_of_its_own(folder, *BUILD)
    assert done.returncode == 0, done.stderr
    return SimpleNamespace(folder=folder, digest=digest_of(folder))


def digest_of(folder: Path) -> str:
    """The digest of its canonical export, as it is printed."""
    return in_a_realm_of_its_own(folder, "county", "export").stdout


@pytest.fixture
def copy_of_built(built, tmp_path) -> Path:
    subprocess.run(["cp", "-a", built.folder, tmp_path / "data"], check=True)
    return tmp_path / "data"


def test_what_was_built_is_what_is_on_record(small_county):
    assert Person.objects.count() == small_county["n_persons"]
    assert Household.objects.count() == small_county["n_households"]
    assert Venue.objects.count() == small_county["n_venues"]
    assert GridCell.objects.count() == small_county["n_grids"]


def made(*, seed: int) -> CountyData:
    """What a build of this seed is made of, with nothing put on record."""
    return read_county(FUSHAN, seed=seed, scale=0.02, step=lambda *_: None)


@pytest.fixture(scope="module")
def of_its_seed() -> CountyData:
    return made(seed=1)


@pytest.fixture(scope="module")
def lines_as_built(fushan_of_this_file) -> list[str]:
    return list(canonical_lines())


def test_the_database_holds_to_the_byte_what_was_made_from_the_seed(small_county, lines_as_built, of_its_seed):
    assert lines_as_built == list(canonical_export(of_its_seed.county, of_its_seed.divisions))


def test_it_holds_what_was_made_from_no_other_seed(small_county, lines_as_built):
    other = made(seed=2)
    assert lines_as_built != list(canonical_export(other.county, other.divisions))


def test_the_grid_team_on_record_is_the_one_that_was_made(small_county, of_its_seed):
    county = of_its_seed.county
    team = {
        (TEAM_ROLES[TEAM_KINDS[kind]], str(area_path), county.persons.identity_number[person])
        for person, kind, area_path, _ in county.team.rows()
    }
    persons = Person.objects.exclude(account=None).select_related("account")
    on_record = {
        (appointment.role, appointment.area_path, person.document_number)
        for person in persons
        for appointment in person.account.appointments.all()
    }
    assert team
    assert team <= on_record


@pytest.mark.parametrize(
    ("model", "changed"),
    [
        (Division, {"name_en": "Elsewhere"}),
        (GridCell, {"name_zh": "别处"}),
        (GridCell, {"name_en": "Elsewhere"}),
        (Venue, {"address": "别处1号"}),
        (Door, {"name": "别处的门"}),
        (SchoolClass, {"name": "别班"}),
        (Household, {"address": "别处1号"}),
        (Person, {"relation": "别人"}),
        (Attachment, {"role": "别的"}),
    ],
)
def test_one_row_changed_on_record_changes_the_export(small_county, lines_as_built, model, changed):
    first = model.objects.order_by("pk").first()
    model.objects.filter(pk=first.pk).update(**changed)
    assert len(set(lines_as_built) ^ set(canonical_lines())) == 2


def test_how_the_divisions_were_read_is_told_and_on_record(small_county):
    told = {"edition": "2021", "encoding": "UTF-8", "county": "浮山县"}
    assert small_county.items() >= told.items()
    (line,) = AuditLine.objects.filter(action="places.divisions_laid")
    assert told_of(line).details.items() >= told.items()


def test_all_divisions_of_the_edition_are_on_record(small_county):
    kinds = dict.fromkeys(Division.Kind.values, 0)
    for kind in Division.objects.values_list("kind", flat=True):
        kinds[kind] += 1
    assert (kinds["county"], kinds["township"], kinds["village"] + kinds["community"]) == (1, 7, 127)


def test_every_row_lies_in_a_grid_cell_on_record(small_county):
    cells = set(GridCell.objects.values_list("area_path", flat=True))
    for model in (Person, Household, Venue, Attachment):
        assert set(model.objects.values_list("area_path", flat=True)) <= cells, model.__name__


def test_a_person_is_found_by_document_and_by_gate_number(small_county):
    person = Person.objects.order_by("pk").first()
    assert person_with_document(person.document_number) == person
    assert person_at_gate(person.gate_number) == person


def test_names_and_numbers_are_not_readable_in_the_database(small_county):
    from django.db import connection

    person = Person.objects.exclude(phone=b"").first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, document_number, phone FROM people_person")
        stored = b"".join(bytes(value) for row in cursor.fetchall() for value in row)
    for secret in (person.name, person.document_number, person.phone):
        assert secret.encode() not in stored


def test_every_unit_division_and_grid_cell_has_a_name_in_english(small_county):
    for model in (Unit, Division, GridCell):
        names = "".join(model.objects.values_list("name_en", flat=True))
        assert [letter for letter in names if "\u4e00" <= letter <= "\u9fff"] == [], model


def test_every_grid_cell_has_its_worker(small_county):
    cells = set(GridCell.objects.values_list("area_path", flat=True))
    assert set(Appointment.objects.filter(role="grid_worker").values_list("area_path", flat=True)) >= cells


def test_a_dedicated_cells_worker_is_named_by_its_host_unit(small_county):
    for cell in GridCell.objects.filter(kind="dedicated"):
        worker = Appointment.objects.select_related("account").get(role="grid_worker", area_path=cell.area_path)
        assert worker.account.unit_id == cell.host_unit_id


def test_every_account_is_verified_and_has_no_password(small_county):
    assert not Account.objects.filter(verified_at__isnull=True).exists()
    assert not any(account.has_usable_password() for account in Account.objects.all())


def by(account: Account) -> str:
    return f"account:{account.pk}"


def test_the_shipped_security_administrators_open_verify_propose_and_confirm_an_auditor(small_county):
    first, second = Account.objects.filter(username__in=("security-1", "security-2")).order_by("username")
    assert first.unit_id != second.unit_id
    one = Account(username="auditor-new", display_name="审计管理员", unit=second.unit)
    open_accounts(accounts=[one], by=by(first))
    set_password(account=one, password="lantern-bridge-millet", by=by(first))
    verify_person(accounts=[one], identities={one.pk: "999101199001011237"}, by=by(second))
    post = Appointment(account=one, role="auditor", area_path="141027")
    appoint(appointments=[post], by=by(first))
    confirm_appointment(appointments=[post], by=by(second))
    one.refresh_from_db()
    set_password(account=one, password="quilt-river-lantern", by=by(one))
    assert may(Account.objects.get(pk=one.pk), "audit.view")


def test_who_is_on_the_register_is_one_person_there_and_in_the_account(small_county):
    workers = Person.objects.filter(account__isnull=False).select_related("account")
    assert len(workers) > 10
    assert all(bytes(it.account.identity_index) == bytes(it.document_index) for it in workers)


def test_the_shipped_rulebooks_are_in_force_under_the_demos_order(small_county):
    at = read_demo((FUSHAN / "county.toml").read_bytes()).starts_at
    assert {rulebook.disease for rulebook in rulebooks_in_force(at)} == {"covid-19", "measles", "norovirus"}
    assert is_ordered("door-checks", disease="covid-19", area_path="141027100001", at=at)


def test_before_its_order_begins_no_measure_is_allowed(small_county):
    before = read_demo((FUSHAN / "county.toml").read_bytes()).starts_at - timedelta(seconds=1)
    assert not is_ordered("door-checks", disease="covid-19", area_path="141027100001", at=before)


def test_the_build_is_on_record_in_the_audit(small_county):
    actions = set(AuditLine.objects.values_list("action", flat=True))
    assert {"places.divisions_laid", "people.persons_registered", "measures.rulebooks_published"} <= actions


def test_a_county_built_twice_is_refused_and_unchanged(small_county):
    before = Person.objects.count(), AuditLine.objects.count()
    with pytest.raises(Refusal, match=r"county\.already_built"):
        build_county(folder=FUSHAN, seed=2, scale=0.02, by="program:test", step=lambda *_: None)
    assert (Person.objects.count(), AuditLine.objects.count()) == before


def test_invented_people_have_no_place_in_a_live_realm(db, settings):
    from dataclasses import replace

    from fangxian.ops.realm.folder import RealmKind

    settings.REALM = replace(settings.REALM, kind=RealmKind.LIVE)
    with pytest.raises(Refusal, match=r"county\.live_realm"):
        build_county(folder=FUSHAN, seed=1, scale=0.02, by="program:test", step=lambda *_: None)


@pytest.mark.sqlite
def test_the_digest_that_is_printed_is_that_of_the_whole_export(built, tmp_path):
    told = in_a_realm_of_its_own(built.folder, "county", "export", "--to", str(tmp_path / "county.ndjson"))
    assert told.returncode == 0, told.stderr
    export = (tmp_path / "county.ndjson").read_bytes()
    assert built.digest == told.stdout == f"sha256 {sha256(export).hexdigest()}\n"
    assert len(export.splitlines()) > 1000


@pytest.mark.sqlite
def test_a_county_whose_divisions_are_in_gb18030_is_the_same_and_the_person_is_told(built, tmp_path):
    shutil.copytree(FUSHAN, tmp_path / "counties" / "fushan")
    in_gb18030(tmp_path / "counties" / "fushan" / "divisions" / "2021.csv")
    told = in_a_realm_of_its_own(tmp_path / "gb", *BUILD, counties=tmp_path / "counties")
    assert told.returncode == 0, told.stderr
    assert "The divisions of 2021 were read as GB18030; in them the county is called “浮山县”." in told.stdout
    assert digest_of(tmp_path / "gb") == built.digest


@pytest.mark.sqlite
def test_a_migration_tells_how_both_editions_were_read(copy_of_built, tmp_path):
    shutil.copytree(FUSHAN, tmp_path / "counties" / "fushan")
    in_gb18030(tmp_path / "counties" / "fushan" / "divisions" / "2022.csv")
    words = ("county", "migrate", "2021-2022", "--confirm-inferred")
    told = in_a_realm_of_its_own(copy_of_built, *words, counties=tmp_path / "counties")
    assert told.returncode == 0, told.stderr
    assert "The divisions of 2021 were read as UTF-8" in told.stdout
    assert "The divisions of 2022 were read as GB18030" in told.stdout


def in_gb18030(path: Path) -> None:
    path.write_bytes(path.read_bytes().decode("utf-8-sig").encode("gb18030"))


@pytest.mark.sqlite
def test_divisions_in_two_encodings_are_refused_by_line_and_nothing_is_left(tmp_path):
    shutil.copytree(FUSHAN, tmp_path / "counties" / "fushan")
    path = tmp_path / "counties" / "fushan" / "divisions" / "2021.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_bytes("".join(lines[:9]).encode() + "".join(lines[9:]).encode("gb18030"))
    refused = in_a_realm_of_its_own(tmp_path / "data", *BUILD, counties=tmp_path / "counties")
    assert refused.returncode == 1
    assert "Line 2 is in UTF-8 and line 10 is not" in refused.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.sqlite
def test_building_into_a_built_folder_says_so_and_changes_nothing(built, copy_of_built):
    again = in_a_realm_of_its_own(copy_of_built, *BUILD)
    assert again.returncode == 1
    assert "nothing was changed" in again.stderr
    assert digest_of(copy_of_built) == built.digest


@pytest.mark.sqlite
def test_a_build_that_was_killed_leaves_a_folder_that_is_built_as_the_same_seed_builds_any_other(built, tmp_path):
    """Everything is one transaction: after a kill there is an empty realm, not half a county."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"FANGXIAN_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-m", "fangxian.cli", "county", "build", "fushan", "--scale", "0.05"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True) as build:
        for line in build.stderr:
            if "居民（加密）" in line or "Residents, sealed" in line:
                break
        build.kill()
    assert build.returncode == -signal.SIGKILL, "it was through before it was killed"
    again = in_a_realm_of_its_own(tmp_path / "data", *BUILD)
    assert again.returncode == 0, again.stderr
    assert digest_of(tmp_path / "data") == built.digest


def test_an_unknown_county_is_refused_with_those_there_are(tmp_path):
    refused = in_a_realm_of_its_own(tmp_path / "data", "county", "build", "atlantis")
    assert refused.returncode == 1
    assert "fushan" in refused.stderr
    assert not (tmp_path / "data").exists()
