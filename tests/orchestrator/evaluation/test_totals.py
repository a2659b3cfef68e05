"""Sums and means that come out the same in any order."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evaluation.totals import Mean, WorkerTotals, amount
from protocols.units import WorkerId


def mean_of(numbers: list[float]) -> Mean:
    """Return the mean of numbers, added in their order."""
    mean = Mean()
    for value in numbers:
        mean.add(value)
    return mean


@given(
    st.lists(st.floats(-1000, 1), min_size=1).flatmap(
        lambda numbers: st.tuples(st.just(numbers), st.permutations(numbers))
    )
)
def test_means_do_not_depend_on_order(orders: tuple[list[float], list[float]]) -> None:
    """Adding the same numbers in another order gives the same mean, to the last bit."""
    one, other = map(mean_of, orders)
    assert one == other
    assert one.value == other.value


def test_a_mean_of_nothing() -> None:
    """Without numbers there is no mean."""
    assert Mean().value is None
    assert mean_of([0.25, 0.75]).value == 0.5


def test_profit_and_data() -> None:
    """Profit is pay less cost; without awards there are no rates; money is units and nano-units."""
    worker = WorkerTotals(WorkerId("w"), payable=False, paid=-5, cost=7)
    assert worker.profit == -12
    data = worker.to_data()
    assert data["profit"] == amount(-12) == {"units": "-0.000000012", "nano": -12}
    assert data["mean_report"] is data["success_rate"] is data["mean_score"] is None
