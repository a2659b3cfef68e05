"""Configuration name -> rule: the one place where scoring rules are looked up by a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring import aggregation, agreement, gold, mutual_information, surrogate, truth_serum
from scoring.binary import LOGARITHMIC, QUADRATIC, SPHERICAL, clipped_logarithmic
from scoring.correlated_agreement import correlated_agreement, dasgupta_ghosh

if TYPE_CHECKING:
    from collections.abc import Callable

    from scoring.aggregation import Consensus
    from scoring.peer import PeerResult
    from scoring.rule import ScoringRule

SCORING_RULES: dict[str, ScoringRule] = {
    "quadratic": QUADRATIC,
    "logarithmic": LOGARITHMIC,
    "clipped-logarithmic": clipped_logarithmic(0.02),
    "spherical": SPHERICAL,
}
"""Rules for one event, ready to use."""

PEER_MECHANISMS: dict[str, Callable[..., tuple[PeerResult, ...]]] = {
    "output-agreement": agreement.output_agreement,
    "miller-resnick-zeckhauser": agreement.miller_resnick_zeckhauser,
    "bayesian-truth-serum": truth_serum.bts,
    "robust-truth-serum": truth_serum.rbts,
    "multivalued-robust-truth-serum": truth_serum.multivalued_rbts,
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
