"""What labels without a truth are worth on real records, as tables."""

import csv
import json
from collections import defaultdict
from collections.abc import Sequence
from random import Random
from statistics import fmean, stdev
from typing import Final

import numpy as np

from benchmarks.measure import table
from orchestrator.logs.consensus import accuracy, consensus
from orchestrator.logs.peer_log import PeerLog
from orchestrator.logs.peer_scores import PeerBoard, PeerCard, peer_board, rank_correlation
from scoring.aggregation import plurality, surprisingly_popular
from scoring.dawid_skene import fit
from scoring.panel import panel_of
from scoring.peer import PeerReport
from scripts.public_records import RECORDS, answers, crowd

RESAMPLES: Final = 500
OFTEN: Final = 20


def crowds() -> str:
    """Return answers and rankings of three crowds."""
    rows: list[tuple[object, ...]] = []
    for name in ("bluebird", "rte", "dog"):
        log = crowd(name)
        board = peer_board(log, "dasgupta-ghosh", assigned=True)
        right = [
            accuracy(consensus(log, aggregator, board))
            for aggregator in ("plurality", "weighted", "dawid-skene", "glad")
        ]
        kind = log.kinds[""]
        scored = sum(card.score is not None for card in board.cards)
        shape = f"{len(kind.gold):,}", len(board.cards), f"{len(kind.reports):,}", scored
        rows.append((name, *shape, *(f"{share:.4f}" for share in right if share is not None)))
    header = ("crowd", "tasks", "workers", "labels", "scored", "plurality", "weighted by score")
    return table((*header, "Dawid-Skene", "GLAD"), rows)


def rankings() -> str:
    """Return how well scores without truth rank workers by their accuracy."""
    mechanisms = (
        "output-agreement",
        "crowd-peer-truth-serum",
        "dasgupta-ghosh",
        "correlated-agreement",
        "kullback-leibler",
        "determinant",
    )
    logs = {name: crowd(name) for name in ("bluebird", "rte", "dog")}
    logs |= {name: answers(name) for name in ("conf11", "mmlupro29")}
    rows: list[tuple[object, ...]] = []
    for mechanism in mechanisms:
        assigned = mechanism in {"dasgupta-ghosh", "correlated-agreement"}
        boards = [peer_board(log, mechanism, assigned=assigned) for log in logs.values()]
        rows.append((mechanism, *map(_correlation, boards)))
        if mechanism == "dasgupta-ghosh":
            often = [[card for card in board.cards if card.labels >= OFTEN] for board in boards]
            rows.append((f"the same, {OFTEN} labels or more", *map(_correlated, often)))
    rows.append(("accuracy as Dawid-Skene estimates it", *map(_estimated, logs.values())))
    return table(("rank correlation with accuracy", *logs), rows)


def votes() -> str:
    """Return what a vote gains by scores that were found without truth."""
    rows: list[tuple[object, ...]] = []
    for name in ("conf11", "mmlupro29"):
        log = answers(name)
        board = peer_board(log, "dasgupta-ghosh", assigned=True)
        single = max(card.accuracy or 0.0 for card in board.cards)
        plain, by_score = (
            accuracy(consensus(log, aggregator, board)) for aggregator in ("plurality", "weighted")
        )
        questions = len({task for kind in log.kinds.values() for task in kind.gold})
        rows.append((name, f"{questions:,}", f"{plain:.3f}", f"{by_score:.3f}", f"{single:.3f}"))
    return table(("data", "questions", "plurality", "weighted by score", "best single"), rows)


def grades() -> str:
    """Return how often two different grades go together in real peer grading."""
    path = RECORDS / "scoring" / "edx_peer_grade_joints.json"
    shares: dict[int, list[bool]] = defaultdict(list)
    for _, counts in json.loads(path.read_text(encoding="utf-8")):
        joint = np.array(counts) / np.sum(counts)
        above = joint > np.outer(joint.sum(axis=1), joint.sum(axis=0))
        shares[len(joint)].append(bool(above[~np.eye(len(joint), dtype=bool)].any()))
    rows: list[tuple[object, ...]] = [
        (size, len(found), f"{100 * fmean(found):.1f} %") for size, found in sorted(shares.items())
    ]
    return table(("grades", "joint distributions", "with a positive off-diagonal"), rows)


def capitals() -> str:
    """Return how many state capitals a crowd gets wrong."""
    truth: dict[str, str] = {}
    reports: list[PeerReport] = []
    with (RECORDS / "scoring" / "study1c.csv").open(encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file)):
            truth[row["state"]] = row["actual"]
            yes = float(row["meta"])
            name = f"w{number}"
            told = {"1": yes, "0": 1 - yes}
            reports.append(PeerReport(row["state"], name, name, name, row["own"], told))
    panel = panel_of(reports)
    rows: list[tuple[object, ...]] = [
        (name, f"{sum(one.answer != truth[one.task] for one in found)} of {len(truth)}")
        for name, found in (
            ("plurality", plurality(panel)),
            ("surprisingly popular", surprisingly_popular(panel)),
        )
    ]
    return table(("answer", "wrong"), rows)


def _correlation(board: PeerBoard) -> str:
    return _correlated(board.cards)


def _correlated(cards: Sequence[PeerCard]) -> str:
    """Return the rank correlation of score and accuracy over the workers that have both."""
    return _with_error(
        [
            (card.score, card.accuracy)
            for card in cards
            if card.score is not None and card.accuracy is not None
        ]
    )


def _with_error(pairs: Sequence[tuple[float, float]]) -> str:
    """Return a rank correlation, its bootstrap standard error over workers, and their number."""
    found = rank_correlation(*_columns(pairs))
    if found is None:
        return "-"
    draw = Random(0)
    again = (
        rank_correlation(*_columns(draw.choices(pairs, k=len(pairs)))) for _ in range(RESAMPLES)
    )
    error = stdev(each for each in again if each is not None)
    return f"{found:.3f} ± {error:.2f} ({len(pairs)})"


def _columns(pairs: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [one for one, _ in pairs], [other for _, other in pairs]


def _estimated(log: PeerLog) -> str:
    sums: defaultdict[str, float] = defaultdict(float)
    right: defaultdict[str, int] = defaultdict(int)
    asked: defaultdict[str, int] = defaultdict(int)
    for kind in log.kinds.values():
        panel = panel_of(kind.reports)
        estimate = fit(panel.task, panel.worker, panel.label, len(panel.classes)).accuracy
        for worker, labels, share in zip(
            panel.workers, np.bincount(panel.worker).tolist(), estimate.tolist(), strict=True
        ):
            sums[worker] += labels * share
        for worker, (good, known) in kind.accuracy().items():
            right[worker] += good
            asked[worker] += known
    return _with_error(
        [
            (sums[worker] / asked[worker], right[worker] / asked[worker])
            for worker in sums
            if asked[worker]
        ]
    )
