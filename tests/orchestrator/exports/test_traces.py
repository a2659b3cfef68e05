"""Tests of reward traces."""

from itertools import pairwise
from pathlib import Path

import pytest

from protocols.decommitment import Withdrawn
from protocols.units import NANO, Money
from tests.orchestrator.command import CONFIGS, truthbid
from tests.orchestrator.exports.exporting import Fact, traced
from tests.orchestrator.small_runs import FIRST, T1, A, events, write

PARTS = ("reward_contract", "reward_score", "reward_peer", "reward_other", "reward_cost")


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Return the journal of the small run."""
    return write(tmp_path / "run.db", events())


def test_a_bid_earns_what_its_award_paid_less_the_cost(journal: Path) -> None:
    """Worker a gets 60 by contract, -4 by score and had a cost of 12; who loses gets nothing."""
    won, lost, failed = traced(journal, "bids")
    nano = {part: round(won[part] * NANO) for part in (*PARTS, "reward")}
    assert nano == {
        "reward_contract": 60,
        "reward_score": -4,
        "reward_peer": 0,
        "reward_other": 0,
        "reward_cost": -12,
        "reward": 44,
    }
    assert (won["awarded"], lost["awarded"], lost["reward"]) == (True, False, 0.0)
    assert round(failed["reward"] * NANO) == 30 - 25


def test_withdrawn_work_has_cost_what_it_has_cost(tmp_path: Path) -> None:
    """Worker a had answered at a cost of 12 when its award was withdrawn for 3."""
    withdrawn = Withdrawn(announcement=FIRST, task=T1, worker=A, reason="no", owed=Money(3))
    listed = [
        withdrawn if event.key == f"settled\t{FIRST}\t{T1}\t{A}" else event for event in events()
    ]
    won = traced(write(tmp_path / "run.db", listed), "bids")[0]
    assert (round(won["reward_other"] * NANO), round(won["reward_cost"] * NANO)) == (3, -12)
    assert (won["awarded"], won["settled"]) == (True, False)


def test_bids_on_one_lot_are_one_group(journal: Path) -> None:
    """The group is the announcement and the task, so that rewards compare with each other."""
    assert [trace["group"] for trace in traced(journal, "bids")] == ["a1/t1", "a1/t1", "a1/t2"]


def test_the_information_set_is_what_the_worker_was_told(journal: Path) -> None:
    """It holds the lot and who takes part, and nothing of the verifier or of other bids."""
    trace = traced(journal, "bids")[0]
    assert trace["information"]["prompt"] == "do t1"
    assert trace["information"]["participants"] == ["a", "b"]
    assert "do t1" in trace["prompt"]
    assert "exact" not in str(trace["information"])


def test_work_is_a_prompt_and_its_completion(journal: Path) -> None:
    """The answer is the completion, and the label says whether the task counts as solved."""
    solved, failed = traced(journal, "work")
    assert (solved["prompt"], solved["completion"]) == ("do t1", "<script>alert(1)</script>")
    assert (solved["label"], failed["label"]) == (True, False)
    assert (solved["score"], solved["peer_score"]) == (-0.04, 0.0)


def _check_columns(traces: list[Fact]) -> None:
    """Check what loaders of JSON lines need: the same keys, and one type for each column."""
    assert all(isinstance(trace["prompt"], str) for trace in traces)
    assert all(isinstance(trace["completion"], str) for trace in traces)
    assert all(isinstance(trace["reward"], float) for trace in traces)
    for one, other in pairwise(traces):
        assert list(one) == list(other)
        for key in one:
            assert one[key] is not None
            assert type(one[key]) is type(other[key]), key
        assert one["information"].keys() == other["information"].keys()
        assert None not in one["information"].values()
        assert [] not in one["information"].values()


@pytest.mark.parametrize("config", ["quickstart", "peer", "escalation"])
def test_real_runs_load_as_one_table(tmp_path: Path, config: str) -> None:
    """Every reward is the sum of its parts, and every row has the same columns and types."""
    path = tmp_path / "run.db"
    truthbid("run", CONFIGS / f"{config}.yaml", "--journal", path, "--quiet")
    for wanted in ("bids", "work"):
        traces = traced(path, wanted)
        _check_columns(traces)
        for trace in traces:
            assert trace["reward"] == pytest.approx(sum(trace[part] for part in PARTS), abs=1e-12)
        by_peers = sum(trace["peer_score"] != 0 for trace in traces)
        assert bool(by_peers) == (config == "peer")


def test_what_has_not_ended_gives_no_trace(tmp_path: Path) -> None:
    """A reward that nobody knows yet is not made up."""
    listed = events()
    until = next(n for n, event in enumerate(listed) if event.event == "closed")
    assert traced(write(tmp_path / "open.db", listed[:until]), "bids") == []
