"""The test county's keys, and the lines of spec/vectors for the frozen bytes.

The committed lines are the promise: `test_vectors.py` makes them again and compares, and web/tests/core
reads them in TypeScript. They change only when a new version of a format is meant:

    FANGXIAN_WRITE_VECTORS=1 pytest tests/unit/formats/test_vectors.py
"""

import pytest

from tests.unit.formats.bundle_lines import bundle_lines
from tests.unit.formats.code_lines import person_lines, venue_lines
from tests.unit.formats.county import Keys
from tests.unit.formats.edge_lines import edge_lines
from tests.unit.formats.snapshot_lines import device_lines, snapshot_lines
from tests.unit.formats.word_lines import Line, handle_lines, word_lines


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys()


@pytest.fixture(scope="session")
def vectors(keys: Keys) -> dict[str, list[Line]]:
    """The lines of each file of spec/vectors that this folder answers for."""
    return {
        "words": list(word_lines()),
        "handles": list(handle_lines(keys)),
        "person_qr": list(person_lines(keys)),
        "venue_code": list(venue_lines(keys)),
        "device": list(device_lines()),
        "snapshot": list(snapshot_lines(keys)),
        "bundle": list(bundle_lines(keys)),
        "edge_door": list(edge_lines()),
    }
