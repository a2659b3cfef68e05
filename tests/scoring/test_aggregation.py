"""One answer per task: votes, surprise, confidences and ties."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.aggregation import (
    Consensus,
    dawid_skene,
    glad,
    log_odds_pool,
    plurality,
    surprisingly_popular,
    weighted,
)
from scoring.catalog import AGGREGATORS
from scoring.panel import Panel, panel_of
from scoring.peer import PeerReport
from tests.records import records
from tests.scoring.worlds import crowd

Aggregate = Callable[[Panel], tuple[Consensus, ...]]


def _votes(*labels: str, seed: int = 0) -> Panel:
    return panel_of(
        (PeerReport("t", f"w{n}", f"o{n}", f"f{n}", label) for n, label in enumerate(labels)),
        seed=seed,
    )


def test_the_most_frequent_answer_wins() -> None:
    """Three of five votes win with support .6."""
    assert plurality(_votes("a", "b", "b", "b", "c"))[0] == ("t", "b", 0.6)


def test_an_owner_has_one_vote() -> None:
    """Three workers of one owner do not outvote two others."""
    rows = [PeerReport("t", f"w{n}", "one", "f", "a") for n in range(3)]
    rows += [PeerReport("t", f"v{n}", f"o{n}", "f", "b") for n in range(2)]
    (found,) = plurality(panel_of(rows))
    assert found.answer == "b"
    assert found.support == pytest.approx(2 / 3)


@given(st.integers(0, 50), st.permutations(["a", "b", "c", "d"]))
def test_ties_do_not_depend_on_the_order_of_reports(seed: int, order: list[str]) -> None:
    """A tie is broken by seed and task alone."""
    first = plurality(_votes("a", "b", "c", "d", seed=seed))[0].answer
    assert plurality(_votes(*order, seed=seed))[0].answer == first


def test_ties_are_fair_over_seeds() -> None:
    """Each of two tied answers wins about half of the seeds."""
    wins = sum(plurality(_votes("a", "b", seed=seed))[0].answer == "a" for seed in range(400))
    assert 160 < wins < 240


def test_weights_count_and_are_checked() -> None:
    """One heavy voter beats two light ones; a weight that is none raises."""
    panel = _votes("a", "b", "b")
    assert weighted(panel, weights={"w0": 5, "w1": 2, "w2": 2})[0].answer == "a"
    assert weighted(panel, weights={"w0": 0, "w1": 0, "w2": 0})[0].answer in {"a", "b"}
    for wrong in (-1.0, math.inf, math.nan):
        with pytest.raises(ValueError, match="worker 'w1'"):
            weighted(panel, weights={"w0": 1.0, "w1": wrong, "w2": 1.0})
    with pytest.raises(ValueError, match="worker 'w1'"):
        weighted(panel, weights={"w0": 1.0})


def test_no_answer_wins_that_nobody_gave() -> None:
    """Where no vote on a task weighs anything, the answer is still one of those that were given."""
    panel = panel_of([PeerReport("t", "a", "a", "a", "no"), PeerReport("u", "b", "b", "b", "yes")])
    found = weighted(panel, weights={"a": 1.0, "b": 0.0})

    assert found == (Consensus("t", "no", 1.0), Consensus("u", "yes", 0.0))


def test_log_odds_of_accuracy_beat_equal_votes() -> None:
    """One expert among guessers is heard with the right weights and outvoted without."""
    rows, truth = crowd(np.random.default_rng(1), [0.95, 0.55, 0.55, 0.55, 0.55], 500)
    panel = panel_of(rows)
    expert = math.log(0.95 / 0.05)
    guess = math.log(0.55 / 0.45)
    weights = {f"w{n}": expert if n == 0 else guess for n in range(5)}
    right = [
        sum(one.answer == truth[one.task] for one in found) / 500
        for found in (weighted(panel, weights=weights), plurality(panel))
    ]
    assert right[0] > 0.9 > 0.85 > right[1]


@pytest.mark.parametrize("aggregate", [dawid_skene, glad])
def test_models_of_errors_beat_the_majority(aggregate: Aggregate) -> None:
    """With two good and four random workers the models find the good ones."""
    rows, truth = crowd(np.random.default_rng(2), [0.95, 0.9, 0.5, 0.5, 0.5, 0.5], 600)
    panel = panel_of(rows)
    model, majority = (
        sum(one.answer == truth[one.task] for one in found) / 600
        for found in (aggregate(panel), plurality(panel))
    )
    assert model > majority + 0.05


def test_one_class_is_no_obstacle() -> None:
    """If all say the same, that is the answer of the models too."""
    panel = _votes("a", "a", "a")
    assert [aggregate(panel)[0].answer for aggregate in (dawid_skene, glad)] == ["a", "a"]


def _philadelphia(votes: float, predicted_by_yes: float, predicted_by_no: float) -> Panel:
    rows: list[PeerReport] = []
    for n in range(100):
        yes = n < 100 * votes
        share = predicted_by_yes if yes else predicted_by_no
        told = {"yes": share, "no": 1 - share}
        rows.append(PeerReport("t", f"w{n}", f"o{n}", f"f{n}", "yes" if yes else "no", told))
    return panel_of(rows)


def test_the_surprisingly_popular_answer_beats_the_majority() -> None:
    """Is Philadelphia the capital? 65 % say yes, but even more yes was predicted: so no."""
    panel = _philadelphia(0.65, 0.8, 0.7)
    assert plurality(panel)[0].answer == "yes"
    assert surprisingly_popular(panel)[0].answer == "no"


def test_a_majority_beyond_its_prediction_stands() -> None:
    """Is Columbia the capital of South Carolina? 64 % say yes and fewer were predicted: yes."""
    assert surprisingly_popular(_philadelphia(0.64, 0.6, 0.4))[0].answer == "yes"


def test_surprise_needs_a_prediction_on_every_task() -> None:
    """A task on which nobody predicts the votes raises and is named."""
    with pytest.raises(ValueError, match="task 't'"):
        surprisingly_popular(_votes("a", "b"))


def test_surprise_on_real_state_capitals() -> None:
    """Prelec, Seung, McCoy (2017), study 1c: 19 of 50 wrong by majority, 5 surprisingly popular."""
    truth: dict[str, str] = {}
    rows: list[PeerReport] = []
    with records("scoring", "study1c.csv").open() as file:
        for n, row in enumerate(csv.DictReader(file)):
            truth[row["state"]] = row["actual"]
            share = float(row["meta"])
            told = {"1": share, "0": 1 - share}
            rows.append(PeerReport(row["state"], f"w{n}", f"o{n}", f"f{n}", row["own"], told))
    panel = panel_of(rows)
    wrong = [
        sum(one.answer != truth[one.task] for one in aggregate(panel))
        for aggregate in (plurality, surprisingly_popular)
    ]
    assert wrong == [19, 5]


def _sure(*told: tuple[str, float]) -> Panel:
    return panel_of(
        PeerReport("t", f"w{n}", f"o{n}", f"f{n}", label, confidence=confidence)
        for n, (label, confidence) in enumerate(told)
    )


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0.05, 0.95)), min_size=1, max_size=6))
def test_the_pool_is_bayes_rule(told: list[tuple[str, float]]) -> None:
    """For two answers the support is the posterior of independent witnesses with prior 1/2."""
    odds = 1.0
    for label, confidence in told:
        right = confidence / (1 - confidence)
        odds *= right if label == "a" else 1 / right
    rows = [*told, ("a", 0.5), ("b", 0.5)]
    (found,) = log_odds_pool(_sure(*rows))
    expected = odds / (1 + odds)
    assert found.support == pytest.approx(max(expected, 1 - expected))
    if abs(expected - 0.5) > 1e-6:
        assert found.answer == ("a" if expected > 0.5 else "b")


def test_one_sure_worker_beats_two_unsure_ones() -> None:
    """Confidence .95 outweighs .6 twice, unless recalibration says it is worth .55."""
    panel = _sure(("a", 0.95), ("b", 0.6), ("b", 0.6))
    assert log_odds_pool(panel)[0].answer == "a"
    humbled = log_odds_pool(panel, recalibrate=lambda worker, p: 0.55 if worker == "w0" else p)
    assert humbled[0].answer == "b"
    with pytest.raises(ValueError, match="recalibrated"):
        log_odds_pool(panel, recalibrate=lambda worker, p: p + len(worker))


def test_dependence_lowers_the_probability_not_the_answer() -> None:
    """Less independence draws the support towards even."""
    panel = _sure(("a", 0.9), ("a", 0.9), ("b", 0.6))
    full, half = log_odds_pool(panel)[0], log_odds_pool(panel, independence=0.5)[0]
    assert full.answer == half.answer == "a"
    assert 0.5 < half.support < full.support
    with pytest.raises(ValueError, match="independence"):
        log_odds_pool(panel, independence=0.0)


def test_the_pool_needs_every_confidence() -> None:
    """A report without a confidence raises and is named; certainty stays finite."""
    with pytest.raises(ValueError, match="confidence of 'w0'"):
        log_odds_pool(_votes("a"))
    assert log_odds_pool(_sure(("a", 1.0), ("b", 0.0)))[0].support < 1


def test_every_aggregator_answers_every_task() -> None:
    """Each entry of the catalog gives one answer per task, in order, with support in [0, 1]."""
    rows, _ = crowd(np.random.default_rng(3), [0.8] * 4, 30, classes=3)
    even = {"0": 0.4, "1": 0.3, "2": 0.3}
    panel = panel_of(row._replace(prediction=even, confidence=0.7) for row in rows)
    for name, aggregate in AGGREGATORS.items():
        options = {"weights": dict.fromkeys(panel.workers, 1.0)} if name == "weighted" else {}
        found = aggregate(panel, **options)
        assert tuple(one.task for one in found) == panel.tasks
        assert all(0 <= one.support <= 1 and one.answer in panel.classes for one in found)
