"""A worker of this process: it knows at once what it would bid."""

from abc import abstractmethod
from typing import NamedTuple, Unpack

from protocols.messages import Announcement, Bid, Lot
from protocols.units import Money
from workers.ports import Submit, Worker
from workers.spec import Terms, participant


class Quote(NamedTuple):
    """What a worker says of one lot.

    Attributes:
        cost: Its own cost of doing the work.
        probability: The reported probability of success.
        source: Where the probability comes from.
        ceiling: The most that the work can cost in cash; the cost where it is not given.
    """

    cost: Money
    probability: float
    source: str = "stated"
    ceiling: Money | None = None


class LocalWorker(Worker):
    """Bids on the lots of its kinds that do not exclude it; says nothing on the others.

    Args:
        name: The worker's name, unique in the run.
        **terms: On which terms it takes part.
    """

    def __init__(self, name: str, **terms: Unpack[Terms]) -> None:
        self.participant = participant(name, terms)
        self.seats = terms.get("seats", 8)
        kinds = terms.get("kinds")
        self._kinds = None if kinds is None else frozenset(kinds)

    @abstractmethod
    def quote(self, lot: Lot) -> Quote | None:
        """Return what the worker says of a lot, or ``None`` to stay silent."""

    def known(self, lot: Lot) -> Quote | None:
        """Return what it takes to be true of a lot, whatever it would say; audits start from it.

        Returns:
            The cost and the probability behind its quotes, or ``None`` where it would stay silent.
        """
        return self.quote(lot) if self._wants(lot) else None

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Submit a bid for each lot that there is a quote for."""
        number, name = announcement.announcement, self.participant.worker
        for lot in announcement.lots:
            quote = self.quote(lot) if self._wants(lot) else None
            if quote is not None:
                submit(
                    Bid(
                        announcement=number,
                        task=lot.task,
                        worker=name,
                        cost=quote.cost,
                        probability=quote.probability,
                        source=quote.source,
                        ceiling=quote.ceiling,
                    )
                )

    def _wants(self, lot: Lot) -> bool:
        kinds = self._kinds
        return (kinds is None or lot.kind in kinds) and (
            not lot.excluded or self.name not in lot.excluded
        )
