"""From the answers to a batch of tasks to peer scores and consensus: a pure function."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from orchestrator.peer_settings import NEEDS_GOLD, PeerSettings
from orchestrator.peers.copies import pairing_seed
from protocols.events import PeersScored
from protocols.peer_scores import PeerAnswer, PeerStanding
from protocols.units import TaskId, WorkerId
from scoring.aggregation import Consensus
from scoring.catalog import AGGREGATORS, PEER_MECHANISMS
from scoring.panel import Panel, panel_of
from scoring.pay_unit import by_owner
from scoring.peer import PeerRefusal, PeerReport, PeerResult, PeerScore

FEWEST_ANSWERS: Final = 2
"""So many answers to a task make a consensus."""

_DIGITS: Final = 12
_LEAST_WEIGHT: Final = 1e-9


def compare_answers(
    batch: int,
    kind: str,
    reports: Sequence[PeerReport],
    gold: Mapping[str, str],
    settings: PeerSettings,
    seed: int,
) -> PeersScored:
    """Score a batch of answers and make each task's answers one.

    Args:
        batch: Its number in the run.
        kind: The kind of all its tasks.
        reports: The answers, as the names of their classes.
        gold: The class of the accepted answer, for tasks with a verifier.
        settings: How they are compared.
        seed: The seed of the run.

    Returns:
        One entry for each worker with an answer, a score or the reason why there is none, and one
        for each task with enough answers. Numbers are rounded to twelve digits, so that a replay
        on another machine finds the same.
    """
    drawn = pairing_seed(seed, batch)
    workers: tuple[PeerStanding, ...] = ()
    answers: tuple[PeerAnswer, ...] = ()
    if reports:
        panel = panel_of(reports, seed=drawn)
        results = _score(panel, gold, settings)
        workers = _standings(panel, results)
        answers = _answers(panel, _aggregate(panel, results, settings))
    return PeersScored(
        batch=batch,
        kind=kind,
        mechanism=settings.mechanism,
        aggregate=settings.aggregate,
        seed=drawn,
        workers=workers,
        answers=answers,
    )


def _score(panel: Panel, gold: Mapping[str, str], settings: PeerSettings) -> Sequence[PeerResult]:
    needed = NEEDS_GOLD.get(settings.mechanism)
    asked = needed or (gold and needed is not None)
    options: dict[str, Any] = {"gold": gold} if asked else {}
    try:
        return PEER_MECHANISMS[settings.mechanism](panel, **options)
    except ValueError as error:  # these answers do not suit the mechanism, whoever gave them
        return [PeerRefusal(worker, str(error)) for worker in panel.workers]


def _standings(panel: Panel, results: Sequence[PeerResult]) -> tuple[PeerStanding, ...]:
    counts = Counter(report.worker for report in panel.reports)
    owners = {report.worker: report.owner for report in panel.reports}
    units = {one.owner: one.score for one in by_owner(panel, results)}
    return tuple(
        _standing(result, counts[result.worker], owners[result.worker], units) for result in results
    )


def _standing(
    result: PeerResult, answers: int, owner: str, units: Mapping[str, float]
) -> PeerStanding:
    worker = WorkerId(result.worker)
    if isinstance(result, PeerRefusal):
        return PeerStanding(worker=worker, answers=answers, refusal=result.reason[:2000])
    return PeerStanding(
        worker=worker,
        answers=answers,
        score=round(result.score, _DIGITS),
        comparisons=result.comparisons,
        standard_error=round(result.standard_error, _DIGITS),
        pay_unit=round(units[owner], _DIGITS),
    )


def _aggregate(
    panel: Panel, results: Sequence[PeerResult], settings: PeerSettings
) -> Sequence[Consensus]:
    if settings.aggregate != "weighted":
        return AGGREGATORS[settings.aggregate](panel)
    # who has no score, or none above chance, decides only where nobody else does
    weights = {
        result.worker: max(result.score, 0.0) if isinstance(result, PeerScore) else 0.0
        for result in results
    }
    floor = {worker: weight + _LEAST_WEIGHT for worker, weight in weights.items()}
    return AGGREGATORS["weighted"](panel, weights=floor)


def _answers(panel: Panel, found: Sequence[Consensus]) -> tuple[PeerAnswer, ...]:
    counts = Counter(report.task for report in panel.reports)
    return tuple(
        PeerAnswer(
            task=TaskId(one.task),
            answer=one.answer,
            support=min(1.0, max(0.0, round(one.support, _DIGITS))),
            answers=counts[one.task],
        )
        for one in found
        if counts[one.task] >= FEWEST_ANSWERS
    )
