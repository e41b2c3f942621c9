"""The frozen bytes are still what was promised."""

import json
import os
from pathlib import Path

import pytest

from fangxian.core.policy.byte_refusals import SENTENCES

ROOT = Path(__file__).parents[3]
SENTENCES_FILE = ROOT / "web/src/core/codeSentences.json"
WRITING = os.environ.get("FANGXIAN_WRITE_VECTORS") == "1"


def hold(path: Path, text: str) -> None:
    """`path` holds `text`; with FANGXIAN_WRITE_VECTORS=1 it is written first."""
    if WRITING:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, (
        f"{path.relative_to(ROOT)} differs from what the program makes. If a byte changed by accident, "
        "mend the program. If a new version of the format is meant, run this test with FANGXIAN_WRITE_VECTORS=1."
    )


@pytest.mark.parametrize(
    "name", ["words", "handles", "person_qr", "venue_code", "device", "snapshot", "bundle", "edge_door"]
)
def test_the_committed_vectors_are_what_the_program_makes(name, vectors):
    lines = (json.dumps(line, ensure_ascii=False) for line in vectors[name])
    hold(ROOT / f"spec/vectors/{name}.jsonl", "".join(f"{line}\n" for line in lines))


def test_the_phone_says_the_same_sentences():
    said = {code: {"zh": s.zh, "en": s.en} for code, s in SENTENCES.items()}
    hold(SENTENCES_FILE, json.dumps(said, ensure_ascii=False, indent=2) + "\n")


def test_every_refusal_of_a_reader_has_a_vector(vectors):
    seen = {line["refusal"] for lines in vectors.values() for line in lines if "refusal" in line}
    # These need a snapshot's generation or a gate's list of retired keys.
    elsewhere = {"code.revoked", "code.venue_closed", "code.venue_replaced", "code.typed_closed", "code.key_retired"}
    assert set(SENTENCES) - seen <= elsewhere


def test_every_secret_in_the_vectors_says_that_it_is_a_test_key(vectors):
    secrets = [
        v for lines in vectors.values() for line in lines for k, v in line.items() if k.endswith(("key", "secret"))
    ]
    assert secrets
    assert all(secret.startswith("TEST KEY") for secret in secrets)
