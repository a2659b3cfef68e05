"""A log of stated probabilities and what came true, whoever kept it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from orchestrator.errors import InputError, Problem
from orchestrator.logs.log_file import MISSING, number, read_log
from workers.record_file import Sought

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ROLES: Final = {
    "worker": Sought(("worker",), required=False),
    "report": Sought(("report",)),
    "outcome": Sought(("outcome",)),
    "kind": Sought(("kind",), required=False),
    "question": Sought(("question",), required=False),
}
"""What is read, and how its column is called unless the user says otherwise."""

EVERYBODY: Final = "all reports"
"""The name of the worker in a log that names none."""

_TRUTHS: Final = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}


class Entry(NamedTuple):
    """One report and what came true.

    Attributes:
        line: Where it stands in the file.
        worker: Who reported.
        report: The stated probability of success, in [0, 1]; ``None`` where it is missing.
        outcome: 1 success, 0 failure, between them a graded success.
        kind: The kind of question; empty where the log does not say.
        question: The question; empty where the log does not say.
    """

    line: int
    worker: str
    report: float | None
    outcome: float
    kind: str
    question: str


class ScoreLog(NamedTuple):
    """What a log holds.

    Attributes:
        entries: The rows with an outcome, in the order of the file.
        unsettled: The lines without one, which say nothing and are left out.
    """

    entries: Sequence[Entry]
    unsettled: Sequence[int]


def read_score_log(path: Path, columns: str = "", *, scale: float = 1.0) -> ScoreLog:
    """Read a log.

    Args:
        path: CSV with a header or JSON lines (``.jsonl``); either may end in ``.gz``.
        columns: Which columns hold what where the names differ: ``worker=model,report=confidence``.
        scale: What a certain report is in the file: 1, or 100 for percentages.

    Raises:
        InputError: If the file cannot be used, or holds no outcome; one line with its place says
            what was expected.
    """
    entries: list[Entry] = []
    unsettled: list[int] = []

    def take(line: int, cells: Sequence[str]) -> None:
        worker, report, outcome, kind, question = [cell.strip() for cell in cells]
        if entries and (entries[0].worker == EVERYBODY) is bool(worker):
            raise ValueError("expected a worker in every row or in none")
        if outcome.lower() in MISSING:
            unsettled.append(line)
            return
        stated = None if report.lower() in MISSING else number(report, "report", scale)
        entries.append(Entry(line, worker or EVERYBODY, stated, _outcome(outcome), kind, question))

    read_log(path, ROLES, columns, take)
    if not entries:
        raise InputError([Problem(str(path), "expected at least one row with an outcome")])
    return ScoreLog(entries, unsettled)


def _outcome(text: str) -> float:
    known = _TRUTHS.get(text.lower())
    return number(text, "outcome") if known is None else known
