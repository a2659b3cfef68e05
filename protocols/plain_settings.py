"""Settings of the mechanisms that have none: a name, and what it builds."""

from collections.abc import Callable
from typing import Literal

from protocols.contingent import ExpectedScore
from protocols.core_auction import CoreSelecting
from protocols.first_price import FirstPrice
from protocols.frozen import Frozen
from protocols.generalized_second_price import GeneralizedSecondPrice
from protocols.mcafee import McAfee
from protocols.mechanism import Mechanism
from protocols.min_work import MinWork
from protocols.pay_per_success import PayPerSuccess
from protocols.sequential_pivot import SequentialPivot
from protocols.uniform_price import UniformPrice
from protocols.vcg import Vcg
from protocols.vickrey import Vickrey

ExpectedOf = Callable[[str], ExpectedScore]
"""Finds the expected score G of a rule by name; the rules themselves live in another package."""


class VcgSettings(Frozen):
    """Settings of `vcg`: it has none."""

    name: Literal["vcg"] = "vcg"

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return Vcg()


class CoreSelectingSettings(Frozen):
    """Settings of `core-selecting`: it has none."""

    name: Literal["core-selecting"] = "core-selecting"

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return CoreSelecting()


class VickreySettings(Frozen):
    """Settings of `vickrey`: it has none."""

    name: Literal["vickrey"] = "vickrey"

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return Vickrey()


class FirstPriceSettings(Frozen):
    """Settings of `first-price`: it has none."""

    name: Literal["first-price"] = "first-price"

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return FirstPrice()


class UniformPriceSettings(Frozen):
    """Settings of `uniform`: it has none."""

    name: Literal["uniform"] = "uniform"

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return UniformPrice()


class PayPerSuccessSettings(Frozen):
    """Settings of `pay-per-success`: it has none."""

    name: Literal["pay-per-success"] = "pay-per-success"

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return PayPerSuccess()


class SequentialPivotSettings(Frozen):
    """Settings of `sequential-pivot`: it has none."""

    name: Literal["sequential-pivot"] = "sequential-pivot"

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return SequentialPivot()


class GeneralizedSecondPriceSettings(Frozen):
    """Settings of `gsp`: it has none."""

    name: Literal["gsp"] = "gsp"

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return GeneralizedSecondPrice()


class McAfeeSettings(Frozen):
    """Settings of `mcafee`: it has none."""

    name: Literal["mcafee"] = "mcafee"

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return McAfee()


class MinWorkSettings(Frozen):
    """Settings of `min-work`: it has none."""

    name: Literal["min-work"] = "min-work"

    def build(self, expected: ExpectedOf) -> Mechanism:
        """Make the mechanism."""
        return MinWork()
