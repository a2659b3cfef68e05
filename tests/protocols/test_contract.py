"""What contracts pay, by hand, and which numbers they refuse."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from protocols.contract import Contract, Settlement, Transfer
from protocols.units import LARGEST, AnnouncementId, Money, TaskId, WorkerId, money


def quadratic(report: float, success: float) -> float:
    """Return S(p, x) = -(x - p)^2."""
    return -((success - report) ** 2)


def test_pay_as_bid_pays_the_same_whatever_happens() -> None:
    """A base alone is a fixed price."""
    contract = Contract(base=Money(7), report=0.5)

    assert [contract.pay(x, Money(3), -0.25) for x in (0.0, 0.5, 1.0)] == [7, 7, 7]


def test_the_contingent_contract_of_five_sellers() -> None:
    """Execution-contingent VCG pays V x - K (Porter, Ronen, Shoham and Tennenholtz, 2008).

    Value 20, costs 9 10 12 12.8 13.8, chances .38 .50 .73 .88 .95: the last seller adds most, and
    without it the fourth would, 20 * .88 - 12.8 = 4.8 = K. So it gets 15.2 or owes 4.8.
    """
    costs = [money(cost) for cost in ("9", "10", "12", "12.8", "13.8")]
    chances = [0.38, 0.50, 0.73, 0.88, 0.95]
    value = money("20")
    welfare = [round(value * p) - cost for p, cost in zip(chances, costs, strict=True)]
    *others, best = welfare
    contract = Contract(base=Money(-max(others)), per_success=value, report=0.95)

    assert best > max(others)
    assert contract.pay(1.0, costs[4], 0.0) == money("15.2")
    assert contract.pay(0.0, costs[4], 0.0) == money("-4.8")


def test_the_stake_pays_by_the_score() -> None:
    """With a stake of 100 and a report of 0.9 a failure costs 81 more than a perfect forecast."""
    contract = Contract(base=Money(50), per_success=Money(200), score_weight=Money(100), report=0.9)

    assert contract.pay(1.0, Money(0), quadratic(0.9, 1.0)) == 50 + 200 - 1
    assert contract.pay(0.0, Money(0), quadratic(0.9, 0.0)) == 50 - 81


def test_metered_cost_is_refunded_in_its_share() -> None:
    """A cost share of a quarter pays back a quarter of what the work has really cost."""
    contract = Contract(base=Money(1), cost_share=0.25, report=0.5)

    assert contract.pay(0.0, Money(400), 0.0) == 101


def test_graded_work_is_paid_in_its_measure() -> None:
    """Half a success earns half; half a nano-unit goes to the even neighbour."""
    assert Contract(per_success=Money(20), report=0.5).pay(0.5, Money(0), 0.0) == 10
    assert Contract(per_success=Money(3), report=0.5).pay(0.5, Money(0), 0.0) == 2
    assert Contract(per_success=Money(5), report=0.5).pay(0.5, Money(0), 0.0) == 2


@given(
    base=st.integers(-LARGEST, LARGEST),
    per_success=st.integers(-LARGEST, LARGEST),
    x=st.sampled_from([0.0, 1.0]),
)
def test_success_and_failure_are_paid_to_the_last_nano_unit(
    base: int, per_success: int, x: float
) -> None:
    """For plain success or failure no rounding occurs at any size of money."""
    contract = Contract(base=Money(base), per_success=Money(per_success), report=0.5)

    assert contract.pay(x, Money(0), 0.0) == base + (per_success if x else 0)


@given(
    report=st.floats(0, 1),
    chance=st.floats(0, 1),
    stake=st.integers(10**6, 10**12),
)
def test_the_true_chance_is_worth_at_least_any_report(
    report: float, chance: float, stake: int
) -> None:
    """In expectation a stake on the quadratic score pays best for the truth, to 2 nano-units."""

    def expected(said: float) -> float:
        contract = Contract(score_weight=Money(stake), report=said)
        win, lose = (contract.pay(x, Money(0), quadratic(said, x)) for x in (1.0, 0.0))
        return chance * win + (1 - chance) * lose

    assert expected(chance) >= expected(report) - 2


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"report": 1.5},
        {"report": math.nan},
        {"report": 0.5, "base": 4 * LARGEST + 1},
        {"report": 0.5, "base": 1.5},
        {"report": 0.5, "per_success": True},
        {"report": 0.5, "cost_share": 1.1},
        {"report": 0.5, "score_weight": -1},
        {"report": 0.5, "rule": ""},
        {"report": 0.5, "bonus": 1},
    ],
)
def test_a_contract_is_made_of_sane_numbers(wrong: dict[str, object]) -> None:
    """A negative stake, a share above the whole, fractions of a nano-unit and the like are refused."""
    with pytest.raises(ValidationError):
        Contract.model_validate(wrong)


@pytest.mark.parametrize("amount", [0, -1, 4_000 * LARGEST + 1])
def test_a_transfer_moves_something(amount: int) -> None:
    """A transfer has a positive amount: the other direction is written by swapping the accounts."""
    with pytest.raises(ValidationError):
        Transfer(book="cash", source="a", target="b", amount=Money(amount), purpose="pay")


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_a_score_is_finite(score: float) -> None:
    """An unbounded score is no settlement."""
    with pytest.raises(ValidationError):
        Settlement(
            announcement=AnnouncementId("a1"),
            task=TaskId("t0"),
            worker=WorkerId("ann"),
            success=1.0,
            score=score,
            payment=Money(-5),
            cost=Money(1),
        )
