"""Shares of the tasks that each rule gives to each worker."""

import pytest

from orchestrator.evaluation.alternatives import RULES, always, decided_field
from tests.orchestrator.evaluation.test_baselines import TWO, outcomes


@pytest.mark.parametrize(
    ("rule", "shares"),
    [
        ("cheapest", [[1.0, 0.0], [0.5, 0.5]]),
        ("random", [[0.5, 0.5], [0.5, 0.5]]),
        ("confidence", [[1.0, 0.0], [0.5, 0.5]]),
        ("expected-gain", [[1.0, 0.0], [0.5, 0.5]]),
        ("oracle", [[0.0, 1.0], [1.0, 0.0]]),
    ],
)
def test_shares_on_two_tasks(rule: str, shares: list[list[float]]) -> None:
    """The second task has two equal bids, which every rule but the oracle shares."""
    assert RULES[rule][1](decided_field(TWO)).tolist() == shares


@pytest.mark.parametrize("rule", list(RULES))
def test_no_task_is_given_away_twice(rule: str) -> None:
    """Shares of a task are never negative and add up to at most 1; only bidders have any."""
    cell = (1, 0.5, 1.0, 1)
    field = decided_field(outcomes([[cell, None], [None, cell], [cell, cell]], [0.0, 0.0] * 3))
    shares = RULES[rule][1](field)
    assert (shares >= 0).all()
    assert (shares.sum(axis=1) <= 1 + 1e-12).all()
    assert not shares[field.bids == 0].any()


def test_one_worker_for_everything() -> None:
    """A worker gets what it bid on and nothing else."""
    cell = (1, 0.5, 1.0, 1)
    field = decided_field(outcomes([[cell, None], [None, cell]], [0.0, 0.0] * 2))
    assert always(0, field).tolist() == [[1.0, 0.0], [0.0, 0.0]]


def test_undecided_tasks_are_left_out() -> None:
    """A task that the market did not end is no ground for comparison."""
    found = outcomes([[(1, 0.5, 1.0, 1)], [(1, 0.5, 1.0, 1)]], [0.0, 0.0] * 2)
    found.decided[0] = 0
    assert len(decided_field(found).values) == 1
