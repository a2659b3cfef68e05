"""The Vickrey auction."""

import tarfile
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from protocols.errors import MechanismError
from protocols.properties import Setting, misreports, regret
from protocols.units import NANO
from protocols.vcg import Vcg
from protocols.vickrey import Vickrey
from tests.protocols.auctions import Auction, auction, auctions
from tests.records import records


@settings(max_examples=60)
@given(auctions(lots=2, workers=3, limited=False))
def test_no_misreport_gains(drawn: Auction) -> None:
    """Over a grid of costs and probabilities the exact gain is zero."""
    announcement, bids = drawn
    setting = Setting(Vickrey(), announcement)
    for worker in {bid.worker for bid in bids}:
        honest = [bid for bid in bids if bid.worker == worker]
        lies = misreports(honest, range(0, 641, 128), [0.0, 1.0])

        assert regret(setting, bids, {worker}, lies).gain == 0


@settings(max_examples=50)
@given(auctions(lots=4, workers=4, limited=False))
def test_without_capacities_it_is_vcg(drawn: Auction) -> None:
    """Separate lots and no capacities: Vickrey and VCG award and pay the same."""
    announcement, bids = drawn

    assert (
        Vickrey().clear(announcement, bids, {}, 5).awards
        == Vcg().clear(announcement, bids, {}, 5).awards
    )


def test_a_binding_capacity_is_refused() -> None:
    """Where a worker could win more lots than it can take, the error points to vcg."""
    announcement, bids = auction([10, 10], {"a": [(1, 1.0)] * 2}, limits={"a": 1})

    with pytest.raises(MechanismError, match="mechanism vcg"):
        Vickrey().clear(announcement, bids, {}, 0)


def test_a_capacity_that_cannot_bind_is_accepted() -> None:
    """A capacity of as many lots as the worker could ever hold is no obstacle."""
    announcement, bids = auction(
        [10, 10], {"a": [(1, 1.0), (5, 1.0)], "b": [(3, 1.0), (2, 1.0)]}, limits={"a": 2, "b": 2}
    )
    awards = Vickrey().clear(announcement, bids, {}, 0).awards

    assert [(award.worker, award.contract.base) for award in awards] == [("a", 3), ("b", 5)]


def contractors(folder: str) -> list[dict[str, Any]]:
    """Read the businesses or customers of the published contractors market."""
    with tarfile.open(records("auctions", "contractors_10_30.tar.gz")) as archive:
        files = [archive.extractfile(member) for member in archive if f"/{folder}/" in member.name]
        return [yaml.safe_load(file) for file in files if file]


def test_the_contractors_market_reaches_its_published_optimum() -> None:
    """Ten customers, thirty businesses, value twice the menu: the welfare is 6091.94 as published.

    A business can serve a customer if it offers every item and every amenity; it asks the sum of
    its prices for the items (Magentic Marketplace 2025).
    """
    customers, businesses = contractors("customers"), contractors("businesses")
    asks = {
        business["id"]: [
            (round(NANO * sum(business["menu_features"][item] for item in wanted)), 1.0)
            if wanted.keys() <= business["menu_features"].keys()
            and all(
                business["amenity_features"][amenity] for amenity in customer["amenity_features"]
            )
            else None
            for customer in customers
            for wanted in [customer["menu_features"]]
        ]
        for business in businesses
    }
    values = [round(2 * NANO * sum(customer["menu_features"].values())) for customer in customers]
    announcement, bids = auction(values, asks)

    assert Vickrey().clear(announcement, bids, {}, 0).welfare == 6_091_940_000_000
