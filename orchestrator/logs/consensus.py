"""The answers that a log of labels adds up to."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from orchestrator.errors import InputError, Problem
from orchestrator.logs.peer_mechanisms import needs
from scoring.catalog import AGGREGATORS
from scoring.panel import panel_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from orchestrator.logs.peer_log import PeerLog
    from orchestrator.logs.peer_scores import PeerBoard

NEEDS: Final = {"surprisingly-popular": "prediction", "log-odds-pool": "confidence"}
"""The column without which an aggregator cannot work."""


class Answer(NamedTuple):
    """The answer of all to one task.

    Attributes:
        kind: The kind of task; empty where the log does not say.
        task: The task.
        answer: The label with the most support.
        support: Its share of all support, in [0, 1]; a probability if the aggregator models errors.
        gold: The truth; empty where it is not known.
    """

    kind: str
    task: str
    answer: str
    support: float
    gold: str


def consensus(log: PeerLog, aggregator: str, board: PeerBoard, *, seed: int = 0) -> list[Answer]:
    """Return one answer for each task that has a label.

    Args:
        log: The labels.
        aggregator: A name in `scoring.AGGREGATORS`; ``weighted`` weighs workers by their scores,
            those without one or below 0 not at all.
        board: The scores of the workers.
        seed: Breaks ties.

    Raises:
        InputError: If the log does not hold what the aggregator needs.
    """
    where = f"--aggregate {aggregator}"
    column = NEEDS.get(aggregator)
    if column is not None and column not in log.columns:
        raise InputError([Problem(where, needs(column))])
    options: dict[str, Any] = {}
    if aggregator == "weighted":
        options["weights"] = {card.worker: max(card.score or 0.0, 0.0) for card in board.cards}
    found: list[Answer] = []
    for name, kind in log.kinds.items():
        if not kind.reports:
            continue
        try:
            answers = AGGREGATORS[aggregator](panel_of(kind.reports, seed=seed), **options)
        except ValueError as error:
            raise InputError([Problem(where, str(error))]) from error
        found += [Answer(name, *answer, kind.gold.get(answer.task, "")) for answer in answers]
    return found


def accuracy(answers: Sequence[Answer]) -> float | None:
    """Return the share of right answers among those with a known truth; ``None`` without any."""
    known = [answer.answer == answer.gold for answer in answers if answer.gold]
    return sum(known) / len(known) if known else None


def write_answers(answers: Sequence[Answer], target: Path) -> None:
    """Write answers as CSV.

    Raises:
        OSError: If the file cannot be written.
    """
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Answer._fields)
        writer.writerows(answers)
