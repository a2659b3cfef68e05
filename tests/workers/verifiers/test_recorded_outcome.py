"""The outcomes of recordings."""

import pytest

from tests.workers.calls import lot, result
from workers.ports import Verdict, VerifierError
from workers.verifiers import Recorded

pytestmark = pytest.mark.anyio


async def test_recorded_reads_the_truth_of_the_record() -> None:
    """The verdict is the recorded outcome, graded ones included."""
    assert await Recorded().verify(lot(), result("x", truth=0.25)) == Verdict(0.25)


async def test_recorded_does_not_judge_without_a_record() -> None:
    """No outcome is not the same as a wrong answer."""
    with pytest.raises(VerifierError, match="'w' on 't1' has no recorded outcome"):
        await Recorded().verify(lot(), result("x"))
