"""Configuration name -> rule: the one place where scoring rules are looked up by a word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scoring import (
    aggregation,
    agreement,
    gold,
    mutual_information,
    robust_truth_serum,
    surrogate,
    truth_serum,
)
from scoring.beta_rule import beta_family
from scoring.binary import (
    LOGARITHMIC,
    QUADRATIC,
    SPHERICAL,
    asymmetric,
    clipped_logarithmic,
    power_rule,
    pseudo_spherical,
    threshold_weighted,
)
from scoring.categorical_rules import (
    CATEGORICAL_LOGARITHMIC,
    CATEGORICAL_QUADRATIC,
    CATEGORICAL_SPHERICAL,
    RANKED_PROBABILITY,
    categorical_power,
    categorical_pseudo_spherical,
)
from scoring.correlated_agreement import correlated_agreement, dasgupta_ghosh

if TYPE_CHECKING:
    from collections.abc import Callable

    from scoring.aggregation import Consensus
    from scoring.categorical import CategoricalRule
    from scoring.peer import PeerResult
    from scoring.rule import ScoringRule

SCORING_RULES: dict[str, ScoringRule] = {
    "quadratic": QUADRATIC,
    "logarithmic": LOGARITHMIC,
    "clipped-logarithmic": clipped_logarithmic(0.02),
    "spherical": SPHERICAL,
    "pseudo-spherical": pseudo_spherical(1.5),
    "power": power_rule(1.5),
    "boosting": replace(beta_family(-0.5, -0.5), name="boosting"),
}
"""Rules for one event, ready to use."""

RULE_FAMILIES: dict[str, Callable[..., ScoringRule]] = {
    "clipped-logarithmic": clipped_logarithmic,
    "pseudo-spherical": pseudo_spherical,
    "power": power_rule,
    "beta": beta_family,
    "asymmetric": asymmetric,
    "threshold-weighted": threshold_weighted,
}
"""Rules for one event that take parameters, by keyword."""

CATEGORICAL_RULES: dict[str, CategoricalRule] = {
    "quadratic": CATEGORICAL_QUADRATIC,
    "logarithmic": CATEGORICAL_LOGARITHMIC,
    "spherical": CATEGORICAL_SPHERICAL,
    "pseudo-spherical": categorical_pseudo_spherical(1.5),
    "power": categorical_power(1.5),
    "ranked-probability": RANKED_PROBABILITY,
}
"""Rules for several classes, ready to use."""

PEER_MECHANISMS: dict[str, Callable[..., tuple[PeerResult, ...]]] = {
    "output-agreement": agreement.output_agreement,
    "miller-resnick-zeckhauser": agreement.miller_resnick_zeckhauser,
    "bayesian-truth-serum": truth_serum.bts,
    "robust-truth-serum": robust_truth_serum.rbts,
    "multivalued-robust-truth-serum": robust_truth_serum.multivalued_rbts,
    "peer-truth-serum": agreement.peer_truth_serum_scores,
    "crowd-peer-truth-serum": agreement.crowd_truth_serum,
    "dasgupta-ghosh": dasgupta_ghosh,
    "correlated-agreement": correlated_agreement,
    "total-variation": mutual_information.total_variation_scores,
    "kullback-leibler": mutual_information.kullback_leibler_scores,
    "determinant": mutual_information.determinant_scores,
    "surrogate": surrogate.surrogate_scores,
    "gold-hybrid": gold.gold_hybrid,
}
"""Scores for reports without a truth: a panel, and options by keyword, to one result per worker."""

AGGREGATORS: dict[str, Callable[..., tuple[Consensus, ...]]] = {
    "plurality": aggregation.plurality,
    "weighted": aggregation.weighted,
    "dawid-skene": aggregation.dawid_skene,
    "glad": aggregation.glad,
    "surprisingly-popular": aggregation.surprisingly_popular,
    "log-odds-pool": aggregation.log_odds_pool,
}
"""From many reports to one answer: a panel, and options by keyword, to one answer per task."""


def scoring_rule(name: str, **parameters: float) -> ScoringRule:
    """Return the rule for one event that a configuration asks for.

    Args:
        name: A name in `SCORING_RULES`, or with parameters one in `RULE_FAMILIES`.
        **parameters: The parameters of the family.

    Raises:
        ValueError: If the name or a parameter is unknown, missing or out of range.

    >>> scoring_rule("quadratic").name, scoring_rule("asymmetric", base_rate=0.3).score(0.3, 1.0)
    ('quadratic', 0.0)
    """
    if name in SCORING_RULES and not parameters:
        return SCORING_RULES[name]
    if name not in RULE_FAMILIES:
        raise ValueError(
            f"unknown scoring rule {name!r}; there are {', '.join(SCORING_RULES)}, "
            f"and with parameters {', '.join(RULE_FAMILIES)}"
        )
    try:
        return RULE_FAMILIES[name](**parameters)
    except TypeError as error:  # a parameter that the family does not have, or lacks
        raise ValueError(f"scoring rule {name!r}: {error}") from error
