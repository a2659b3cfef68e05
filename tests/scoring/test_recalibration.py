"""Online recalibration: it nears the batch fit, does bounded work, and helps on real confidences."""

from __future__ import annotations

import csv
from collections import defaultdict
from copy import deepcopy
from random import Random

import pytest

from scoring.log_odds import CLIP, cell_of, logit, sigmoid
from scoring.platt import IDENTITY, step
from scoring.recalibration import FAMILIES, Recalibration, Recalibrator
from tests.records import records

Outcomes = list[tuple[float, float]]


def confidences() -> dict[str, Outcomes]:
    """Return the verbal confidences of ten language models with whether each answer was right."""
    found: dict[str, Outcomes] = defaultdict(list)
    with records("scoring", "llm_verbal_confidence_2023.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["A2"] and row["IsCorrect"]:
                found[row["LLM"]].append((float(row["A2"]) / 10.0, float(row["IsCorrect"])))
    return dict(found)


def fed(*workers: tuple[str, Outcomes], family: str = "platt") -> Recalibrator:
    """Return a recalibrator that has seen the outcomes of these workers one by one."""
    maps = Recalibrator(family)
    for worker, outcomes in workers:
        for report, outcome in outcomes:
            maps.observe(worker, report, outcome)
    return maps


def brier(recalibration: Recalibration, outcomes: Outcomes) -> float:
    """Return the mean squared error of the forecasts; lower is better."""
    return sum((recalibration(p) - x) ** 2 for p, x in outcomes) / len(outcomes)


def test_verbal_confidences_by_length_of_history() -> None:
    """Read by the map of the nine others, models' next ten answers have these Brier losses.

    Raw reports lose .354 on average. The targets .237, .244 and .231 at 0, 5 and 20 outcomes are
    those of a batch fit of the same hierarchical map.
    """
    rng, shuffles = Random(0), 150
    models = confidences()
    losses: dict[int, list[float]] = {0: [], 5: [], 20: []}
    for model, outcomes in models.items():
        taught = fed(*((other, models[other]) for other in models if other != model))
        for _ in range(shuffles):
            maps = deepcopy(taught)
            order = rng.sample(outcomes, len(outcomes))
            for seen in range(21):
                if seen in losses:
                    next_ten = order[seen : seen + 10]
                    losses[seen].append(brier(maps.recalibration(model), next_ten))
                maps.observe(model, *order[seen])

    means = {seen: sum(found) / len(found) for seen, found in losses.items()}
    assert means[0] <= 0.237
    assert means[5] <= 0.244
    assert means[20] <= 0.231


def simulated(slope: float, intercept: float, count: int, rng: Random) -> Outcomes:
    """Return outcomes of a worker whose true map has this slope and intercept."""
    reports = [rng.uniform(0.05, 0.98) for _ in range(count)]
    return [(p, float(rng.random() < sigmoid(slope * logit(p) + intercept))) for p in reports]


def test_online_fit_nears_the_batch_fit() -> None:
    """After outcomes in random order every map is within .02 of the fit to all of them at once."""
    rng = Random(4)
    workers = {
        "bold": simulated(0.4, -0.8, 300, rng),
        "timid": simulated(1.6, 0.2, 200, rng),
        "honest": simulated(1.0, 0.0, 60, rng),
    }
    stream = [(worker, *pair) for worker, pairs in workers.items() for pair in pairs]
    rng.shuffle(stream)
    maps = Recalibrator()
    for worker, report, outcome in stream:
        maps.observe(worker, report, outcome)

    def batch(
        outcomes: Outcomes, prior: tuple[float, float], variance: float
    ) -> tuple[float, float]:
        at = prior
        for _ in range(50):
            at = step([cell_of(1, x, logit(p)) for p, x in outcomes], at, prior, 1.0 / variance)
        return at

    for worker, own in workers.items():
        others = [pair for name, pairs in workers.items() if name != worker for pair in pairs]
        prior = batch(others, IDENTITY, 0.25)
        slope, intercept = batch(own, prior, 0.0625 + 1.0 / (4.0 + 0.2 * len(others)))
        for report in (0.1, 0.3, 0.5, 0.7, 0.9, 0.97):
            exact = sigmoid(slope * logit(report) + intercept)
            assert maps.recalibration(worker)(report) == pytest.approx(exact, abs=0.02)


@pytest.mark.parametrize("family", FAMILIES)
def test_maps_recover_the_truth(family: str) -> None:
    """After many outcomes a map is near the true one, whatever the others are like."""
    rng = Random(8)
    maps = fed(
        ("others", simulated(1.0, 0.0, 300, rng)),
        ("bold", simulated(0.5, -0.7, 3000, rng)),
        family=family,
    )

    for report in (0.2, 0.5, 0.8, 0.95):
        truth = sigmoid(0.5 * logit(report) - 0.7)
        assert maps.recalibration("bold")(report) == pytest.approx(truth, abs=0.04)


@pytest.mark.parametrize("family", FAMILIES)
def test_forecasts_keep_the_order_of_reports(family: str) -> None:
    """A map never decreases, whatever it was taught, and stays inside (0, 1)."""
    rng = Random(3)
    maps = fed(("liar", simulated(-2.0, 0.0, 200, rng)), family=family)

    forecasts = [maps.recalibration("liar")(k / 20) for k in range(21)]
    assert forecasts == sorted(forecasts)
    assert 0.0 < forecasts[0] <= forecasts[-1] < 1.0


def test_first_map_changes_nothing() -> None:
    """Without any outcome a forecast is the report, within the clip."""
    recalibration = Recalibrator().recalibration("anybody")

    assert recalibration(0.7) == pytest.approx(0.7)
    assert recalibration(1.0) == pytest.approx(1.0 - CLIP)
    assert recalibration.count == 0


def test_a_newcomer_is_read_like_the_others() -> None:
    """A newcomer's map is the map of everybody, and its own outcomes then move it away."""
    rng = Random(6)
    maps = fed(("bold", simulated(0.4, -0.8, 400, rng)))
    before = maps.recalibration("newcomer")(0.9)
    assert before == pytest.approx(sigmoid(0.4 * logit(0.9) - 0.8), abs=0.05)

    for _ in range(30):
        maps.observe("newcomer", 0.9, 1.0)
    assert maps.recalibration("newcomer")(0.9) > before + 0.1


def test_own_outcomes_are_not_in_the_prior() -> None:
    """A lone worker's outcomes move its map once, not a second time through the pool."""
    rng = Random(6)
    outcomes = simulated(0.2, 0.0, 15, rng)
    lone = fed(("lone", outcomes))

    prior: tuple[float, float] = IDENTITY
    for _ in range(50):
        prior = step([cell_of(1, x, logit(p)) for p, x in outcomes], prior, IDENTITY, 1.0 / 0.3125)
    assert lone.recalibration("lone").coefficients == pytest.approx(prior, abs=0.05)


def test_reading_changes_nothing() -> None:
    """Maps depend on the outcomes alone: who is read, and when, leaves no trace."""
    rng = Random(2)
    outcomes = simulated(0.5, -0.3, 50, rng)
    silent, read = Recalibrator(), Recalibrator()
    for report, outcome in outcomes:
        silent.observe("a", report, outcome)
        read.observe("a", report, outcome)
        read.recalibration("a")
        read.recalibration("b")

    assert silent.recalibration("a") == read.recalibration("a")
    assert silent.recalibration("b") == read.recalibration("b")


def test_bad_input_is_refused_before_it_counts() -> None:
    """Unknown families, empty priors, and reports or outcomes outside [0, 1] are errors."""
    with pytest.raises(ValueError, match="platt, beta"):
        Recalibrator("isotonic")
    with pytest.raises(ValueError, match="deviation"):
        Recalibrator(prior_sd=0.0)
    maps = Recalibrator()
    with pytest.raises(ValueError, match="outcome"):
        maps.observe("a", 0.5, 2.0)
    with pytest.raises(ValueError, match="report"):
        maps.observe("a", 1.5, 1.0)
    assert maps.recalibration("a").count == 0
