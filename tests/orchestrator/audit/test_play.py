"""Payments are expectations, books add up, standings follow, and the best is the best."""

import pytest

from orchestrator.audit.play import optimum, per_lot, play
from orchestrator.mechanisms import mechanism_from
from protocols.properties import Setting, expected_surplus, expected_utility
from protocols.units import WorkerId
from scoring.catalog import SCORING_RULES
from tests.orchestrator.audit.crowds import crowd

STRICT = mechanism_from({"name": "contingent-vcg", "stake": "0.02"})[1]


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
    assert play(free, scenes).welfare == pytest.approx(optimum(scenes))
    assert play(mechanism_from("first-price")[1], scenes).welfare < optimum(scenes)


def test_a_fallback_is_reached_only_when_those_before_it_fail() -> None:
    """A sequence of awards is worth more than any single one, and is weighted by its chances."""
    scenes = crowd().scenes(0, 40)
    walked = play(mechanism_from("sequential-pivot")[1], scenes)
    assert walked.welfare > optimum(scenes)
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
