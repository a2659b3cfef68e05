"""Tests of what it costs to be as right as the best single worker."""

from pathlib import Path

import pytest

from orchestrator.bench.belief import table_belief
from orchestrator.bench.choice import best, came
from orchestrator.bench.reach import cost_of, reaches
from orchestrator.drawing.plots import frontier
from tests.orchestrator.bench.tables import parts


@pytest.mark.parametrize(
    ("accuracy", "cost"), [(0.4, 1.0), (0.5, 1.0), (0.7, 2.0), (0.9, 3.0), (0.95, None)]
)
def test_between_two_settings_lies_their_mixture(accuracy: float, cost: float | None) -> None:
    """The cost of an accuracy is read off the hull; above the best setting there is none."""
    hull = frontier([(1.0, 0.5), (2.5, 0.6), (3.0, 0.9), (9.0, 0.8)])
    assert cost_of(hull, accuracy) == pytest.approx(cost)


def test_needs_have_errors_where_resamples_differ(tmp_path: Path) -> None:
    """The table is always right at 1 of 5: no error. Mixing for 95 % depends on who is drawn."""
    fit, asked = parts(tmp_path)
    table = table_belief(fit, asked)
    played = came(asked, best(table, 6.0))
    loud = came(asked, best(table, 6.0) * 0 + asked.workers.index("loud"))
    settings = {("table", "blind"): [played], ("loud", "blind"): [loud]}
    mixing, found, never = reaches(fit, asked, table, settings, 0)
    assert found.needs["100%"] == pytest.approx((0.2, 0.0, 0.0))
    assert mixing.needs["95%"].error is not None
    assert mixing.needs["95%"].error > 0
    assert never.needs["95%"] == (None, None, 1.0)
