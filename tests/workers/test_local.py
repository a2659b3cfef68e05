"""Tests of workers that know at once what they would bid."""

import pytest

from tests.workers.calls import bids, lot
from workers.function import FunctionWorker

pytestmark = pytest.mark.anyio


async def test_it_bids_on_its_kinds_alone() -> None:
    """Lots of other kinds get no answer."""
    worker = FunctionWorker("w", str, confidence=0.5, kinds=("sums",))
    found = await bids(worker, lot("t1", kind="sums"), lot("t2", kind="dates"))
    assert [bid.task for bid in found] == ["t1"]


async def test_it_is_silent_where_it_is_excluded() -> None:
    """A lot at which the worker failed before is left alone."""
    worker = FunctionWorker("w", str, confidence=0.5)
    found = await bids(worker, lot("t1", excluded=["w"]), lot("t2", excluded=["v"]))
    assert [bid.task for bid in found] == ["t2"]


async def test_the_terms_are_the_participant() -> None:
    """Payment, capacity, owner and family reach the market."""
    worker = FunctionWorker("w", str, payable=True, capacity=3, owner="o", family="f", seats=2)
    known = worker.participant
    assert (known.payable, known.capacity, known.owner, known.family) == (True, 3, "o", "f")
    assert worker.seats == 2
