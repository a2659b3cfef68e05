"""What third parties teach about labels that go together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings

from scoring.correlated_agreement import correlated_agreement
from scoring.panel import panel_of
from scoring.peer import PeerRefusal, PeerReport
from scoring.score_matrix import learn, swapped_labels, third_party_joint
from tests.records import records
from tests.scoring.panels import panels, peers_of
from tests.scoring.worlds import crowd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scoring.panel import Panel


def _groups(panel: Panel) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    stacked = np.stack([panel.owner, panel.family])
    groups, group = np.unique(stacked, axis=1, return_inverse=True)
    return groups, group


_RELATED = (
    *((name, name, name) for name in "cde"),
    *(("a", "ann", "x"), ("b", "ann", "y"), ("f", "bob", "x")),
)
"""Three strangers, two workers of one owner, and one of another owner in the family of the first."""


@settings(max_examples=40)
@example(panel_of(PeerReport("t", *one, "yes") for one in _RELATED))
@given(panels(classes=3))
def test_pairs_with_a_group_in_them_do_not_count(panel: Panel) -> None:
    """The joint counts equal a loop over all pairs that involve neither owner nor family."""
    groups, group = _groups(panel)
    found = third_party_joint(panel, groups, group)
    for place, (owner, family) in enumerate(groups.T):
        third = (panel.owner != owner) & (panel.family != family)
        slow = np.zeros((len(panel.classes), len(panel.classes)))
        for one in np.flatnonzero(third):
            for other, weight in peers_of(panel, int(one)):
                if third[other]:
                    slow[panel.label[one], panel.label[other]] += weight * panel.unit[one]
        assert found[place] == pytest.approx(slow, abs=1e-8)


def test_no_report_changes_its_own_matrix() -> None:
    """Whatever a worker reports, the matrix that scores it stays the same."""
    rows, _ = crowd(np.random.default_rng(1), [0.7] * 4, 200, classes=3)
    rng = np.random.default_rng(2)
    lies = [
        row._replace(report=str(rng.integers(3))) if row.worker == "w0" else row for row in rows
    ]
    learned = [learn(panel, *_groups(panel), None)[0] for panel in map(panel_of, (rows, lies))]
    assert learned[0][0].tolist() == learned[1][0].tolist()


def test_independent_confusions_give_the_unit_matrix() -> None:
    """Where errors are uniform only equal labels go together."""
    rows, _ = crowd(np.random.default_rng(3), [0.8] * 5, 1000, classes=3)
    panel = panel_of(rows)
    matrices, reasons = learn(panel, *_groups(panel), None)
    assert reasons == [None] * 5
    assert (matrices == np.eye(3)).all()


def test_too_few_third_party_pairs_are_refused() -> None:
    """With two workers there is nobody to learn from, and the reason says so."""
    rows, _ = crowd(np.random.default_rng(4), [0.8, 0.8], 100)
    for result in correlated_agreement(panel_of(rows)):
        assert isinstance(result, PeerRefusal)
        assert result.reason == "only 0 pairs of third-party reports, expected 40"


def test_known_answers_of_one_class_fix_no_orientation() -> None:
    """Two different known answers are needed to see a swap, and third parties must have met them."""
    rows, truth = crowd(np.random.default_rng(5), [0.8] * 4, 100)
    panel = panel_of(rows)
    ones = {task: label for task, label in truth.items() if label == "1"}
    for gold, reason in ((ones, "fewer than two"), ({"elsewhere": "1"}, "fewer than two")):
        assert all(reason in str(one) for one in swapped_labels(panel, gold, _groups(panel)[0]))


def test_a_ring_of_renamed_labels_is_seen() -> None:
    """Three labels renamed in a ring, so that no two are exchanged, are refused as well."""
    rows, truth = crowd(np.random.default_rng(6), [0.9] * 4, 200, classes=3)
    panel = panel_of(row._replace(report=str((int(row.report) + 1) % 3)) for row in rows)
    assert all(swapped_labels(panel, truth, _groups(panel)[0]))


def test_real_peer_grades_often_go_together_across_labels() -> None:
    """Of 1893 edX joints 1.4, 59, 97 and 100 % (2 to 5 grades) have a positive off-diagonal."""
    joints = json.loads(records("scoring", "edx_peer_grade_joints.json").read_text())
    shares: dict[int, list[bool]] = {}
    for _, rows in joints:
        table = np.array(rows) / np.sum(rows)
        apart = np.outer(table.sum(axis=1), table.sum(axis=0))
        different = ~np.eye(len(table), dtype=bool)
        shares.setdefault(len(table), []).append(bool((table > apart)[different].any()))
    assert sum(map(len, shares.values())) == 1893
    found = [100 * float(np.mean(shares[grades])) for grades in (2, 3, 4, 5)]
    assert found == pytest.approx([1.4, 59, 97, 100], abs=0.5)
