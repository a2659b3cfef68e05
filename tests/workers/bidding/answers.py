"""Recorded answers of many models, one question after the other, each asked of one of them."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from functools import cache
from random import Random
from typing import NamedTuple

from tests.records import records


class Answer(NamedTuple):
    """What one model did at one question; the confidence is NaN where there is none."""

    kind: str
    text: str
    worker: str
    success: float
    confidence: float


@cache
def _table(name: str) -> dict[str, list[Answer]]:
    with gzip.open(records("routing", f"{name}_questions.csv.gz"), "rt", encoding="utf-8") as file:
        texts = {row["question_id"]: row.get("text", "") for row in csv.DictReader(file)}
    found: dict[str, list[Answer]] = defaultdict(list)
    with gzip.open(records("routing", f"{name}.csv.gz"), "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["correct"]:
                said = float(row.get("confidence") or "nan")
                question = row["question_id"]
                success = float(row["correct"])
                found[question].append(
                    Answer(row["task"], texts[question], row["model"], success, said)
                )
    return found


def stream(name: str, count: int, seed: int) -> list[Answer]:
    """Return answers to questions in random order, of one random model each."""
    draw = Random(seed)
    table = _table(name)
    questions = draw.sample(sorted(table), min(count, len(table)))
    return [draw.choice(table[question]) for question in questions]
