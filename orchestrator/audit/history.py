"""The scenes of an audit from a journal, for workers whose truth nobody can ask for."""

from typing import NamedTuple

from orchestrator.audit.scene import Scene
from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from protocols.contingent import recalibrate
from protocols.events import Allocated, Announced, BidsClosed, RoundClosed, Settled
from protocols.mechanism import Standing
from protocols.messages import Announcement, Bid
from protocols.units import AnnouncementId, TaskId, WorkerId
from scoring.recalibration import Recalibrator
from workers.chance import uniform


class Held(NamedTuple):
    """An auction as it was held."""

    announcement: Announcement
    bids: tuple[Bid, ...]


class Past:
    """Auctions drawn from those of a journal, with the bids corrected by how the work ended.

    What a model knows of itself is not to be had. In its place stands what the whole journal says
    of its reports: its stated cost, and its stated probability corrected on the log-odds by its
    settled work (Platt 1999, with a prior from the other workers). Outcomes are drawn from the
    corrected probabilities, so what an audit finds is as good as that correction.

    Args:
        record: The journal.
        seed: Decides all draws.
        lots: How many lots of an announcement are put up at a time, at most.

    Raises:
        JournalError: If no auction of the journal had bids, or they are answers to prices.
    """

    def __init__(self, record: Record, seed: int, lots: int) -> None:
        self._seed = seed
        announced: dict[AnnouncementId, Announcement] = {}
        reports: dict[tuple[AnnouncementId, TaskId, WorkerId], float] = {}
        held: list[Held] = []
        self._maps = Recalibrator()
        read = (Announced, BidsClosed, RoundClosed, Allocated, Settled)
        for entry in record.entries(*read):
            match entry.event:
                case Announced(announcement=announcement):
                    announced[announcement.announcement] = announcement
                case BidsClosed(announcement=name, bids=bids) if bids and name in announced:
                    held += _parts(announced.pop(name), bids, lots)
                case Allocated(allocation=allocation):
                    for award in allocation.awards:
                        key = (award.announcement, award.task, award.worker)
                        reports[key] = award.contract.report
                case Settled(settlement=done):
                    report = reports.get((done.announcement, done.task, done.worker))
                    if report is not None:
                        self._maps.observe(done.worker, report, done.success)
                case RoundClosed():
                    raise JournalError(
                        f"{record.path}: this run asked price by price, so its bids are prices that"
                        " were accepted, and nobody knows the costs to start from"
                    )
                case _:
                    pass
        if not held:
            raise JournalError(
                f"{record.path}: nobody has bid in this run, so nothing can be audited"
            )
        self._held = held
        self._workers = tuple(dict.fromkeys(bid.worker for each in held for bid in each.bids))

    @property
    def workers(self) -> tuple[WorkerId, ...]:
        """Who has bid."""
        return self._workers

    def scenes(self, replication: int, rounds: int) -> list[Scene]:
        """Return auctions drawn with replacement; the same number gives the same ones."""
        count = len(self._held)
        return [
            self._scene(
                self._held[int(uniform(self._seed, "auction", replication, place) * count)],
                replication,
                place + 1,
            )
            for place in range(rounds)
        ]

    def _scene(self, held: Held, replication: int, number: int) -> Scene:
        name = AnnouncementId(f"a{number}")
        update = {"announcement": name, "number": number, "as_of": number - 1}
        known: dict[tuple[WorkerId, TaskId], Bid] = {}
        success: dict[tuple[WorkerId, TaskId], float] = {}
        for bid in held.bids:
            key, chance = (bid.worker, bid.task), self._chance(bid)
            draw = uniform(self._seed, "success", replication, number, bid.worker, bid.task)
            known[key] = bid.model_copy(update={"announcement": name, "probability": chance})
            success[key] = 1.0 if draw < chance else 0.0
        return Scene(held.announcement.model_copy(update=update), known, success)

    def _chance(self, bid: Bid) -> float:
        slope, intercept = self._maps.recalibration(bid.worker).coefficients
        return recalibrate(bid.probability, Standing(slope=slope, intercept=intercept))


def _parts(announcement: Announcement, bids: tuple[Bid, ...], size: int) -> list[Held]:
    """Cut an announcement into smaller ones."""
    parts: list[Held] = []
    for start in range(0, len(announcement.lots), size):
        lots = announcement.lots[start : start + size]
        names = {lot.task for lot in lots}
        chosen = tuple(bid for bid in bids if bid.task in names)
        if chosen:
            parts.append(Held(announcement.model_copy(update={"lots": lots}), chosen))
    return parts
