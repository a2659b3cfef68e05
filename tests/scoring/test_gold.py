"""Gold checks: the stake rule is exactly where truth stops beating a shared cheap signal."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.gold import checked_share, gold_hybrid, is_checked, stake_limit
from scoring.panel import panel_of
from scoring.peer import PeerRefusal, PeerReport, PeerScore
from tests.scoring.worlds import crowd


@pytest.mark.parametrize(
    ("accuracy", "limit", "share"),
    [(0.6, 0.2, 5 / 6), (0.7, 0.4, 5 / 7), (0.8, 0.6, 5 / 8), (0.9, 0.8, 5 / 9)],
)
def test_published_stakes(accuracy: float, limit: float, share: float) -> None:
    """Peer weight over gold weight below .2, .4, .6, .8; without weighting 5/6 ... 5/9 checked."""
    assert stake_limit(accuracy) == pytest.approx(limit)
    assert stake_limit(accuracy, effort=0.05) == pytest.approx(limit - 0.1)
    assert checked_share(accuracy) == pytest.approx(share)


@pytest.mark.parametrize("accuracy", [0.6, 0.7, 0.9])
@pytest.mark.parametrize("classes", [2, 4])
def test_the_limit_is_where_both_earn_the_same(accuracy: float, classes: int) -> None:
    """At the limit honest accuracy equals chance plus what a shared signal adds by peers."""
    signal = 1 / classes + stake_limit(accuracy, classes=classes) * (1 - 1 / classes)
    assert signal == pytest.approx(accuracy)


@pytest.mark.parametrize(("accuracy", "classes"), [(0.5, 2), (0.25, 4), (1.1, 2), (0.1, 3)])
def test_accuracy_at_chance_allows_no_peer_score(accuracy: float, classes: int) -> None:
    """Where honest work is no better than chance no stake suffices."""
    with pytest.raises(ValueError, match="expected an accuracy"):
        stake_limit(accuracy, classes=classes)


@pytest.mark.parametrize("classes", [0, 1])
def test_without_a_choice_there_is_no_limit(classes: int) -> None:
    """Fewer than two answers are an error of their own."""
    with pytest.raises(ValueError, match="at least 2 classes"):
        stake_limit(0.9, classes=classes)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_shares_must_be_shares(share: float) -> None:
    """A share of checks outside [0, 1] raises, so does an accuracy below chance."""
    with pytest.raises(ValueError, match="share"):
        is_checked(1, "t", share)
    with pytest.raises(ValueError, match="accuracy"):
        checked_share(share)


def test_checks_are_drawn_by_seed_and_task() -> None:
    """About the asked share of tasks is checked, the same ones in every run with the seed."""
    drawn = [is_checked(3, f"t{task}", 0.2) for task in range(2000)]
    assert drawn == [is_checked(3, f"t{task}", 0.2) for task in range(2000)]
    assert sum(drawn) / 2000 == pytest.approx(0.2, abs=0.03)


def _bit_followers(
    accuracy: float, first: str, tasks: int
) -> tuple[list[PeerReport], dict[str, str]]:
    """Return four followers of a random bit and a first worker that follows it or tells the truth."""
    rng = np.random.default_rng(1)
    rows, truth = crowd(rng, [accuracy] * 5, tasks)
    bits = {f"t{task}": str(rng.integers(2)) for task in range(tasks)}
    told = [
        row if row.worker == "w0" and first == "truth" else row._replace(report=bits[row.task])
        for row in rows
    ]
    return told, truth


def test_truth_beats_a_cheap_signal_below_the_limit() -> None:
    """Accuracy .7, peer weight .3, all others on a cheap bit: truth earns .70, the bit .65."""
    scores: dict[str, float] = {}
    for strategy in ("truth", "bit"):
        rows, truth = _bit_followers(0.7, strategy, 6000)
        gold = {task: label for task, label in truth.items() if is_checked(9, task, 0.5)}
        result = gold_hybrid(panel_of(rows), gold=gold, peer_weight=0.3, accuracy=0.7)[0]
        assert isinstance(result, PeerScore)
        scores[strategy] = result.score
    assert scores["truth"] == pytest.approx(0.7, abs=0.02)
    assert scores["bit"] == pytest.approx(0.65, abs=0.02)
    assert scores["truth"] > scores["bit"]


def test_weights_beyond_the_limit_are_turned_down() -> None:
    """A peer weight at the limit raises with the limit in the message; a negative one too."""
    rows, truth = crowd(np.random.default_rng(2), [0.8] * 3, 30)
    for weight in (0.4, -0.1):
        with pytest.raises(ValueError, match=r"peer weight in \[0, 0.4\)"):
            gold_hybrid(panel_of(rows), gold=truth, peer_weight=weight, accuracy=0.7)


def test_checked_and_other_tasks_are_scored_apart() -> None:
    """The score is the accuracy on checked tasks plus the weighted peer score on the others."""
    rows, truth = crowd(np.random.default_rng(3), [0.8] * 4, 200)
    gold = dict(list(truth.items())[:50])
    result = gold_hybrid(panel_of(rows), gold=gold, peer_weight=0.1)[0]
    bare = gold_hybrid(panel_of(rows), gold=gold, peer_weight=0.0)[0]
    assert isinstance(result, PeerScore)
    assert isinstance(bare, PeerScore)
    right = [r.report == gold[r.task] for r in rows if r.worker == "w0" and r.task in gold]
    assert bare.score == pytest.approx(np.mean(right))
    assert 0 < result.score - bare.score < 0.1
    assert result.standard_error > bare.standard_error
    assert result.comparisons == 50 + 150 * 3


def test_a_worker_that_met_no_check_is_refused() -> None:
    """Without checked tasks there is no score, only the count."""
    rows, truth = crowd(np.random.default_rng(4), [0.8] * 3, 40)
    for result in gold_hybrid(panel_of(rows), gold=dict(list(truth.items())[:3])):
        assert isinstance(result, PeerRefusal)
        assert result.reason == "only 3 checked tasks, expected 4"


def test_one_who_stands_alone_is_scored_by_checks() -> None:
    """A worker without peers gets its accuracy on the checked tasks."""
    rows, truth = crowd(np.random.default_rng(5), [0.9], 40)
    (result,) = gold_hybrid(panel_of(rows), gold=truth)
    assert isinstance(result, PeerScore)
    assert result.comparisons == 40
    assert result.score == pytest.approx(0.9, abs=0.15)
