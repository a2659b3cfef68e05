"""Agreement beyond chance: the slow definition, exact zeros, and what owners change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.correlated_agreement import correlated_agreement, dasgupta_ghosh, pay
from scoring.panel import Panel, panel_of
from scoring.pay_unit import by_owner
from scoring.peer import PeerRefusal, PeerReport, PeerScore
from tests.scoring.panels import panels, peers_of
from tests.scoring.worlds import Floats, crowd


def _mean(panel: Panel, place: int, task: int, matrix: Floats) -> float | None:
    """Average the matrix over the peers that a worker has on a task, at the report ``place``."""
    peers = peers_of(panel, place, task=task)
    total = sum(weight for _, weight in peers)
    if not peers:
        return None
    label = panel.label[place]
    return float(sum(w * matrix[label, panel.label[other]] for other, w in peers) / total)


def _slow(panel: Panel, worker: int, matrix: Floats) -> float | None:
    """Average bonuses over tasks and penalties over ordered pairs of distinct tasks."""
    mine = [int(place) for place in np.flatnonzero((panel.worker == worker) & (panel.peers > 0))]
    if len(mine) < 2:
        return None
    bonus = [_mean(panel, place, int(panel.task[place]), matrix) for place in mine]
    penalty = [
        _mean(panel, place, int(panel.task[other]), matrix)
        for place in mine
        for other in mine
        if place != other
    ]
    return float(np.mean([b for b in bonus if b is not None])) - float(
        np.mean([p for p in penalty if p is not None])
    )


@settings(max_examples=40)
@given(panels(classes=3))
def test_scores_equal_the_slow_definition(panel: Panel) -> None:
    """Averages over all peers and all pairs of distinct tasks, computed with loops."""
    for worker, result in enumerate(dasgupta_ghosh(panel, fewest=2)):
        if isinstance(result, PeerScore):
            slow = _slow(panel, worker, np.eye(len(panel.classes)))
            assert slow is not None
            assert result.score == pytest.approx(slow, abs=1e-9)


def test_a_payment_is_a_bonus_minus_a_penalty() -> None:
    """The four cases of two classes pay -1, 0 and 1."""
    unit = [[1, 0], [0, 1]]
    paid = [pay((1, bonus), (1, penalty), unit) for bonus in (0, 1) for penalty in (0, 1)]
    assert paid == [0, -1, 1, 0]


@given(st.integers(0, 100), st.sampled_from([0.3, 0.6, 1.0]), st.sampled_from(["0", "1"]))
def test_a_constant_report_earns_exactly_nothing(seed: int, share: float, label: str) -> None:
    """Whatever the peers say and whichever tasks it picks, a constant reporter scores 0."""
    rng = np.random.default_rng(seed)
    rows, truth = crowd(rng, [0.5, 0.8, 0.8, 0.9], 30)
    # The worst case: it takes the tasks on which its constant is mostly right.
    rows = [
        row._replace(report=label) if row.worker == "w0" else row
        for row in rows
        if row.worker != "w0" or truth[row.task] == label or rng.random() < share
    ]
    result = dasgupta_ghosh(panel_of(rows), fewest=2)[0]
    assert isinstance(result, PeerScore)
    assert result.score == pytest.approx(0, abs=1e-12)


def test_drawing_the_penalty_from_all_tasks_pays_self_selection() -> None:
    """With ``assigned`` a constant reporter that picks its tasks gains: so it is off by default."""
    rows, truth = crowd(np.random.default_rng(2), [0.5, 0.8, 0.8, 0.9], 200)
    rows = [
        row._replace(report="1") if row.worker == "w0" else row
        for row in rows
        if row.worker != "w0" or truth[row.task] == "1"
    ]
    result = dasgupta_ghosh(panel_of(rows), assigned=True)[0]
    assert isinstance(result, PeerScore)
    assert result.score > 0.2


@pytest.mark.parametrize("assigned", [False, True])
def test_truth_expects_the_covariance_with_a_peer(assigned: bool) -> None:
    """Accuracy .7 on even tasks: 4000 tasks score .08 within three standard errors."""
    rows, _ = crowd(np.random.default_rng(4), [0.7] * 4, 4000)
    for result in dasgupta_ghosh(panel_of(rows), assigned=assigned):
        assert isinstance(result, PeerScore)
        assert abs(result.score - 0.08) < 3 * result.standard_error
        assert result.standard_error < 0.01


def test_one_who_flips_is_punished_by_a_matrix_from_third_parties() -> None:
    """Renaming one's own labels turns the score over, for the matrix is not learned from it."""
    rows, _ = crowd(np.random.default_rng(5), [0.8] * 4, 500)
    other = {"0": "1", "1": "0"}
    turned = [r._replace(report=other[r.report]) if r.worker == "w0" else r for r in rows]
    honest, lie = (correlated_agreement(panel_of(one))[0] for one in (rows, turned))
    assert isinstance(honest, PeerScore)
    assert isinstance(lie, PeerScore)
    assert lie.score == pytest.approx(-honest.score, abs=1e-9)


