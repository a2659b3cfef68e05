"""A table of real outcomes as arrays, and its parting into what is learned from and what is judged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import isfinite, nan
from typing import TYPE_CHECKING, Final

import numpy as np

from orchestrator.errors import InputError, Problem
from orchestrator.logs.log_file import MISSING, number, read_log
from protocols.units import PRINTABLE
from workers.chance import uniform
from workers.record_file import Sought, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

ROLES: Final = {
    "question": Sought(("question", "question_id", "task_id")),
    "worker": Sought(("worker", "model", "agent")),
    "correct": Sought(("correct", "success", "outcome")),
    "cost": Sought(("cost", "cost_usd"), required=False),
    "confidence": Sought(("confidence",), required=False),
    "kind": Sought(("kind",), required=False),
    "group": Sought(("group", "group_id"), required=False),
    "answer": Sought(("answer",), required=False),
}
"""What is read from a table, and how its column is called unless the user says otherwise."""

_TRUTHS: Final = {"true": 1.0, "True": 1.0, "false": 0.0, "False": 0.0}


_BY_BOTH: Final = ("success", "cost", "confidence", "answer")


@dataclass(frozen=True, slots=True)
class Dataset:
    """Outcomes by question and worker; not a number where there is no record.

    Attributes:
        workers: Their names, in the order of the file.
        kinds: The names of the kinds of question.
        kind: By question, the place of its kind.
        group: By question, a number that questions with one origin share.
        order: By question and repetition, a draw in [0, 1) by which online rules meet them.
        success: By question and worker, the verified success in [0, 1].
        cost: By question and worker, what it cost, in units.
        confidence: By question and worker, the stated probability.
        answer: By question and worker, a number that equal answers share; -1 where unknown.
    """

    workers: tuple[str, ...]
    kinds: tuple[str, ...]
    kind: Whole
    group: Whole
    order: Floats
    success: Floats
    cost: Floats
    confidence: Floats
    answer: Whole

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self.kind)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where there is a record with a cost: the bids that there can be."""
        return np.isfinite(self.success) & np.isfinite(self.cost)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Where there is an answer: everywhere in a table that has no answers at all."""
        given = self.answer >= 0
        return self.known & (given | ~given.any())

    def part(self, rows: NDArray[np.bool_]) -> Dataset:
        """Return some of the questions."""
        by_question = (*_BY_BOTH, "kind", "group", "order")
        return replace(self, **{name: getattr(self, name)[rows] for name in by_question})

    def only(self, columns: Sequence[int]) -> Dataset:
        """Return the same questions with some of the workers."""
        names = tuple(self.workers[column] for column in columns)
        kept = {name: getattr(self, name)[:, columns] for name in _BY_BOTH}
        return replace(self, workers=names, **kept)


@dataclass(slots=True)
class _Reading:
    """The rows of a file as they come."""

    seed: int
    share: float
    orders: int
    wanted: frozenset[str]
    unwanted: frozenset[str]
    dropped: set[str] = field(default_factory=set[str])
    left_out: set[str] = field(default_factory=set[str])
    questions: dict[str, int] = field(default_factory=dict[str, int])
    workers: dict[str, int] = field(default_factory=dict[str, int])
    kinds: dict[str, int] = field(default_factory=dict[str, int])
    groups: dict[str, int] = field(default_factory=dict[str, int])
    answers: dict[str, int] = field(default_factory=dict[str, int])
    about: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    cells: dict[tuple[int, int], tuple[float, float, float, int]] = field(
        default_factory=dict[tuple[int, int], tuple[float, float, float, int]]
    )
    priced: bool = False

    def take(self, line: int, row: Sequence[str]) -> None:
        """Take one record in."""
        del line
        question, worker, correct, cost, confidence, kind, group, answer = row
        kind = kind or "task"
        if worker in self.unwanted:
            self.dropped.add(worker)
            return
        if correct.lower() in MISSING:
            return
        if self.wanted and kind not in self.wanted:
            self.left_out.add(kind)
            return
        if not question or not worker:
            raise ValueError("expected a name for the question and for the worker")
        for name in (worker, kind):
            if not PRINTABLE.fullmatch(name):
                raise ValueError(f"{name[:60]!r} is no name that can be shown")
        place = self.questions.setdefault(question, len(self.questions))
        if place == len(self.about):
            named = group or question
            self.about.append((_place(self.kinds, kind), _place(self.groups, named)))
        key = place, _place(self.workers, worker)
        if key in self.cells:
            raise ValueError(f"a second record of {worker!r} on {question!r}")
        self.priced |= cost.lower() not in MISSING
        self.cells[key] = (
            _TRUTHS[correct] if correct in _TRUTHS else number(correct, "correct"),
            _money(cost),
            nan if confidence.lower() in MISSING else number(confidence, "confidence"),
            _place(self.answers, answer) if answer else -1,
        )

    def parts(self) -> tuple[Dataset, Dataset]:
        """Return the two parts; a group is never parted."""
        whole = self._whole()
        fit = np.array(
            [uniform(self.seed, "fit", name) < self.share for name in self.groups], dtype=np.bool_
        )[whole.group]
        return whole.part(fit), whole.part(~fit)

    def _whole(self) -> Dataset:
        shape = len(self.questions), len(self.workers)
        numbers = np.full((3, *shape), nan)
        answers = np.full(shape, -1, dtype=np.int64)
        for (row, column), (success, cost, confidence, answer) in self.cells.items():
            numbers[:, row, column] = success, cost if self.priced else 0.0, confidence
            answers[row, column] = answer
        about = np.array(self.about, dtype=np.int64)
        order = np.array(
            [
                [uniform(self.seed, "order", name, each) for each in range(self.orders)]
                for name in self.questions
            ]
        )
        kind, group = about[:, 0], about[:, 1]
        names, kinds = tuple(self.workers), tuple(self.kinds)
        return Dataset(
            names, kinds, kind, group, order, numbers[0], numbers[1], numbers[2], answers
        )


def read_parts(
    path: Path,
    chosen: str,
    *,
    seed: int,
    share: float,
    orders: int = 1,
    kinds: Sequence[str] = (),
    without: Sequence[str] = (),
) -> tuple[Dataset, Dataset]:
    """Read a table of outcomes: the part that is learned from, and the part that is judged.

    Which part a question belongs to is decided by a hash of its group and the seed, so it does not
    depend on the order of the file or on what else is in it.

    Args:
        path: CSV with a header or JSON lines; either may end in ``.gz``.
        chosen: Which columns hold what: ``role=column``, with commas between.
        seed: Decides the parting.
        share: How much is learned from, in (0, 1).
        orders: In how many random orders online rules meet the questions.
        kinds: The kinds of question to take; all if empty.
        without: Workers to leave out.

    Raises:
        InputError: If the file cannot be used, or one of the parts would be empty.
    """
    reading = _Reading(seed, share, orders, frozenset(kinds), frozenset(without))
    read_log(path, ROLES, chosen, reading.take)
    for what, names, found, others in (
        ("kind", kinds, reading.kinds.keys(), reading.left_out),
        ("worker", without, reading.dropped, reading.workers.keys()),
    ):
        for name in names:
            if name not in found:
                message = unknown(what, name, {*found, *others})
                raise InputError([Problem(str(path), message)])
    if not reading.cells:
        raise InputError([Problem(str(path), "expected at least one row with an outcome")])
    fit, report = reading.parts()
    if min(len(fit), len(report)) < 1 or not (fit.known.any() and report.known.any()):
        message = f"{len(reading.groups)} groups are too few to learn from some and judge by others"
        raise InputError([Problem(str(path), message)])
    return fit, report


def _place(places: dict[str, int], name: str) -> int:
    return places.setdefault(name, len(places))


def _money(text: str) -> float:
    if text.lower() in MISSING:
        return nan
    try:
        cost = float(text)
    except ValueError:
        cost = -1.0
    if not (isfinite(cost) and cost >= 0):
        raise ValueError(f"cost: expected an amount of money from 0, not {text!r}")
    return cost
