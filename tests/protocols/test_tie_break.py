"""Which of several optimal assignments counts."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import augmentation, dense
from protocols.market import Market
from protocols.tie_break import earliest_optimum
from tests.protocols.test_augmentation import cheapest, markets


def first_optimum(market: Market) -> tuple[int | None, ...]:
    """Return the first optimum in the order of workers, task by task, by trying everything."""
    nobody = len(market.workers)
    best = cheapest(market)
    choices = [
        sorted([*row.items(), (nobody, outside)])
        for row, outside in zip(market.costs, market.outside, strict=True)
    ]
    for picks in product(*choices):
        held = [worker for worker, _ in picks]
        within = all(held.count(worker) <= room for worker, room in enumerate(market.capacities))
        if within and sum(cost or 0 for _, cost in picks) == best:
            return tuple(None if worker == nobody else worker for worker in held)
    raise AssertionError("the optimum is among all assignments")


@settings(max_examples=200)
@given(markets())
def test_both_solvers_find_the_first_of_all_optima(market: Market) -> None:
    """Task by task the earliest worker that any optimum allows, whichever solver was asked."""
    expected = first_optimum(market)

    assert augmentation.assign(market).holders == expected
    assert dense.assign(market).holders == expected


@settings(max_examples=60)
@given(markets(tasks=7, workers=6))
def test_both_solvers_answer_the_same(market: Market) -> None:
    """Holders, cost and prices of the two solvers are equal however many optima there are."""
    assert dense.assign(market) == augmentation.assign(market)


@given(st.permutations(range(6)))
def test_where_everything_is_equal_the_first_tasks_go_to_the_first_workers(
    holders: list[int],
) -> None:
    """Six equal workers with room for one take six equal tasks in order, from any start."""
    everybody = range(6)

    assert earliest_optimum(holders, [everybody] * 6, [1] * 6, []) == list(everybody)


def test_a_worker_whose_place_is_worth_nothing_may_be_left_with_room() -> None:
    """A task moves to an earlier worker with room only if its holder need not be full."""
    tight = [[0, 1]]

    assert earliest_optimum([1], tight, [1, 1], [0, 1]) == [0]
    assert earliest_optimum([1], tight, [1, 1], [0]) == [1]


def test_a_place_left_may_be_filled_by_another_task() -> None:
    """A task leaves a worker that must stay full when a later task can take its place."""
    tight = [[0, 1], [1, 2]]

    assert earliest_optimum([1, 2], tight, [1, 1, 1], [0, 2]) == [0, 1]
