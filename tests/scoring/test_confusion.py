"""The layout of labels gives the sums that loops over the labels give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.confusion import SMOOTHING, Labels
from tests.scoring.worlds import Codes, Floats

Crowd = tuple[Codes, Codes, Codes, int]


@st.composite
def crowds(draw: st.DrawFn) -> Crowd:
    """Draw up to 20 tasks with up to 6 labels each, in any order, of at most 6 workers."""
    classes = draw(st.integers(1, 4))
    cells = draw(
        st.lists(
            st.tuples(st.integers(0, 19), st.integers(0, 5)), min_size=1, max_size=80, unique=True
        )
    )
    labels = draw(st.lists(st.integers(0, classes - 1), min_size=len(cells), max_size=len(cells)))
    tasks, workers = np.array(cells, dtype=np.intp).T
    return tasks, workers, np.array(labels, dtype=np.intp), classes


def models(seed: int, workers: int, classes: int) -> Floats:
    """Return random confusion matrices and class shares in the layout of `Labels`."""
    draw = np.random.default_rng(seed)
    confusion = draw.dirichlet(np.ones(classes), size=(classes, workers))
    return np.concatenate([confusion.ravel(), draw.dirichlet(np.ones(classes))])


@given(crowds(), st.integers(0, 1000))
def test_a_visit_equals_loops(crowd: Crowd, seed: int) -> None:
    """Posterior, height and better model are those of one loop over all labels."""
    task, worker, label, classes = crowd
    labels = Labels(*crowd)
    model = models(seed, labels.workers, classes)
    confusion, prior = labels.confusion(model), model[-classes:]
    joint = np.tile(np.log(prior), (int(task.max()) + 1, 1))
    for one, who, said in zip(task, worker, label, strict=True):
        joint[one] += np.log(confusion[who, :, said])
    likelihood = np.exp(joint).sum(axis=1)
    posterior = np.exp(joint) / likelihood[:, None]
    counts = np.full((labels.workers, classes, classes), SMOOTHING)
    for one, who, said in zip(task, worker, label, strict=True):
        counts[who, :, said] += posterior[one]
    shares = posterior.sum(axis=0) + SMOOTHING

    place = labels.visit(model)

    assert labels.in_order(place.view) == pytest.approx(posterior)
    weight = SMOOTHING * float(np.log(model).sum())
    assert place.height == pytest.approx(float(np.log(likelihood).sum()) + weight)
    better = labels.confusion(place.uphill)
    assert better == pytest.approx(counts / counts.sum(axis=2, keepdims=True))
    assert place.uphill[-classes:] == pytest.approx(shares / shares.sum())


@given(crowds())
def test_vote_shares_equal_loops(crowd: Crowd) -> None:
    """The share of a class is that of the labels of the task; without labels it is nothing."""
    task, _, label, classes = crowd
    shares = np.zeros((int(task.max()) + 1, classes))
    for one, said in zip(task, label, strict=True):
        shares[one, said] += 1.0 / float((task == one).sum())
    labels = Labels(*crowd)
    assert labels.in_order(labels.vote_shares()) == pytest.approx(shares)


@given(st.integers(0, 1000), st.integers(1, 4), st.integers(1, 4))
def test_normalised_models_are_distributions(seed: int, workers: int, classes: int) -> None:
    """Every row sums to 1 after it, and a model that does already is left alone."""
    cells = np.arange(workers * classes)
    labels = Labels(cells, cells // classes, cells % classes, classes)
    model = models(seed, workers, classes)
    assert labels.normalised(model) == pytest.approx(model)
    stretched = labels.normalised(model * np.random.default_rng(seed).uniform(1, 2, len(model)))
    assert labels.confusion(stretched).sum(axis=2) == pytest.approx(np.ones((workers, classes)))
    assert stretched[-classes:].sum() == pytest.approx(1.0)
