"""Spec tests are the manual: `pytest tests/spec --write` writes it and the vectors, a plain run checks them."""

import pytest

from tests.spec.manual import Notebook


def pytest_addoption(parser):
    parser.addoption("--write", action="store_true", help="write docs/reference/rules.md and spec/vectors anew")


@pytest.fixture
def spec(request):
    return Notebook.for_test(request.function)
