"""Tests of the pure step from answers to peer scores and consensus."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from orchestrator.peer_settings import PeerSettings
from orchestrator.peers.copies import pairing_seed
from orchestrator.peers.peer_scoring import compare_answers
from protocols.events import PeersScored
from scoring.agreement import output_agreement
from scoring.correlated_agreement import correlated_agreement, dasgupta_ghosh
from scoring.panel import Panel, panel_of
from scoring.peer import PeerReport, PeerResult, PeerScore, draw

if TYPE_CHECKING:
    from protocols.peer_scores import PeerStanding


def _reports(tasks: int = 40, workers: str = "vwxyz") -> list[PeerReport]:
    """Return reports of workers that are right four times out of five."""
    return [
        PeerReport(
            f"t{task}",
            worker,
            worker,
            worker,
            "ab"[int(draw(1, f"{task}") * 2) ^ (draw(2, worker, f"{task}") < 0.2)],
            confidence=0.8,
        )
        for task in range(tasks)
        for worker in workers
    ]


def _compare(reports: list[PeerReport], **settings: object) -> PeersScored:
    return compare_answers(1, "k", reports, {}, PeerSettings.model_validate(settings), 7)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("correlated-agreement", correlated_agreement),
        ("dasgupta-ghosh", dasgupta_ghosh),
        ("output-agreement", output_agreement),
    ],
)
def test_the_scores_are_those_of_the_scoring_package(
    name: str, function: Callable[[Panel], tuple[PeerResult, ...]]
) -> None:
    """The market adds nothing to a peer score but rounding at the twelfth digit."""
    reports = _reports()
    expected = function(panel_of(reports, seed=pairing_seed(7, 1)))
    found = _compare(reports, mechanism=name)
    assert found.seed == pairing_seed(7, 1)
    for one, other in zip(found.workers, expected, strict=True):
        assert isinstance(other, PeerScore)
        assert one.worker == other.worker
        assert one.score == pytest.approx(other.score, abs=1e-12)
        assert one.standard_error == pytest.approx(other.standard_error, abs=1e-12)
        assert (one.comparisons, one.answers) == (other.comparisons, 40)


@pytest.mark.parametrize(
    "aggregate", ["plurality", "weighted", "dawid-skene", "glad", "log-odds-pool"]
)
def test_every_aggregator_finds_the_answers(aggregate: str) -> None:
    """Each way of making five answers one is right on nearly every task, with its support."""
    found = _compare(_reports(), aggregate=aggregate)
    right = sum(one.answer == "ab"[int(draw(1, one.task[1:]) * 2)] for one in found.answers)
    assert right >= 34
    assert {one.answers for one in found.answers} == {5}


def test_a_single_answer_is_no_consensus() -> None:
    """A task that one worker answered has no entry."""
    reports = [*_reports(10), PeerReport("lonely", "v", "v", "v", "a", confidence=0.5)]
    assert "lonely" not in {one.task for one in _compare(reports).answers}


def test_no_answers_are_no_scores() -> None:
    """A batch without a single answer is scored all the same, and is empty."""
    found = _compare([])
    assert found.workers == ()
    assert found.answers == ()


def test_too_few_tasks_are_refused_with_the_reason() -> None:
    """Who shares three tasks with peers is refused a score; the tasks have answers still."""
    found = _compare(_reports(3))
    assert {one.score for one in found.workers} == {None}
    assert all("only 3 usable tasks" in one.refusal for one in found.workers)
    assert len(found.answers) == 3


def test_gold_turns_scores_down_that_nobody_can_orient() -> None:
    """Where third parties swap the labels of known answers, correlated agreement scores nobody."""
    reports = _reports()
    right = {f"t{task}": "ab"[int(draw(1, f"{task}") * 2)] for task in range(40)}
    swapped = {task: "ba"["ab".index(label)] for task, label in right.items()}
    settings = PeerSettings()
    honest = compare_answers(1, "k", reports, right, settings, 7)
    turned = compare_answers(1, "k", reports, swapped, settings, 7)
    assert all(one.score is not None for one in honest.workers)
    assert all(one.score is None and one.refusal for one in turned.workers)


def test_answers_that_do_not_suit_the_mechanism_are_refused() -> None:
    """A mechanism that cannot take these answers at all refuses everybody with one reason."""
    settings = PeerSettings(mechanism="gold-hybrid")
    found = compare_answers(1, "k", _reports(), {}, settings, 7)
    assert all("checked tasks" in one.refusal for one in found.workers)


def test_workers_of_one_owner_are_one_pay_unit() -> None:
    """Each answer of an owner's two workers is paid by one score, their own weighed by answers."""
    reports = [
        one._replace(worker="twin", owner="z") if one.worker == "z" and one.task < "t2" else one
        for one in _reports()
    ]
    found: dict[str, PeerStanding] = {one.worker: one for one in _compare(reports).workers}
    z, twin = found["z"], found["twin"]
    assert z.score is not None
    assert twin.score is not None
    together = (z.answers * z.score + twin.answers * twin.score) / 40
    assert z.score != twin.score
    assert z.pay_unit == twin.pay_unit == pytest.approx(together, abs=1e-11)
    assert found["v"].pay_unit == found["v"].score


def test_a_name_without_a_score_is_not_paid_by_that_of_its_owner() -> None:
    """Three answers under a second name are too few for a score, and earn nothing by the first."""
    reports = [
        one._replace(worker="twin", owner="z") if one.worker == "z" and one.task < "t11" else one
        for one in _reports()
    ]
    found: dict[str, PeerStanding] = {one.worker: one for one in _compare(reports).workers}
    assert found["twin"].answers == 3
    assert found["twin"].refusal
    assert found["twin"].pay_unit is None
    assert found["z"].pay_unit == found["z"].score
