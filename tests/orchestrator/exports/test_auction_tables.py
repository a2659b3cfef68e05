"""Tests of the tables of lots, bids and awards."""

from pathlib import Path

from orchestrator.exports.auction_tables import AWARDS, BIDS, LOTS
from tests.orchestrator.exports.exporting import rows
from tests.orchestrator.small_runs import events, write


def test_each_announcement_of_a_lot_is_a_row(tmp_path: Path) -> None:
    """A lot that is announced again has a second row with its attempt and its parent."""
    found = rows(write(tmp_path / "run.db", events()), LOTS)
    told = [(row["announcement"], row["task"], row["attempt"], row["parent"]) for row in found]
    assert told == [("a1", "t1", 1, None), ("a1", "t2", 1, None), ("a2", "t2", 2, "a1")]
    assert {row["value_nano"] for row in found} == {100}


def test_each_bid_is_a_row(tmp_path: Path) -> None:
    """Bids come with their reports in nano-units and probabilities, in the order of the journal."""
    found = rows(write(tmp_path / "run.db", events()), BIDS)
    told = [(row["worker"], row["task"], row["cost_nano"], row["probability"]) for row in found]
    assert told == [("a", "t1", 10, 0.8), ("b", "t1", 20, 0.5), ("b", "t2", 20, 0.9)]


def test_an_award_carries_its_contract(tmp_path: Path) -> None:
    """The numbers of the payment rule are columns, so payments can be checked in a spreadsheet."""
    first, second = rows(write(tmp_path / "run.db", events()), AWARDS)
    assert first["base_nano"] + first["per_success_nano"] + round(100 * -0.04) == 56
    assert (first["runner_up"], first["tied"], first["funded"]) == ("b", False, True)
    assert (second["worker"], second["base_nano"], second["tied"]) == ("b", 30, True)
