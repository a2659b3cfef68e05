"""What workers, standings and guards learn from how lots end; what guards decide is noted."""

import logging
from typing import Final

from orchestrator.agenda import State
from orchestrator.auction.execution import Ending
from orchestrator.foreign import excuse
from orchestrator.market import Market
from orchestrator.memory.guards import Fact
from orchestrator.observing.lines import LOGGER
from protocols.messages import Failure
from workers.ports import Lesson, Worker

_JUDGED: Final[dict[State, Fact]] = {"solved": "accepted", "failed": "turned down"}


def take_note(market: Market, ending: Ending, announced: int) -> None:
    """Tell the worker, the standings and the guards how a lot ended, after so many announcements."""
    lot, award, bid, report = ending.lot, ending.award, ending.bid, ending.report
    if award is None or bid is None:
        return
    if ending.pending is None:
        if report is not None:
            _teach(market.workers[award.worker], Lesson(lot, award, bid, report, ending.outcome))
        market.standings.learn(lot, award, ending)
    watch(market, ending, announced)


def _teach(worker: Worker, lesson: Lesson) -> None:
    """Let a worker learn; that it cannot is its own loss, and no reason to stop a run."""
    try:
        worker.learn(lesson)
    except Exception as error:  # noqa: BLE001 - code that is not ours
        said = excuse(f"{worker.name} could not learn from {lesson.lot.task}: ", error)
        logging.getLogger(LOGGER).warning(said)


def watch(market: Market, ending: Ending, announced: int) -> None:
    """Take in how a lot ended, after so many announcements."""
    fact = fact_of(ending)
    if fact is None or ending.award is None:
        return
    award = ending.award
    guards = market.of(int(award.announcement.removeprefix("a"))).guards
    guarded = guards.note(award.worker, award.announcement, fact, announced)
    if guarded is not None:
        market.chronicle.note(guarded)


def fact_of(ending: Ending) -> Fact | None:
    """Return how the award of a lot went; ``None`` if that says nothing about its worker.

    A withdrawn award and a call whose answer was lost in a crash say nothing. An answer that peers
    judge counts as an answer when it comes; what they say of it later is for their scores.
    """
    if ending.award is None or ending.state == "cancelled":
        return None
    if ending.report is None:
        return "not taken up"
    if isinstance(ending.report, Failure):
        return "no answer" if ending.state == "failed" else None
    if ending.pending is not None:
        return "answered"
    if ending.lot.group is not None:
        return None
    return _JUDGED.get(ending.state, "answered")
