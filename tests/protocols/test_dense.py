"""The vectorised solver: equal to the plain one, and to naive re-solves on published instances."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from protocols import augmentation, dense
from protocols.errors import InexactError, MechanismError, MonopolyError
from protocols.market import Assignment, Market
from tests.protocols.test_augmentation import contribution, crowded, markets
from tests.records import records

RESERVE = 40
"""Per task; the square instances have no second seller for some tasks without one."""


def utilities(market: Market, found: Assignment) -> dict[int, int]:
    """Return what each worker gains, which no tie-break can change; zeros are left out."""
    gains = {
        worker: price - contribution(market, found.holders, worker)
        for worker, price in found.prices.items()
    }
    return {worker: gain for worker, gain in gains.items() if gain}


@settings(max_examples=100)
@given(markets())
def test_welfare_and_utilities_equal_the_plain_solver(market: Market) -> None:
    """Both solvers find the same total and leave every worker the same gain, ties or not."""
    plain, fast = augmentation.assign(market), dense.assign(market)

    assert fast.cost == plain.cost
    assert utilities(market, fast) == utilities(market, plain)


@pytest.mark.parametrize("seed", range(60))
def test_a_crowded_market_is_cleared_as_by_the_plain_solver(seed: int) -> None:
    """Where chains of moves decide, holders, total and prices are the same, ties or not."""
    market = crowded(seed)

    assert dense.assign(market) == augmentation.assign(market)


def test_equals_are_seen_beside_a_task_that_nobody_does() -> None:
    """Two workers at the same cost, of which one is idle, and a task without a bid: the first wins."""
    market = Market(("t", "u"), ("a", "b"), ({}, {0: 0, 1: 0}), (2, 2), (1, 1))

    assert dense.assign(market) == augmentation.assign(market)
    assert dense.assign(market).holders == (None, 0)


@settings(max_examples=60)
@given(markets(open_ended=True))
def test_refusals_equal_the_plain_solver(market: Market) -> None:
    """A market that the plain solver refuses is refused by this one, for the same kind of reason."""
    try:
        plain = augmentation.assign(market)
    except MechanismError as error:
        with pytest.raises(type(error)):
            dense.assign(market)
    else:
        assert dense.assign(market).cost == plain.cost


def test_a_monopoly_names_the_worker_and_the_task() -> None:
    """A worker without whom a task cannot be done has a price without bound."""
    market = Market(("t", "u"), ("a", "b"), ({0: 1}, {0: 2, 1: 3}), (None, 9), (2, 1))

    with pytest.raises(MonopolyError, match="worker 'a' is the only one that can do task 't'"):
        dense.assign(market)


def dearest(tasks: int) -> int:
    """Return the largest amount that so many tasks may have: 2 (tasks + 2) (amount + 1) < 2**53."""
    return (dense.EXACT - 1) // (2 * (tasks + 2)) - 1


@pytest.mark.parametrize("tasks", [1, 2, 50])
def test_the_largest_amounts_are_solved_to_the_nano_unit(tasks: int) -> None:
    """At the limit one nano-unit still decides every task, and every price is right."""
    top = dearest(tasks)
    order = range(tasks)
    market = Market(
        tasks=tuple(f"t{task}" for task in order),
        workers=tuple(f"w{worker}" for worker in order),
        costs=tuple({worker: top - (worker == task) for worker in order} for task in order),
        outside=(top,) * tasks,
        capacities=(1,) * tasks,
    )
    found = dense.assign(market)

    assert found == augmentation.assign(market)
    assert found.holders == tuple(order)
    assert found.cost == tasks * (top - 1)


@pytest.mark.parametrize("tasks", [1, 50])
@pytest.mark.parametrize("sign", [1, -1])
def test_amounts_beyond_the_limit_are_refused(tasks: int, sign: int) -> None:
    """One nano-unit more than the limit, as a cost or as a score, and nothing is guessed."""
    beyond = sign * (dearest(tasks) + 1)
    market = Market(("t",) * tasks, ("a",), ({0: beyond},) * tasks, (0,) * tasks, (tasks,))

    with pytest.raises(InexactError, match="beyond 2\\*\\*53"):
        dense.assign(market)


def test_an_assignment_that_is_no_optimum_is_not_proven() -> None:
    """The proof rejects a worse assignment, whether a swap or a free worker would improve it."""
    costs = np.array([[1, 5], [5, 1], [3, 9], [90, 90]], dtype=np.int64)
    room = np.ones(3, dtype=np.int64)

    dense.Potentials(costs, room, np.array([0, 1], dtype=np.int64))
    for worse in ([1, 0], [2, 1], [3, 1]):
        with pytest.raises(InexactError):
            dense.Potentials(costs, room, np.array(worse, dtype=np.int64))


def published(size: int) -> NDArray[np.int64]:
    """Read a square assignment problem of the OR-Library (Beasley 1990), workers by tasks."""
    text = gzip.decompress(records("auctions", f"assign{size}.txt.gz").read_bytes()).split()
    assert int(text[0]) == size
    return np.array(text[1 : 1 + size * size], dtype=np.int64).reshape(size, size).T


@pytest.mark.parametrize(("size", "optimum"), [(100, 305), (200, 475), (300, 626)])
def test_published_optima(size: int, optimum: int) -> None:
    """The OR-Library optima of assign100, 200 and 300 are found exactly."""
    costs = np.vstack([published(size), np.full((1, size), dense.FAR)])
    room = np.ones(size, dtype=np.int64)
    holders = dense.optimum(costs, room)

    assert costs[holders, np.arange(size)].sum() == optimum


@pytest.mark.parametrize("size", [100, 200, 300])
def test_published_payments_equal_naive_resolves(size: int) -> None:
    """With a reserve of 40 per task every Clarke payment equals a re-solve, as integers."""
    costs = published(size)
    table = np.vstack([costs, np.full((1, size), RESERVE)])
    room = np.ones(size, dtype=np.int64)
    holders = dense.optimum(table, room)
    potentials = dense.Potentials(table, room, holders)
    holders = potentials.holders
    own = table[holders, np.arange(size)]
    capped = np.minimum(costs, RESERVE)
    padded = np.vstack([capped, np.full((1, size), RESERVE)])
    for worker in (int(holder) for holder in holders if holder != size):
        rest = np.delete(padded, worker, axis=0)
        rows, columns = linear_sum_assignment(rest)
        naive = rest[rows, columns].sum() - (own.sum() - own[holders == worker].sum())

        assert potentials.price(worker)[0] == naive


def test_published_square_instances_have_monopolies_without_a_reserve() -> None:
    """assign100 without outside options has payments without bound, so it is refused."""
    costs = published(100)
    market = Market(
        tasks=tuple(map(str, range(100))),
        workers=tuple(map(str, range(100))),
        costs=tuple(dict(enumerate(map(int, column))) for column in costs.T),
        outside=(None,) * 100,
        capacities=(1,) * 100,
    )

    with pytest.raises(MonopolyError):
        dense.assign(market)
