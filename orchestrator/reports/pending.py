"""Which answers and workers wait for a person, and what the person is asked."""

from typing import Any, NamedTuple

from orchestrator.evaluation.guarded import GuardTotals
from orchestrator.memory.record import Record
from protocols.consultation import Consulted
from protocols.decommitment import Withdrawn
from protocols.events import Announced, Finished, TaskAdded, Unsettled, Verified
from protocols.guarding import Guarded
from protocols.messages import Lot, Result
from protocols.units import TaskId
from workers.verifiers.person import ByPerson


class Pending(NamedTuple):
    """An answer that waits for a person.

    Attributes:
        lot: What was to be done.
        result: What the worker has answered.
        question: What the person is asked.
    """

    lot: Lot
    result: Result
    question: str

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "task": self.lot.task,
            "worker": self.result.worker,
            "question": self.question,
            "prompt": self.lot.prompt,
            "answer": self.result.answer,
        }


def pending(record: Record) -> list[Pending]:
    """Return the answers of a run that wait for a person, in the order in which they were asked.

    Raises:
        JournalError: If the journal cannot be read.
    """
    questions: dict[TaskId, str] = {}
    lots: dict[tuple[str, str], Lot] = {}
    results: dict[tuple[str, str, str], Result] = {}
    waiting: dict[tuple[str, str, str], None] = {}
    for entry in record.entries():
        match entry.event:
            case TaskAdded(lot=lot, verify={"type": ByPerson.type, "question": question}):
                questions[lot.task] = str(question)
            case TaskAdded(
                lot=lot, verify={"also": {"type": ByPerson.type, "question": question}}
            ):  # of an answer that must be a list, too
                questions[lot.task] = str(question)
            case Announced(announcement=call):
                asked = [lot for lot in call.lots if lot.origin in questions]
                lots |= {(call.announcement, lot.task): lot for lot in asked}
            case Finished(report=Result() as report):
                if (report.announcement, report.task) in lots:
                    results[report.announcement, report.task, report.worker] = report
            case Consulted(verifier=ByPerson.type, worker=str(worker)) as said:
                waiting[said.announcement, said.task, worker] = None
            case Verified(outcome=said):
                waiting.pop((said.announcement, said.task, said.worker), None)
            case Unsettled() | Withdrawn() as said:
                waiting.pop((said.announcement, said.task, said.worker), None)
            case _:
                pass  # people have no part in it
    return [_pending(lots[key[:2]], results[key], questions) for key in waiting]


def held(record: Record) -> list[Guarded]:
    """Return the decisions that have put workers on hold, where no person has decided since.

    Raises:
        JournalError: If the journal cannot be read.
    """
    totals = GuardTotals()
    for event in record.of(Guarded):
        totals.note(event)
    return totals.held


def _pending(lot: Lot, result: Result, questions: dict[TaskId, str]) -> Pending:
    return Pending(lot, result, questions[lot.origin])
