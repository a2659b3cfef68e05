"""What an owner is paid for its workers."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.correlated_agreement import dasgupta_ghosh
from scoring.panel import panel_of
from scoring.pay_unit import by_owner
from scoring.peer import PeerRefusal, PeerReport, PeerResult, PeerScore
from tests.scoring.worlds import crowd


def test_an_owner_is_paid_once_for_all_its_workers() -> None:
    """The pay unit is the mean over an owner's scored workers, refusals left out."""
    names = (*"abc", "z")
    rows = [PeerReport("t", name, "p" if name == "z" else "o", name, "yes") for name in names]
    results: list[PeerResult] = [
        PeerScore("a", 1.0, 5, 0.1),
        PeerScore("b", 0.0, 5, 0.3),
        PeerRefusal("c", "no"),
        PeerRefusal("z", "no"),
    ]
    (paid,) = by_owner(panel_of(rows), results)
    assert (paid.owner, paid.score, paid.workers) == ("o", 0.5, 2)
    assert paid.standard_error == pytest.approx(0.2)


def test_a_second_identity_adds_nothing() -> None:
    """An owner that registers a copy of its worker has the same pay unit as before."""
    rows, _ = crowd(np.random.default_rng(1), [0.8] * 4, 200)
    copies = [row._replace(worker="copy") for row in rows if row.worker == "w0"]
    paid = [
        by_owner(panel, dasgupta_ghosh(panel))[0]
        for panel in (panel_of(rows), panel_of(rows + copies))
    ]
    assert paid[1].score == pytest.approx(paid[0].score)
    assert (paid[0].workers, paid[1].workers) == (1, 2)
    assert paid[1].standard_error == pytest.approx(paid[0].standard_error)


def test_dealing_answers_out_among_identities_changes_nothing() -> None:
    """What an owner is paid for all its tasks is the sum over its workers, however they divide them."""
    rows = [PeerReport(f"t{n}", "a" if n < 3 else "b", "o", "f", "yes") for n in range(10)]
    results: list[PeerResult] = [PeerScore("a", 0.9, 5, 0.1), PeerScore("b", -0.2, 5, 0.1)]
    (paid,) = by_owner(panel_of(rows), results)
    assert 10 * paid.score == pytest.approx(3 * 0.9 + 7 * -0.2)


def test_an_identity_with_one_lucky_answer_hardly_counts() -> None:
    """A worker with one of a hundred answers moves the pay unit by a hundredth of its score."""
    rows = [
        PeerReport(f"t{n}", "lucky" if n == 0 else "usual", "o", "f", "yes") for n in range(100)
    ]
    results: list[PeerResult] = [PeerScore("lucky", 1.0, 5, 0.5), PeerScore("usual", 0.0, 5, 0.1)]
    (paid,) = by_owner(panel_of(rows), results)
    assert paid.score == pytest.approx(0.01)
