"""Tests of what a paid answer says."""

from pathlib import Path

import numpy as np

from orchestrator.bench.probe import Probe, Reading, mean_costs, probes, spent_on
from tests.orchestrator.bench.tables import parts


def test_who_states_confidences_can_be_probed(tmp_path: Path) -> None:
    """All five workers alone, and the pairs of the four cheapest."""
    fit, _ = parts(tmp_path)
    found = probes(fit)
    assert len([probe for probe in found if len(probe.columns) == 1]) == 5
    assert len([probe for probe in found if len(probe.columns) == 2]) == 6
    assert np.isclose(mean_costs(fit)[fit.workers.index("cheap")], 0.1)


def test_a_confidence_says_how_good_the_answer_is(tmp_path: Path) -> None:
    """After cheap has answered, its chance is near 1 where it is sure and near 0 where not."""
    fit, asked = parts(tmp_path)
    cheap = fit.workers.index("cheap")
    belief = Reading(fit, Probe((cheap,), "cheap")).belief(asked)
    right = asked.success[:, cheap] > 0
    assert belief.chance[right, cheap].min() > 0.85
    assert belief.chance[~right, cheap].max() < 0.15
    assert not belief.cost[:, cheap].any()


def test_agreement_says_something_without_confidences(tmp_path: Path) -> None:
    """Cheap agrees with dear exactly when it is right, so agreement alone tells."""
    fit, asked = parts(tmp_path)
    fit.confidence[:], asked.confidence[:] = np.nan, np.nan
    cheap, dear = fit.workers.index("cheap"), fit.workers.index("dear")
    belief = Reading(fit, Probe((cheap, dear), "both")).belief(asked)
    right = asked.success[:, cheap] > 0
    assert belief.chance[right, cheap].min() > 0.8 > 0.2 > belief.chance[~right, cheap].max()


def test_a_probe_is_paid_on_every_question(tmp_path: Path) -> None:
    """Two answers cost what both cost."""
    _, asked = parts(tmp_path)
    columns = asked.workers.index("cheap"), asked.workers.index("ann")
    assert np.allclose(spent_on(asked, Probe(columns, "")), 1.1)
