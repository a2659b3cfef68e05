"""Competitive pools: what they sum to, what splitting gains, and what a rank prize would do."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.binary import QUADRATIC
from scoring.pool import elf_chances, elf_winner, kilgour_gerchak, weighted_score_wagering
from scoring.propriety import best_misreport

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

SCORE = st.floats(0.0, 1.0)
SCORES = st.lists(SCORE, min_size=2, max_size=8)
WAGER = st.floats(0.01, 100.0)
PLAYERS = st.lists(st.tuples(WAGER, SCORE), min_size=1, max_size=8)
REPORTS = (0.9, 0.6, 0.3)


def success(reports: tuple[float, ...]) -> list[float]:
    """Return the quadratic scores of the reports after a success."""
    return [QUADRATIC.score(report, 1.0) for report in reports]


def test_kilgour_gerchak_by_hand() -> None:
    """Reports of .9, .6, .3 and a success pay .315, .09, -.405."""
    assert kilgour_gerchak(success(REPORTS)) == pytest.approx([0.315, 0.09, -0.405])


@given(st.lists(st.floats(-100.0, 100.0), min_size=2, max_size=8))
def test_kilgour_gerchak_sums_to_zero(scores: list[float]) -> None:
    """The pool needs no sponsor."""
    assert math.fsum(kilgour_gerchak(scores)) == pytest.approx(0.0, abs=1e-9)


def test_wagering_by_hand() -> None:
    """Wagers 1, 2, 1 on .9, .6, .3 and a success get back 1.195, 2.09, .715."""
    scores = [1.0 + score for score in success(REPORTS)]

    paid = weighted_score_wagering([1.0, 2.0, 1.0], scores)
    assert paid == pytest.approx([1.195, 2.09, 0.715])


@given(PLAYERS)
def test_wagering_pays_out_what_was_put_in(players: list[tuple[float, float]]) -> None:
    """Payments sum to the wagers, and none is below 0."""
    wagers, scores = zip(*players, strict=True)

    paid = weighted_score_wagering(wagers, scores)
    assert math.fsum(paid) == pytest.approx(math.fsum(wagers))
    assert min(paid) >= -1e-9


@given(PLAYERS, st.floats(0.01, 0.99))
def test_splitting_a_wager_gains_nothing(players: list[tuple[float, float]], share: float) -> None:
    """One worker under two names gets back what it would get under one."""
    wagers = [wager for wager, _ in players]
    scores = [score for _, score in players]

    together = weighted_score_wagering(wagers, scores)
    split = weighted_score_wagering(
        [wagers[0] * share, wagers[0] * (1.0 - share), *wagers[1:]], [scores[0], *scores]
    )
    assert split[0] + split[1] == pytest.approx(together[0])
    assert split[2:] == pytest.approx(together[1:])


@given(PLAYERS, st.randoms(use_true_random=False))
def test_wagering_does_not_know_names(players: list[tuple[float, float]], order: Random) -> None:
    """Payments follow the players when their order changes."""
    shuffled = list(range(len(players)))
    order.shuffle(shuffled)

    paid = weighted_score_wagering(*zip(*players, strict=True))
    again = weighted_score_wagering(*zip(*(players[k] for k in shuffled), strict=True))
    assert again == pytest.approx([paid[k] for k in shuffled])


@pytest.mark.parametrize(
    "pool",
    [kilgour_gerchak, partial(weighted_score_wagering, [3.0, 1.0, 2.0]), elf_chances],
    ids=["kilgour-gerchak", "wagering", "elf"],
)
def test_pools_keep_honesty_best(pool: Callable[[list[float]], list[float]]) -> None:
    """Against rivals with any reports no misreport on a grid expects more."""

    def reward(report: float, outcome: float) -> float:
        scores = [1.0 + QUADRATIC.score(p, outcome) for p in (report, 0.55, 0.2)]
        return pool(scores)[0]

    assert best_misreport(reward).gain < -1e-6


@given(SCORES)
def test_event_lottery_chances_are_probabilities(scores: list[float]) -> None:
    """Chances lie in [0, 1] and sum to 1."""
    chances = elf_chances(scores)

    assert math.fsum(chances) == pytest.approx(1.0)
    assert -1e-12 <= min(chances) <= max(chances) <= 1.0 + 1e-12


@given(
    st.lists(st.lists(SCORE, min_size=3, max_size=3), min_size=1, max_size=6),
    st.integers(0, 2**32),
)
def test_event_lottery_follows_its_chances(scores: list[list[float]], seed: int) -> None:
    """The winner of one event is whose stretch of chances holds the draw."""
    draws = np.random.default_rng(seed).random(len(scores)).tolist()

    for row, draw in zip(scores, draws, strict=True):
        first, second, _ = elf_chances(row)
        expected = (draw >= first) + (draw >= first + second)
        assert elf_winner([row], [draw], tie_draw=0.0) == expected
    assert elf_winner([[0.5, 0.5]], [0.5], tie_draw=0.0) == 1


def test_ties_are_broken_by_a_draw() -> None:
    """With one event won by each of two workers the tie draw decides."""
    scores, draws = [[1.0, 0.0], [0.0, 1.0]], [0.5, 0.5]

    assert elf_winner(scores, draws, tie_draw=0.4) == 0
    assert elf_winner(scores, draws, tie_draw=0.6) == 1


def rank_prize_chance(report: float) -> float:
    """Return the chance of the best total score of ten over twenty events if all believe 0.7.

    The others report 0.7, so they tie with each other; a tie with them is shared by ten.
    """
    chance = 0.0
    for successes in range(21):
        ahead = successes * (QUADRATIC.score(report, 1.0) - QUADRATIC.score(0.7, 1.0))
        ahead += (20 - successes) * (QUADRATIC.score(report, 0.0) - QUADRATIC.score(0.7, 0.0))
        share = 0.1 if abs(ahead) < 1e-9 else float(ahead > 0.0)
        chance += math.comb(20, successes) * 0.7**successes * 0.3 ** (20 - successes) * share
    return chance


def test_rank_prizes_reward_exaggeration() -> None:
    """Of ten who believe .7, saying .8 wins a rank prize with chance .26 instead of .10."""
    assert rank_prize_chance(0.7) == pytest.approx(0.1)
    assert rank_prize_chance(0.8) == pytest.approx(0.26, abs=0.01)
    assert rank_prize_chance(0.9) == pytest.approx(0.12, abs=0.01)


def elf_prize_chance(report: float, runs: int = 20_000) -> float:
    """Return the share of runs in which one of ten takes the prize of twenty event lotteries."""
    rng = np.random.default_rng(7)
    chances = {
        x: elf_chances([1.0 + QUADRATIC.score(p, x) for p in [report] + [0.7] * 9])
        for x in (0.0, 1.0)
    }
    successes = rng.binomial(20, 0.7, size=runs)
    wins = rng.multinomial(successes, chances[1.0]) + rng.multinomial(20 - successes, chances[0.0])
    best = wins.max(axis=1)
    shares = (wins[:, 0] == best) / (wins == best[:, None]).sum(axis=1)
    return float(shares.mean())


def test_event_lotteries_do_not_reward_exaggeration() -> None:
    """With event lotteries saying .8 instead of .7 gains nothing, and .9 loses."""
    honest, bold, bolder = (elf_prize_chance(report) for report in (0.7, 0.8, 0.9))

    assert honest == pytest.approx(0.1, abs=0.005)
    assert bold <= honest + 0.003
    assert bolder < honest - 0.003


def test_bad_pools_are_refused() -> None:
    """Too few players, other lengths, and numbers out of range are errors."""
    with pytest.raises(ValueError, match="two finite scores"):
        kilgour_gerchak([1.0])
    with pytest.raises(ValueError, match="wager for every score"):
        weighted_score_wagering([], [])
    with pytest.raises(ValueError, match="above 0"):
        weighted_score_wagering([0.0], [0.5])
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        elf_chances([0.5, 1.5])
    with pytest.raises(ValueError, match="same workers"):
        elf_winner([[0.5, 0.5], [0.5]], [0.1, 0.1], tie_draw=0.0)
    with pytest.raises(ValueError, match="draw"):
        elf_winner([[0.5, 0.5]], [1.0], tie_draw=0.0)
