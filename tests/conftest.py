"""What all tests share."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings

from tests.installation import tables

# How long an example takes says how busy the machine is, not whether it is right.
# A check does not depend on the machine's speed. A build tries the same cases each time: what fails there can be had
# again, and nothing fails by chance; whoever runs the tests by hand tries new ones.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize=bool(os.environ.get("PCMT_CI")),
)  # fmt: skip
hypothesis.settings.load_profile("house")

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def pytest_report_header() -> str:
    """Which database the tests run on."""
    return f"database: {settings.DATABASES['default']['ENGINE'].rsplit('.', 1)[1]}"


def pytest_collection_finish() -> None:
    """What was loaded until now stays to the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """What pytest-django asks for before it makes the test database."""
    with tables():
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the five real plans; the test is skipped where it is not laid beside the repository."""
    folder = SHARED / "seeds"
    if not folder.is_dir():
        pytest.skip("../shared/seeds is absent: the real plans are not part of the repository")
    return folder
