"""Exact expected payments of every peer mechanism, from the mechanisms' own formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from scoring.agreement import peer_truth_serum, quadratic_rule
from scoring.correlated_agreement import pay
from scoring.error_rates import error_rates
from scoring.mutual_information import kullback_leibler, total_variation
from scoring.robust_truth_serum import multivalued_payments, robust_payments
from scoring.surrogate import LEAST_VARIANCE, surrogate_score
from scoring.truth_serum import Respondents, finite_truth_serum
from tests.scoring.worlds import Floats, Outcome, Told, World, joint

Payoff = Callable[[World, Sequence[Outcome]], float]

CELLS = ((0, 0), (0, 1), (1, 0), (1, 1))
UNIT = ((1, 0), (0, 1))


def _over_pairs(payment: Callable[[World, Floats], float]) -> Payoff:
    """Average over the peers of the first agent what a joint distribution pays."""

    def expected(world: World, outcomes: Sequence[Outcome]) -> float:
        peers = range(1, len(outcomes[0].told))
        return float(np.mean([payment(world, joint(outcomes, 0, peer)) for peer in peers]))

    return expected


def _agreement(world: World, table: Floats) -> float:
    del world
    return float(np.trace(table))


def _forecast_of_peer(world: World, table: Floats) -> float:
    rows = [(1 - world.forecast(signal), world.forecast(signal)) for signal in (0, 1)]
    return sum(float(table[a, b]) * quadratic_rule(rows[a], b) for a, b in CELLS)


def _with_prior(world: World, table: Floats) -> float:
    prior = (1 - world.positive, world.positive)
    return sum(float(table[a, b]) * peer_truth_serum(a, b, prior) for a, b in CELLS)


def _across_tasks(world: World, table: Floats) -> float:
    del world
    return _bonus_and_penalty(table, UNIT)


def third_party_payoff(world: World, outcomes: Sequence[Outcome]) -> float:
    """Return correlated agreement with the matrix that all pairs without the first agent imply."""
    agents = range(1, len(outcomes[0].told))
    tables = [joint(outcomes, one, other) for one in agents for other in agents if one != other]
    learned = np.mean(tables, axis=0)
    apart = np.outer(learned.sum(axis=1), learned.sum(axis=0))
    matrix = (learned > apart + 1e-12).astype(float).tolist()
    return _over_pairs(lambda _, table: _bonus_and_penalty(table, matrix))(world, outcomes)


def _bonus_and_penalty(table: Floats, matrix: Sequence[Sequence[float]]) -> float:
    apart = np.outer(table.sum(axis=1), table.sum(axis=0))
    return sum(
        float(table[bonus] * apart[penalty]) * pay(bonus, penalty, matrix)
        for bonus, penalty in product(CELLS, CELLS)
    )


def _determinant(world: World, table: Floats) -> float:
    del world
    return float(np.linalg.det(table)) ** 2


def crowd_payoff(world: World, outcomes: Sequence[Outcome]) -> float:
    """Return the peer truth serum with the frequency of the peers' reports as its prior."""
    del world
    tables = [joint(outcomes, 0, peer) for peer in range(1, len(outcomes[0].told))]
    frequency = np.mean([table.sum(axis=0) for table in tables], axis=0)
    known = [label for label in (0, 1) if frequency[label] > 0]
    return float(np.mean([sum(t[a, a] / frequency[a] for a in known) - 1 for t in tables]))


def respondents(told: Sequence[Told]) -> Respondents:
    """Return one task's reports and predictions, all respondents strangers to each other."""
    return Respondents(
        np.array([one.report for one in told]),
        np.array([[1 - one.prediction, one.prediction] for one in told]),
        1.0 - np.eye(len(told)),
    )


def _serum(payment: Callable[[Respondents], Floats]) -> Payoff:
    def expected(world: World, outcomes: Sequence[Outcome]) -> float:
        del world
        return sum(one.probability * float(payment(respondents(one.told))[0]) for one in outcomes)

    return expected


def surrogate_payoff(world: World, outcomes: Sequence[Outcome]) -> float:
    """Return the surrogate score with error rates from the last three agents; NaN is a refusal."""
    del world
    last = [[told.report for told in one.told[-3:]] for one in outcomes]
    moments = [
        np.array([sum(o.probability for o, r in zip(outcomes, last, strict=True) if all(r[:n]))])
        for n in (1, 2, 3)
    ]
    rates = error_rates(*moments)
    if rates.variance[0] < LEAST_VARIANCE:
        return float("nan")
    errors = float(rates.false_positive[0]), float(rates.false_negative[0])
    return sum(
        one.probability
        * float(
            np.mean([surrogate_score(one.told[0].belief, p.report, *errors) for p in one.told[1:]])
        )
        for one in outcomes
    )


def gold_payoff(world: World, outcomes: Sequence[Outcome]) -> float:
    """Return the quadratic score of the belief against the truth, as on a checked task."""
    del world
    return sum(one.probability * (1 - (one.truth - one.told[0].belief) ** 2) for one in outcomes)


PAYOFFS: dict[str, Payoff] = {
    "output-agreement": _over_pairs(_agreement),
    "miller-resnick-zeckhauser": _over_pairs(_forecast_of_peer),
    "bayesian-truth-serum": _serum(finite_truth_serum),
    "robust-truth-serum": _serum(robust_payments),
    "multivalued-robust-truth-serum": _serum(multivalued_payments),
    "peer-truth-serum": _over_pairs(_with_prior),
    "crowd-peer-truth-serum": crowd_payoff,
    "dasgupta-ghosh": _over_pairs(_across_tasks),
    "correlated-agreement": third_party_payoff,
    "total-variation": _over_pairs(lambda _, table: float(total_variation(table))),
    "kullback-leibler": _over_pairs(lambda _, table: float(kullback_leibler(table))),
    "determinant": _over_pairs(_determinant),
    "surrogate": surrogate_payoff,
    "gold": gold_payoff,
}
"""Expected payment per task of the first agent, in the mechanism's own units."""
