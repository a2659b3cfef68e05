"""Makes the tables on real records in docs/scoring.md: ``python -m scripts.scoring_tables``.

The records are not part of this repository. They are looked for in the folder that TRUTHBID_RECORDS
names, else in ../shared/data beside the repository.
"""

import csv
import gzip
import json
import os
from collections import defaultdict
from copy import deepcopy
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Final

import numpy as np

from benchmarks.measure import table
from orchestrator.logs.consensus import accuracy, consensus
from orchestrator.logs.peer_log import PeerLog, read_peer_log
from orchestrator.logs.peer_scores import PeerBoard, peer_board, rank_correlation
from orchestrator.logs.score_log import ScoreLog, read_score_log
from orchestrator.logs.scoreboard import scoreboard
from scoring.aggregation import plurality, surprisingly_popular
from scoring.dawid_skene import fit
from scoring.panel import panel_of
from scoring.peer import PeerReport
from scoring.recalibration import Recalibrator

ROOT: Final = Path(__file__).resolve().parent.parent
RECORDS: Final = Path(os.environ.get("TRUTHBID_RECORDS", ROOT.parent / "shared" / "data"))
PAGE: Final = ROOT / "docs" / "scoring.md"
BEGIN, END = "<!-- begin of what scripts/scoring_tables.py prints -->", "<!-- end -->"

SHUFFLES: Final = 150
CLOSE_KINDS: Final = ("boolq", "lsat_ar", "sat_en", "sciq")
MODELS: Final = "task=question_id,worker=model,label=answer,kind=task"


def rain() -> str:
    """Return the CORP decomposition of four forecasts of rain."""
    rows: list[tuple[object, ...]] = []
    for name in ("EMOS", "Logistic", "ENS", "EPC"):
        log = read_score_log(
            RECORDS / "scoring" / "niamey_precip_2016.csv", f"report={name},outcome=obs"
        )
        card = scoreboard(log).cards[0]
        corp = card.corp
        parts = (corp.miscalibration, corp.discrimination, corp.uncertainty)
        test = card.test
        rows.append(
            (
                name,
                f"{card.brier:.4f}",
                *(f"{part:.4f}" for part in parts),
                f"{card.smooth:.3f}",
                "" if test is None else f"{test.z:.2f}",
            )
        )
    return table(("forecast", "Brier", "MCB", "DSC", "UNC", "smooth", "Z"), rows)


def verbal_confidences() -> str:
    """Return the Brier losses of verbal confidences by the length of history."""
    path = RECORDS / "scoring" / "llm_verbal_confidence_2023.csv"
    log = read_score_log(path, "worker=LLM,report=A2,outcome=IsCorrect", scale=10)
    models: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for entry in log.entries:
        if entry.report is not None:
            models[entry.worker].append((entry.report, entry.outcome))
    lengths = (0, 5, 10, 20)
    losses: dict[tuple[str, int], list[float]] = defaultdict(list)
    draw = Random(0)
    for model, outcomes in models.items():
        taught = Recalibrator()
        for other in models:
            for pair in models[other] if other != model else ():
                taught.observe(other, *pair)
        for _ in range(SHUFFLES):
            maps, order = deepcopy(taught), draw.sample(outcomes, len(outcomes))
            for seen in range(max(lengths) + 1):
                if seen in lengths:
                    following = order[seen : seen + 10]
                    forecast = maps.recalibration(model)
                    rate = (sum(x for _, x in order[:seen]) + 1) / (seen + 2)
                    losses["as stated", seen].append(fmean((p - x) ** 2 for p, x in following))
                    losses["own success rate, Beta(1, 1)", seen].append(
                        fmean((rate - x) ** 2 for _, x in following)
                    )
                    losses["recalibrated, prior from the others", seen].append(
                        fmean((forecast(p) - x) ** 2 for p, x in following)
                    )
                maps.observe(model, *order[seen])
    rows: list[tuple[object, ...]] = [
        (name, *(f"{fmean(losses[name, seen]):.3f}" for seen in lengths))
        for name in dict.fromkeys(name for name, _ in losses)
    ]
    return table(("forecast", *(f"after {seen} outcomes" for seen in lengths)), rows)


def stated_confidences() -> str:
    """Return what recalibration in the order of the file does to stated confidences."""
    rows: list[tuple[object, ...]] = []
    for name, left_out in (("conf11", "halueval"), ("rlcr5", None), ("gastro48", None)):
        log = read_score_log(
            RECORDS / "routing" / f"{name}.csv.gz",
            "worker=model,report=confidence,outcome=correct,kind=task,question=question_id",
        )
        entries = [entry for entry in log.entries if entry.kind != left_out]
        cards = scoreboard(ScoreLog(entries, [])).cards
        numbers = (
            fmean(card.realised for card in cards),
            fmean(card.stated or 0.0 for card in cards),
            fmean(card.brier for card in cards),
            fmean(card.recalibrated for card in cards),
            fmean(card.corp.uncertainty for card in cards),
            fmean(card.smooth for card in cards),
        )
        missing = sum(len(card.missing) for card in cards)
        shown = (f"{number:.3f}" for number in numbers)
        rows.append((name, len(cards), f"{len(entries):,}", missing, *shown))
    header = ("data", "models", "rows", "missing", "accuracy", "stated", "Brier", "recalibrated")
    return table((*header, "own rate", "smooth"), rows)


