"""The plain solver of winner determination."""

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.augmentation import assign
from protocols.errors import MechanismError, MonopolyError
from protocols.market import Market
from tests.protocols.brute_force import best_welfare


@st.composite
def markets(
    draw: st.DrawFn, *, tasks: int = 4, workers: int = 4, open_ended: bool = False
) -> Market:
    """Draw small markets with many ties, missing pairs and capacities."""
    names = tuple(f"w{index}" for index in range(draw(st.integers(1, workers))))
    count = draw(st.integers(1, tasks))
    cost = st.integers(-4, draw(st.sampled_from([2, 5, 50])))
    row = st.dictionaries(st.integers(0, len(names) - 1), cost)
    outside = st.none() | st.integers(0, 6) if open_ended else st.integers(0, 6)
    return Market(
        tasks=tuple(f"t{index}" for index in range(count)),
        workers=names,
        costs=tuple(draw(st.lists(row, min_size=count, max_size=count))),
        outside=tuple(draw(st.lists(outside, min_size=count, max_size=count))),
        capacities=tuple(
            draw(st.lists(st.integers(1, 3), min_size=len(names), max_size=len(names)))
        ),
    )


def cheapest(market: Market, without: int | None = None) -> int | None:
    """Return the least total cost by trying everything, or ``None`` where nothing is feasible."""
    choices = [
        [(None, outside)] * (outside is not None)
        + [(worker, cost) for worker, cost in row.items() if worker != without]
        for row, outside in zip(market.costs, market.outside, strict=True)
    ]
    best: int | None = None
    for picks in product(*choices):
        loads = [
            sum(worker == index for worker, _ in picks) for index in range(len(market.workers))
        ]
        if all(load <= room for load, room in zip(loads, market.capacities, strict=True)):
            total = sum(cost for _, cost in picks if cost is not None)
            best = total if best is None else min(best, total)
    return best


def contribution(market: Market, holders: tuple[int | None, ...], worker: int) -> int:
    """Return what a worker's tasks cost it."""
    return sum(
        row[worker] for row, holder in zip(market.costs, holders, strict=True) if holder == worker
    )


@settings(max_examples=100)
@given(markets())
def test_optimum_and_prices_equal_brute_force(market: Market) -> None:
    """The total is the least there is, and every price is C(-i) - (C - c_i) exactly."""
    found = assign(market)

    assert found.cost == cheapest(market)
    for worker, price in found.prices.items():
        rest = found.cost - contribution(market, found.holders, worker)
        without = cheapest(market, without=worker)
        assert without is not None
        assert price == without - rest


def crowded(seed: int) -> Market:
    """Return a market of nine tasks with hardly a place left, where one move displaces others."""
    draw = Random(seed)
    return Market(
        tasks=tuple(f"t{task}" for task in range(9)),
        workers=tuple(f"w{worker}" for worker in range(5)),
        costs=tuple({worker: draw.randint(0, 4 + seed) for worker in range(5)} for _ in range(9)),
        outside=(5 + seed,) * 9,
        capacities=tuple(draw.randint(1, 3) for _ in range(5)),
    )


@pytest.mark.parametrize("seed", range(30))
def test_chains_of_moves_end_at_the_optimum(seed: int) -> None:
    """Where every worker is full, the total and all prices are still those of brute force."""
    market, outside = crowded(seed), 5 + seed
    savings = [
        {market.workers[worker]: outside - cost for worker, cost in row.items()}
        for row in market.costs
    ]
    rooms = dict(zip(market.workers, market.capacities, strict=True))
    found = assign(market)

    assert 9 * outside - found.cost == best_welfare(savings, rooms)
    for worker, price in found.prices.items():
        rest = found.cost - contribution(market, found.holders, worker)
        without = best_welfare(savings, rooms, without=market.workers[worker])
        assert price == 9 * outside - without - rest


@given(markets(open_ended=True))
def test_a_task_without_outside_option_is_done_or_refused(market: Market) -> None:
    """Without an outside option there is an optimum with bounded prices, or a clear refusal."""
    everybody = range(len(market.workers))
    if cheapest(market) is None:
        with pytest.raises(MechanismError):
            assign(market)
    elif any(cheapest(market, without=worker) is None for worker in everybody):
        with pytest.raises(MonopolyError) as caught:
            assign(market)
        assert cheapest(market, without=market.workers.index(caught.value.worker)) is None
    else:
        assert assign(market).cost == cheapest(market)


def test_a_monopoly_names_the_worker_and_the_task() -> None:
    """A worker without whom a task cannot be done has a price without bound."""
    market = Market(("t", "u"), ("a", "b"), ({0: 1}, {0: 2, 1: 3}), (None, 9), (2, 1))

    with pytest.raises(MonopolyError, match="worker 'a' is the only one that can do task 't'"):
        assign(market)


def test_a_task_that_nobody_can_do_is_named() -> None:
    """A task with neither workers nor an outside option cannot be cleared."""
    with pytest.raises(MechanismError, match="task 't' has no worker with room"):
        assign(Market(("t",), ("a",), ({},), (None,), (1,)))


def test_the_price_of_two_tasks_is_not_the_sum_of_slot_prices() -> None:
    """Costs [[1,5,9],[1,5,9]] with capacities (2,1,1): the first worker is worth 5 + 9, not 5 + 5."""
    market = Market(("t", "u"), ("a", "b", "c"), ({0: 1, 1: 5, 2: 9},) * 2, (99, 99), (2, 1, 1))

    assert assign(market).prices == {0: 14}


def test_amounts_beyond_64_bits_stay_exact() -> None:
    """The plain solver counts in integers of any size."""
    huge = 10**30
    market = Market(("t",), ("a", "b"), ({0: huge, 1: huge + 1},), (huge + 2,), (1, 1))

    assert assign(market).prices == {0: huge + 1}
