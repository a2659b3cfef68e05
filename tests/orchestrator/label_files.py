"""Logs of labels: simulated ones, and those of real crowds joined with their truth."""

import csv
import json
import random
from pathlib import Path

from orchestrator.logs.peer_log import PeerLog, read_peer_log

_OTHER = {"y": "n", "n": "y"}


def letters(folder: Path, accuracies: list[float], tasks: int = 400) -> PeerLog:
    """Return labels of simulated workers with all columns; every other task has a known truth.

    A worker predicts, by Bayes' rule, the share of the others that agree with its own label.
    """
    mean = sum(accuracies) / len(accuracies)
    draw = random.Random(7)
    path = folder / "letters.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for task in range(tasks):
            truth = draw.choice("yn")
            for number, accuracy in enumerate(accuracies):
                right = draw.random() < accuracy
                label, other = (truth, _OTHER[truth]) if right else (_OTHER[truth], truth)
                agreeing = accuracy * mean + (1 - accuracy) * (1 - mean)
                row = {
                    "task": task,
                    "worker": f"w{number}",
                    "owner": f"o{number}",
                    "label": label,
                    "confidence": accuracy,
                    "prediction": {label: agreeing, other: 1 - agreeing},
                    "gold": truth if task % 2 else None,
                }
                file.write(json.dumps(row) + "\n")
    return read_peer_log(path)


def joined(labels: Path, truths: Path) -> PeerLog:
    """Return the labels of a crowd with the known truth."""
    log = read_peer_log(labels, "task=item")
    with truths.open(encoding="utf-8") as file:
        log.kinds[""].gold = {row["item"]: row["truth"] for row in csv.DictReader(file)}
    log.columns.add("gold")
    return log
