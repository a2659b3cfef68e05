"""Assignment with sizes."""

import gzip
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.generalised_assignment import Pair, assign_sized
from tests.records import records

OPTIMA = {
    1: [336, 327, 339, 341, 326],
    2: [434, 436, 420, 419, 428],
    3: [580, 564, 573, 570, 564],
    4: [656, 644, 673, 647, 664],
}
"""The published optima of gap1 to gap4 (Beasley 1990; Osman 1995)."""


@pytest.mark.parametrize("number", OPTIMA)
def test_published_optima(number: int) -> None:
    """All twenty problems of gap1 to gap4 reach their published optima exactly."""
    text = gzip.decompress(records("auctions", f"gap{number}.txt.gz").read_bytes()).split()
    values = iter(map(int, text))
    for expected in [OPTIMA[number][problem] for problem in range(next(values))]:
        workers, tasks = next(values), next(values)
        gains = [next(values) for _ in range(workers * tasks)]
        sizes = [next(values) for _ in range(workers * tasks)]
        capacities = {str(worker): next(values) for worker in range(workers)}
        pairs = [
            Pair(str(task), str(worker), gains[worker * tasks + task], sizes[worker * tasks + task])
            for worker in range(workers)
            for task in range(tasks)
        ]

        assert assign_sized(pairs, capacities, every_task=True).welfare == expected


def best(pairs: list[Pair], capacities: dict[str, int], without: str | None = None) -> int:
    """Return the largest welfare by trying every assignment."""
    tasks = sorted({pair.task for pair in pairs})
    choices = [
        [None, *(pair for pair in pairs if pair.task == task and pair.worker != without)]
        for task in tasks
    ]
    top = 0
    for picks in product(*choices):
        taken = [pair for pair in picks if pair]
        loads = {
            worker: sum(pair.size for pair in taken if pair.worker == worker)
            for worker in capacities
        }
        if all(loads[worker] <= room for worker, room in capacities.items()):
            top = max(top, sum(pair.score for pair in taken))
    return top


@settings(max_examples=40)
@given(st.data())
def test_welfare_and_pivots_equal_brute_force(data: st.DataObject) -> None:
    """The optimum and every W(-i) equal the best of all assignments."""
    capacities = {worker: data.draw(st.integers(1, 5)) for worker in "abc"}
    pairs = [
        Pair(task, worker, data.draw(st.integers(0, 9)), data.draw(st.integers(1, 4)))
        for task in "tuv"
        for worker in "abc"
    ]
    found = assign_sized(pairs, capacities)

    assert found.welfare == best(pairs, capacities)
    for worker, pivot in found.pivots.items():
        own = sum(pair.score for pair in found.pairs if pair.worker == worker)

        assert pivot == best(pairs, capacities, without=worker) - (found.welfare - own)