def test_undeclared_copies_gain_and_declared_ones_do_not() -> None:
    """Two identities with one signal earn twice the score; under one owner they are no peers."""
    rows, _ = crowd(np.random.default_rng(6), [0.7] * 6, 2000)
    first = {row.task: row.report for row in rows if row.worker == "w0"}
    copied = [r._replace(report=first[r.task]) if r.worker == "w1" else r for r in rows]
    hidden = dasgupta_ghosh(panel_of(copied))[0]
    panel = panel_of(r._replace(owner="o0") if r.worker == "w1" else r for r in copied)
    shown = dasgupta_ghosh(panel)[0]
    assert isinstance(hidden, PeerScore)
    assert isinstance(shown, PeerScore)
    assert hidden.score > 1.9 * 0.08
    assert abs(shown.score - 0.08) < 3 * shown.standard_error
    assert by_owner(panel, dasgupta_ghosh(panel))[0].score == pytest.approx(shown.score)


def test_a_family_that_errs_together_is_not_paired() -> None:
    """Shared errors inside a family raise nobody's score once the family is declared."""
    rows, _ = crowd(np.random.default_rng(7), [0.7] * 6, 2000)
    first = {row.task: row.report for row in rows if row.worker == "w0"}
    kin = [r._replace(report=first[r.task]) if r.worker == "w1" else r for r in rows]
    declared = panel_of(r._replace(family="f0") if r.worker == "w1" else r for r in kin)
    for result in dasgupta_ghosh(declared)[:2]:
        assert isinstance(result, PeerScore)
        assert abs(result.score - 0.08) < 3 * result.standard_error


def test_everybody_swapping_labels_is_seen_on_known_answers() -> None:
    """A renaming by all pays the same as truth until a few known answers reveal it."""
    rows, truth = crowd(np.random.default_rng(8), [0.8] * 5, 300)
    other = {"0": "1", "1": "0"}
    panel = panel_of(row._replace(report=other[row.report]) for row in rows)
    gold = dict(list(truth.items())[:20])
    assert all(isinstance(result, PeerScore) for result in correlated_agreement(panel))
    for result in correlated_agreement(panel, gold=gold):
        assert isinstance(result, PeerRefusal)
        assert "swap '0' and '1'" in result.reason
    scored = correlated_agreement(panel_of(rows), gold=gold)
    assert all(isinstance(result, PeerScore) for result in scored)


def test_labels_that_go_together_are_worth_the_same() -> None:
    """Where peers confuse two of four classes, guessing between them costs nothing by this score."""
    rng = np.random.default_rng(9)
    truth = rng.integers(4, size=1500)
    rows: list[PeerReport] = []
    for worker in range(5):
        confused = rng.random(1500) < (0.0 if worker == 0 else 0.5)
        label = np.where(confused, truth ^ 1, truth)
        rows += [
            PeerReport(f"t{t}", f"w{worker}", f"o{worker}", f"f{worker}", str(label[t]))
            for t in range(1500)
        ]
    expert, novice = correlated_agreement(panel_of(rows))[:2]
    assert isinstance(expert, PeerScore)
    assert isinstance(novice, PeerScore)
    assert expert.score == pytest.approx(novice.score, abs=0.03)
    assert expert.score == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(("tasks", "spread"), [(10, 0.165), (40, 0.079)])
def test_the_noise_of_one_pair_is_as_known(tasks: int, spread: float) -> None:
    """Two workers of accuracy .7: mean .08 at any number of tasks, with the known deviation."""
    rng = np.random.default_rng(10)
    scores: list[float] = []
    for _ in range(400):
        result = dasgupta_ghosh(panel_of(crowd(rng, [0.7, 0.7], tasks)[0]))[0]
        scores.append(result.score if isinstance(result, PeerScore) else 0.0)
    assert float(np.std(scores)) == pytest.approx(spread, rel=0.12)
    assert abs(float(np.mean(scores)) - 0.08) < 3 * spread / 20
