"""What would have become of a worker's awards, had it reported something else.

Every announcement of a journal is cleared again by the mechanism of the run with the probabilities
of one worker replaced; everything else, later announcements included, stays as it was.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from orchestrator.evaluation.totals import amount
from orchestrator.memory.standings import StandingBook, standing_book
from protocols.decommitment import Lapsed, Withdrawn
from protocols.errors import MechanismError
from protocols.events import Allocated, Announced, BidsClosed, Closed, RunOpened, Settled
from protocols.units import Money
from scoring.catalog import SCORING_RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.memory.record import Record
    from protocols.contract import Contract, Settlement
    from protocols.mechanism import Mechanism, Standings
    from protocols.messages import Announcement, Award, Bid
    from protocols.units import AnnouncementId, TaskId, WorkerId

    Rates = Mapping[str, float]
    Settlements = Mapping[tuple[TaskId, WorkerId], Settlement]

MOST_CLEARINGS: Final = 4_000
"""So many announcements times workers are cleared again; of a longer run the first ones."""


@dataclass(slots=True)
class Counterfactual:
    """What a worker would have got, had it reported its realised success rates.

    Attributes:
        announcements: How many announcements were cleared again.
        awards: The awards that it had in them.
        lost: Awards that it would not have had.
        gained: Awards that it would have had instead.
        profit: Its profit from the awards that it had and whose outcome is known.
        honest_profit: Its profit from those of them that it would have kept, at the payments of the
            honest report.
        expected: What the gained awards would have been worth at its rates and stated costs.
    """

    announcements: int = 0
    awards: int = 0
    lost: int = 0
    gained: int = 0
    profit: int = 0
    honest_profit: int = 0
    expected: int = 0

    @property
    def loss(self) -> int:
        """What the misreport cost it, in nano-units; negative where it gained."""
        return self.honest_profit + self.expected - self.profit

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "announcements": self.announcements,
            "awards": self.awards,
            "lost": self.lost,
            "gained": self.gained,
            "profit": amount(self.profit),
            "honest_profit": amount(self.honest_profit),
            "expected_from_gained": amount(self.expected),
            "loss": amount(self.loss),
        }


def pay(contract: Contract, report: float, success: float, cost: Money) -> Money:
    """Return what a contract pays for an outcome, had its report been this one."""
    return contract.pay(success, cost, SCORING_RULES[contract.rule].score(report, success))


def counterfactuals(
    record: Record, rates: Mapping[WorkerId, Rates]
) -> dict[WorkerId, Counterfactual]:
    """Clear the announcements of a journal again, with honest reports of one worker at a time.

    Args:
        record: The journal.
        rates: For each worker asked about its success rate by kind of task, which takes the place
            of what it reported; at other kinds its reports stay.

    Returns:
        What would have become of each worker; nothing where the mechanism was given in code or is
        unknown to this version. An announcement that the mechanism cannot clear with the other
        reports is left out.

    Raises:
        JournalError: If the journal cannot be read.
    """
    mechanism, seed = _mechanism(record)
    if mechanism is None:
        return {}
    found = {worker: Counterfactual() for worker in rates}
    left = MOST_CLEARINGS
    for decided in _decided(record, mechanism):
        bidders = {bid.worker for bid in decided.bids} & rates.keys()
        left -= len(bidders)
        if left < 0:
            break
        for worker in bidders:
            bids = _honest(decided, worker, rates[worker])
            standings = _believed(decided.standings, worker) if rates[worker] else decided.standings
            try:
                allocation = mechanism.clear(decided.announcement, bids, standings, seed)
            except MechanismError:
                continue
            _compare(found[worker], decided, worker, allocation.awards, rates[worker])
    return found


def _mechanism(record: Record) -> tuple[Mechanism | None, int]:
    from orchestrator.mechanisms import mechanism_from

    opened = record.get("run-opened")
    if not isinstance(opened, RunOpened) or "given" in opened.config["mechanism"]:
        return None, 0
    try:
        return mechanism_from(opened.config["mechanism"])[1], opened.seed
    except ValueError:
        return None, 0


def _honest(decided: _Decided, worker: WorkerId, rates: Rates) -> list[Bid]:
    def honest(bid: Bid) -> Bid:
        if bid.worker != worker:
            return bid
        rate = rates.get(kinds[bid.task], bid.probability)
        return bid.model_copy(update={"probability": rate})

    kinds = decided.kinds
    return [honest(bid) for bid in decided.bids]


def _believed(standings: Standings, worker: WorkerId) -> Standings:
    """Return the standings with reports of this worker taken as they are: honest ones need no map."""
    as_it_is = {"slope": 1.0, "intercept": 0.0}
    return {
        key: standing.model_copy(update=as_it_is) if key[0] == worker else standing
        for key, standing in standings.items()
    }


def _compare(
    found: Counterfactual,
    decided: _Decided,
    worker: WorkerId,
    awards: Sequence[Award],
    rates: Rates,
) -> None:
    """Add up how the awards of a worker differ."""
    had = {award.task for award in decided.awards if award.worker == worker}
    has = {award.task: award.contract for award in awards if award.worker == worker}
    stated = {bid.task: bid.cost for bid in decided.bids if bid.worker == worker}
    kinds = decided.kinds
    found.announcements += 1
    found.awards += len(had)
    found.lost += len(had - has.keys())
    found.gained += len(has.keys() - had)
    for task in had:
        if (done := decided.settlements.get((task, worker))) is None:
            continue
        found.profit += done.payment - done.cost
        if task in has:
            paid = pay(has[task], has[task].report, done.success, done.cost)
            found.honest_profit += paid - done.cost
    for task in has.keys() - had:
        rate = rates.get(kinds[task], has[task].report)
        found.expected += pay(has[task], has[task].report, rate, stated[task]) - stated[task]


# Reading the journal --------------------------------------------------------------------------


class _Decided(NamedTuple):
    """One announcement with everything that was decided on it."""

    announcement: Announcement
    standings: Standings
    bids: tuple[Bid, ...]
    awards: tuple[Award, ...]
    settlements: Settlements

    @property
    def kinds(self) -> Mapping[TaskId, str]:
        return {lot.task: lot.kind for lot in self.announcement.lots}


def _decided(record: Record, mechanism: Mechanism) -> Iterator[_Decided]:
    """Yield the closed announcements with the standings that their clearing saw."""
    book = _book(record, mechanism)
    opened: dict[AnnouncementId, tuple[Announcement, Standings]] = {}
    bids: dict[AnnouncementId, tuple[Bid, ...]] = {}
    awards: dict[AnnouncementId, tuple[Award, ...]] = {}
    settled: dict[AnnouncementId, dict[tuple[TaskId, WorkerId], Settlement]] = {}
    penalties: defaultdict[AnnouncementId, list[tuple[WorkerId, Money]]] = defaultdict(list)
    for entry in record.entries():
        match entry.event:
            case Announced(announcement=announcement):
                opened[announcement.announcement] = announcement, book.open(announcement)
                settled[announcement.announcement] = {}
            case BidsClosed(announcement=name, bids=closing):
                bids[name] = closing
            case Allocated(allocation=allocation):
                awards[allocation.announcement] = allocation.awards
            case Lapsed(announcement=name, worker=worker, transfers=moved):
                owed = Money(sum(each.amount for each in moved if each.purpose == "penalty"))
                penalties[name].append((worker, owed))
            case Withdrawn(announcement=name, worker=worker, owed=owed):
                penalties[name].append((worker, Money(-owed)))
            case Settled(settlement=done) if done.announcement in settled:
                settled[done.announcement][done.task, done.worker] = done
            case Closed(announcement=name):
                announcement, known = opened.pop(name)
                outcomes = settled.pop(name)
                for worker, owed in penalties.pop(name, ()):
                    book.charge(worker, owed)
                decided = _Decided(announcement, known, bids.pop(name), awards.pop(name), outcomes)
                _learn(book, decided)
                yield decided
            case _:
                pass


def _book(record: Record, mechanism: Mechanism) -> StandingBook:
    from orchestrator.market import Limits

    opened = record.get("run-opened")
    given = opened.config["limits"] if isinstance(opened, RunOpened) else None
    limits = Limits() if given is None else Limits.model_validate(given)
    return standing_book(mechanism, limits.announcements)


def _learn(book: StandingBook, decided: _Decided) -> None:
    """Take settlements in as the run does: in the order of the lots, and of the ranks of each."""
    lots = {lot.task: lot for lot in decided.announcement.lots}
    for award in decided.awards:
        if (done := decided.settlements.get((award.task, award.worker))) is not None:
            book.note(lots[award.task], award, done)
    book.close()
