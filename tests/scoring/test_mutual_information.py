"""Shared information: exact values, unbiasedness by enumeration, and the jackknife."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.mutual_information import (
    corrected_kullback_leibler,
    determinant,
    determinant_scores,
    kullback_leibler,
    total_variation,
)
from scoring.panel import panel_of
from scoring.peer import PeerRefusal, PeerReport, PeerScore
from tests.scoring.worlds import Floats, crowd


def _counts(one: str, other: str) -> Floats:
    table = np.zeros((2, 2))
    for a, b in zip(one, other, strict=True):
        table[int(a), int(b)] += 1
    return table


def test_determinant_reproduces_the_worked_example() -> None:
    """Reports 110110111 and 110010101 split 4 and 5: determinants 2 and 3, payment .025."""
    one, other = "110110111", "110010101"
    halves = np.stack([_counts(one[:4], other[:4]), _counts(one[4:], other[4:])])
    assert np.abs(np.linalg.det(halves)).tolist() == pytest.approx([2, 3])
    assert float(determinant(halves)) == pytest.approx(2 * 3 / (4 * 6 * 10))


@pytest.mark.parametrize("joint", [(0.29, 0.21, 0.21, 0.29), (0.5, 0.1, 0.15, 0.25), (0.25,) * 4])
def test_determinant_expects_the_squared_determinant(joint: tuple[float, ...]) -> None:
    """Over all samples of 2 and 3 tasks the mean payment is det(U)^2, so 2C tasks suffice."""
    cells = range(4)
    total = 0.0
    for tasks in product(cells, repeat=5):
        counts = np.zeros((2, 4))
        for place, cell in enumerate(tasks):
            counts[int(place >= 2), cell] += 1
        chance = float(np.prod([joint[cell] for cell in tasks]))
        total += chance * float(determinant(counts.reshape(2, 2, 2)))
    expected = float(np.linalg.det(np.array(joint).reshape(2, 2))) ** 2
    assert total == pytest.approx(expected, abs=1e-12)


tables = st.lists(st.integers(1, 20), min_size=9, max_size=9).map(
    lambda cells: np.array(cells, dtype=float).reshape(3, 3)
)
channels = st.lists(st.integers(1, 9), min_size=9, max_size=9).map(
    lambda cells: np.array(cells, dtype=float).reshape(3, 3)
)


@given(tables, channels)
def test_garbling_never_adds_information(table: Floats, channel: Floats) -> None:
    """Passing reports through any channel lowers all three measures (data processing)."""
    channel = channel / channel.sum(axis=1, keepdims=True)
    table = table / table.sum()
    garbled = channel.T @ table
    assert float(total_variation(garbled)) <= float(total_variation(table)) + 1e-12
    assert float(kullback_leibler(garbled)) <= float(kullback_leibler(table)) + 1e-12
    assert abs(np.linalg.det(garbled)) <= abs(np.linalg.det(table)) + 1e-12


@given(tables, st.permutations([0, 1, 2]))
def test_renaming_labels_changes_nothing(table: Floats, order: list[int]) -> None:
    """No measure can tell a permutation of the labels from the truth."""
    renamed = table[order]
    assert float(total_variation(renamed)) == pytest.approx(float(total_variation(table)))
    assert float(kullback_leibler(renamed)) == pytest.approx(float(kullback_leibler(table)))


def test_total_variation_is_the_sum_of_positive_differences() -> None:
    """Half the absolute differences from independence is what learned agreement pays."""
    table = np.array([[0.3, 0.1, 0.05], [0.1, 0.2, 0.05], [0.0, 0.05, 0.15]])
    apart = np.outer(table.sum(axis=1), table.sum(axis=0))
    expected = np.maximum(table - apart, 0).sum()
    assert float(total_variation(table)) == pytest.approx(expected)


def test_the_bias_of_few_tasks_is_taken_out() -> None:
    """For independent reports the plug-in estimate is about 1 / (2 tasks) and the corrected 0."""
    rng = np.random.default_rng(1)
    counts = rng.multinomial(40, [0.25] * 4, size=4000).reshape(-1, 2, 2).astype(float)
    assert float(kullback_leibler(counts).mean()) == pytest.approx(1 / 80, rel=0.1)
    assert abs(float(corrected_kullback_leibler(counts).mean())) < 1e-3


def test_the_split_in_halves_depends_on_the_seed_alone() -> None:
    """The same seed gives the same score in any order of reports, another seed another one."""
    rows, _ = crowd(np.random.default_rng(3), [0.8] * 3, 60)
    first = determinant_scores(panel_of(rows, seed=1))[0]
    again = next(r for r in determinant_scores(panel_of(rows[::-1], seed=1)) if r.worker == "w0")
    other = determinant_scores(panel_of(rows, seed=2))[0]
    assert isinstance(first, PeerScore)
    assert isinstance(again, PeerScore)
    assert isinstance(other, PeerScore)
    assert first.score == pytest.approx(again.score)
    assert first.score != pytest.approx(other.score)


def test_the_determinant_of_many_classes_needs_many_tasks() -> None:
    """With ten classes 21 shared tasks are refused, for each half needs more tasks than classes."""
    rows = [
        PeerReport(f"t{t}", f"w{w}", f"o{w}", f"f{w}", str((t + w) % 10))
        for t in range(21)
        for w in range(3)
    ]
    assert all(isinstance(one, PeerRefusal) for one in determinant_scores(panel_of(rows)))


def test_the_noise_of_a_determinant_is_many_times_its_mean() -> None:
    """Two workers of accuracy .7 on 40 tasks: mean .0016 and deviation .0045 of one payment."""
    rng = np.random.default_rng(5)
    scores: list[float] = []
    for _ in range(400):
        result = determinant_scores(panel_of(crowd(rng, [0.7, 0.7], 40)[0]))[0]
        assert isinstance(result, PeerScore)
        scores.append(result.score)
    assert float(np.std(scores)) == pytest.approx(0.0045, rel=0.2)
    assert abs(float(np.mean(scores)) - 0.0016) < 3 * 0.0045 / 20
