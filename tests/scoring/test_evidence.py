"""Refusals, and means with their standard errors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.agreement import output_agreement
from scoring.catalog import PEER_MECHANISMS
from scoring.correlated_agreement import correlated_agreement, dasgupta_ghosh
from scoring.evidence import mean_scores, objections
from scoring.mutual_information import (
    determinant_scores,
    kullback_leibler_scores,
    total_variation_scores,
)
from scoring.panel import Panel, panel_of
from scoring.peer import PeerRefusal, PeerReport, PeerResult, PeerScore
from scoring.robust_truth_serum import rbts
from scoring.surrogate import surrogate_scores
from scoring.truth_serum import bts
from tests.scoring.panels import reports
from tests.scoring.worlds import crowd

OPTIONS: dict[str, dict[str, object]] = {
    "miller-resnick-zeckhauser": {
        "posterior": {"0": {"0": 0.6, "1": 0.4}, "1": {"0": 0.4, "1": 0.6}}
    },
    "peer-truth-serum": {"prior": {"0": 0.5, "1": 0.5}},
    "gold-hybrid": {"gold": {"t0": "1"}},
}


def _panel(label: Callable[[int, int], str], *, tasks: int = 60, workers: int = 5) -> Panel:
    return panel_of(
        PeerReport(f"t{t}", f"w{w}", f"o{w}", f"f{w}", label(t, w), {"0": 0.5, "1": 0.5}, 0.7)
        for t in range(tasks)
        for w in range(workers)
    )


@pytest.mark.parametrize("name", PEER_MECHANISMS)
def test_reports_without_entropy_are_refused_by_every_mechanism(name: str) -> None:
    """If all peers say the same everywhere nobody gets a score, whatever the mechanism."""
    panel = _panel(lambda task, worker: "1")
    found = PEER_MECHANISMS[name](panel, **OPTIONS.get(name, {}))
    assert [type(result) for result in found] == [PeerRefusal] * 5


@pytest.mark.parametrize("name", PEER_MECHANISMS)
def test_workers_without_strangers_are_refused_by_every_mechanism(name: str) -> None:
    """Workers of one owner are never each other's peers, so alone they get no score."""
    panel = panel_of(
        PeerReport(f"t{t}", f"w{w}", "o", f"f{w}", str(t % 2), {"0": 0.5, "1": 0.5}, 0.7)
        for t in range(60)
        for w in range(5)
    )
    found = PEER_MECHANISMS[name](panel, **OPTIONS.get(name, {}))
    assert all(isinstance(result, PeerRefusal) and result.reason for result in found)


@pytest.mark.parametrize("name", PEER_MECHANISMS)
def test_every_score_has_a_finite_standard_error(name: str) -> None:
    """On informative reports each mechanism scores everybody, with an error and comparisons."""
    rows, truth = crowd(np.random.default_rng(1), [0.8] * 6, 300)
    told = [row._replace(prediction={"0": 0.5, "1": 0.5}, confidence=0.8) for row in rows]
    options = OPTIONS.get(name, {}) | ({"gold": truth} if name == "gold-hybrid" else {})
    for result in PEER_MECHANISMS[name](panel_of(told), **options):
        assert isinstance(result, PeerScore)
        assert 0 < result.standard_error < 1
        assert result.comparisons > 0


@settings(max_examples=20)
@given(st.sampled_from([1, 2, 3]), st.data())
def test_odd_little_panels_give_finite_scores_or_refusals(
    classes: int, data: st.DataObject
) -> None:
    """Whatever is missing or constant, no mechanism fails, warns or gives a score without error."""
    rows = data.draw(reports(classes=classes, tasks=8))
    names = [str(label) for label in range(classes)]
    even = dict.fromkeys(names, 1 / classes)
    panel = panel_of(row._replace(prediction=even, confidence=0.7) for row in rows)
    options: dict[str, dict[str, object]] = {
        "miller-resnick-zeckhauser": {"posterior": dict.fromkeys(names, even)},
        "peer-truth-serum": {"prior": even},
        "gold-hybrid": {"gold": dict.fromkeys(panel.tasks[:4], "0"), "accuracy": 0.9},
    }
    for name, mechanism in PEER_MECHANISMS.items():
        if name == "robust-truth-serum" and classes > 2:
            continue
        found = mechanism(panel, **options.get(name, {}))
        assert [result.worker for result in found] == list(panel.workers)
        for result in found:
            if isinstance(result, PeerScore):
                assert np.isfinite([result.score, result.standard_error]).all()


