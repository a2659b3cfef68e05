"""A table of real outcomes: which worker did what on which question, at what cost."""

from array import array
from collections.abc import Iterable
from math import isnan, nan
from pathlib import Path
from typing import Final, NamedTuple

from protocols.units import Money, TaskId, WorkerId, money
from workers.record_file import RecordColumns, RecordsError, Row, each_row

_MISSING: Final = frozenset({"", "nan", "NaN", "NA", "null", "None"})
_TRUTHS: Final = {"1": 1.0, "0": 0.0, "true": 1.0, "True": 1.0, "false": 0.0, "False": 0.0}
_NO_COST: Final = -1


class Question(NamedTuple):
    """A question of a table, ready to become a task."""

    task: TaskId
    kind: str
    prompt: str


class Record(NamedTuple):
    """What one worker did on one question.

    Attributes:
        success: 1 right, 0 wrong, between them for graded work.
        cost: What it cost; ``None`` where that is not known.
        confidence: The stated probability of success; ``None`` where there is none.
        answer: What it answered; empty where that is not known.
    """

    success: float
    cost: Money | None
    confidence: float | None
    answer: str


class Column:
    """The records of one worker in arrays by the number of the question: 24 bytes a record."""

    __slots__ = ("answers", "confidences", "costs", "successes")

    def __init__(self) -> None:
        self.successes = array("d")
        self.costs = array("q")
        self.confidences = array("d")
        self.answers: dict[int, str] = {}

    def reach(self, size: int) -> None:
        """Fill up with missing records."""
        gap = size - len(self.successes)
        if gap > 0:
            self.successes.extend([nan] * gap)
            self.costs.extend([_NO_COST] * gap)
            self.confidences.extend([nan] * gap)

    def record(self, number: int) -> Record | None:
        """Return the record of a question, or ``None`` if there is none."""
        success = self.successes[number]
        if isnan(success):
            return None
        cost, confidence = self.costs[number], self.confidences[number]
        return Record(
            success,
            None if cost == _NO_COST else Money(cost),
            None if isnan(confidence) else confidence,
            self.answers.get(number, ""),
        )


class RecordTable:
    """Recorded outcomes by worker and question.

    Attributes:
        questions: The questions in the order of the file.
        numbers: The place of each question in that order.
        columns: The records of each worker, in the order of the file.
    """

    def __init__(self) -> None:
        self.questions: list[Question] = []
        self.numbers: dict[TaskId, int] = {}
        self.columns: dict[WorkerId, Column] = {}

    @classmethod
    def load(cls, path: Path | str, columns: RecordColumns | None = None) -> "RecordTable":
        """Read a table.

        Args:
            path: A CSV file with a header, or JSON lines (``.jsonl``); either may end in ``.gz``.
            columns: Which column holds what.

        Returns:
            The table. Rows without an outcome are left out. Without a column of costs every
            record costs nothing; with one, a record whose cost is empty has none.

        Raises:
            RecordsError: If the file cannot be read, lacks a column, holds a value that makes no
                sense or two records of the same worker and question.
        """
        chosen = columns or RecordColumns()
        table = cls()
        table._priced = chosen.cost is not None
        each_row(Path(path), chosen, table._add)
        if not table.columns:
            raise RecordsError(f"{path}: there are no records in it")
        for column in table.columns.values():
            column.reach(len(table.questions))
        return table

    _priced = True

    def mean_cost(self, worker: WorkerId) -> dict[str, Money]:
        """Return the mean cost of a worker per kind, over all records that have one."""
        means = self._means(self.columns[worker].costs)
        return {kind: Money(round(mean)) for kind, mean in means.items()}

    def accuracy(self, worker: WorkerId) -> dict[str, float]:
        """Return the mean success of a worker per kind."""
        return self._means(self.columns[worker].successes)

    def _means(self, values: Iterable[float]) -> dict[str, float]:
        totals: dict[str, float] = {}
        counts: dict[str, int] = {}
        for question, value in zip(self.questions, values, strict=True):
            if value >= 0:  # neither a missing cost nor a missing outcome
                totals[question.kind] = totals.get(question.kind, 0) + value
                counts[question.kind] = counts.get(question.kind, 0) + 1
        return {kind: total / counts[kind] for kind, total in totals.items()}

    def _add(self, row: Row) -> None:
        if row.correct in _MISSING:
            return
        number, column = self._number(row), self._column(row.worker)
        column.reach(number + 1)
        if not isnan(column.successes[number]):
            raise ValueError(f"a second record of {row.worker!r} on {row.question!r}")
        success = _TRUTHS.get(row.correct)
        column.successes[number] = _share("correct", row.correct) if success is None else success
        column.costs[number] = _cost(row.cost) if self._priced else 0
        if row.confidence not in _MISSING:
            column.confidences[number] = _share("confidence", row.confidence)
        if row.answer:
            column.answers[number] = row.answer

    def _number(self, row: Row) -> int:
        task = TaskId(row.question)
        number = self.numbers.get(task)
        if number is None:
            if not task:
                raise ValueError("the question has no name")
            number = self.numbers[task] = len(self.questions)
            self.questions.append(Question(task, row.kind or "task", row.prompt))
        return number

    def _column(self, name: str) -> Column:
        worker = WorkerId(name)
        column = self.columns.get(worker)
        if column is None:
            if not worker:
                raise ValueError("the worker has no name")
            column = self.columns[worker] = Column()
        return column


def _share(name: str, text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = nan
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"{name} must be a number from 0 to 1, not {text!r}")
    return share


def _cost(text: str) -> int:
    if text in _MISSING:
        return _NO_COST
    cost = money(text)
    if cost < 0:
        raise ValueError(f"cost must not be negative, it is {text!r}")
    return cost
