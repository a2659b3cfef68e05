"""What asking for bids has cost, and which paid questions were not asked since they changed nothing."""

from dataclasses import dataclass

from orchestrator.drawing.display import money_text, plural
from protocols.events import BidsClosed, Event
from protocols.units import WorkerId
from workers.bidding.source import spared_rule


@dataclass(slots=True)
class Asked:
    """The bids and refusals of one worker.

    Attributes:
        paid: How many of them were billed.
        spared: How many bids were made from the record where a question would have been billed.
        charge: What the bills came to, in nano-units.
    """

    paid: int = 0
    spared: int = 0
    charge: int = 0

    @property
    def saved(self) -> int:
        """What the spared questions would have cost at the worker's own mean; 0 if unknown."""
        return round(self.spared * self.charge / self.paid) if self.paid else 0


class BidCalls:
    """Counts bills for bids by worker; give every event to `note`."""

    def __init__(self) -> None:
        self.workers: dict[WorkerId, Asked] = {}

    def note(self, event: Event) -> None:
        """Take one event in."""
        if not isinstance(event, BidsClosed):
            return
        for bid in event.bids:
            spared = spared_rule(bid.source) is not None
            if bid.charge or spared:
                self._count(bid.worker, bid.charge, spared=spared)
        for refusal in event.refusals:
            if refusal.charge:
                self._count(refusal.worker, refusal.charge, spared=False)

    def _count(self, worker: WorkerId, charge: int, *, spared: bool) -> None:
        asked = self.workers.setdefault(worker, Asked())
        asked.paid += charge > 0
        asked.spared += spared
        asked.charge += charge

    def sentence(self, currency: str) -> str | None:
        """Say what was asked and what was saved; ``None`` where no bid costs anything."""
        workers = self.workers.values()
        paid, spared = sum(each.paid for each in workers), sum(each.spared for each in workers)
        if not paid and not spared:
            return None
        cost = money_text(sum(each.charge for each in workers))
        said = f"{plural(paid, 'bid')} took a paid question to a model, {cost} {currency} in all."
        if not spared:
            return f"{said} None could be spared."
        saved = sum(each.saved for each in workers)
        worth = (
            f", about {money_text(saved)} {currency} at each worker's mean price" if saved else ""
        )
        share = f"{spared} of {paid + spared:,}"
        return f"{said} {share} paid questions were not asked, as no answer could have changed what is done{worth}."
