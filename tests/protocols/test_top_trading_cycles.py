"""Top trading cycles."""

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import MechanismError
from protocols.top_trading_cycles import swap

TASKS = ["t", "u", "v", "w"]
OWNERS = {"t": "a", "u": "b", "v": "c", "w": "d"}
PREFERENCES = st.fixed_dictionaries({worker: st.permutations(TASKS) for worker in "abcd"})


def rank(preferences: dict[str, list[str]], owners: dict[str, str], worker: str) -> int:
    """Return how far down its list a worker's task stands."""
    return preferences[worker].index(next(task for task in owners if owners[task] == worker))


@given(PREFERENCES)
def test_nobody_loses_and_no_group_could_do_better(preferences: dict[str, list[str]]) -> None:
    """No group can trade its own tasks so that all gain something and none loses."""
    final = swap(OWNERS, preferences)
    own = {worker: task for task, worker in OWNERS.items()}

    assert sorted(final.values()) == list("abcd")
    for size in range(1, 5):
        for group in combinations("abcd", size):
            now = [rank(preferences, final, worker) for worker in group]
            for tasks in permutations([own[worker] for worker in group]):
                then = [
                    preferences[worker].index(task)
                    for worker, task in zip(group, tasks, strict=True)
                ]

                assert then == now or any(new > old for new, old in zip(then, now, strict=True))


@given(PREFERENCES, st.permutations(TASKS))
def test_no_other_ranking_gains(preferences: dict[str, list[str]], lie: list[str]) -> None:
    """A worker that states another order does not end with a task that it likes better."""
    told = swap(OWNERS, preferences)
    lied = swap(OWNERS, {**preferences, "a": lie})

    assert rank(preferences, told, "a") <= rank(preferences, lied, "a")


def test_a_cycle_of_three_trades() -> None:
    """Three workers that want each other's task in a ring all get their favourite."""
    final = swap({"t": "a", "u": "b", "v": "c"}, {"a": ["u"], "b": ["v"], "c": ["t"]})

    assert final == {"u": "a", "v": "b", "t": "c"}


def test_two_tasks_of_one_worker_are_refused() -> None:
    """Trading cycles know one task per worker."""
    with pytest.raises(MechanismError, match="one task per worker"):
        swap({"t": "a", "u": "a"}, {})
