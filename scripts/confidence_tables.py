"""What is known of stated confidences on real records, as tables."""

from collections import defaultdict
from copy import deepcopy
from random import Random
from statistics import fmean
from typing import Final

from benchmarks.measure import table
from orchestrator.logs.score_log import ScoreLog, read_score_log
from orchestrator.logs.scoreboard import scoreboard
from scoring.recalibration import Recalibrator
from scripts.public_records import RECORDS

SHUFFLES: Final = 150


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
