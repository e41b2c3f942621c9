"""Invented evidence: a county built again from the same seed is the same county, though its ids are drawn anew."""

import shutil
from pathlib import Path

import pytest
from django.db import transaction

from fangxian.core.drill.county.build import LEAST_SCALE
from fangxian.ops.movement import models as movement
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.build_county import build_county

pytestmark = pytest.mark.django_db
FUSHAN = Path(__file__).resolve().parents[2] / "counties" / "fushan"
HOME = ("household__area_path", "household__number", "place_in_household")


def drawn_in_a_new_county():
    """Who is tested, and who has which evidence, by where they live: what anybody in the demo can see."""
    with transaction.atomic():
        build_county(folder=FUSHAN, seed=1, scale=LEAST_SCALE, by="program:test", step=lambda *_: None)
        home = {pk: of for pk, *of in Person.objects.values_list("pk", *HOME)}
        evidence = sorted((home[pk], kind) for pk, kind in movement.Evidence.objects.values_list("person", "kind"))
        tested = sorted(home[pk] for pk in movement.TestKnown.objects.values_list("person", flat=True))
        transaction.set_rollback(True)
    return evidence, tested


def test_a_county_built_again_from_its_seed_has_the_same_people_tested_and_the_same_evidence_of_each():
    assert drawn_in_a_new_county() == drawn_in_a_new_county()


@pytest.fixture
def county_without_a_gate(tmp_path):
    """Fushan's folder with the rulebooks of diseases that have no gate, and without the order on its doors."""
    folder = Path(shutil.copytree(FUSHAN, tmp_path / "fushan"))
    (folder / "rulebooks" / "covid19-2022-04.toml").unlink()
    told = (folder / "county.toml").read_text("utf-8").splitlines(keepends=True)
    (folder / "county.toml").write_text("".join(line for line in told if not line.startswith("order = ")), "utf-8")
    return folder


def test_a_county_whose_rulebooks_have_no_gate_is_built_without_codes(county_without_a_gate):
    found = build_county(
        folder=county_without_a_gate, seed=1, scale=LEAST_SCALE, by="program:test", step=lambda *_: None
    )
    assert found["n_persons"] > 0
    assert not movement.HealthCode.objects.exists()
