"""Gathers what belongs to one auction from the events of a run, and keeps the telling ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from typing import Final

from protocols.contract import Settlement
from protocols.decommitment import Lapsed, Withdrawn
from protocols.events import (
    Allocated,
    Announced,
    BidsClosed,
    Closed,
    Event,
    Finished,
    RoundClosed,
    Settled,
    Unsettled,
    Verified,
)
from protocols.guarding import Guarded
from protocols.messages import Announcement, Award, Bid, Failure, Lot, Outcome, Rejection, Result
from protocols.stopping import SetAside
from protocols.units import AnnouncementId, TaskId, WorkerId

_USUAL: Final = 5
"""One of so many auctions that are kept may be without a flag, even if there are enough others."""


_KEPT_BACK: Final = frozenset({"suspended", "held", "excluded"})


@dataclass(slots=True)
class Call:
    """One award that was carried out, or not.

    Attributes:
        set_aside: That its answer was not delivered, because a better one was in hand.
        withdrawn: How the coordinator withdrew it, if it did.
        lapsed: Why the worker did not take it up, if it did not.
    """

    award: Award
    report: Result | Failure | None = None
    outcome: Outcome | None = None
    settlement: Settlement | None = None
    unsettled: str | None = None
    set_aside: SetAside | None = None
    withdrawn: Withdrawn | None = None
    lapsed: str | None = None


@dataclass(slots=True)
class Story:
    """One lot of one announcement, from its bids to its end.

    Attributes:
        refusals: How many workers declined.
        rejected: How many messages were turned down or not understood.
        unsold: Why nobody won, if nobody did.
        unfunded: Whether the budget had no room for the award.
        rounds: In how many rounds of prices it was held, where it was a conversation.
        called_off: Whether its task was cancelled while bids were taken.
        withheld: The bids that no budget had room for.
        kept_back: Who was not invited because it had failed too often.
        calls: The awards by worker, in their order.
    """

    announcement: AnnouncementId
    lot: Lot
    bids: tuple[Bid, ...] = ()
    refusals: int = 0
    rejected: int = 0
    unsold: str | None = None
    unfunded: bool = False
    rounds: int = 0
    called_off: bool = False
    withheld: tuple[Rejection, ...] = ()
    kept_back: tuple[WorkerId, ...] = ()
    calls: dict[WorkerId, Call] = field(default_factory=dict[WorkerId, Call])

    @property
    def flags(self) -> tuple[str, ...]:
        """What makes it worth a look, in words of one kind."""
        return tuple(word for word, holds in self.marks.items() if holds)

    @property
    def marks(self) -> Mapping[str, bool]:
        """Every word that could make it worth a look, and whether it does."""
        calls = list(self.calls.values())
        settled = [call.settlement for call in calls if call.settlement is not None]
        return {
            "unsold": self.unsold is not None,
            "no budget": self.unfunded,
            "failed": any(settlement.success < 1 for settlement in settled),
            "called off": self.called_off or any(call.withdrawn is not None for call in calls),
            "unsettled": any(call.unsettled is not None for call in calls),
            "not taken up": any(call.lapsed is not None for call in calls),
            "announced again": self.lot.parent is not None,
            "tie": any(call.award.tied for call in calls),
            "bid turned down": self.rejected > 0,
        }

    @property
    def waits(self) -> bool:
        """Whether an answer is neither settled nor given up: its peers are still to come."""
        return self.lot.group is not None and any(
            call.report is not None
            and call.settlement is None
            and call.unsettled is None
            and call.withdrawn is None
            for call in self.calls.values()
        )


class Stories:
    """Collects the auctions of a run and keeps the most telling: flagged ones, then the newest.

    A part of the room is left to auctions without a flag, so that the usual case is shown, too.

    Args:
        most: How many are kept.

    Attributes:
        seen: How many auctions there were.
    """

    def __init__(self, most: int) -> None:
        self.seen = 0
        self._most = most
        self._open: dict[AnnouncementId, dict[TaskId, Story]] = {}
        self._kept_back: set[WorkerId] = set()
        self._late: dict[AnnouncementId, dict[TaskId, Story]] = {}
        self._kept: dict[bool, list[tuple[int, Story]]] = {False: [], True: []}

    def note(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case Guarded(worker=worker, step=step):
                (self._kept_back.add if step in _KEPT_BACK else self._kept_back.discard)(worker)
            case Announced():
                self._announce(event.announcement)
            case BidsClosed():
                self._bid(event)
            case Allocated():
                self._award(event)
            case Finished(report=report):
                self._call(report.announcement, report.task, report.worker).report = report
            case Verified(outcome=said):
                self._call(said.announcement, said.task, said.worker).outcome = said
            case Settled(settlement=done):
                self._call(done.announcement, done.task, done.worker).settlement = done
                self._end(done.announcement, done.task)
            case SetAside():
                self._call(event.announcement, event.task, event.worker).set_aside = event
            case Unsettled():
                self._call(event.announcement, event.task, event.worker).unsettled = event.reason
                self._end(event.announcement, event.task)
            case Withdrawn():
                self._call(event.announcement, event.task, event.worker).withdrawn = event
                self._end(event.announcement, event.task)
            case Lapsed():
                self._call(event.announcement, event.task, event.worker).lapsed = event.reason
            case RoundClosed():
                for story in self._open[event.announcement].values():
                    story.rounds = event.number
            case Closed():
                self._close(event.announcement)
            case _:
                pass  # what else happens is not part of an auction

    def told(self) -> list[Story]:
        """Return the kept auctions, flagged ones first and the newest of them first."""
        for stories in (*self._open.values(), *self._late.values()):
            self._keep(stories.values())
        self._open.clear()
        self._late.clear()
        flagged, usual = (sorted(self._kept[flag], key=_age) for flag in (True, False))
        room = max(self._most // _USUAL, self._most - len(flagged))
        usual = usual[max(0, len(usual) - room) :]
        flagged = flagged[max(0, len(flagged) - self._most + len(usual)) :]
        return [story for _, story in (*usual, *flagged)][::-1]

    def _announce(self, announcement: Announcement) -> None:
        self._open[announcement.announcement] = {
            lot.task: Story(
                announcement.announcement, lot, kept_back=tuple(sorted(self._kept_back))
            )
            for lot in announcement.lots
        }

    def _bid(self, event: BidsClosed) -> None:
        stories = self._open[event.announcement]
        by_task: dict[TaskId, list[Bid]] = {}
        for bid in event.bids:
            by_task.setdefault(bid.task, []).append(bid)
        for task, bids in by_task.items():
            stories[task].bids = tuple(bids)
        for task in event.called_off:
            stories[task].called_off = True
        for refusal in event.refusals:
            stories[refusal.task].refusals += 1
        turned_down = [rejection.task for rejection in event.rejections]
        turned_down += [each.task for each in event.not_understood if each.task is not None]
        for task in turned_down:
            if task in stories:
                stories[task].rejected += 1

    def _award(self, event: Allocated) -> None:
        stories = self._open[event.allocation.announcement]
        for award in event.allocation.awards:
            stories[award.task].calls[award.worker] = Call(award)
        for unsold in event.allocation.unsold:
            stories[unsold.task].unsold = unsold.reason
        for each in event.withheld:
            stories[each.task].withheld += (each,)
        for task in event.unfunded:
            stories[task].unfunded = True

    def _call(self, name: AnnouncementId, task: TaskId, worker: WorkerId) -> Call:
        stories = self._open.get(name) or self._late[name]
        return stories[task].calls[worker]

    def _close(self, name: AnnouncementId) -> None:
        """Keep the auctions of an announcement, but for those whose answers wait for peers."""
        stories = self._open.pop(name)
        late = {task: story for task, story in stories.items() if story.waits}
        if late:
            self._late[name] = late
        self._keep(story for task, story in stories.items() if task not in late)

    def _end(self, name: AnnouncementId, task: TaskId) -> None:
        """Keep an auction that was still open when its announcement closed."""
        late = self._late.get(name)
        if late is not None:
            self._keep([late.pop(task)])
            if not late:
                del self._late[name]

    def _keep(self, stories: Iterable[Story]) -> None:
        for story in stories:
            self.seen += 1
            kept, item = self._kept[bool(story.flags)], (self.seen, story)
            if len(kept) < self._most:
                heappush(kept, item)
            elif kept:
                heappushpop(kept, item)


def _age(kept: tuple[int, Story]) -> int:
    return kept[0]
