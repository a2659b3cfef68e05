"""Fixtures that every test may use."""

import pytest
from hypothesis import settings

# a busy machine is no failure: the time of one example says nothing of the fact under test
settings.register_profile("untimed", deadline=None, max_examples=60)
settings.register_profile("thorough", deadline=None, max_examples=300)
settings.load_profile("untimed")


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run every asynchronous test on both event loops."""
    return str(request.param)
