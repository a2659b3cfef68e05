"""A log of labels that workers gave to tasks, with or without the truth."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING, Final

from orchestrator.logs.log_file import MISSING, number, read_log
from scoring.peer import PeerReport
from workers.record_file import Sought

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ROLES: Final = {
    "task": Sought(("task",)),
    "worker": Sought(("worker",)),
    "label": Sought(("label", "report")),
    "owner": Sought(("owner",), required=False),
    "family": Sought(("family",), required=False),
    "kind": Sought(("kind",), required=False),
    "prediction": Sought(("prediction",), required=False),
    "confidence": Sought(("confidence",), required=False),
    "gold": Sought(("gold", "truth"), required=False),
}
"""What is read, and how its column is called unless the user says otherwise."""

_ROUNDING = 1e-6


@dataclass(slots=True)
class Kind:
    """The labels of tasks of one kind; labels of different kinds are never compared.

    Attributes:
        reports: The labels that were given.
        silent: Worker and task of the rows without a label.
        gold: The truth of the tasks for which it is known.
    """

    reports: list[PeerReport] = field(default_factory=list[PeerReport])
    silent: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    gold: dict[str, str] = field(default_factory=dict[str, str])

    def accuracy(self) -> dict[str, tuple[int, int]]:
        """Return for each worker its right labels, and its rows on tasks with a known truth."""
        right, known = Counter[str](), Counter[str]()
        for report in self.reports:
            if report.task in self.gold:
                known[report.worker] += 1
                right[report.worker] += report.report == self.gold[report.task]
        known.update(worker for worker, task in self.silent if task in self.gold)
        return {worker: (right[worker], asked) for worker, asked in known.items()}


@dataclass(slots=True)
class PeerLog:
    """What a log of labels holds.

    Attributes:
        kinds: The labels by kind of task.
        columns: The optional columns that hold anything.
    """

    kinds: dict[str, Kind] = field(default_factory=dict[str, Kind])
    columns: set[str] = field(default_factory=set[str])


def read_peer_log(path: Path, columns: str = "") -> PeerLog:
    """Read a log of labels.

    Args:
        path: CSV with a header or JSON lines (``.jsonl``); either may end in ``.gz``.
        columns: Which columns hold what where the names differ: ``task=item,label=answer``.

    Returns:
        The log. A worker without an owner is its own, and so is one without a family.

    Raises:
        InputError: If the file cannot be used; one line with its place says what was expected.
    """
    reader = _Reader()
    read_log(path, ROLES, columns, reader.take)
    for filled in reader.filled:
        reader.log.columns.update(compress(ROLES, filled))
    return reader.log


class _Reader:
    """Puts a log together row by row, and refuses rows that contradict each other."""

    def __init__(self) -> None:
        self._kinds: defaultdict[str, Kind] = defaultdict(Kind)
        self.log = PeerLog(self._kinds)
        self.filled: set[tuple[bool, ...]] = set()
        self._done: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._parties: dict[str, tuple[str, str]] = {}

    def take(self, line: int, cells: Sequence[str]) -> None:
        del line
        stripped = [cell.strip() for cell in cells]
        self.filled.add(tuple(map(bool, stripped)))
        task, worker, label, owner, family, sort, prediction, confidence, gold = stripped
        if not task or not worker:
            raise ValueError("expected a task and a worker in every row")
        party = (owner or worker, family or worker)
        if self._parties.setdefault(worker, party) != party:
            raise ValueError(f"expected one owner and one family of {worker!r} throughout")
        done = self._done[sort, worker]
        if task in done:
            raise ValueError(f"expected one label of {worker!r} on task {task!r}, found a second")
        done.add(task)
        kind = self._kinds[sort]
        if gold and kind.gold.setdefault(task, gold) != gold:
            raise ValueError(f"expected one truth of task {task!r}, found a second")
        if not label:
            kind.silent.append((worker, task))
            return
        stated = None if confidence.lower() in MISSING else number(confidence, "confidence")
        kind.reports.append(
            PeerReport(task, worker, *party, label, _prediction(prediction), stated)
        )


def _prediction(text: str) -> dict[str, float] | None:
    """Read ``yes=0.7;no=0.3``, or the same as an object of JSON."""
    if text.lower() in MISSING:
        return None
    try:
        if text.startswith("{"):
            pairs = [(str(name), float(share)) for name, share in json.loads(text).items()]
        else:
            parts = (part.rpartition("=") for part in text.split(";"))
            pairs = [(name.strip(), float(share)) for name, _, share in parts]
    except (ValueError, TypeError):
        pairs = []
    shares = [share for _, share in pairs]
    if all(0 <= share <= 1 for share in shares) and abs(sum(shares) - 1) <= _ROUNDING:
        return {name: share / sum(shares) for name, share in pairs}
    raise ValueError(
        f"prediction: expected shares of the labels with sum 1, such as yes=0.7;no=0.3, not {text!r}"
    )
