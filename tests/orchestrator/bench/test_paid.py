"""Tests of the regime in which every call is paid."""

from pathlib import Path

import numpy as np

from orchestrator.bench.choice import best, came
from orchestrator.bench.paid import Cascade, Paid, after, cascaded
from orchestrator.bench.probe import spent_on
from tests.orchestrator.bench.tables import parts


def test_the_cascade_keeps_what_is_sure(tmp_path: Path) -> None:
    """Cheap's answer is kept at 0.95 and dear is hired else: always right, for 0.1 and now and then 5."""
    _, asked = parts(tmp_path)
    cheap, dear = asked.workers.index("cheap"), asked.workers.index("dear")
    played = cascaded(asked, Cascade(cheap, dear, 0.5))
    assert played.success.all()
    lucky = asked.success[:, cheap] > 0
    assert np.allclose(played.cost, np.where(lucky, 0.1, 5.1))


def test_the_best_cascade_is_found_on_the_first_part(tmp_path: Path) -> None:
    """At a high value it is at least as good there as hiring the best worker for everything."""
    fit, _ = parts(tmp_path)
    option = Paid(fit).cascade(20.0)
    assert option is not None
    assert cascaded(fit, option).utility(20.0).mean() >= 15.0


def test_a_probe_is_used_where_it_pays(tmp_path: Path) -> None:
    """Cheap's word is worth its 0.1; where a success is worth next to nothing nobody is asked."""
    fit, asked = parts(tmp_path)
    paid = Paid(fit)
    probe = paid.probe(6.0)
    assert probe is not None
    assert probe.words == "cheap"
    assert paid.probe(0.01) is None
    belief = paid.belief(asked, probe)
    played = came(after(asked, probe), best(belief, 6.0), spent_on(asked, probe))
    assert played.success.mean() == 1.0
    assert played.cost.mean() < 0.9


def test_a_paid_answer_costs_nothing_more(tmp_path: Path) -> None:
    """After the probe only the others still cost something."""
    fit, asked = parts(tmp_path)
    probe = Paid(fit).probe(6.0)
    assert probe is not None
    shown = after(asked, probe)
    assert not shown.cost[:, list(probe.columns)].any()
    assert asked.cost[:, list(probe.columns)].all()


def test_without_a_signal_nothing_is_possible(tmp_path: Path) -> None:
    """Neither confidences nor answers: a paid answer says nothing."""
    fit, _ = parts(tmp_path)
    fit.confidence[:] = np.nan
    fit.answer[:] = -1
    assert not Paid(fit).possible
    assert Paid(fit).cascade(1.0) is None
