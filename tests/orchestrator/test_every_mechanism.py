"""Every mechanism of the catalog carries a whole run of the quickstart, and clears an auction."""

from functools import partial
from pathlib import Path

import anyio
import pytest

from orchestrator.clearing.auction_reader import load_auction
from orchestrator.clearing.clearance import clear
from orchestrator.coordinator import Coordinator
from orchestrator.evaluation.summary import Summary
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.verbs.options import read
from orchestrator.verification import verify
from orchestrator.workflow import work
from protocols.catalog import CLEAR_ONLY, MECHANISMS
from protocols.events import Allocated, Settled
from tests.orchestrator.command import CONFIGS, truthbid

TASKS = 49
SETTINGS = {
    "optimal": "sample: [0.001, 0.004, 0.009]",
    "budget-feasible": "budget: 0.2",
    "joint-value": "combine: any",
    "deposit-vcg": "deposit: 2",
}
"""What a mechanism cannot do without, or what makes it do more on the quickstart."""

LEAST_SOLVED = {"joint-value": 1, "mcafee": 20}
"""Rules that leave lots unsold: one set of lots is bought jointly, or no lot sets the price."""

LEAST_SOLVED_WITH_CAPACITIES = {**LEAST_SOLVED, "mcafee": 1}
"""With one kind of lots at a time a double auction has fewer lots to set its price."""

OUTSIDERS = [f"workers.{place}.payable=true" for place in range(3, 7)]


AUCTION = Path(__file__).resolve().parents[2] / "docs" / "examples" / "ea-ram.yaml"


def chosen(name: str) -> str:
    """Return the override that chooses a mechanism, with the settings that it needs."""
    return f"mechanism={{name: {name}, {SETTINGS.get(name, '')}}}"


def run(journal: Path, name: str, *overrides: str) -> Summary:
    """Run the quickstart by a mechanism, as ``truthbid run`` does; check its journal both ways."""
    config, fleet = read(CONFIGS / "quickstart.yaml", [chosen(name), *overrides])
    summary = Summary()
    anyio.run(partial(work, Coordinator.configured(config, fleet, journal), fleet, [summary.note]))
    found = replay(journal)
    assert (found.differences, found.compared) == ((), found.events)
    with Record(journal) as record:
        assert verify(record).problems == ()
    return summary


@pytest.mark.parametrize("name", MECHANISMS)
def test_the_quickstart_runs(name: str, tmp_path: Path) -> None:
    """Tasks are solved, a replay is identical, and the journal is sound."""
    states = run(tmp_path / "run.db", name).states

    assert sum(states.values()) == TASKS
    assert states["solved"] >= LEAST_SOLVED.get(name, TASKS - 2)
    assert not states["unsettled"]
    assert not states["unfunded"]


@pytest.mark.parametrize("name", MECHANISMS)
def test_capacities_stop_no_run(name: str, tmp_path: Path) -> None:
    """Where no worker can take more than one or two lots, every rule gets lots that it can clear."""
    limits = [f"workers.{place}.capacity={1 + place % 2}" for place in range(7)]
    states = run(tmp_path / "run.db", name, *limits, "market.batch=8").states

    assert sum(states.values()) == TASKS
    assert states["solved"] >= LEAST_SOLVED_WITH_CAPACITIES.get(name, TASKS - 2)


@pytest.mark.parametrize("name", MECHANISMS)
def test_an_auction_in_a_file_is_cleared(name: str) -> None:
    """The five sellers of the worked example: one first award, or the task is left unsold."""
    allocation = clear(load_auction(AUCTION, [chosen(name)]))
    firsts = [award for award in allocation.awards if award.rank == 0]

    assert allocation.mechanism == name
    assert len(firsts) + len(allocation.unsold) == 1


@pytest.mark.parametrize("name", CLEAR_ONLY)
def test_what_only_clears_says_so_when_a_run_is_loaded(name: str) -> None:
    """A run by a rule that awards nothing ends with one line that names the verb that has it."""
    said = truthbid("run", CONFIGS / "quickstart.yaml", "--set", f"mechanism={name}")

    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    assert "use `truthbid clear`" in said.err


@pytest.mark.parametrize("name", ["contingent-vcg", "deposit-vcg", "share", "sequential-pivot"])
def test_outsiders_are_paid_and_charged(name: str, tmp_path: Path) -> None:
    """With the models paid in cash too the run ends, failures that owe included."""
    states = run(tmp_path / "run.db", name, *OUTSIDERS).states

    assert states["solved"] >= TASKS - 2


def test_a_sequence_is_walked_until_a_success(tmp_path: Path) -> None:
    """Fallbacks have contracts of their own, and only those whose turn came are settled."""
    run(tmp_path / "run.db", "sequential-pivot")
    with Record(tmp_path / "run.db") as record:
        events = [entry.event for entry in record.entries()]
    awards = [
        each for one in events if isinstance(one, Allocated) for each in one.allocation.awards
    ]
    settled = [one.settlement for one in events if isinstance(one, Settled)]
    tried = {(one.task, one.worker) for one in settled}
    second = [each for each in awards if each.rank and (each.task, each.worker) in tried]

    assert second
    assert len(settled) < len(awards)
    assert all(one.payment >= 0 for one in settled)
    for each in second:
        first = next(one for one in settled if one.task == each.task)
        assert first.success == 0.0
        assert first.payment == 0
