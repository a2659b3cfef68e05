"""Tests of what a worker knows of its own past."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.messages import Failure, Outcome
from protocols.units import Money, TaskId, WorkerId
from tests.workers.calls import NUMBER, result
from workers.history import History


def _outcome(success: float) -> Outcome:
    return Outcome(
        announcement=NUMBER,
        task=TaskId("t1"),
        worker=WorkerId("w"),
        success=success,
        verifier="exact",
    )


def _failure(cost: int = 0) -> Failure:
    return Failure(
        announcement=NUMBER,
        task=TaskId("t1"),
        worker=WorkerId("w"),
        reason="gave up",
        cost=Money(cost),
    )


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), max_size=30))
def test_the_estimate_is_the_mean_of_the_beta_posterior(successes: list[float]) -> None:
    """The prior counts as two outcomes, each outcome as one."""
    history = History(prior=0.5, weight=2.0)
    for success in successes:
        history.note("sums", result("x"), _outcome(success))
    assert history.probability("sums") == pytest.approx((1 + sum(successes)) / (2 + len(successes)))
    assert history.probability("other") == 0.5


def test_the_cost_starts_from_the_guess_and_moves_to_the_mean() -> None:
    """Two metered costs of 40 and a guess of 10 with the weight of two make 25."""
    history = History(weight=2.0)
    assert history.cost("sums", Money(10)) == 10
    for _ in range(2):
        history.note("sums", _failure(cost=40), _outcome(0.0))
    assert history.cost("sums", Money(10)) == 25


def test_a_failure_counts_as_no_success() -> None:
    """Giving up lowers the estimate, with or without an outcome."""
    history = History()
    history.note("sums", _failure(), None)
    history.note("sums", _failure(), _outcome(0.0))
    assert history.probability("sums") == pytest.approx(1 / 4)


def test_what_nobody_judged_teaches_the_cost_alone() -> None:
    """A result without an outcome leaves the estimate where it was."""
    history = History()
    history.note("sums", result("x"), None)
    assert history.probability("sums") == 0.5
    assert history.cost("sums", Money(10)) == 7
