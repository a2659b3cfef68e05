"""An auction in a file: what it may say, and what clearing it gives."""

from pathlib import Path

import pytest

from orchestrator.clearing.auction import AuctionFile
from orchestrator.clearing.auction_reader import load_auction
from orchestrator.errors import InputError
from protocols.catalog import MECHANISMS
from protocols.errors import MechanismError
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


def test_the_five_sellers_of_ea_ram() -> None:
    """Chen et al. (2026): the last seller wins, gets 15.184 on success and owes 4.816 on failure."""
    (award,) = load_auction(EXAMPLES / "ea-ram.yaml", ()).clear().awards

    assert award.worker == "seller-4"
    assert award.contract.pay(1.0, award.score, 0.0) == round(15.184 * NANO)
    assert award.contract.pay(0.0, award.score, 0.0) == round(-4.816 * NANO)


def test_two_lots_of_one_worker_are_not_priced_one_by_one() -> None:
    """Ann is paid 14 for both tasks, what they would cost without her, and not 5 + 5."""
    awards = load_auction(EXAMPLES / "capacities.yaml", ()).clear().awards

    assert {award.worker for award in awards} == {"ann"}
    assert units(sum(award.contract.base for award in awards)) == 14


def test_a_bundle_wins_where_it_saves_work() -> None:
    """0.9 * 10 * 2 - 6 = 12 beats bob and eve, who score 6 and 5; ann's pivot is their 11."""
    allocation = load_auction(EXAMPLES / "bundles.yaml", ()).clear()

    assert {award.worker for award in allocation.awards} == {"ann"}
    assert units(allocation.welfare) == 12
    assert units(sum(award.pivot for award in allocation.awards)) == 11


def test_chances_of_a_bundle_are_1_if_left_out(tmp_path: Path) -> None:
    """A bundle without probabilities is one that always succeeds: 20 - 6."""
    assert units(_auction(BUNDLES, tmp_path).clear().welfare) == 14


def test_only_a_mechanism_for_bundles_takes_bundles(tmp_path: Path) -> None:
    """Vickrey has no notion of a bundle and says so."""
    auction = _auction("mechanism: vickrey" + BUNDLES, tmp_path)
    with pytest.raises(MechanismError, match="vickrey takes no bundles"):
        auction.clear()


@pytest.mark.parametrize("name", list(MECHANISMS))
def test_every_mechanism_clears_an_auction(name: str) -> None:
    """Each mechanism of the catalog decides the five-seller example: at most one first award."""
    settings = {"optimal": ", sample: [9, 10, 12, 13]", "budget-feasible": ", budget: 15"}
    override = f"mechanism={{name: {name}{settings.get(name, '')}}}"
    allocation = load_auction(EXAMPLES / "ea-ram.yaml", [override]).clear()

    firsts = [award for award in allocation.awards if award.rank == 0]
    assert len(firsts) + len(allocation.unsold) == 1


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("tasks: []", "1:8", "at least 1"),
        ("tasks: [{id: a, value: 1}, {id: a, value: 2}]", "1:8", "two tasks share an id"),
        (
            "tasks: [{id: a, value: 1}]\nbids: [{task: b, worker: w, cost: 1}]",
            "2:15",
            "there is no task 'b'",
        ),
        (
            (
                "tasks: [{id: a, value: 1}]\nbids:\n- {task: a, worker: w, cost: 1}\n"
                "- {task: a, worker: w, cost: 2}"
            ),
            "4:21",
            "bids twice",
        ),
        (
            "tasks: [{id: a, value: 1}]\nbids: [{task: a, worker: w, cost: -1}]",
            "2:35",
            "at least 0",
        ),
        (
            "tasks: [{id: a, value: 1}]\nbids: [{task: a, worker: w, cost: 1, probability: 2}]",
            "2:51",
            "at most 1",
        ),
        ("mechanism: vcgg\ntasks: [{id: a, value: 1}]", "1:12", "did you mean 'vcg'"),
        ("tasks: [{id: a, value: 1}]\nworkers: [{id: w}, {id: w}]", "2:10", "share an id"),
        (
            (
                "tasks: [{id: a, value: 1}]\nbundles: [{worker: w, tasks: [a], cost: 1,"
                " probabilities: [1, 1]}]"
            ),
            "2:",
            "one probability for each task",
        ),
    ],
)
def test_a_mistake_is_one_line_with_its_place(
    text: str, where: str, said: str, tmp_path: Path
) -> None:
    """The line and column of the mistake come first, then what was expected."""
    with pytest.raises(InputError) as caught:
        _auction(text, tmp_path)

    (line,) = str(caught.value).splitlines()
    assert f"auction.yaml:{where}" in line
    assert said in line
