"""The public names of the package, in one list."""

from scoring.aggregation import Consensus
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
from scoring.calibration import CalibrationTest, debiased_calibration_error, spiegelhalter
from scoring.catalog import (
    AGGREGATORS,
    CATEGORICAL_RULES,
    PEER_MECHANISMS,
    RULE_FAMILIES,
    SCORING_RULES,
    scoring_rule,
)
from scoring.categorical import CategoricalRule
from scoring.categorical_rules import categorical_power, categorical_pseudo_spherical
from scoring.comparison import HeadToHead, head_to_head
from scoring.corp import Block, Corp, corp_decomposition
from scoring.distribution import (
    crps_normal,
    crps_quantiles,
    dawid_sebastiani,
    interval,
    pinball,
    weighted_interval,
)
from scoring.effort import stake_for_effort, value_of_signal
from scoring.ensemble import crps_ensemble, energy, threshold_weighted_ensemble
from scoring.gold import checked_share, is_checked, stake_limit
from scoring.lottery import Lottery
from scoring.market_maker import MarketMaker, Trade
from scoring.murphy import Bin, Murphy, murphy_decomposition
from scoring.panel import Panel, panel_of
from scoring.pay_unit import OwnerScore, by_owner
from scoring.payment import ScorePayment, baseline_payment, payment_form, range_payment
from scoring.peer import PeerRefusal, PeerReport, PeerResult, PeerScore
from scoring.pool import elf_chances, elf_winner, kilgour_gerchak, weighted_score_wagering
from scoring.propriety import Misreport, best_misreport
from scoring.recalibration import Recalibration, Recalibrator
from scoring.reputation import Standing, prior_from, value_cap
from scoring.rule import Scores, ScoringRule
from scoring.smooth_calibration import smooth_calibration_error

__all__ = [
    "AGGREGATORS",
    "CATEGORICAL_RULES",
    "LOGARITHMIC",
    "PEER_MECHANISMS",
    "QUADRATIC",
    "RULE_FAMILIES",
    "SCORING_RULES",
    "SPHERICAL",
    "Bin",
    "Block",
    "CalibrationTest",
    "CategoricalRule",
    "Consensus",
    "Corp",
    "HeadToHead",
    "Lottery",
    "MarketMaker",
    "Misreport",
    "Murphy",
    "OwnerScore",
    "Panel",
    "PeerRefusal",
    "PeerReport",
    "PeerResult",
    "PeerScore",
    "Recalibration",
    "Recalibrator",
    "ScorePayment",
    "Scores",
    "ScoringRule",
    "Standing",
    "Trade",
    "asymmetric",
    "baseline_payment",
    "best_misreport",
    "beta_family",
    "by_owner",
    "categorical_power",
    "categorical_pseudo_spherical",
    "checked_share",
    "clipped_logarithmic",
    "corp_decomposition",
    "crps_ensemble",
    "crps_normal",
    "crps_quantiles",
    "dawid_sebastiani",
    "debiased_calibration_error",
    "elf_chances",
    "elf_winner",
    "energy",
    "head_to_head",
    "interval",
    "is_checked",
    "kilgour_gerchak",
    "murphy_decomposition",
    "panel_of",
    "payment_form",
    "pinball",
    "power_rule",
    "prior_from",
    "pseudo_spherical",
    "range_payment",
    "scoring_rule",
    "smooth_calibration_error",
    "spiegelhalter",
    "stake_for_effort",
    "stake_limit",
    "threshold_weighted",
    "threshold_weighted_ensemble",
    "value_cap",
    "value_of_signal",
    "weighted_interval",
    "weighted_score_wagering",
]
