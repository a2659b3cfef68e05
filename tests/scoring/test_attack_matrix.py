"""Which attacks pay more than the truth, by exact expectation in a binary world."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from scoring.truth_serum import bayesian_truth_serum
from tests.scoring.payoffs import PAYOFFS, crowd_payoff
from tests.scoring.worlds import (
    Agent,
    Outcome,
    Seen,
    Strategy,
    Told,
    World,
    all_ones,
    boastful,
    constant,
    extremised,
    flipped,
    follow_bit,
    guessing,
    hedged,
    lazy,
    mirrored,
    mixture,
    share_bit,
    team,
    timid,
    truthful,
    usual,
)

EVEN = World(prior=0.5, accuracy=0.7)
HONEST = [truthful] * 6
OTHERS = [truthful] * 5

SORTS = (World(prior=0.9, accuracy=0.7), World(prior=0.1, accuracy=0.7))
"""Two sorts of task that everybody can tell apart, together as even as the other worlds."""


def _two_sorts(first: Strategy) -> list[Outcome]:
    return mixture(*(sort.outcomes(team(first, *OTHERS)) for sort in SORTS))


ATTACKS: dict[str, list[Agent]] = {
    "all report one label": team(*[all_ones] * 6),
    "one constant reporter": team(constant, *OTHERS),
    "random answers": team(guessing, *OTHERS),
    "one flips labels": team(flipped, *OTHERS),
    "all flip": team(*[mirrored] * 6),
    "lazy half the time": team(lazy, *OTHERS),
    "all follow a cheap bit": team(*[follow_bit] * 6),
    "two copy one signal": [Agent(truthful, 0), *team(*OTHERS)],
    "two share a random bit": team(share_bit, share_bit, *[truthful] * 4),
    "partners of its own choice": [Agent(truthful, 0)] * 4,
    "confidence of 0 or 1": team(boastful, *OTHERS),
    "confidence of one half": team(timid, *OTHERS),
}
COPYING = ATTACKS["two copy one signal"]
MIXED: dict[str, list[Outcome]] = {
    "two of a family err together": mixture(EVEN.outcomes(COPYING), EVEN.outcomes(team(*HONEST))),
    "what is usual for the sort": _two_sorts(usual),
}
"""Attacks in a world that is one of two by a toss."""

TITLES = (*ATTACKS, *MIXED)

COLUMNS = {
    "output-agreement": "XRRRNRXXXXNNXX",
    "miller-resnick-zeckhauser": "XRRRNRXXXXNNXX",
    "bayesian-truth-serum": "RRRRNRXXXXRRXR",
    "robust-truth-serum": "XRRRNRXXXXRRXR",
    "multivalued-robust-truth-serum": "XRRRNRXXXXRRXR",
    "peer-truth-serum": "XRRRNRXXXXNNXX",
    "crowd-peer-truth-serum": "RRRRNRXXXXNNXX",
    "dasgupta-ghosh": "RRRRNRXXXXNNXX",
    "correlated-agreement": "RRRRNRXXXXNNXX",
    "total-variation": "RRRNNRXXXXNNXX",
    "kullback-leibler": "RRRNNRXXXXNNXX",
    "determinant": "RRRNNRXXXXNNXX",
    "surrogate": "-RRRNRXXXXRRXR",
    "gold": "RRRRRRRNRNRRNR",
}
"""One letter per attack: R pays less than truth, N the same, X more, - the mechanism refuses."""


def _letter(attack: float, truth: float) -> str:
    if math.isnan(attack):
        return "-"
    if math.isclose(attack, truth, abs_tol=1e-9):
        return "N"
    return "X" if attack > truth else "R"


@cache
def _paid(mechanism: str, attack: str) -> float:
    if attack in MIXED:
        return PAYOFFS[mechanism](EVEN, MIXED[attack])
    return PAYOFFS[mechanism](EVEN, EVEN.outcomes(ATTACKS.get(attack, team(*HONEST))))


@cache
def _honest(mechanism: str, attack: str) -> float:
    """Return what truth earns where the attack is made."""
    if attack == "what is usual for the sort":
        return PAYOFFS[mechanism](EVEN, _two_sorts(truthful))
    return _paid(mechanism, "truth")


@pytest.mark.parametrize("mechanism", COLUMNS)
@pytest.mark.parametrize("attack", TITLES)
def test_attack_pays_as_known(mechanism: str, attack: str) -> None:
    """Each attack pays less than, as much as or more than truth, as published for the mechanism."""
    assert (
        _letter(_paid(mechanism, attack), _honest(mechanism, attack))
        == COLUMNS[mechanism][TITLES.index(attack)]
    )


@pytest.mark.parametrize(
    ("mechanism", "attack", "expected"),
    [
        ("output-agreement", "all report one label", 1.0),
        ("output-agreement", "lazy half the time", 0.54),
        ("output-agreement", "two copy one signal", 0.664),
        ("output-agreement", "two share a random bit", 0.6),
        ("robust-truth-serum", "all report one label", 2.0),
        ("robust-truth-serum", "one constant reporter", 1.3364),
        ("robust-truth-serum", "one flips labels", 1.28),
        ("peer-truth-serum", "all report one label", 1.0),
        ("peer-truth-serum", "one flips labels", -0.16),
        ("crowd-peer-truth-serum", "all report one label", 0.0),
        ("crowd-peer-truth-serum", "all follow a cheap bit", 1.0),
        ("crowd-peer-truth-serum", "two share a random bit", 0.2),
        ("dasgupta-ghosh", "one flips labels", -0.08),
        ("dasgupta-ghosh", "lazy half the time", 0.04),
        ("dasgupta-ghosh", "all follow a cheap bit", 0.5),
        ("dasgupta-ghosh", "two copy one signal", 2.05 * 0.08),
        ("dasgupta-ghosh", "two share a random bit", 0.1),
        ("kullback-leibler", "two copy one signal", 11.58 * 0.01286),
        ("determinant", "lazy half the time", 0.0004),
        ("determinant", "all follow a cheap bit", 0.0625),
        ("determinant", "two copy one signal", 8.61 * 0.0016),
        ("determinant", "two share a random bit", 0.0125),
        ("correlated-agreement", "one flips labels", -0.08),
        ("total-variation", "one flips labels", 0.08),
        ("dasgupta-ghosh", "two of a family err together", 1.525 * 0.08),
        ("dasgupta-ghosh", "what is usual for the sort", 2 * 0.08),
        ("dasgupta-ghosh", "partners of its own choice", 0.5),
        ("surrogate", "confidence of 0 or 1", 0.70),
        ("surrogate", "confidence of one half", 0.75),
    ],
)
def test_attack_pays_the_known_amount(mechanism: str, attack: str, expected: float) -> None:
    """The expected payment under an attack has its known size."""
    assert _paid(mechanism, attack) == pytest.approx(expected, rel=2e-3, abs=5e-5)


def test_everybody_renaming_labels_pays_more_where_labels_are_unequal() -> None:
    """With prior .7 everybody flipping earns .243 by the fixed-prior truth serum, truth .138."""
    world = World(prior=0.7, accuracy=0.7)
    serum = PAYOFFS["peer-truth-serum"]
    assert serum(world, world.outcomes(team(*HONEST))) == pytest.approx(0.1379, abs=5e-5)
    assert serum(world, world.outcomes(ATTACKS["all flip"])) == pytest.approx(0.243, abs=5e-4)


def test_a_constant_report_beats_truth_by_agreement_on_a_lopsided_question() -> None:
    """Agreement pays a constant report more than truth where the prior exceeds the accuracy."""
    world = World(prior=0.9, accuracy=0.7)
    agreement = PAYOFFS["output-agreement"]
    truth = agreement(world, world.outcomes(team(*HONEST)))
    assert agreement(world, world.outcomes(ATTACKS["one constant reporter"])) > truth


def test_sorts_scored_apart_pay_nothing_for_what_is_usual() -> None:
    """Scored sort by sort, reporting what is usual earns 0; only together did it beat the truth."""
    agreement = PAYOFFS["dasgupta-ghosh"]
    for sort in SORTS:
        paid = agreement(sort, sort.outcomes(team(usual, *OTHERS)))
        assert paid == pytest.approx(0.0, abs=1e-12)
        assert agreement(sort, sort.outcomes(team(*HONEST))) > 0.02


def test_truth_among_flippers_pays_less_by_surrogates() -> None:
    """If all others flip, the surrogate score turns over: the truthful earn .61 instead of .80."""
    world = World(prior=0.6, accuracy=0.7)
    lone = world.outcomes(team(truthful, *[mirrored] * 5))
    assert PAYOFFS["surrogate"](world, lone) == pytest.approx(0.6087, abs=5e-4)


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [(truthful, 0.797), (constant, 0.760), (hedged, 0.750), (extremised, 0.700), (flipped, 0.648)],
)
def test_surrogate_expects_the_true_score(strategy: Strategy, expected: float) -> None:
    """Prior .6, accuracy .7: the surrogate score of each strategy expects its quadratic score."""
    world = World(prior=0.6, accuracy=0.7)
    outcomes = world.outcomes(team(strategy, *OTHERS))
    surrogate = PAYOFFS["surrogate"](world, outcomes)
    assert surrogate == pytest.approx(PAYOFFS["gold"](world, outcomes), abs=1e-9)
    assert surrogate == pytest.approx(expected, abs=6e-4)


TABLE = {
    (0.5, 0.6): (
        (0.52, 0.04, 0.02, 0.02, 0.00080, 0.000100, 1.2888),
        (0.50, 0.0, 0.0, 0.0, 0.0, 0.0, 1.2704),
        (0.48, -0.04, -0.02, 0.02, 0.00080, 0.000100, 1.2520),
    ),
    (0.5, 0.7): (
        (0.58, 0.16, 0.08, 0.08, 0.01286, 0.001600, 1.3928),
        (0.50, 0.0, 0.0, 0.0, 0.0, 0.0, 1.3364),
        (0.42, -0.16, -0.08, 0.08, 0.01286, 0.001600, 1.2800),
    ),
    (0.5, 0.8): (
        (0.68, 0.36, 0.18, 0.18, 0.06628, 0.008100, 1.5361),
        (0.50, 0.0, 0.0, 0.0, 0.0, 0.0, 1.4624),
        (0.32, -0.36, -0.18, 0.18, 0.06628, 0.008100, 1.3887),
    ),
    (0.7, 0.7): (
        (0.58, 0.1379, 0.0672, 0.0672, 0.00950, 0.001129, 1.3923),
        (0.58, 0.0, 0.0, 0.0, 0.0, 0.0, 1.3410),
        (0.42, -0.1379, -0.0672, 0.0672, 0.00950, 0.001129, 1.2898),
    ),
    (0.7, 0.8): (
        (0.68, 0.3209, 0.1512, 0.1512, 0.05139, 0.005715, 1.5424),
        (0.62, 0.0, 0.0, 0.0, 0.0, 0.0, 1.4687),
        (0.32, -0.3209, -0.1512, 0.1512, 0.05139, 0.005715, 1.3949),
    ),
}
"""(prior, accuracy) to the payments of truth, a constant 1 and a flip."""

TABLE_COLUMNS = (
    ("output-agreement", 2e-9),
    ("peer-truth-serum", 5e-5),
    ("dasgupta-ghosh", 5e-5),
    ("total-variation", 5e-5),
    ("kullback-leibler", 5e-6),
    ("determinant", 5e-7),
    ("robust-truth-serum", 6e-5),
)


@pytest.mark.parametrize(("prior", "accuracy"), TABLE)
def test_table_of_exact_expectations(prior: float, accuracy: float) -> None:
    """Truth, a constant and a flip against truthful peers earn the tabled amounts exactly."""
    world = World(prior, accuracy)
    for strategy, row in zip((truthful, constant, flipped), TABLE[prior, accuracy], strict=True):
        outcomes = world.outcomes(team(strategy, truthful, truthful))
        for (mechanism, tolerance), expected in zip(TABLE_COLUMNS, row, strict=True):
            paid = PAYOFFS[mechanism](world, outcomes)
            assert paid == pytest.approx(expected, abs=tolerance), mechanism


def test_crowd_serum_of_a_constant_is_zero() -> None:
    """With the frequency known exactly a constant report earns exactly 0."""
    world = World(prior=0.7, accuracy=0.8)
    outcomes = world.outcomes(team(constant, *OTHERS))
    assert crowd_payoff(world, outcomes) == pytest.approx(0.0, abs=1e-12)


def test_a_small_crowd_can_agree_on_one_label_by_the_truth_serum() -> None:
    """Six who report one label and predict it with .8 earn more than truth; a large crowd cannot."""

    def collude(seen: Seen) -> Told:
        del seen
        return Told(1, 0.8, 1.0)

    serum = PAYOFFS["bayesian-truth-serum"]
    together = serum(EVEN, EVEN.outcomes(team(*[collude] * 6)))
    assert together > _paid("bayesian-truth-serum", "truth")
    large = bayesian_truth_serum(np.ones(1000, dtype=np.intp), np.tile([0.2, 0.8], (1000, 1)))
    assert large.tolist() == pytest.approx([0.0] * 1000, abs=1e-9)
