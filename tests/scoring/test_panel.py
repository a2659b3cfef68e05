"""Who is a peer of whom, against the slow definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from scoring.correlated_agreement import dasgupta_ghosh
from scoring.panel import Panel, panel_of
from scoring.peer import PeerReport, PeerScore
from tests.scoring.panels import panels, peers_of


def _report(task: str = "t", worker: str = "a", owner: str = "o", family: str = "f") -> PeerReport:
    return PeerReport(task, worker, owner, family, "yes")


@settings(max_examples=40)
@given(panels(classes=3))
def test_votes_are_those_of_other_owners_and_other_families(panel: Panel) -> None:
    """The votes that a report is compared with are the weights of strangers on the same task."""
    for place in range(len(panel.reports)):
        expected = np.zeros(len(panel.classes))
        for other, weight in peers_of(panel, place):
            expected[panel.label[other]] += weight
        assert panel.votes[place] == pytest.approx(expected)
        assert panel.peers[place] == len(peers_of(panel, place))


@settings(max_examples=40)
@given(panels())
def test_an_owner_is_one_voice_per_task(panel: Panel) -> None:
    """The weights of an owner's reports on a task sum to 1."""
    for task in range(len(panel.tasks)):
        for owner in range(int(panel.owner.max()) + 1):
            mine = panel.unit[(panel.task == task) & (panel.owner == owner)]
            assert not len(mine) or mine.sum() == pytest.approx(1)


@settings(max_examples=40)
@given(panels())
def test_shares_sum_to_one_where_there_is_a_peer(panel: Panel) -> None:
    """The shares of the peers' labels are a distribution, or zeros without peers."""
    assert panel.shares.sum(axis=1) == pytest.approx((panel.peers > 0).astype(float))


@settings(max_examples=40)
@given(panels())
def test_a_part_of_a_panel_is_the_panel_of_the_part(panel: Panel) -> None:
    """Leaving reports out gives the votes of a panel made without them."""
    kept = np.arange(len(panel.reports)) % 2 == 0
    part, fresh = panel.where(kept), panel_of(panel.reports[::2])
    columns = [panel.classes.index(name) for name in fresh.classes]
    assert part.votes[:, columns] == pytest.approx(fresh.votes)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "at least one report"),
        ([_report(), _report()], "'a' on 't'"),
        ([_report(), _report(task="u", owner="p")], "one owner"),
        ([_report(), _report(task="u", family="g")], "one family"),
    ],
)
def test_contradictory_reports_are_turned_down(rows: list[PeerReport], message: str) -> None:
    """No report, two reports on a task, two owners or two families raise with the place."""
    with pytest.raises(ValueError, match=message):
        panel_of(rows)


def test_a_prediction_must_be_a_distribution() -> None:
    """A prediction that does not sum to 1 raises; a class it leaves out counts as 0."""
    good = PeerReport("t", "a", "o", "f", "yes", {"yes": 1.0})
    wrong = PeerReport("t", "b", "o", "f", "no", {"yes": 0.9})
    table = panel_of([good, PeerReport("t", "b", "o", "f", "no")]).predictions
    assert table[0].tolist() == [0, 1]
    assert np.isnan(table[1]).all()
    with pytest.raises(ValueError, match="sum 1"):
        _ = panel_of([good, wrong]).predictions


@pytest.mark.parametrize("confidence", [-0.1, 1.5, float("nan")])
def test_a_confidence_must_be_a_probability(confidence: float) -> None:
    """A confidence outside [0, 1] raises and names the worker."""
    with pytest.raises(ValueError, match="confidence of 'a'"):
        _ = panel_of([_report()._replace(confidence=confidence)]).confidences


@settings(max_examples=40)
@given(panels(classes=3, tasks=6))
def test_scores_do_not_depend_on_the_order_of_reports(panel: Panel) -> None:
    """Whoever reports first or last, every worker gets the same result; nobody chooses a partner."""
    turned = panel_of(panel.reports[::-1])
    one = {result.worker: result for result in dasgupta_ghosh(panel, fewest=2)}
    for result in dasgupta_ghosh(turned, fewest=2):
        other = one[result.worker]
        assert type(result) is type(other)
        if isinstance(result, PeerScore) and isinstance(other, PeerScore):
            assert result.score == pytest.approx(other.score)
