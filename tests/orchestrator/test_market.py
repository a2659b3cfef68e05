"""The limits of a run, and what a market starts with."""

import math

import pytest
from pydantic import ValidationError

from orchestrator.market import Limits, Market
from orchestrator.memory.chronicle import Chronicle
from orchestrator.memory.journal import Unrecorded
from orchestrator.memory.ledger import Ledger
from protocols.mcafee import McAfee
from protocols.mechanism import Mechanism
from protocols.units import TaskId, WorkerId
from protocols.vcg import Vcg
from protocols.vickrey import Vickrey
from tests.orchestrator.markets import Paced
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


@pytest.mark.parametrize(
    ("rule", "capacities", "batch", "kinds"),
    [
        (Vickrey(), [None, None], 32, None),
        (Vickrey(), [None, 3, 5], 3, None),
        (Vickrey(), [40], 32, None),
        (McAfee(), [None, 2], 32, 2),
        (McAfee(), [None], 32, None),
        (Vcg(), [1, 2], 32, None),
    ],
)
def test_a_market_puts_up_what_its_mechanism_can_clear(
    rule: Mechanism, capacities: list[int | None], batch: int, kinds: int | None
) -> None:
    """A rule that capacities must not bind gets no more lots, or kinds, than the least capacity."""
    workers = {
        WorkerId(f"w{place}"): Paced(f"w{place}", capacity=capacity)
        for place, capacity in enumerate(capacities)
    }
    made = Market(Chronicle(Unrecorded(), Ledger(capped=False)), rule, workers, seed=0)

    assert (made.batch, made.kinds) == (batch, kinds)


def test_two_markets_share_nothing() -> None:
    """The state of one run is not that of another in the same process."""
    one, other = market(), market()
    one.verifiers[TaskId("t1")] = exact("391")

    assert other.verifiers == {}
    assert one.desks is not other.desks
    assert one.standings is not other.standings
