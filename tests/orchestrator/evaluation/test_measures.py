"""What an award came to, as numbers."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evaluation.measures import NOTHING, Measures, expected, measured, payment
from protocols.contract import Contract
from protocols.messages import Lot
from protocols.units import Money, TaskId

LOT = Lot(task=TaskId("t"), value=Money(100), reserve=Money(100))
STAKED = Contract(base=Money(-40), per_success=Money(100), score_weight=Money(100), report=0.8)


def test_a_success() -> None:
    """A success worth 100 at a cost of 12 is paid -40 + 100 - 4 = 56."""
    came = measured(LOT, STAKED, 1.0, Money(12), 0.5)
    assert came == Measures(1.0, 100, 12, 56)
    assert (came.surplus, came.welfare) == (44, 88)


def test_a_partial_success_below_the_bar_is_worth_nothing() -> None:
    """A success of 0.4 does not count as solved, but its contract pays for it."""
    came = measured(LOT, Contract(per_success=Money(10), report=0.4), 0.4, Money(3), 0.5)
    assert came == Measures(0.0, 0, 3, 4)


@given(st.floats(0, 1), st.floats(0, 1))
def test_expectations_are_means(chance: float, report: float) -> None:
    """What is expected is the mean of success and failure, to the rounding of its terms."""
    contract = STAKED.model_copy(update={"report": report})
    good, bad = (measured(LOT, contract, x, Money(7), 0.5) for x in (1.0, 0.0))
    mean = expected(LOT, contract, chance, Money(7))
    for got, won, lost in zip(mean, good, bad, strict=True):
        assert abs(got - (chance * won + (1 - chance) * lost)) <= 2.001


def test_sums() -> None:
    """Measures add up field by field; nothing changes nothing."""
    one = Measures(1, 2, 3, 4)
    assert one.plus(one) == Measures(2, 4, 6, 8)
    assert one.plus(NOTHING) == one


def test_a_rule_that_is_not_paid_by_is_not_asked() -> None:
    """A contract without a stake may name any rule."""
    assert payment(Contract(base=Money(5), rule="unheard-of", report=0.5), 1.0, Money(0)) == 5
