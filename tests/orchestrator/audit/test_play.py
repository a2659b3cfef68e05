"""Payments are expectations, books add up, standings follow, and the best is the best."""

import pytest

from orchestrator.audit.play import optimum, per_lot, play
from orchestrator.audit.replication import replicate
from orchestrator.audit.scene import Answer, Scene
from orchestrator.mechanisms import mechanism_from
from protocols.messages import Bid
from protocols.properties import Setting, expected_surplus, expected_utility
from protocols.units import WorkerId
from protocols.worth import combine_of
from scoring.catalog import SCORING_RULES
from tests.orchestrator.audit.crowds import crowd

ESCALATION = mechanism_from({"name": "escalation", "bonus": "0.001"})[1]
STRICT = mechanism_from({"name": "contingent-vcg", "stake": "0.02"})[1]


def said(scene: Scene) -> list[Bid]:
    """Return the honest bids."""
    return list(scene.known.values())


def test_utilities_and_surplus_are_the_exact_expectations() -> None:
    """They equal what `protocols.properties` finds by enumerating all outcomes."""
    score = SCORING_RULES["quadratic"].score
    for scene in crowd(lots=2).scenes(0, 5):
        totals = play(STRICT, [scene])
        bids = list(scene.known.values())
        setting = Setting(STRICT, scene.announcement, score)
        assert sum(totals.surplus) == pytest.approx(
            float(expected_surplus(setting, bids, bids)), abs=4
        )
        for worker in ("ann", "ben", "cyd", "dan"):
            exact = float(expected_utility(setting, bids, bids, {worker}))
            assert totals.utility[WorkerId(worker)] == pytest.approx(exact, abs=4)


def test_welfare_is_what_everybody_gets_together() -> None:
    """Surplus of the coordinator and utilities of the workers add up to it."""
    totals = play(STRICT, crowd(lots=3).scenes(1, 20))
    together = sum(totals.surplus) + sum(totals.utility.values())
    assert totals.welfare == pytest.approx(together)
    assert totals.lots == 60


def test_the_strict_rule_reaches_the_optimum() -> None:
    """Without a stake honest bids are allocated as if everything were known."""
    free = mechanism_from({"name": "contingent-vcg", "stake": 0})[1]
    scenes = crowd(lots=2).scenes(2, 20)
    assert play(free, scenes).welfare == pytest.approx(optimum(scenes).welfare)
    assert play(mechanism_from("first-price")[1], scenes).welfare < optimum(scenes).welfare


def test_a_fallback_is_reached_only_when_those_before_it_fail() -> None:
    """A sequence of awards is worth more than any single one, and is weighted by its chances."""
    scenes = crowd().scenes(0, 40)
    walked = play(mechanism_from("sequential-pivot")[1], scenes)
    assert walked.welfare > optimum(scenes).welfare
    assert 40 < walked.awards < 80


def test_standings_follow_the_drawn_outcomes() -> None:
    """A rule that pays by past quality decides differently after some auctions than at first."""
    scenes = crowd().scenes(0, 60)
    rule = mechanism_from("pay-per-success")[1]
    together = play(rule, scenes)
    apart = [play(rule, [scene]) for scene in scenes]
    assert sum(together.surplus) != pytest.approx(sum(sum(each.surplus) for each in apart))


def test_utilities_are_spread_over_lots_and_workers() -> None:
    """A mean per lot put up, of those who are asked about."""
    amounts = {WorkerId("a"): 6.0, WorkerId("b"): 2.0}
    assert per_lot(amounts, [WorkerId("a"), WorkerId("b")], 4) == 1.0


@pytest.mark.parametrize("combine", ["any", "all"])
def test_a_joint_value_counts_once(combine: str) -> None:
    """Surplus and utilities are those that enumerating all outcomes of the team finds."""
    rule = mechanism_from({"name": "joint-value", "combine": combine})[1]
    for scene in crowd(lots=2).scenes(0, 5):
        totals = play(rule, [scene])
        bids = list(scene.known.values())
        setting = Setting(rule, scene.announcement)
        exact = float(expected_surplus(setting, bids, bids))
        together = float(expected_utility(setting, bids, bids, {"ann", "ben", "cyd", "dan"}))
        assert totals.surplus == [pytest.approx(exact, abs=4)]
        assert sum(totals.utility.values()) == pytest.approx(together, abs=4)
        assert totals.lots == 1
        assert totals.awards == 2
        assert totals.welfare == pytest.approx(optimum([scene], combine_of(rule)).welfare)


def test_answers_are_bought_until_one_is_sure_enough() -> None:
    """What they say decides: all are paid their cost, and the surest one alone is delivered."""
    (scene,) = crowd().scenes(0, 1)
    (task,) = (lot.task for lot in scene.announcement.lots)
    order = [
        each.worker for each in ESCALATION.clear(scene.announcement, said(scene), {}, 0).awards
    ]
    unsure = {(name, task): Answer("yes", 0.1) for name in order}
    best = {(order[2], task): Answer("yes", 1.0)}
    totals = play(ESCALATION, [scene._replace(answers=unsure | best)])
    costs = [scene.known[name, task].cost for name in order[:3]]
    bonus = 1e6 * scene.known[order[2], task].probability

    assert totals.awards == 3
    assert totals.cost == sum(costs)
    assert totals.paid == pytest.approx(sum(costs) + bonus, abs=1)
    assert {name: gain for name, gain in totals.utility.items() if gain} == {
        order[2]: pytest.approx(bonus, abs=1)
    }


def test_a_bonus_is_had_by_claiming_certainty_with_the_answer() -> None:
    """A worker that lies about its answers is delivered more often than an honest one."""
    scenes = [
        scene._replace(answers={key: Answer("yes", 0.5) for key in scene.known})
        for scene in crowd().scenes(0, 20)
    ]
    people = crowd().workers
    found = [
        replicate(ESCALATION, scenes, people, ["always-certain"], place).effects["always-certain"]
        for place in range(len(people))
    ]
    assert max(effect.gain for effect in found) > 0
