"""Error rates from agreement alone: exact inversion, and what a sample gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.error_rates import error_rates, jackknife_error, one_voice_each, rates_by_block
from scoring.panel import panel_of
from tests.scoring.worlds import crowd

rate = st.floats(0, 0.45)


@given(st.floats(0.1, 0.9), rate, rate)
def test_three_moments_give_back_the_rates(prior: float, e0: float, e1: float) -> None:
    """Exact moments of a mixture of two coins determine both coins and their shares."""
    moments = [np.array([prior * (1 - e1) ** n + (1 - prior) * e0**n]) for n in (1, 2, 3)]
    found = error_rates(*moments)
    assert float(found.false_positive[0]) == pytest.approx(e0, abs=1e-6)
    assert float(found.false_negative[0]) == pytest.approx(e1, abs=1e-6)
    assert float(found.prior[0]) == pytest.approx(prior, abs=1e-6)


def test_rates_of_a_crowd_are_found() -> None:
    """Accuracy .7 and prior .6: rates within three of their standard errors of .3."""
    rows, _ = crowd(np.random.default_rng(1), [0.7] * 6, 2000, prior=0.6)
    panel = panel_of(rows)
    tasks, rates = rates_by_block(panel, np.ones(len(rows), dtype=bool))
    assert tasks == 2000
    for found in (rates.false_positive, rates.false_negative):
        error = jackknife_error(found[1:, 0])
        assert error < 0.03
        assert abs(float(found[0, 0]) - 0.3) < 3 * error
    assert float(rates.distance[0, 0]) == pytest.approx(0.4, abs=0.05)


def test_the_labels_of_two_classes_mirror_each_other() -> None:
    """What is a false positive for one label is a false negative for the other."""
    rows, _ = crowd(np.random.default_rng(2), [0.8, 0.7, 0.9, 0.6], 500)
    _, rates = rates_by_block(panel_of(rows), np.ones(len(rows), dtype=bool))
    assert rates.false_positive[:, 0] == pytest.approx(rates.false_negative[:, 1])
    assert rates.variance[:, 0] == pytest.approx(rates.variance[:, 1])


def test_tasks_with_two_reports_are_left_out() -> None:
    """Two peers say nothing of three: such tasks neither count nor move the rates."""
    rows, _ = crowd(np.random.default_rng(4), [0.8] * 3, 100)
    fewer = [row._replace(task=f"other {row.task}") for row in rows if row.worker != "w0"]
    (tasks, rates), (same, others) = (
        rates_by_block(panel_of(each), np.ones(len(each), dtype=bool))
        for each in (rows, rows + fewer)
    )
    assert tasks == same == 100
    assert others.distance[0] == pytest.approx(rates.distance[0])


def test_no_variance_gives_no_rates() -> None:
    """Unanimous reports have no variance and no rates."""
    found = error_rates(np.array([0.5]), np.array([0.25]), np.array([0.125]))
    assert np.isnan(found.false_positive[0])


def test_every_owner_and_every_family_has_one_voice_per_task() -> None:
    """Of several reports of an owner or a family on a task one is drawn, by the seed."""
    rows, _ = crowd(np.random.default_rng(3), [0.7] * 6, 50)
    owners, families = {"w1": "o0", "w3": "o4"}, {"w2": "f0"}
    shared = [
        row._replace(
            owner=owners.get(row.worker, row.owner), family=families.get(row.worker, row.family)
        )
        for row in rows
    ]
    panel = panel_of(shared, seed=1)
    kept = [row for row, mask in zip(shared, one_voice_each(panel), strict=True) if mask]
    assert len({(row.task, row.owner) for row in kept}) == len(kept)
    assert len({(row.task, row.family) for row in kept}) == len(kept)
    assert {row.worker for row in kept} == {f"w{n}" for n in range(6)}
    again = one_voice_each(panel_of(shared[::-1], seed=1))[::-1]
    assert (one_voice_each(panel) == again).all()
    assert (one_voice_each(panel) != one_voice_each(panel_of(shared, seed=2))).any()


@given(st.integers(1, 1000))
def test_the_block_jackknife_of_a_mean_is_its_standard_error(seed: int) -> None:
    """For block means the jackknife gives the deviation over blocks divided by root blocks."""
    values = np.random.default_rng(seed).normal(size=20)
    without = (values.sum() - values) / 19
    assert jackknife_error(without) == pytest.approx(values.std(ddof=1) / np.sqrt(20))
