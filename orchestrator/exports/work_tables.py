"""The tables of what was done, judged, settled and spent, and of how tasks ended."""

from collections.abc import Callable, Iterator
from typing import Final

from orchestrator.exports.table import (
    ANNOUNCEMENT,
    TASK,
    WORKER,
    Column,
    Row,
    Table,
    nano,
    stateless,
)
from orchestrator.memory.record import Entry, Record
from protocols.events import Finished, Settled, TaskAdded, TaskEnded, Verified, transfers_of
from protocols.messages import Result


def _results(entry: Entry) -> Iterator[Row]:
    if isinstance(entry.event, Finished):
        done = entry.event.report
        answer, confidence, reason = (
            (done.answer, done.confidence, "")
            if isinstance(done, Result)
            else (None, None, done.reason)
        )
        yield (
            done.announcement,
            done.task,
            done.worker,
            isinstance(done, Result),
            done.cost,
            done.seconds,
            confidence,
            answer,
            reason,
        )


RESULTS: Final = Table(
    "results",
    "One row for each award that a worker has ended: with an answer, or with a failure.",
    (
        ANNOUNCEMENT,
        TASK,
        WORKER,
        Column("answered", "truth", "Whether there is an answer."),
        nano("cost", "What the work has cost, as metered."),
        Column("seconds", "number", "How long it took.", "seconds"),
        Column("confidence", "number", "What it states with the answer.", "probability"),
        Column("answer", "text", "The answer; empty after a failure."),
        Column("reason", "text", "Why there is none."),
    ),
    stateless(_results),
)


def _outcomes(entry: Entry) -> Iterator[Row]:
    if isinstance(entry.event, Verified):
        outcome = entry.event.outcome
        yield (
            outcome.announcement,
            outcome.task,
            outcome.worker,
            outcome.success,
            outcome.verifier,
            entry.event.cost,
            entry.event.opinion,
            outcome.detail,
        )


OUTCOMES: Final = Table(
    "outcomes",
    "One row for each verdict on an answer.",
    (
        ANNOUNCEMENT,
        TASK,
        WORKER,
        Column("success", "number", "1 accepted, 0 not, between them for graded work.", "share"),
        Column("verifier", "text", "Who said so."),
        nano("cost", "What the verdict has cost."),
        Column("opinion", "number", "What a judge thinks where the truth is known.", "probability"),
        Column("detail", "text", "What the verifier adds in words."),
    ),
    stateless(_outcomes),
)


def _settlements(entry: Entry) -> Iterator[Row]:
    if isinstance(entry.event, Settled):
        done = entry.event.settlement
        yield (
            done.announcement,
            done.task,
            done.worker,
            done.success,
            done.score,
            done.payment,
            done.cost,
        )


SETTLEMENTS: Final = Table(
    "settlements",
    "One row for each settled award.",
    (
        ANNOUNCEMENT,
        TASK,
        WORKER,
        Column("success", "number", "The verified success.", "share"),
        Column("score", "number", "S(report, success), or the peer score; higher is better."),
        nano("payment", "What the contract pays; negative where the worker owes."),
        nano("cost", "The metered cost of the work, as far as it is refunded."),
    ),
    stateless(_settlements),
)


def _tasks(record: Record) -> Callable[[Entry], Iterator[Row]]:
    def take(entry: Entry) -> Iterator[Row]:
        event = entry.event
        if isinstance(event, TaskAdded):
            ended = record.get(f"task-ended\t{event.lot.task}")  # looked up, so nothing is kept
            yield (
                event.lot.task,
                event.lot.kind,
                event.lot.value,
                event.lot.reserve,
                event.copies,
                *((ended.state, ended.reason) if isinstance(ended, TaskEnded) else ("open", "")),
                event.lot.prompt,
            )

    return take


TASKS: Final = Table(
    "tasks",
    "One row for each task that entered the run.",
    (
        Column("task", "text", "The task."),
        Column("kind", "text", "The sort of work."),
        nano("value", "What a success is worth."),
        nano("reserve", "The most that the coordinator would pay."),
        Column("copies", "integer", "To how many workers it goes."),
        Column("state", "text", "How it ended; open if it has not."),
        Column("reason", "text", "Why."),
        Column("prompt", "text", "What is to be done."),
    ),
    _tasks,
)


def _needs(entry: Entry) -> Iterator[Row]:
    if isinstance(entry.event, TaskAdded):
        for need in entry.event.needs:
            yield entry.event.lot.task, need


NEEDS: Final = Table(
    "needs",
    "One row for each task that another one needs: the edges of the task graph.",
    (
        Column("task", "text", "The task that waits."),
        Column("need", "text", "The task that must be solved first."),
    ),
    stateless(_needs),
)

_SET_ASIDE: Final = frozenset({"fund", "hold", "release"})
"""Purposes that spend nothing."""


def _costs(entry: Entry) -> Iterator[Row]:
    event = entry.event
    inner = getattr(event, "settlement", None) or getattr(event, "outcome", None) or event
    about = getattr(inner, "announcement", None), getattr(inner, "task", None)
    for moved in transfers_of(event):
        if moved.purpose not in _SET_ASIDE:
            yield (
                entry.seq,
                entry.at,
                event.event,
                *about,
                moved.book,
                moved.purpose,
                moved.source,
                moved.target,
                moved.amount,
            )


COSTS: Final = Table(
    "costs",
    "One row for each amount that was billed, paid, credited or owed; not for what was only held.",
    (
        Column("seq", "integer", "The entry of the journal that moved it."),
        Column("at", "number", "When that was written.", "seconds since 1970"),
        Column("event", "text", "What happened."),
        Column("announcement", "text", "The announcement, where there is one."),
        Column("task", "text", "The lot, where there is one."),
        Column("book", "text", "cash: left your pocket; credit: owed to workers that you run."),
        Column("purpose", "text", "bill, pay, reward, penalty or compensation."),
        Column("source", "text", "The account that gives."),
        Column("target", "text", "The account that gets."),
        nano("amount", "How much; always positive."),
    ),
    stateless(_costs),
)
