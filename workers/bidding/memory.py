"""What a worker has learned from how its own work ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocols.messages import Failure, Outcome, Result
from protocols.units import Money
from workers.bidding.card import Card, Statements
from workers.bidding.experience import Chance, chance, expected
from workers.bidding.tally import Tallies

if TYPE_CHECKING:
    from scoring.recalibration import Recalibration
    from workers.bidding.plan import Basis, Plan
    from workers.bidding.pool import Pool

_WEIGHT: Final = 2.0
_ASKING: Final = 0.25
"""The part of its worst case that a call costs, before there is any experience: four bytes are about
one token."""


class Memory:
    """Outcomes, costs and statements of one worker, and those of the pool that it learns with.

    It learns from work that was awarded, and from nothing else. Every outcome is one update with
    bounded work; the state depends on the sequence of outcomes alone.

    Args:
        worker: Whose memory it is.
        source: Where its statements come from; maps of different sources are kept apart.
        pool: With whom it learns.
    """

    def __init__(self, worker: str, source: str, pool: Pool) -> None:
        self.pool = pool
        self._worker, self._source = worker, source
        self._outcomes = Tallies()
        self._ratios: dict[Basis, Tallies] = {"typical": Tallies(), "stated": Tallies()}
        self._asked = Tallies()
        self._statements: dict[str, Statements] = {}
        self._pay: tuple[str, ...] = ()
        self._chances: dict[str, tuple[float, Chance]] = {}

    def chance(self, kind: str) -> Chance:
        """Return what the record says of the chance of success at a kind."""
        now = self.pool.outcomes.total.count  # own outcomes are among them
        known = self._chances.get(kind)
        if known is None or known[0] != now:
            prior = expected(self._outcomes, self.pool.outcomes, kind)
            known = self._chances[kind] = (now, chance(self._outcomes.at(kind), prior))
        return known[1]

    def ratio(self, kind: str, basis: Basis) -> float:
        """Return how far costs at a kind were off their estimates; 1 is not at all."""
        return self._ratios[basis].mean(kind, 1.0, _WEIGHT)

    def price(self, kind: str, worst: Money) -> Money:
        """Return what asking is expected to cost, of its worst case."""
        return Money(round(worst * self._asked.mean(kind, _ASKING, _WEIGHT)))

    def correction(self, kind: str) -> Recalibration:
        """Return what statements at a kind deserve, by what became of earlier ones."""
        return self.pool.maps(self._source, kind).recalibration(self._worker)

    def card(self, kind: str) -> Card:
        """Return the record that a prompt may show."""
        done, said = self._outcomes.at(kind), self._statements.get(kind)
        bands = said.bands() if said is not None else ()
        return Card(int(done.count), done.amount, bands, self._pay)

    def learn(
        self, kind: str, plan: Plan, result: Result | Failure, outcome: Outcome | None
    ) -> None:
        """Learn how one piece of work ended.

        A failure counts as no success. A result that nobody could judge teaches its cost alone, and
        work that cost nothing teaches nothing about costs.
        """
        self._pay = plan.pay or self._pay
        cost = result.cost if plan.answer is None else plan.charge
        if cost and plan.guess:
            self._ratios[plan.basis].add(kind, cost / plan.guess)
        if plan.charge and plan.worst:
            self._asked.add(kind, plan.charge / plan.worst)
        if outcome is not None or isinstance(result, Failure):
            self._judge(kind, plan, 0.0 if outcome is None else outcome.success)

    def _judge(self, kind: str, plan: Plan, success: float) -> None:
        """Learn one success, in [0, 1]."""
        if plan.features:
            self.pool.hardness.observe(plan.features, plan.chance.mean, success)
        if plan.said is not None:
            self._statements.setdefault(kind, Statements()).add(plan.said, success)
            self.pool.maps(self._source, kind).observe(self._worker, plan.said, success)
        self._outcomes.add(kind, success)
        self.pool.outcomes.add(kind, success)
