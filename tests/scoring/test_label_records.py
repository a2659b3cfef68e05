"""Real labels of crowds and of language models: how well scores without truth rank them."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from typing import NamedTuple

import numpy as np
import pytest

from scoring.aggregation import dawid_skene, glad, plurality, weighted
from scoring.correlated_agreement import correlated_agreement, dasgupta_ghosh
from scoring.dawid_skene import fit
from scoring.panel import Panel, panel_of
from scoring.peer import PeerReport, PeerScore
from tests.records import records


class Record(NamedTuple):
    """One answer of a language model; an empty answer could not be read."""

    question: str
    subject: str
    model: str
    answer: str
    correct: bool


def _rank_correlation(one: list[float], other: list[float]) -> float:
    """Return Spearman's rank correlation; ties get their mean rank."""
    ranks: list[list[float]] = []
    for values in (one, other):
        _, place, count = np.unique(values, return_inverse=True, return_counts=True)
        ranks.append(((np.cumsum(count) - (count - 1) / 2)[place]).tolist())
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _crowd(name: str) -> tuple[Panel, dict[str, str]]:
    with records("scoring", f"{name}_label.csv").open() as file:
        rows = [
            PeerReport(row["item"], row["worker"], row["worker"], row["worker"], row["label"])
            for row in csv.DictReader(file)
        ]
    with records("scoring", f"{name}_truth.csv").open() as file:
        truth = {row["item"]: row["truth"] for row in csv.DictReader(file)}
    return panel_of(rows), truth


def _accuracies(panel: Panel, truth: dict[str, str]) -> dict[str, float]:
    right: dict[str, list[bool]] = defaultdict(list)
    for report in panel.reports:
        if report.task in truth:
            right[report.worker].append(report.report == truth[report.task])
    return {worker: sum(hits) / len(hits) for worker, hits in right.items()}


@pytest.mark.parametrize(("name", "least"), [("bluebird", 0.898), ("rte", 0.927), ("dog", 0.842)])
def test_dawid_skene_answers_as_well_as_published(name: str, least: float) -> None:
    """Dawid-Skene reaches the known accuracy on every crowd and beats the majority there."""
    panel, truth = _crowd(name)
    answered, voted = (
        sum(one.answer == truth[one.task] for one in found if one.task in truth) / len(truth)
        for found in (dawid_skene(panel), plurality(panel))
    )
    assert answered >= least
    assert answered > voted


@pytest.mark.parametrize(("name", "least"), [("rte", 0.92), ("dog", 0.83)])
def test_glad_answers_better_than_the_majority(name: str, least: float) -> None:
    """One ability per worker helps on rte and dog (not on bluebird, where errors lean one way)."""
    panel, truth = _crowd(name)
    found = [one.answer == truth[one.task] for one in glad(panel) if one.task in truth]
    assert sum(found) / len(truth) >= least


@pytest.mark.parametrize(("name", "least"), [("bluebird", 0.92), ("rte", 0.735), ("dog", 0.82)])
def test_peer_scores_rank_the_crowd(name: str, least: float) -> None:
    """Dasgupta-Ghosh scores and true accuracies of all scored workers are ranked alike."""
    panel, truth = _crowd(name)
    accuracy = _accuracies(panel, truth)
    scored = [r for r in dasgupta_ghosh(panel, assigned=True) if isinstance(r, PeerScore)]
    scored = [one for one in scored if one.worker in accuracy]
    found = _rank_correlation([s.score for s in scored], [accuracy[s.worker] for s in scored])
    assert len(scored) >= {"bluebird": 39, "rte": 164, "dog": 95}[name]
    assert found >= least


def test_dawid_skene_measures_better_than_peer_scores_pay() -> None:
    """On bluebird the estimated accuracies are ranked like the true ones with .97."""
    panel, truth = _crowd("bluebird")
    accuracy = _accuracies(panel, truth)
    model = fit(panel.task, panel.worker, panel.label, len(panel.classes))
    true = [accuracy[worker] for worker in panel.workers]
    assert _rank_correlation(model.accuracy.tolist(), true) > 0.96


def test_learned_agreement_forgets_what_real_peers_confuse() -> None:
    """Similar breeds of dogs go together, so correlated agreement hardly ranks their experts."""
    panel, truth = _crowd("dog")
    accuracy = _accuracies(panel, truth)
    scored = [r for r in correlated_agreement(panel, assigned=True) if isinstance(r, PeerScore)]
    scored = [one for one in scored if one.worker in accuracy]
    found = _rank_correlation([s.score for s in scored], [accuracy[s.worker] for s in scored])
    assert found < 0.5


def _answers(name: str, dropped: tuple[str, ...] = ()) -> list[Record]:
    with gzip.open(records("routing", f"{name}.csv.gz"), "rt") as file:
        return [
            Record(
                row["question_id"],
                row["task"],
                row["model"],
                row["answer"],
                float(row["correct"]) == 1,
            )
            for row in csv.DictReader(file)
            if row["task"] not in dropped
        ]


def _panel(rows: list[Record]) -> Panel:
    return panel_of(
        PeerReport(row.question, row.model, row.model, row.model, row.answer)
        for row in rows
        if row.answer
    )


def _peer_scores(rows: list[Record]) -> dict[str, float]:
    """Score every model subject by subject; an answer that could not be read earns 0."""
    subjects: dict[str, list[Record]] = defaultdict(list)
    asked: dict[str, int] = defaultdict(int)
    for row in rows:
        subjects[row.subject].append(row)
        asked[row.model] += 1
    totals: dict[str, float] = defaultdict(float)
    for mine in subjects.values():
        panel = _panel(mine)
        given = np.bincount(panel.worker)
        for count, result in zip(given, dasgupta_ghosh(panel, assigned=True), strict=True):
            assert isinstance(result, PeerScore)
            totals[result.worker] += result.score * int(count)
    return {model: total / asked[model] for model, total in totals.items()}


def _known(rows: list[Record]) -> dict[str, float]:
    right: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        right[row.model].append(row.correct)
    return {model: sum(hits) / len(hits) for model, hits in right.items()}


def _vote(rows: list[Record], scores: dict[str, float]) -> tuple[float, float]:
    """Return the accuracy of the vote weighted by scores, and of the plain one."""
    good = {(row.question, row.answer) for row in rows if row.correct}
    panel = _panel(rows)
    found = weighted(panel, weights={model: max(score, 0.0) for model, score in scores.items()})
    plain = plurality(panel)
    questions = len({row.question for row in rows})
    one, other = (
        sum((one.task, one.answer) in good for one in answers) / questions
        for answers in (found, plain)
    )
    return one, other


def test_close_models_are_ranked_without_truth() -> None:
    """Eleven close models on four sets: rank correlation with accuracy above .764."""
    rows = _answers("conf11", ("halueval", "lifeeval"))
    scores, accuracy = _peer_scores(rows), _known(rows)
    models = sorted(scores)
    assert len(models) == 11
    assert _rank_correlation([scores[m] for m in models], [accuracy[m] for m in models]) >= 0.764
    with_scores, plain = _vote(rows, scores)
    assert with_scores >= plain


@pytest.mark.long
def test_many_models_are_ranked_without_truth() -> None:
    """29 models on 14 subjects: rank correlation with accuracy at least .978, a better vote."""
    rows = _answers("mmlupro29")
    scores, accuracy = _peer_scores(rows), _known(rows)
    models = sorted(scores)
    assert len(models) == 29
    assert _rank_correlation([scores[m] for m in models], [accuracy[m] for m in models]) >= 0.978
    with_scores, plain = _vote(rows, scores)
    assert with_scores > plain + 0.02
