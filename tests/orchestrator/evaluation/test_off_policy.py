"""Estimates from draws: exact on small cases, unbiased over many, less spread with a model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evaluation.off_policy import ESTIMATORS, Qualities, Term, contributions

WORKERS, TASKS = 4, 60


def logged(rng: np.random.Generator, truth: np.ndarray) -> list[Term]:
    """Draw a worker for each task and say what that tells about worker 0.

    The model knows how hard a task is to within some error, which does not hang on the draw.
    """
    drawn = rng.integers(WORKERS, size=TASKS)
    outcomes = (rng.random(TASKS) < truth).astype(float)
    model = np.clip(truth + rng.normal(0, 0.1, TASKS), 0, 1)
    return [
        Term(WORKERS if worker == 0 else 0.0, [outcome], [guess])
        for worker, outcome, guess in zip(drawn, outcomes, model, strict=True)
    ]


def test_numbers_by_hand() -> None:
    """Two hits at 1/2 that bring 1 and 0, two misses, and a model of 1/4 everywhere."""
    terms = [
        Term(2.0, [1.0], [0.25]),
        Term(2.0, [0.0], [0.25]),
        Term(0.0, [0.0], [0.25]),
        Term(0.0, [0.0], [0.25]),
    ]
    found = {way: contributions(terms, way)[:, 0].tolist() for way in ESTIMATORS}
    assert found["inverse-propensity"] == [2.0, 0.0, 0.0, 0.0]
    assert found["doubly-robust"] == [1.75, -0.25, 0.25, 0.25]
    assert found["self-normalised"] == [1.5, -0.5, 0.5, 0.5]


def test_unbiased_and_sharper_with_a_model() -> None:
    """Over 3,000 logs both unbiased estimates hit the truth within 3 errors; the model helps."""
    rng = np.random.default_rng(5)
    truth = rng.uniform(0.1, 0.9, TASKS)
    found = {
        way: np.array([contributions(logged(rng, truth), way).sum() for _ in range(1_500)])
        for way in ("inverse-propensity", "doubly-robust")
    }
    for sums in found.values():
        assert abs(sums.mean() - truth.sum()) < 3 * sums.std(ddof=1) / len(sums) ** 0.5
    assert found["doubly-robust"].var() < 0.8 * found["inverse-propensity"].var()


def test_errors_are_as_large_as_they_say() -> None:
    """The spread of the contributions tells the spread of the sums over logs, within a tenth."""
    rng = np.random.default_rng(6)
    truth = rng.uniform(0.1, 0.9, TASKS)
    for way in ESTIMATORS:
        rows = [contributions(logged(rng, truth), way) for _ in range(1_000)]
        said = np.mean([each.std(ddof=1) * TASKS**0.5 for each in rows])
        assert said == pytest.approx(np.std([each.sum() for each in rows]), rel=0.15)


def test_nothing_drawn_says_nothing() -> None:
    """Without a hit the self-normalised estimate is no number; the model stands for itself."""
    terms = [Term(0.0, [0.0], [0.25])] * 2
    assert np.isnan(contributions(terms, "self-normalised")).all()
    assert contributions(terms, "doubly-robust").sum() == 0.5


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=8))
def test_a_perfect_model_needs_no_luck(draws: list[tuple[bool, float]]) -> None:
    """Where the model is right about every outcome, the doubly robust sum is the truth."""
    terms = [Term(3.0 if hit else 0.0, [seen if hit else 0.0], [seen]) for hit, seen in draws]
    found = contributions(terms, "doubly-robust").sum()
    assert found == pytest.approx(sum(seen for _, seen in draws))


def test_qualities_shrink_towards_everybody() -> None:
    """Three outcomes of ann, one of bob: each mean is drawn to 3/4 with the weight of two."""
    model = Qualities()
    for task, worker, success in [
        ("a", "ann", 1),
        ("b", "ann", 1),
        ("c", "ann", 1),
        ("d", "bob", 0),
    ]:
        model.note(worker, "sum", task, float(success))
    assert model.chance("ann", "sum", "z") == pytest.approx((3 + 1.5) / 5)
    assert model.chance("bob", "sum", "z") == pytest.approx((0 + 1.5) / 3)
    assert model.chance("eve", "sum", "z") == 0.75


def test_qualities_forget_the_task_they_are_asked_about() -> None:
    """Asked about the task on which bob failed, the model has never seen him."""
    model = Qualities()
    model.note("ann", "sum", "a", 1.0)
    model.note("bob", "sum", "d", 0.0)
    assert model.chance("bob", "sum", "d") == 1.0
    assert Qualities().chance("bob", "sum", "d") == 0.5
