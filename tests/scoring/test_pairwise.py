"""Averages over peers and their jackknife, against the literal definition."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.mutual_information import kullback_leibler_scores, total_variation_scores
from scoring.panel import Panel, panel_of
from scoring.peer import PeerRefusal, PeerResult, PeerScore
from tests.scoring.worlds import crowd

Mechanism = Callable[[Panel], tuple[PeerResult, ...]]


@pytest.mark.parametrize("mechanism", [total_variation_scores, kullback_leibler_scores])
def test_scores_are_averaged_over_peers_one_voice_per_owner(mechanism: Mechanism) -> None:
    """Two workers of one owner together weigh as much as one worker of another."""
    rows, _ = crowd(np.random.default_rng(2), [0.9, 0.9, 0.6, 0.6], 200)
    shared = [row._replace(owner="o2") if row.worker == "w3" else row for row in rows]

    def alone(peer: str) -> float:
        (result, _) = mechanism(panel_of(row for row in rows if row.worker in {"w0", peer}))
        assert isinstance(result, PeerScore)
        return result.score

    result = mechanism(panel_of(shared))[0]
    assert isinstance(result, PeerScore)
    expected = alone("w1") / 2 + alone("w2") / 4 + alone("w3") / 4
    assert result.score == pytest.approx(expected)
    assert result.comparisons == 600


@settings(max_examples=15)
@given(st.integers(0, 1000))
def test_the_error_is_the_jackknife_over_tasks(seed: int) -> None:
    """Leaving out one task after the other, literally, gives the same standard error."""
    rows, _ = crowd(np.random.default_rng(seed), [0.8, 0.7, 0.9], 16)
    result = total_variation_scores(panel_of(rows))[0]
    tasks = sorted({row.task for row in rows})
    replicates: list[float] = []
    for left in tasks:
        one = total_variation_scores(panel_of(row for row in rows if row.task != left))[0]
        if isinstance(one, PeerScore):
            replicates.append(one.score)
    if isinstance(result, PeerScore) and len(replicates) == len(tasks):
        spread = np.square(np.array(replicates) - np.mean(replicates)).sum()
        expected = np.sqrt((len(tasks) - 1) / len(tasks) * spread)
        assert result.standard_error == pytest.approx(expected)


def test_few_shared_tasks_are_refused() -> None:
    """A peer with nine shared tasks does not count, and the reason says what was needed."""
    rows, _ = crowd(np.random.default_rng(4), [0.8] * 3, 9)
    for result in kullback_leibler_scores(panel_of(rows)):
        assert isinstance(result, PeerRefusal)
        assert "no peer shares 10 tasks" in result.reason
