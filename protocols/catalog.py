"""Configuration name -> mechanism: the settings of every mechanism, and what they build.

A configuration says ``mechanism: {name: contingent-vcg, stake: 0.02}``; ``MECHANISM`` validates it
and gives JSON Schema, and ``build`` makes the object.

>>> settings = MECHANISM.validate_python({"name": "contingent-vcg", "stake": 0.02})
>>> settings.build(lambda rule: lambda p: -p * (1 - p)).name
'contingent-vcg'
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, TypeAdapter

from protocols.budget_feasible import BudgetFeasible
from protocols.clock import STEP, Dutch, English
from protocols.contingent import ContingentVcg, Forecast
from protocols.deposit import DepositVcg, Shortfall
from protocols.escalation import Escalation
from protocols.exploration import Explore
from protocols.frozen import Frozen
from protocols.joint_value import JointValue
from protocols.mechanism import Mechanism
from protocols.optimal import Optimal
from protocols.plain_settings import (
    CoreSelectingSettings,
    ExpectedOf,
    FirstPriceSettings,
    GeneralizedSecondPriceSettings,
    McAfeeSettings,
    MinWorkSettings,
    PayPerSuccessSettings,
    SequentialPivotSettings,
    UniformPriceSettings,
    VcgSettings,
    VickreySettings,
)
from protocols.posted_price import PostedPrice
from protocols.share import LEAST, Share
from protocols.sortition import Sortition
from protocols.units import ZERO, Money, Name, Units
from protocols.worth import Combine


class ContingentVcgSettings(Frozen):
    """Settings of `contingent-vcg`.

    Attributes:
        stake: The calibration stake b, per unit of score.
        rule: The scoring rule behind the stake.
        forecast: Whether reports decide as they are or corrected by each worker's track record.
    """

    name: Literal["contingent-vcg"] = "contingent-vcg"
    stake: Units = Money(10_000_000)
    rule: Name = "quadratic"
    forecast: Forecast = "raw"

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return ContingentVcg(expected(self.rule), self.rule, self.stake, self.forecast)


class DepositVcgSettings(Frozen):
    """Settings of `deposit-vcg`.

    Attributes:
        stake: The calibration stake b, per unit of score.
        rule: The scoring rule behind the stake.
        worst: The most that this rule takes away per unit of stake; 1 for the quadratic score.
        shortfall: What becomes of a worker whose balance does not cover the worst case.
        deposit: What every worker has deposited when a run begins; ``null`` is no limit. What its
            contracts bring adds to it, what they take is taken from it.
    """

    name: Literal["deposit-vcg"] = "deposit-vcg"
    stake: Units = Money(10_000_000)
    rule: Name = "quadratic"
    worst: Annotated[float, Field(ge=0.0)] = 1.0
    shortfall: Shortfall = "pay-per-success"
    deposit: Units | None = None

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        score = expected(self.rule)
        return DepositVcg(
            score, self.rule, self.stake, self.worst, self.shortfall, deposit=self.deposit
        )


class PostedPriceSettings(Frozen):
    """Settings of `posted-price`.

    Attributes:
        price: Per lot, at most its reserve; ``null`` posts the reserve.
    """

    name: Literal["posted-price"] = "posted-price"
    price: Units | None = None

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return PostedPrice(self.price)


class ShareSettings(Frozen):
    """Settings of `share`.

    Attributes:
        share: The part of the surplus that a winner gets; ``null`` derives for each winner the
            largest part that never makes its payment negative.
        least_cost: The least that work can cost whose worker was never metered at its kind, where
            the part is derived.
    """

    name: Literal["share"] = "share"
    share: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    least_cost: Annotated[Units, Field(gt=0)] = LEAST

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return Share(self.share, self.least_cost)


class EscalationSettings(Frozen):
    """Settings of `escalation`.

    Attributes:
        bonus: What the delivered answer earns on success, beside its metered cost.
        coincidence: How likely two wrong answers are the same, so that answers can be compared: 1
            where there are two to choose from, 0.33 for four, 0.5 in doubt. ``null`` compares none.
        most: The most answers that are bought for a lot; ``null`` is no limit.
    """

    name: Literal["escalation"] = "escalation"
    bonus: Units = ZERO
    coincidence: Annotated[float, Field(gt=0.0, le=1.0)] | None = None
    most: Annotated[int, Field(ge=1)] | None = None

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return Escalation(self.bonus, self.coincidence, self.most)


class OptimalSettings(Frozen):
    """Settings of `optimal`.

    Attributes:
        sample: What such work has cost in the past; every worker's cost is taken to be a draw.
    """

    name: Literal["optimal"] = "optimal"
    sample: Annotated[tuple[Units, ...], Field(min_length=1, max_length=10_000, strict=False)]

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return Optimal(self.sample)


class BudgetFeasibleSettings(Frozen):
    """Settings of `budget-feasible`.

    Attributes:
        budget: The most that the payments of one announcement may add up to.
    """

    name: Literal["budget-feasible"] = "budget-feasible"
    budget: Units

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return BudgetFeasible(self.budget)


class EnglishSettings(Frozen):
    """Settings of `english`.

    Attributes:
        step: How far the price falls at a time.
        rounds: Whether the workers are asked price by price; else they hand in sealed bids.
    """

    name: Literal["english"] = "english"
    step: Annotated[Units, Field(gt=0)] = STEP
    rounds: bool = False

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return English(self.step, self.rounds)


class DutchSettings(Frozen):
    """Settings of `dutch`.

    Attributes:
        step: How far the price rises at a time.
        rounds: Whether the workers are asked price by price; else they hand in sealed bids.
    """

    name: Literal["dutch"] = "dutch"
    step: Annotated[Units, Field(gt=0)] = STEP
    rounds: bool = False

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return Dutch(self.step, self.rounds)


class JointValueSettings(Frozen):
    """Settings of `joint-value`.

    Attributes:
        combine: Whether any success makes the value of the lots, or only all of them together.
    """

    name: Literal["joint-value"] = "joint-value"
    combine: Combine = "all"

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return JointValue(self.combine)


class SortitionSettings(Frozen):
    """Settings of `sortition`.

    Attributes:
        price: Per lot, at most its reserve; ``null`` pays the reserve.
    """

    name: Literal["sortition"] = "sortition"
    price: Units | None = None

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return Sortition(self.price)


class ExploreSettings(Frozen):
    """Settings of `explore`.

    Attributes:
        rounds: Announcements in which lots are drawn by lot; afterwards the best bid wins.
        price: What an explored lot pays, at most its reserve; ``null`` pays the reserve.
    """

    name: Literal["explore"] = "explore"
    rounds: Annotated[int, Field(ge=0)] = 20
    price: Units | None = None

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return Explore(self.rounds, self.price)


CLEAR_ONLY: Final = {
    "top-trading-cycles": "top-trading-cycles swaps tasks that workers hold already, which a run"
    " does not have: use `truthbid clear` on a file of holders and preferences"
}
"""Names of rules that award nothing, and what to do instead of asking a run for them."""


def _of_a_run(settings: object) -> object:
    for name, advice in CLEAR_ONLY.items():
        if settings == {"name": name}:
            raise ValueError(advice)
    return settings


MechanismSettings = Annotated[
    ContingentVcgSettings
    | DepositVcgSettings
    | VcgSettings
    | CoreSelectingSettings
    | VickreySettings
    | FirstPriceSettings
    | UniformPriceSettings
    | PostedPriceSettings
    | PayPerSuccessSettings
    | ShareSettings
    | SequentialPivotSettings
    | EscalationSettings
    | OptimalSettings
    | BudgetFeasibleSettings
    | EnglishSettings
    | DutchSettings
    | GeneralizedSecondPriceSettings
    | McAfeeSettings
    | MinWorkSettings
    | JointValueSettings
    | SortitionSettings
    | ExploreSettings,
    Field(discriminator="name"),
    BeforeValidator(_of_a_run),
]
"""The settings of any mechanism, told apart by its name."""

MECHANISM: Final[TypeAdapter[MechanismSettings]] = TypeAdapter(
    MechanismSettings, config={"defer_build": True}
)
"""Reads settings and writes their JSON Schema."""

MECHANISMS: Final[Mapping[str, type[MechanismSettings]]] = {
    "contingent-vcg": ContingentVcgSettings,
    "deposit-vcg": DepositVcgSettings,
    "vcg": VcgSettings,
    "core-selecting": CoreSelectingSettings,
    "vickrey": VickreySettings,
    "first-price": FirstPriceSettings,
    "uniform": UniformPriceSettings,
    "posted-price": PostedPriceSettings,
    "pay-per-success": PayPerSuccessSettings,
    "share": ShareSettings,
    "sequential-pivot": SequentialPivotSettings,
    "escalation": EscalationSettings,
    "optimal": OptimalSettings,
    "budget-feasible": BudgetFeasibleSettings,
    "english": EnglishSettings,
    "dutch": DutchSettings,
    "gsp": GeneralizedSecondPriceSettings,
    "mcafee": McAfeeSettings,
    "min-work": MinWorkSettings,
    "joint-value": JointValueSettings,
    "sortition": SortitionSettings,
    "explore": ExploreSettings,
}
"""Every mechanism by the word that configurations use for it."""

TAKE_BUNDLES: Final = ("contingent-vcg", "vcg", "core-selecting")
"""Those that also clear bids on bundles (``TakesBundles``)."""

TAKE_SIZES: Final = ("contingent-vcg", "vcg")
"""Those that also clear lots that take up different parts of a capacity (``TakesSizes``)."""
