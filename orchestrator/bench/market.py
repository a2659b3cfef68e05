"""The market on recorded outcomes: the mechanism itself clears one auction for each question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from orchestrator.bench.choice import NOBODY, Came, taken
from protocols.messages import Announcement, Bid, Lot, Participant
from protocols.units import NANO, AnnouncementId, Money, TaskId, WorkerId
from scoring.catalog import SCORING_RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.bench.belief import Belief
    from orchestrator.bench.choice import Choice
    from orchestrator.bench.dataset import Dataset, Floats
    from orchestrator.bench.learner import Learner
    from protocols.contract import Contract
    from protocols.mechanism import Mechanism, Standings
    from protocols.messages import Award
    from protocols.stopping import Stopping

_ONE: Final = AnnouncementId("a1")


class Market:
    """Clears one auction after the other by a mechanism of the catalog.

    Args:
        mechanism: The rule.
        asked: The questions.
        value: What a success is worth, in units.
        seed: Of ties and of what the rule draws.
    """

    def __init__(self, mechanism: Mechanism, asked: Dataset, value: float, seed: int) -> None:
        self._mechanism, self._asked, self._seed = mechanism, asked, seed
        self._value = nano(value)
        self._names = [WorkerId(name) for name in asked.workers]
        self._places = {name: place for place, name in enumerate(self._names)}
        self._participants = tuple(Participant(worker=name) for name in self._names)

    def run(
        self, belief: Belief, before: Floats | None = None, standings: Standings | None = None
    ) -> Came:
        """Clear all auctions on given bids and return what came of them.

        Args:
            belief: What the workers bid.
            before: What was spent on each question before its auction.
            standings: What the rule knows of the workers; by default nothing.
        """
        count = len(self._asked)
        choice, paid = np.full(count, NOBODY), np.zeros(count)
        for row in range(count):
            award = self._cleared(row, belief.chance[row], belief, standings or {})
            if award is not None:
                choice[row] = self._places[award.worker]
                paid[row] = self.paid(row, award)
        return self._came(choice, paid, before)

    def run_online(self, belief: Belief, learner: Learner, order: Floats) -> Came:
        """Clear the auctions one after the other, with chances that are learned on the way.

        Args:
            belief: Who can bid, and at what cost.
            learner: What the workers say, and what they see.
            order: By question, a number; the lowest comes first.
        """
        count = len(self._asked)
        choice, paid = np.full(count, NOBODY), np.zeros(count)
        for row in np.argsort(order).tolist():
            award = self._cleared(row, learner.chances(row), belief, {})
            if award is not None:
                choice[row] = self._places[award.worker]
                paid[row] = self.paid(row, award)
            learner.see(row, int(choice[row]))
        return self._came(choice, paid, None)

    def _came(self, choice: Choice, paid: Floats, before: Floats | None) -> Came:
        spent = np.zeros(len(choice)) if before is None else before
        success, cost = taken(self._asked.success, choice), taken(self._asked.cost, choice)
        return Came(success, cost + spent, paid + spent)

    def _cleared(
        self, row: int, chances: Floats, belief: Belief, standings: Standings
    ) -> Award | None:
        """Return the award that is called first, if there is one."""
        awards = self._awards(row, chances, belief, standings)
        return min(awards, key=lambda award: award.rank, default=None)

    def sequence(
        self, row: int, belief: Belief, standings: Standings
    ) -> list[tuple[int, Stopping]]:
        """Return whom a rule that escalates asks one after the other, and when it is enough."""
        awards = self._awards(row, belief.chance[row], belief, standings)
        return [
            (self._places[award.worker], award.stop)
            for award in sorted(awards, key=lambda award: award.rank)
            if award.stop is not None
        ]

    def _awards(
        self, row: int, chances: Floats, belief: Belief, standings: Standings
    ) -> Sequence[Award]:
        lot = self.lot(row)
        call = Announcement(
            announcement=_ONE, number=1, lots=(lot,), participants=self._participants
        )
        bids = [
            Bid(
                announcement=_ONE,
                task=lot.task,
                worker=self._names[column],
                cost=nano(float(belief.cost[row, column])),
                probability=float(chances[column]),
            )
            for column in np.flatnonzero(belief.known[row])
        ]
        return self._mechanism.clear(call, bids, standings, self._seed).awards

    def lot(self, row: int) -> Lot:
        """Return a question as it is put up."""
        kind = self._asked.kinds[int(self._asked.kind[row])]
        return Lot(task=TaskId(f"q{row}"), kind=kind, value=self._value, reserve=self._value)

    def paid(self, row: int, award: Award) -> float:
        """Return what the contract pays at the recorded outcome, in units."""
        column = self._places[award.worker]
        success = float(self._asked.success[row, column])
        cost = nano(float(self._asked.cost[row, column]))
        return award.contract.pay(success, cost, score_of(award.contract, success)) / NANO


def score_of(contract: Contract, success: float) -> float:
    """Return what a contract scores its report at, by its rule."""
    rule = SCORING_RULES.get(contract.rule)
    return 0.0 if rule is None else rule.score(contract.report, success)


def nano(units: float) -> Money:
    """Return an amount in units as money."""
    return Money(round(units * NANO))
