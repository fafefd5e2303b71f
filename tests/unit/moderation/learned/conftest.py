import pytest

from tests.unit.moderation.learned.classifiers import small_file


@pytest.fixture(scope="session", autouse=True)
def _trained_once() -> None:
    """No example of a property pays for the training."""
    small_file()
