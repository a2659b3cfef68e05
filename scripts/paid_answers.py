"""Recorded answers of many models to the same questions, in two parts: to learn from, to report on."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.public_records import RECORDS

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FIFTHS, LEARNED = 5, 3
"""Of so many parts of the groups of questions, so many are learned from."""


@dataclass(frozen=True)
class Answers:
    """What each model answered; arrays have a row for each question and a column for each model.

    Attributes:
        models: The models.
        kinds: The kind of each question.
        groups: Which questions belong together; the two parts share none.
        learned: Which questions are learned from; the others are reported on.
        words: The answers; empty where there is none.
        right: Whether they are right.
        costs: What they cost, in USD.
        confidences: What the models said of their answers; not a number where they said nothing.
    """

    models: tuple[str, ...]
    kinds: NDArray[Any]
    groups: NDArray[Any]
    learned: Flags
    words: NDArray[Any]
    right: Floats
    costs: Floats
    confidences: Floats

    def rotated(self) -> Iterator["Answers"]:
        """Yield the same answers with each three neighbouring fifths of the groups learned from.

        So each question is reported on twice.
        """
        fifth = np.array([_fifth(group) for group in self.groups])
        for first in range(FIFTHS):
            yield replace(self, learned=(fifth - first) % FIFTHS < LEARNED)

    def of(self, kind: str, *, learned: bool) -> NDArray[np.intp]:
        """Return the places of the questions of a kind in one of the two parts."""
        return np.flatnonzero((self.kinds == kind) & (self.learned == learned))

    def accuracy(self, kind: str) -> Floats:
        """Return how often each model is right at a kind, by what is learned; one half is added."""
        right = self.right[self.of(kind, learned=True)]
        found: Floats = (right.sum(axis=0) + 1.0) / (len(right) + 2.0)
        return found

    def cost(self, kind: str) -> Floats:
        """Return the mean cost of each model at a kind, by what is learned."""
        found: Floats = self.costs[self.of(kind, learned=True)].mean(axis=0)
        return found

    @property
    def every_kind(self) -> list[str]:
        """The kinds in alphabetical order."""
        return sorted(set(self.kinds))


def answers(name: str, cost: str, kinds: Sequence[str] = ()) -> Answers:
    """Read a set of records.

    Args:
        name: Its file in the folder ``routing``.
        cost: The column of the costs.
        kinds: The kinds of question to take; all if empty.
    """
    questions = {row["question_id"]: row for row in _rows(f"{name}_questions")}
    rows = [row for row in _rows(name) if not kinds or row["task"] in kinds]
    models = tuple(sorted({row["model"] for row in rows}))
    names = sorted({row["question_id"] for row in rows})
    places = {question: place for place, question in enumerate(names)}
    columns = {model: column for column, model in enumerate(models)}
    shape = (len(names), len(models))
    found = Answers(
        models=models,
        kinds=np.array([questions[question]["task"] for question in names]),
        groups=np.array([questions[question]["group_id"] for question in names]),
        learned=np.zeros(len(names), dtype=np.bool_),
        words=np.full(shape, "", dtype=object),
        right=np.zeros(shape),
        costs=np.zeros(shape),
        confidences=np.full(shape, np.nan),
    )
    for row in rows:
        at = places[row["question_id"]], columns[row["model"]]
        found.words[at] = row["answer"]
        found.right[at] = float(row["correct"] or 0)
        found.costs[at] = float(row[cost] or 0)
        found.confidences[at] = float(row.get("confidence") or "nan")
    return found


def _rows(name: str) -> Iterator[dict[str, str]]:
    path = RECORDS / "routing" / f"{name}.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _fifth(group: str) -> int:
    """Draw one of five parts for a group of questions, the same in every run."""
    return int(sha256(group.encode()).hexdigest(), 16) % FIFTHS
