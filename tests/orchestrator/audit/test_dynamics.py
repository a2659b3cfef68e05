"""Best responses rest at the truth where it pays, and away from it where it does not."""

from orchestrator.audit.dynamics import TRUTH, best_responses
from orchestrator.audit.rivals import RIVALS
from orchestrator.mechanisms import mechanism_from
from tests.orchestrator.audit.crowds import crowd


def test_the_truth_is_where_the_strict_rule_rests() -> None:
    """Nobody ever changes, and the welfare is that of knowing everything but for the stake."""
    people, rule = crowd(), mechanism_from({"name": "contingent-vcg", "stake": "0.001"})[1]
    rest = best_responses(rule, people.scenes(0, 15), people.scenes(1, 30), people.workers)
    assert set(rest.strategies.values()) == {TRUTH}
    assert rest.settled
    assert 1.0 <= rest.anarchy < 1.01


def test_trust_in_confidence_makes_liars() -> None:
    """Where the highest confidence wins, somebody ends up lying and the welfare is lower."""
    people = crowd()
    fitting, judging = people.scenes(0, 15), people.scenes(1, 30)
    rest = best_responses(RIVALS["highest-confidence"], fitting, judging, people.workers)
    assert set(rest.strategies.values()) != {TRUTH}
    assert rest.anarchy > 1.05
