"""Single-task mechanisms from labels alone: worked examples and the slow average over peers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings

from scoring.agreement import (
    crowd_truth_serum,
    distribution,
    miller_resnick_zeckhauser,
    output_agreement,
    peer_truth_serum,
    peer_truth_serum_scores,
    quadratic_rule,
)
from scoring.panel import Panel, panel_of
from scoring.peer import PeerRefusal, PeerReport, PeerScore
from tests.scoring.panels import panels, peers_of
from tests.scoring.worlds import Floats, crowd

if TYPE_CHECKING:
    from collections.abc import Sequence

HIGH = {"h": 0.7115384615384615, "l": 1 - 0.7115384615384615}
LOW = {"h": 0.5357142857142857, "l": 1 - 0.5357142857142857}


def logarithmic(prediction: Sequence[float], outcome: int) -> float:
    """Return the logarithm of the probability of what happened."""
    return math.log(prediction[outcome])


def _average(panel: Panel, payment: Floats) -> list[float]:
    """Average a payment table over the peers of each report, then over the tasks of each worker."""
    by_worker: list[list[float]] = [[] for _ in panel.workers]
    for place, label in enumerate(map(int, panel.label)):
        peers = peers_of(panel, place)
        if peers:
            total = sum(weight for _, weight in peers)
            paid = sum(weight * payment[label, panel.label[other]] for other, weight in peers)
            by_worker[int(panel.worker[place])].append(float(paid / total))
    return [float(np.mean(one)) if one else math.nan for one in by_worker]


@settings(max_examples=40)
@given(panels(classes=3))
def test_agreement_is_averaged_over_all_peers(panel: Panel) -> None:
    """The fast score equals the loop over every peer of every report."""
    slow = _average(panel, np.eye(len(panel.classes)))
    for result, expected in zip(output_agreement(panel, fewest=2), slow, strict=True):
        if isinstance(result, PeerScore):
            assert result.score == pytest.approx(expected)


@settings(max_examples=40)
@given(panels())
def test_prior_weighted_agreement_is_averaged_over_all_peers(panel: Panel) -> None:
    """The fast truth serum with a public prior equals the loop over its formula."""
    prior = {name: (place + 1) / 3 for place, name in enumerate(("0", "1"))}
    shares = [prior[name] for name in panel.classes]
    codes = range(len(shares))
    table = np.array([[peer_truth_serum(one, other, shares) for other in codes] for one in codes])
    found = peer_truth_serum_scores(panel, prior=prior, fewest=2)
    for result, expected in zip(found, _average(panel, table), strict=True):
        if isinstance(result, PeerScore):
            assert result.score == pytest.approx(expected)


@pytest.mark.parametrize(
    ("own", "peer", "expected"),
    [(HIGH, 0, -0.3403), (HIGH, 1, -1.2432), (LOW, 0, -0.6242), (LOW, 1, -0.7673)],
)
def test_worked_example_of_implied_forecasts(
    own: dict[str, float], peer: int, expected: float
) -> None:
    """Miller, Resnick, Zeckhauser (2005): payments of the logarithmic rule in their example."""
    _, forecast = distribution(own, ("h", "l"))
    assert logarithmic(forecast, peer) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("signal", "honest", "lie"), [(HIGH, -0.6008, -0.6654), (LOW, -0.6906, -0.7595)]
)
def test_truth_is_the_best_reply_in_the_worked_example(
    signal: dict[str, float], honest: float, lie: float
) -> None:
    """After each signal the true report expects more than the other, by the published amounts."""
    other = LOW if signal is HIGH else HIGH
    expected = [
        sum(signal[peer] * math.log(report[peer]) for peer in "hl") for report in (signal, other)
    ]
    assert expected == pytest.approx([honest, lie], abs=6e-5)


def test_implied_forecasts_are_scored_against_peers() -> None:
    """A panel in which one peer says h and one says l pays the mean of the two payments."""
    panel = panel_of(
        PeerReport(f"t{task}", worker, worker, worker, report)
        for task in range(4)
        for worker, report in (("a", "h"), ("b", "h"), ("c", "l"))
    )
    found = miller_resnick_zeckhauser(panel, posterior={"h": HIGH, "l": LOW}, rule=logarithmic)
    assert isinstance(found[0], PeerScore)
    assert found[0].score == pytest.approx((-0.3403 - 1.2432) / 2, abs=5e-5)
    with pytest.raises(ValueError, match="given 'l'"):
        miller_resnick_zeckhauser(panel, posterior={"h": HIGH})


def test_a_label_nobody_gave_counts_in_the_forecast() -> None:
    """The quadratic rule sees the whole forecast, also classes that were not reported."""
    names, forecast = distribution({"h": 0.5, "l": 0.25, "m": 0.25}, ("h", "l"))
    assert names == ["h", "l", "m"]
    assert quadratic_rule(forecast, 0) == pytest.approx(1 - 0.375)


@pytest.mark.parametrize(
    "prior", [{"0": 0.5}, {"0": 1.5, "1": -0.5}, {"0": 1.0, "1": 0.0}, {"0": math.nan, "1": 1.0}]
)
def test_a_public_prior_must_be_positive_and_sum_to_one(prior: dict[str, float]) -> None:
    """A prior that is no distribution or lacks a class raises."""
    rows, _ = crowd(np.random.default_rng(0), [0.7] * 3, 10)
    with pytest.raises(ValueError, match=r"sum 1|positive"):
        peer_truth_serum_scores(panel_of(rows), prior=prior)


def test_a_rare_label_pays_more() -> None:
    """Agreement on a label of frequency .1 pays 9, of frequency .9 a ninth; else minus 1."""
    prior = (0.1, 0.9)
    assert peer_truth_serum(0, 0, prior) == pytest.approx(9)
    assert peer_truth_serum(1, 1, prior) == pytest.approx(1 / 9)
    assert peer_truth_serum(0, 1, prior) == -1


def test_the_crowd_serum_takes_the_frequency_from_other_tasks_of_strangers() -> None:
    """The frequency leaves out the own task, the own owner and the own family."""
    rows, _ = crowd(np.random.default_rng(3), [0.8, 0.7, 0.7, 0.9], 100, prior=0.7)
    rows = [row._replace(family="f0") if row.worker == "w1" else row for row in rows]
    panel = panel_of(rows)
    values: list[float] = []
    for mine in rows[:100]:
        far = [r for r in rows if r.owner != mine.owner and r.family != mine.family]
        pool = [r.report for r in far if r.task != mine.task]
        near = [r.report for r in far if r.task == mine.task]
        frequency = pool.count(mine.report) / len(pool)
        values.append(near.count(mine.report) / len(near) / frequency - 1)
    first = crowd_truth_serum(panel, pooled=198)[0]
    assert isinstance(first, PeerScore)
    assert first.score == pytest.approx(float(np.mean(values)))
    refused = crowd_truth_serum(panel, pooled=199)[0]
    assert isinstance(refused, PeerRefusal)
    assert "fewer than 199 reports" in refused.reason


def test_the_crowd_serum_pays_a_constant_reporter_too_much_from_a_small_pool() -> None:
    """The mean of one over a frequency exceeds one over its mean: why small pools are refused."""
    rng = np.random.default_rng(11)
    totals = {10: 0.0, 200: 0.0}
    for tasks in totals:
        for _ in range(40):
            rows, _ = crowd(rng, [1.0, 0.7], tasks + 1)
            rows = [r._replace(report="1") if r.worker == "w0" else r for r in rows]
            result = crowd_truth_serum(panel_of(rows), pooled=tasks)[0]
            totals[tasks] += result.score / 40 if isinstance(result, PeerScore) else 0.0
    assert totals[10] > 0.05
    assert abs(totals[200]) < 0.02