def test_few_tasks_are_refused_with_their_number() -> None:
    """Too few shared tasks are named in the reason."""
    panel = _panel(lambda task, worker: str((task + worker) % 2), tasks=3)
    (reason, *_) = objections(panel, panel.peers > 0, 4)
    assert reason is not None
    assert "only 3 usable tasks" in reason


def test_one_task_gives_no_standard_error() -> None:
    """Asking for a score from one task raises, for it could have no standard error."""
    with pytest.raises(ValueError, match="at least 2 tasks"):
        output_agreement(_panel(lambda task, worker: "1"), fewest=1)


def test_the_mean_and_its_error_are_the_textbook_ones() -> None:
    """A mean score is the sample mean, its error the sample deviation over root n."""
    panel = _panel(lambda task, worker: str((task + worker) % 2), tasks=10)
    values = np.random.default_rng(0).normal(size=len(panel.reports))
    for worker, result in enumerate(mean_scores(panel, values, panel.peers > 0, fewest=2)):
        mine = values[panel.worker == worker]
        assert isinstance(result, PeerScore)
        assert result.score == pytest.approx(mine.mean())
        assert result.standard_error == pytest.approx(mine.std(ddof=1) / np.sqrt(len(mine)))
        assert result.comparisons == 40


Mechanism = Callable[[Panel], tuple[PeerResult, ...]]

CALIBRATED: dict[str, Mechanism] = {
    "output agreement": output_agreement,
    "dasgupta-ghosh": dasgupta_ghosh,
    "dasgupta-ghosh, assigned": lambda panel: dasgupta_ghosh(panel, assigned=True),
    "correlated agreement": correlated_agreement,
    "total variation": total_variation_scores,
    "kullback-leibler": kullback_leibler_scores,
    "determinant": determinant_scores,
    "surrogate": surrogate_scores,
    "truth serum": bts,
    "robust truth serum": rbts,
}


@pytest.mark.parametrize("name", CALIBRATED)
def test_standard_errors_are_the_spread_over_repetitions(name: str) -> None:
    """The root mean squared standard error agrees with the deviation of the score itself."""
    rng = np.random.default_rng(5)
    scores: list[float] = []
    errors: list[float] = []
    for _ in range(60):
        rows, _truth = crowd(rng, [0.7, 0.8, 0.8, 0.75, 0.75], 80, prior=0.6)
        told = [
            row._replace(
                prediction={"0": 0.6, "1": 0.4} if row.report == "0" else {"0": 0.4, "1": 0.6},
                confidence=0.7,
            )
            for row in rows
        ]
        result = CALIBRATED[name](panel_of(told))[0]
        if isinstance(result, PeerScore):
            scores.append(result.score)
            errors.append(result.standard_error)
    assert len(scores) >= 50  # the surrogate refuses a few
    spread, claimed = float(np.std(scores)), float(np.sqrt(np.mean(np.square(errors))))
    assert 0.8 < claimed / spread < 1.3


@pytest.mark.parametrize("name", PEER_MECHANISMS)
def test_nobody_chooses_partners_by_a_name_or_by_coming_first(name: str) -> None:
    """Other names of workers, owners and families, sent in another order, leave every score."""
    rng = np.random.default_rng(2)
    rows, truth = crowd(rng, [0.6, 0.7, 0.8, 0.9, 0.75], 120)
    told = [row._replace(prediction={"0": 0.5, "1": 0.5}, confidence=0.8) for row in rows]
    names = {f"w{one}": f"{9 - one}-{one * 7 % 5}" for one in range(5)}
    renamed = [
        row._replace(worker=names[row.worker], owner=names[row.worker], family=names[row.worker])
        for row in told
    ]
    turned = [renamed[int(place)] for place in rng.permutation(len(renamed))]
    options = OPTIONS.get(name, {}) | ({"gold": truth} if name == "gold-hybrid" else {})
    before = {one.worker: one for one in PEER_MECHANISMS[name](panel_of(told), **options)}
    after = {one.worker: one for one in PEER_MECHANISMS[name](panel_of(turned), **options)}
    for worker, one in before.items():
        other = after[names[worker]]
        assert isinstance(one, PeerScore)
        assert isinstance(other, PeerScore)
        assert other.score == pytest.approx(one.score, abs=1e-9)
        assert other.comparisons == one.comparisons
