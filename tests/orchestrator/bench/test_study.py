"""Tests of the whole comparison."""

from pathlib import Path

import numpy as np
import pytest

from orchestrator.bench.study import REGIMES, Study, default_values, study
from orchestrator.mechanisms import mechanism_from
from protocols.mechanism import Mechanism
from tests.orchestrator.bench.tables import parts

ONLINE = {"market-bandit", "market-full"}
PLAIN = {"name": "contingent-vcg", "stake": "0"}


def _rules(value: float) -> tuple[Mechanism, Mechanism | None]:
    del value
    return mechanism_from(PLAIN)[1], mechanism_from({**PLAIN, "forecast": "recalibrated"})[1]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return the comparison at two values."""
    fit, asked = parts(tmp_path_factory.mktemp("bench"))
    return study(fit, asked, [3.0, 6.0], _rules)


def test_every_way_is_there_and_none_beats_the_oracle(found: Study) -> None:
    """All regimes have their rows; utilities are means of value times success less cost."""
    for value, rows in found.rows.items():
        assert {row.regime for row in rows} == set(REGIMES)
        bound = next(row.utility for row in rows if row.name == "oracle")
        for row in rows:
            assert row.utility <= bound + 1e-9
            assert row.utility == pytest.approx(value * row.accuracy - row.cost)


def test_the_market_is_as_good_as_its_bids(found: Study) -> None:
    """Table bids: all right at 1 each. Stated ones: the loud worker wins, and the market knows it not."""
    rows = {row.name: row for row in found.rows[6.0]}
    assert rows["market"].accuracy == 1.0
    assert rows["market"].difference == 0.0
    assert rows["table"].utility == pytest.approx(rows["market"].utility)
    assert rows["most-confident"].accuracy == 0.0
    assert rows["market-recalibrated"].accuracy > rows["market-stated"].accuracy
    assert rows["market-paid"].utility > rows["market"].utility
    assert rows["best-single"].closed == 0.0
    assert rows["oracle"].closed == 1.0


def test_accuracy_has_its_price(found: Study) -> None:
    """The most accurate worker costs 5; a table per kind is as right for a fifth of it."""
    reach = {each.name: each for each in found.reach}
    assert reach["table"].needs["100%"].cost == pytest.approx(0.2)
    assert reach["most-confident"].needs["95%"].cost is None
    assert reach["mixing"].best == 1.0


def test_learning_on_the_way_is_run_in_several_orders(found: Study, tmp_path: Path) -> None:
    """Markets that start from nothing state how much their order matters; one order states nothing."""
    rows = {row.name: row for row in found.rows[6.0]}
    assert all((row.spread is not None) == (name in ONLINE) for name, row in rows.items())
    once = study(*parts(tmp_path, orders=1), [6.0], _rules, ["blind"])
    assert all(row.spread is None for row in once.rows[6.0])


def test_escalation_is_paid_like_the_others(found: Study) -> None:
    """Cheap's sure answers are kept for 0.1 and others bought else: better than the table per kind."""
    rows = {row.name: row for row in found.rows[6.0]}
    assert rows["escalation"].regime == "paid"
    assert rows["escalation"].utility > rows["table"].utility
    assert rows["escalation"].cost == rows["escalation"].paid


def test_the_same_seed_gives_the_same_numbers(found: Study, tmp_path: Path) -> None:
    """Nothing depends on when it is run."""
    fit, asked = parts(tmp_path)
    assert study(fit, asked, [3.0, 6.0], _rules) == found


def test_what_a_table_cannot_tell_is_said(tmp_path: Path) -> None:
    """Without confidences and answers two regimes are left out, in words."""
    fit, asked = parts(tmp_path)
    for each in (fit, asked):
        each.confidence[:], each.answer[:] = np.nan, -1
    notes = study(fit, asked, [6.0], _rules).notes
    assert len(notes) == 2
    assert all("left out" in note for note in notes)


def test_values_follow_the_costs(tmp_path: Path) -> None:
    """By default a success is worth 1 to 300 times what the dearest worker costs."""
    fit, _ = parts(tmp_path)
    assert default_values(fit) == [5.0, 20.0, 50.0, 200.0, 500.0, 2000.0]