def crowds() -> str:
    """Return answers and rankings of three crowds."""
    rows: list[tuple[object, ...]] = []
    for name in ("bluebird", "rte", "dog"):
        log = _crowd(name)
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
    logs = {name: _crowd(name) for name in ("bluebird", "rte", "dog")}
    logs |= {name: _answers(name) for name in ("conf11", "mmlupro29")}
    rows: list[tuple[object, ...]] = []
    for mechanism in mechanisms:
        assigned = mechanism in {"dasgupta-ghosh", "correlated-agreement"}
        boards = [peer_board(log, mechanism, assigned=assigned) for log in logs.values()]
        rows.append((mechanism, *map(_correlation, boards)))
    rows.append(("accuracy as Dawid-Skene estimates it", *map(_estimated, logs.values())))
    return table(("rank correlation with accuracy", *logs), rows)


def votes() -> str:
    """Return what a vote gains by scores that were found without truth."""
    rows: list[tuple[object, ...]] = []
    for name in ("conf11", "mmlupro29"):
        log = _answers(name)
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


TABLES: Final = (
    (
        "Rain at Niamey",
        (
            "92 days of 2016, four forecasts. Brier = MCB - DSC + UNC; the published decomposition"
            " (Dimitriadis, Gneiting and Jordan 2021) has the same digits."
        ),
        rain,
    ),
    (
        "Verbal confidences",
        (
            "Ten language models of 2023, 382 answers to 40 problems. Brier loss of the next ten answers,"
            f" lower is better: mean over models and {SHUFFLES} orders of their answers each; the map"
            " that starts the newcomer is that of the nine others."
        ),
        verbal_confidences,
    ),
    (
        "Stated confidences, in the order of the file",
        (
            "Means over models; Brier losses. Recalibrated: each forecast uses the rows above it alone."
            " Own rate: the loss of a worker's overall success rate, known only afterwards. Missing"
            " reports score as the base rate of their kind. conf11 without HaluEval, where the stated"
            " number is not the chance that the own answer is right. rlcr5 is one model in five trainings."
        ),
        stated_confidences,
    ),
    (
        "Answers of three crowds",
        (
            "Accuracy of the consensus, over all tasks with a known truth. Weighted by score: votes count"
            " as much as the worker's Dasgupta-Ghosh score. GLAD loses on bluebird, where errors lean one"
            " way. Workers with fewer than four tasks shared with peers are not scored."
        ),
        crowds,
    ),
    (
        "Who is good, without the truth",
        (
            "Spearman's rank correlation of score and true accuracy, over the workers that were scored"
            " (in brackets). Dasgupta-Ghosh and Correlated Agreement with `assigned=True`. conf11:"
            " eleven close models, kinds BoolQ, LSAT, SAT and SciQ; mmlupro29: 29 models, 14 subjects;"
            " each kind is scored by itself and an answer that could not be read earns 0 (output"
            " agreement leaves it out). Dawid-Skene ranks all workers, those with one label too."
            " Correlated Agreement pays nothing for telling apart labels that peers often confuse, and"
            " on dog, where similar breeds go together, that is the skill."
        ),
        rankings,
    ),
    (
        "Votes weighted without the truth",
        (
            "Accuracy of the vote over the questions of those kinds, votes weighted by Dasgupta-Ghosh"
            " scores against one vote each; the best single model is known only afterwards."
        ),
        votes,
    ),
    (
        "Peer grades",
        (
            "Joint distributions of two graders of 1,893 questions in courses of edX (Shnayder, Agarwal,"
            " Frongillo and Parkes 2016). Where an off-diagonal cell is larger than chance, plain"
            " agreement is not truthful and Correlated Agreement is needed."
        ),
        grades,
    ),
    (
        "State capitals",
        (
            "Is the named city the capital of its state? 33 people per state, 50 of the 490 items on which Prelec,"
            " Seung and McCoy (2017) report 21.3 % fewer errors; the others are not among the records, so"
            " that number is not reproduced."
        ),
        capitals,
    ),
)
"""Title, what it rests on, and the table."""


def page() -> str:
    """Return all tables as markdown."""
    return "\n\n".join(f"### {title}\n\n{about}\n\n{made()}" for title, about, made in TABLES)


def main() -> None:
    """Write the tables into the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{page()}\n\n{END}{after}", encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


def _crowd(name: str) -> PeerLog:
    log = read_peer_log(RECORDS / "scoring" / f"{name}_label.csv", "task=item")
    with (RECORDS / "scoring" / f"{name}_truth.csv").open(encoding="utf-8") as file:
        log.kinds[""].gold = {row["item"]: row["truth"] for row in csv.DictReader(file)}
    return log


def _answers(name: str) -> PeerLog:
    """Return the answers of language models, with the truth of the questions."""
    log = read_peer_log(RECORDS / "routing" / f"{name}.csv.gz", MODELS)
    path = RECORDS / "routing" / f"{name}_questions.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            log.kinds[row["task"]].gold[row["question_id"]] = row["gold"]
    if name == "conf11":
        log.kinds = {kind: log.kinds[kind] for kind in CLOSE_KINDS}
    return log


def _correlation(board: PeerBoard) -> str:
    scored = sum(card.score is not None for card in board.cards)
    found = board.correlation
    return "-" if found is None else f"{found:.3f} ({scored})"


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
    known_workers = [worker for worker in sums if asked[worker]]
    found = rank_correlation(
        [sums[worker] / asked[worker] for worker in known_workers],
        [right[worker] / asked[worker] for worker in known_workers],
    )
    return "-" if found is None else f"{found:.3f} ({len(known_workers)})"


if __name__ == "__main__":
    main()
