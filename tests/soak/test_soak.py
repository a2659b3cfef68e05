"""A sample of the soak: whole runs from seeds, with everything going wrong that can."""

from pathlib import Path

import pytest

from orchestrator.memory.budget import Budget
from tests.soak.scenario import Scenario
from tests.soak.seeds import FOUND
from tests.soak.soak import soak

SAMPLE = 24


@pytest.mark.parametrize("part", range(4))
def test_no_promise_is_broken(part: int, tmp_path: Path) -> None:
    """The first seeds; `make soak` runs thousands."""
    for seed in range(part, SAMPLE, 4):
        assert soak(seed, tmp_path).problems == [], seed


@pytest.mark.parametrize("seed", [*FOUND])
def test_what_was_found_once_stays_mended(seed: int, tmp_path: Path) -> None:
    """Each of these seeds was reported before."""
    assert soak(seed, tmp_path).problems == []


def test_a_seed_gives_the_same_run_again(tmp_path: Path) -> None:
    """All events of all processes, to the last byte."""
    for seed in range(100, 106):
        first, second = soak(seed, tmp_path), soak(seed, tmp_path)
        assert first == second
        assert first.events > 10


def test_seeds_differ(tmp_path: Path) -> None:
    """Every seed is another run."""
    assert len({soak(seed, tmp_path).digest for seed in range(100, 105)}) == 5


def test_every_fault_is_drawn_by_some_seed() -> None:
    """Deaths before and after a write, at a moment, failing disks, cancellations, copies, budgets."""
    scenarios = [Scenario(seed) for seed in range(200)]
    fates = [each.fate(0) for each in scenarios]
    assert any(fate.fails_at for fate in fates)
    assert {fate.keeps_last for fate in fates if fate.dies_at} == {True, False}
    assert any(each.killed_after(0) for each in scenarios)
    assert any(each.cancellations() for each in scenarios)
    assert {each.copied for each in scenarios} == {True, False}
    policies = {each.settings()["limits"].lost_calls for each in scenarios}
    assert policies == {"reattach", "retry", "fail"}


def test_a_lost_call_that_is_not_booked_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A defect on purpose: a call is made again without a reserve for the one before it."""

    def nothing(*_: object) -> tuple[()]:
        return ()

    for name in ("spend", "hold"):
        monkeypatch.setattr(f"orchestrator.auction.calls.{name}", nothing)
    told = soak(1, tmp_path).problems
    assert any("books 0 for a lost call, not 279" in problem for problem in told)


def test_a_budget_that_is_never_given_back_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A defect on purpose: what an announcement has not spent stays taken."""
    take = Budget.take

    def keep(budget: Budget, amount: int) -> None:
        take(budget, max(amount, 0))

    monkeypatch.setattr(Budget, "take", keep)
    told = soak(20, tmp_path).problems
    assert "room: 'allocated\\ta4' has no room for 160 on 't3', with 165 left" in told
