"""A prediction market of one sponsor: Hanson's logarithmic market scoring rule (LMSR).

Workers move a public price one after another. Whoever moves it from p to r is paid, when the outcome
is known, ``B (ln r_y - ln p_y)``: a logarithmic score against the report before. A worker that trades
once, and last, does best by its belief; who trades twice may gain by a bluff first.

Source: Hanson, "Combinatorial Information Market Design", Information Systems Frontiers 2003.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Trade(NamedTuple):
    """What a trade costs, and the market after it."""

    cost: float
    market: MarketMaker


@dataclass(frozen=True, slots=True)
class MarketMaker:
    """The state of the market: how many shares of each outcome are sold.

    A share of an outcome pays 1 if that outcome comes.

    Attributes:
        liquidity: ``B``, above 0: how slowly prices move, and the scale of the sponsor's loss.
        shares: The shares sold of each outcome; at least two outcomes.

    >>> trade = MarketMaker(100.0, (0.0, 0.0)).buy(0, 50.0)
    >>> round(trade.cost, 5), round(trade.market.prices()[0], 5), round(trade.market.max_loss(), 4)
    (28.09298, 0.62246, 69.3147)
    """

    liquidity: float
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        if not 0.0 < self.liquidity < math.inf:
            raise ValueError(f"the liquidity must be above 0, not {self.liquidity!r}")
        if len(self.shares) < 2 or not all(map(math.isfinite, self.shares)):
            raise ValueError("needs finite shares of at least two outcomes")

    def cost(self) -> float:
        """Return ``C(q) = B ln sum exp(q_k / B)``; a trade costs the difference it makes."""
        most = max(self.shares)
        rest = math.fsum(math.exp((share - most) / self.liquidity) for share in self.shares)
        return most + self.liquidity * math.log(rest)

    def prices(self) -> list[float]:
        """Return the price of a share of each outcome: the market's probabilities, summing to 1."""
        cost = self.cost()
        return [math.exp((share - cost) / self.liquidity) for share in self.shares]

    def max_loss(self) -> float:
        """Return the most that the sponsor can lose from the start at even prices: ``B ln K``."""
        return self.liquidity * math.log(len(self.shares))

    def buy(self, outcome: int, amount: float) -> Trade:
        """Return the trade that buys (or, with an amount below 0, sells) shares of one outcome.

        Raises:
            ValueError: If there is no such outcome or the amount is not finite.
        """
        if not 0 <= outcome < len(self.shares):
            raise ValueError(f"there is no outcome {outcome} among {len(self.shares)}")
        return self._to(tuple(q + amount if k == outcome else q for k, q in enumerate(self.shares)))

    def move_to(self, report: Sequence[float]) -> Trade:
        """Return the trade after which the prices are the report.

        Args:
            report: One probability per outcome, above 0, with a sum of 1 (within 1e-9).

        Raises:
            ValueError: If it is not such a report.
        """
        if len(report) != len(self.shares) or not min(report) > 0.0:
            raise ValueError("needs a probability above 0 for every outcome")
        if abs(math.fsum(report) - 1.0) > 1e-9:
            raise ValueError(f"probabilities must sum to 1, not {math.fsum(report)!r}")
        # Shares are fixed up to a constant; with this one the trade costs nothing in itself.
        level = self.cost()
        return self._to(tuple(level + self.liquidity * math.log(p) for p in report))

    def _to(self, shares: tuple[float, ...]) -> Trade:
        after = MarketMaker(self.liquidity, shares)
        return Trade(after.cost() - self.cost(), after)
