"""Clearing an auction in a file, by every mechanism; the worked examples of the documents."""

from pathlib import Path

import pytest

from orchestrator.clearing.auction import AuctionFile
from orchestrator.clearing.auction_reader import load_auction
from orchestrator.clearing.clearance import clear
from protocols.catalog import TAKE_BUNDLES, TAKE_SIZES
from protocols.errors import MechanismError
from protocols.mechanism import Allocation
from protocols.units import NANO, units

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"

BUNDLES = """
tasks: [{id: a, value: 10}, {id: b, value: 10}]
bundles: [{worker: w, tasks: [a, b], cost: 6}]
"""


def _auction(text: str, folder: Path) -> AuctionFile:
    path = folder / "auction.yaml"
    path.write_text(text, encoding="utf-8")
    return load_auction(path, ())


def _example(name: str, *overrides: str) -> Allocation:
    return clear(load_auction(EXAMPLES / f"{name}.yaml", overrides))


def _paid(allocation: Allocation) -> dict[str, float]:
    """Return what each winner is paid whatever happens."""
    paid: dict[str, float] = {}
    for award in allocation.awards:
        base = float(units(award.contract.base))
        paid[award.worker] = paid.get(award.worker, 0.0) + base
    return paid


def test_the_five_sellers_of_ea_ram() -> None:
    """Chen et al. (2026): the last seller wins, gets 15.184 on success and owes 4.816 on failure."""
    (award,) = _example("ea-ram").awards

    assert award.worker == "seller-4"
    assert award.contract.pay(1.0, award.score, 0.0) == round(15.184 * NANO)
    assert award.contract.pay(0.0, award.score, 0.0) == round(-4.816 * NANO)


def test_the_three_houses_of_shapley_and_shubik() -> None:
    """Shapley and Shubik (1971): the best assignment is worth 16; its best corner gives 5, 6, 1.

    Each seller is paid its cost, which is 10 less the worth of the pair, and its gain.
    """
    allocation = _example("houses")

    assert units(allocation.welfare) == 16
    assert {award.worker: award.task for award in allocation.awards} == {
        "seller-1": "buyer-2",
        "seller-2": "buyer-3",
        "seller-3": "buyer-1",
    }
    assert {
        award.worker: units(award.score) - units(award.pivot) for award in allocation.awards
    } == {"seller-1": 5, "seller-2": 6, "seller-3": 1}
    assert _paid(allocation) == {"seller-1": 2 + 5, "seller-2": 4 + 6, "seller-3": 8 + 1}


def test_the_two_items_of_weber() -> None:
    """Weber: two bidders of 150 against one of 200 for both; VCG charges 50 each, the core 100.

    Turned to procurement with a reserve of 200 a task: paid 150 each, and in the core 100 each.
    """
    assert _paid(_example("bundles")) == {"bidder-1": 150, "bidder-2": 150}
    assert _paid(_example("bundles", "mechanism=core-selecting")) == {
        "bidder-1": 100,
        "bidder-2": 100,
    }


def test_two_lots_of_one_worker_are_not_priced_one_by_one() -> None:
    """Ann is paid 14 for both tasks, what they would cost without her, and not 5 + 5."""
    assert _paid(_example("capacities")) == {"ann": 14}


def test_what_does_not_fit_goes_elsewhere() -> None:
    """Ann is cheapest at three tasks and has room for two: paid her cost of 8 and the 15 she adds."""
    allocation = _example("sizes")

    assert [award.worker for award in allocation.awards] == ["ann", "bob", "ann"]
    assert units(allocation.welfare) == 34
    assert _paid(allocation) == {"ann": 8 + 15, "bob": 6 + 3}


def test_a_size_of_a_bid_goes_before_that_of_its_task(tmp_path: Path) -> None:
    """A worker that needs less room for a task says so in its bid."""
    text = """
mechanism: vcg
tasks: [{id: a, value: 10, size: 5}, {id: b, value: 10, size: 5}]
workers: [{id: w, capacity: 8}]
bids: [{task: a, worker: w, cost: 1%s}, {task: b, worker: w, cost: 2}]
"""

    assert len(clear(_auction(text % "", tmp_path)).awards) == 1
    assert len(clear(_auction(text % ", size: 3", tmp_path)).awards) == 2


def test_chances_of_a_bundle_are_1_if_left_out(tmp_path: Path) -> None:
    """A bundle without probabilities is one that always succeeds: 20 - 6."""
    assert units(clear(_auction(BUNDLES, tmp_path)).welfare) == 14


@pytest.mark.parametrize("name", TAKE_BUNDLES)
def test_mechanisms_for_bundles_take_them(name: str, tmp_path: Path) -> None:
    """A lone bundle wins by each of them, and its allocation names the mechanism."""
    allocation = clear(_auction(f"mechanism: {name}{BUNDLES}", tmp_path))

    assert (len(allocation.awards), allocation.mechanism) == (2, name)


def test_any_number_of_bundles_may_be_allowed(tmp_path: Path) -> None:
    """With `exclusive: false` a worker wins several of its bundles."""
    text = """
mechanism: vcg
tasks: [{id: a, value: 10}, {id: b, value: 10}]
bundles: [{worker: w, tasks: [a], cost: 1}, {worker: w, tasks: [b], cost: 1}]
exclusive: %s
"""

    assert len(clear(_auction(text % "true", tmp_path)).awards) == 1
    assert len(clear(_auction(text % "false", tmp_path)).awards) == 2


def test_who_takes_no_bundles_or_sizes_says_who_does(tmp_path: Path) -> None:
    """Vickrey has no notion of a bundle or of a size and names the mechanisms that have."""
    with pytest.raises(MechanismError, match="vickrey takes no bundles; contingent-vcg, vcg and"):
        clear(_auction("mechanism: vickrey" + BUNDLES, tmp_path))
    with pytest.raises(MechanismError, match=f"takes no sizes; {' and '.join(TAKE_SIZES)} do"):
        _example("sizes", "mechanism=vickrey")
