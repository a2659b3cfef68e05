"""The limits of a run, and what a market starts with."""

import math

import pytest
from pydantic import ValidationError

from orchestrator.market import Limits, Market
from orchestrator.memory.chronicle import Chronicle
from orchestrator.memory.journal import Unrecorded
from orchestrator.memory.ledger import Ledger
from protocols.units import TaskId
from protocols.vcg import Vcg
from workers.verifiers import exact


def market() -> Market:
    """Return a market without workers."""
    return Market(Chronicle(Unrecorded(), Ledger(capped=False)), Vcg(), {}, seed=0)


@pytest.mark.parametrize(
    ("limit", "number"),
    [
        ("batch", 0),
        ("announcements", 0),
        ("concurrency", 0),
        ("attempts", 0),
        ("bid_seconds", 0.0),
        ("bid_seconds", math.inf),
        ("execute_seconds", -1.0),
        ("execute_seconds", math.nan),
        ("solved_at", 0.0),
        ("solved_at", 1.1),
        ("seats", 3),
    ],
)
def test_a_limit_that_would_stop_the_run_is_refused(limit: str, number: float) -> None:
    """Nothing at once, no time, and no number are mistakes, and so are unknown names."""
    with pytest.raises(ValidationError):
        Limits.model_validate({limit: number})


def test_limits_survive_their_own_record() -> None:
    """A replay reads the limits from the journal."""
    limits = Limits(batch=3, solved_at=1, bid_seconds=0.5)

    assert Limits.model_validate(limits.model_dump(mode="json")) == limits
    assert Limits.model_validate_json(limits.model_dump_json()) == limits


def test_two_markets_share_nothing() -> None:
    """The state of one run is not that of another in the same process."""
    one, other = market(), market()
    one.verifiers[TaskId("t1")] = exact("391")

    assert other.verifiers == {}
    assert one.desks is not other.desks
    assert one.standings is not other.standings
