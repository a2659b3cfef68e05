"""The calls of a worker in the name of one award: noted before they are made, repeated after a crash.

A call that was noted and has no answer on record may have been made, and billed. What a resumed run
does about it is a setting, `Limits.lost_calls`:

    reattach  the worker is asked for the answer of that call, if it promises to have it; else
    retry     what was held for the call is booked as billed, and it is made again on a new hold
    fail      it is booked as billed, and the award ends without an outcome: for work that must not
              be done twice
"""

from dataclasses import dataclass

from orchestrator.market import Market
from orchestrator.memory.ledger import hold, spend, spent
from protocols.contract import Transfer
from protocols.events import Started, Unsettled
from protocols.messages import Award
from protocols.units import ZERO, Money
from workers.ports import Worker

NO_ROOM = "the answer was lost, and the budget has no room for another call"
NOT_AGAIN = "the answer was lost in a crash, and lost calls are not made again"


@dataclass(slots=True)
class Calls:
    """How often the worker of an award was called, and what became of lost answers.

    Attributes:
        held: The cash that is held for one call.
        made: How often it was called, in this process and earlier ones.
        spent: The cash that is booked for calls whose answers were lost, less the last one.
        given_up: Why the last call, whose answer was lost, is not made again.
    """

    market: Market
    award: Award
    held: Money
    made: int = 0
    spent: Money = ZERO
    given_up: str | None = None

    @property
    def _worker(self) -> Worker:
        return self.market.workers[self.award.worker]

    def recall(self) -> None:
        """Pass the calls of earlier processes."""
        chronicle, key = self.market.chronicle, self._key("started")
        while (past := chronicle.recall(f"{key}\t{self.made + 1}", Started)) is not None:
            self.note(reattached=past.reattached)

    def note(self, *, reattached: bool = False) -> int:
        """Note that the worker is about to be called; return the number to wait for.

        Each call but the first books what was held for the lost one before it as billed, unless the
        answer of that one is asked for.
        """
        award, transfers = self.award, tuple[Transfer, ...]()
        if self.made and not (reattached or self._worker.participant.payable):
            self.spent = Money(self.spent + self.held)
            lost = spend(self.held, self.held, spent(award.worker), "bill")
            transfers = (*lost, *hold(self.held))
        self.made += 1
        return self.market.chronicle.note(
            Started(
                announcement=award.announcement,
                task=award.task,
                worker=award.worker,
                call=self.made,
                reattached=reattached,
                transfers=transfers,
            )
        )

    def repeat(self) -> int:
        """Do about a lost call what the limits say; return the number to wait for."""
        reattached = self._can_reattach()
        self.given_up = None if reattached else self._why_not_again()
        return 0 if self.given_up else self.note(reattached=reattached)

    @property
    def was_given_up(self) -> bool:
        """Whether an earlier process has given the call up."""
        return self.market.chronicle.recall(self._key("unsettled"), Unsettled) is not None

    def _can_reattach(self) -> bool:
        asked_for = self.market.limits.lost_calls == "reattach"
        return asked_for and self._worker.reattachable and not self.was_given_up

    def _why_not_again(self) -> str | None:
        """Return why a lost call is not made again; once it could not be paid, it never can."""
        if self.market.limits.lost_calls == "fail":
            return NOT_AGAIN
        payable = self._worker.participant.payable
        if self.was_given_up or not (payable or self.market.can_hold(self.held)):
            return NO_ROOM
        return None

    def _key(self, event: str) -> str:
        award = self.award
        return f"{event}\t{award.announcement}\t{award.task}\t{award.worker}"
