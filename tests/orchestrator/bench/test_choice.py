"""Tests of the ways of choosing."""

from pathlib import Path

import numpy as np
import pytest

from orchestrator.bench.belief import stated_belief, table_belief
from orchestrator.bench.choice import NOBODY, best, came, most_confident, oracle, single
from tests.orchestrator.bench.tables import parts


def test_the_table_chooses_by_kind(tmp_path: Path) -> None:
    """Ann gets kind a and bob kind b, at a value that does not pay for the dear one."""
    fit, asked = parts(tmp_path)
    chosen = best(table_belief(fit, asked), value=4.0)
    names = np.array(fit.workers)[chosen]
    assert (names == np.where(asked.kind == fit.kinds.index("a"), "ann", "bob")).all()
    assert came(asked, chosen).success.mean() == 1.0


def test_what_is_not_worth_it_is_left(tmp_path: Path) -> None:
    """Nobody is chosen where no expected gain is above 0, and that costs nothing."""
    fit, asked = parts(tmp_path)
    chosen = best(table_belief(fit, asked), value=0.01)
    assert (chosen == NOBODY).all()
    assert came(asked, chosen).cost.sum() == 0.0


def test_the_loudest_wins_by_confidence(tmp_path: Path) -> None:
    """The highest stated confidence is that of the worker that is never right."""
    fit, asked = parts(tmp_path)
    chosen = most_confident(stated_belief(fit, asked))
    assert (chosen == fit.workers.index("loud")).all()


def test_the_oracle_is_the_bound(tmp_path: Path) -> None:
    """No way of choosing brings more than knowing the outcomes."""
    fit, asked = parts(tmp_path)
    belief, value = table_belief(fit, asked), 6.0
    bound = came(asked, oracle(asked, value)).utility(value)
    for column in range(len(fit.workers)):
        assert (came(asked, single(belief, column)).utility(value) <= bound + 1e-12).all()
    assert (came(asked, best(belief, value)).utility(value) <= bound + 1e-12).all()
    assert bound.mean() == pytest.approx((5.0 + 5.0 + 5.9) / 3, abs=0.1)


def test_spending_before_the_choice_counts(tmp_path: Path) -> None:
    """What was paid first is part of the cost, also where nobody is chosen then."""
    _, asked = parts(tmp_path)
    nobody = np.full(len(asked), NOBODY)
    assert came(asked, nobody, np.full(len(asked), 2.0)).utility(9.0).mean() == -2.0
