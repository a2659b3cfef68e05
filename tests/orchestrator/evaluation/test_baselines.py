"""Other ways of choosing, against numbers worked out by hand and against plain loops."""

from array import array
from math import nan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evaluation.baselines import Baselines, baselines, compare
from orchestrator.evaluation.outcomes import Outcomes
from orchestrator.memory.record import Record
from protocols.units import NANO, TaskId, WorkerId
from tests.orchestrator.small_runs import TASKS, liar_and_honest, market


def outcomes(
    rows: list[list[tuple[int, float, float, int] | None]], market_first: list[float]
) -> Outcomes:
    """Return known outcomes of tasks worth one unit: (stated cost, report, success, cost)."""
    width = len(rows[0])
    found = Outcomes([WorkerId(f"w{n}") for n in range(width)], [])
    for task, row in enumerate(rows):
        found.tasks[TaskId(f"t{task}")] = task
        found.values.append(NANO)
        for cell in row:
            cost, report, success, spent = cell or (-1, nan, nan, 0)
            found.bid_costs.append(cost)
            found.reports.append(report)
            found.successes.append(success)
            found.costs.append(spent)
        found.decided.append(1)
    found.first = array("d", market_first)
    found.run = array("d", [0.0 if value != value else value for value in market_first])
    return found


TWO = outcomes(
    [
        [(100_000_000, 0.9, 0.0, 100_000_000), (200_000_000, 0.5, 1.0, 300_000_000)],
        [(100_000_000, 0.6, 1.0, 100_000_000), (100_000_000, 0.6, 0.0, 200_000_000)],
    ],
    [1.0, 300_000_000.0, nan, 0.0],
)
"""Utilities of the four bids: -0.1 and 0.7 on the first task, 0.9 and -0.2 on the second."""


@pytest.mark.parametrize(
    ("rule", "utility", "accuracy", "cost"),
    [
        ("market-first", 0.35, 0.5, 0.15),
        ("best-single", 0.4, 0.5, 0.1),
        ("cheapest", (-0.1 + 0.35) / 2, 0.25, (0.1 + 0.15) / 2),
        ("random", (0.3 + 0.35) / 2, 0.5, (0.2 + 0.15) / 2),
        ("confidence", (-0.1 + 0.35) / 2, 0.25, (0.1 + 0.15) / 2),
        ("expected-gain", (-0.1 + 0.35) / 2, 0.25, (0.1 + 0.15) / 2),
        ("oracle", (0.7 + 0.9) / 2, 1.0, (0.3 + 0.1) / 2),
    ],
)
def test_rules_on_two_tasks(rule: str, utility: float, accuracy: float, cost: float) -> None:
    """Each rule brings what its choices bring; between equal bids it gets their mean."""
    row = baselines(TWO).row(rule)
    assert row.utility == pytest.approx(utility)
    assert row.accuracy == pytest.approx(accuracy)
    assert row.cost == pytest.approx(cost)
    assert row.difference == pytest.approx(utility - 0.35)


def test_single_workers() -> None:
    """The single workers bring 0.4 and 0.25 a task; the better one is known only in hindsight."""
    found = baselines(TWO)
    assert [row.utility for row in found.singles] == pytest.approx([0.4, 0.25])
    assert found.row("best-single").label == "best single worker, in hindsight: w0"


def test_share_of_awarded_tasks() -> None:
    """The market awarded one of the two tasks, the other rules both."""
    found = baselines(TWO)
    assert found.row("market-first").awarded == 0.5
    assert found.row("random").awarded == 1.0


def test_a_rule_that_asks_for_a_gain_may_choose_nobody() -> None:
    """Where no bid promises a gain, and no work brings one, those two rules do nothing."""
    poor = outcomes([[(900_000_000, 0.5, 0.0, 900_000_000)]], [nan, 0.0])
    found = baselines(poor)
    assert found.row("expected-gain").utility == found.row("oracle").utility == 0.0
    assert found.row("cheapest").utility == pytest.approx(-0.9)


def test_standard_error_is_that_of_paired_differences() -> None:
    """The bootstrap comes within ten percent of s / sqrt(n) and is zero for the market itself."""
    rng = np.random.default_rng(1)
    successes = rng.integers(0, 2, (400, 2)).astype(float)
    rows: list[list[tuple[int, float, float, int] | None]] = [
        [(1, 0.9, float(left), 1), (2, 0.5, float(right), 2)] for left, right in successes
    ]
    first = [value for right in successes[:, 1] for value in (float(right), 2.0)]
    found = baselines(outcomes(rows, first))
    differences = successes[:, 0] - successes[:, 1]
    expected = differences.std(ddof=1) / 20
    assert found.row("cheapest").error == pytest.approx(expected, rel=0.1)
    assert found.row("market-first").error == 0.0


def test_the_same_seed_gives_the_same_errors() -> None:
    """Nothing but the seed decides the bootstrap."""
    assert baselines(TWO, seed=4) == baselines(TWO, seed=4)
    assert baselines(TWO, seed=4) != baselines(TWO, seed=5)


CELL = st.none() | st.tuples(
    st.integers(0, NANO), st.floats(0, 1), st.sampled_from([0.0, 0.25, 1.0]), st.integers(0, NANO)
)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6))
def test_rules_agree_with_loops(
    rows: list[list[tuple[int, float, float, int] | None]],
) -> None:
    """Array arithmetic and a loop over tasks find the same cheapest, random and oracle utilities."""
    found = baselines(outcomes(rows, [0.0, 0.0] * len(rows)))
    held = [[cell for cell in row if cell] for row in rows if any(row)]
    assert found.tasks == len(held)
    if not held:
        return
    totals = {"cheapest": 0.0, "random": 0.0, "oracle": 0.0}
    for bids in held:
        utilities = [NANO * success - cost for _, _, success, cost in bids]
        least = min(bid[0] for bid in bids)
        cheap = [gain for gain, bid in zip(utilities, bids, strict=True) if bid[0] == least]
        totals["cheapest"] += sum(cheap) / len(cheap)
        totals["random"] += sum(utilities) / len(utilities)
        totals["oracle"] += max(0.0, *utilities)
    for rule, total in totals.items():
        assert found.row(rule).utility == pytest.approx(total / len(held) / NANO, abs=1e-9)
    assert all(found.row("oracle").utility >= row.utility - 1e-9 for row in found.rows)


def test_nothing_to_compare() -> None:
    """Without outcomes there are no rows, and asking for one is an error."""
    empty = baselines(Outcomes([], [WorkerId("w")]))
    assert empty == Baselines(0, 0, (WorkerId("w"),), (), ())
    with pytest.raises(KeyError):
        empty.row("oracle")


@pytest.mark.anyio
async def test_market_of_a_liar(tmp_path: Path) -> None:
    """Ten tasks worth 1 go to the liar: -0.1 a task, where the honest worker would bring 0.9."""
    verifiers = {TaskId(str(task.id)): task.verify for task in TASKS if task.verify}
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        found = await compare(record, liar_and_honest(), verifiers)
    brought = {row.rule: round(row.utility, 9) for row in found.rows}
    assert brought == {
        "market-first": -0.1,
        "market": -0.1,
        "best-single": 0.9,
        "cheapest": 0.4,
        "random": 0.4,
        "confidence": -0.1,
        "expected-gain": -0.1,
        "oracle": 0.9,
    }
    assert found.to_data()["rules"][2]["difference"] == pytest.approx(1.0)
