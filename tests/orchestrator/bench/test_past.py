"""Tests of what a rule would know of the workers had it seen the first part."""

from pathlib import Path

from orchestrator.bench.belief import stated_belief
from orchestrator.bench.market import Market
from orchestrator.bench.past import learned_standings
from orchestrator.mechanisms import mechanism_from
from protocols.escalation import Escalation
from protocols.units import WorkerId
from tests.orchestrator.bench.tables import parts

PLAIN = {"name": "contingent-vcg", "stake": "0"}


def test_learned_standings_correct_the_loud(tmp_path: Path) -> None:
    """With the first part as its past the recalibrating rule no longer believes worker loud."""
    fit, asked = parts(tmp_path)
    belief = stated_belief(fit, asked)
    rule = mechanism_from({**PLAIN, "forecast": "recalibrated"})[1]
    raw = Market(mechanism_from(PLAIN)[1], asked, 6.0, 0).run(belief)
    learned = Market(rule, asked, 6.0, 0).run(belief, standings=learned_standings(rule, fit))
    assert raw.success.mean() < 0.5
    assert learned.success.mean() > raw.success.mean() + 0.3


def test_confidences_are_counted_where_the_rule_asks_for_them(tmp_path: Path) -> None:
    """Escalation hears 0.95 and 0.05 of worker cheap at kind a, once for each of its answers."""
    fit, _ = parts(tmp_path)
    heard = learned_standings(Escalation(), fit)[WorkerId("cheap"), "a"].confidences
    rows = fit.kind == fit.kinds.index("a")
    assert {confidence for confidence, _ in heard} == {0.05, 0.95}
    assert sum(count for _, count in heard) == rows.sum()


def test_no_answer_is_heard_as_a_confidence_of_nothing(tmp_path: Path) -> None:
    """A missing answer counts like one that is surely wrong."""
    fit, _ = parts(tmp_path)
    fit.answer[:, fit.workers.index("cheap")] = -1
    heard = learned_standings(Escalation(), fit)[WorkerId("cheap"), "a"].confidences
    assert [confidence for confidence, _ in heard] == [0.0]
