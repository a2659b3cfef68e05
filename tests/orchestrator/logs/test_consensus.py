"""The answers that a log of labels adds up to."""

from pathlib import Path

import pytest

from orchestrator.errors import InputError
from orchestrator.logs.consensus import NEEDS, Answer, accuracy, consensus, write_answers
from orchestrator.logs.peer_log import PeerLog, read_peer_log
from orchestrator.logs.peer_scores import peer_board
from scoring.catalog import AGGREGATORS
from tests.orchestrator.label_files import joined, letters
from tests.records import records


def _answers(log: PeerLog, aggregator: str) -> list[Answer]:
    return consensus(log, aggregator, peer_board(log, "output-agreement"))


@pytest.mark.parametrize("aggregator", AGGREGATORS)
def test_answers_of_six_workers(tmp_path: Path, aggregator: str) -> None:
    """Each aggregator answers every task, and better than four of the six workers."""
    answers = _answers(letters(tmp_path, [0.85, 0.8, 0.75, 0.7, 0.65, 0.6]), aggregator)
    assert len(answers) == 400
    right = accuracy(answers)
    assert right is not None
    assert right > 0.75


@pytest.mark.parametrize("aggregator", NEEDS)
def test_a_missing_column_is_named(tmp_path: Path, aggregator: str) -> None:
    """An aggregator that needs more than labels says which column is missing."""
    path = tmp_path / "log.csv"
    path.write_text("task,worker,label\nt,ann,1\n")
    with pytest.raises(InputError, match=f"needs a column '{NEEDS[aggregator]}'"):
        _answers(read_peer_log(path), aggregator)


def test_a_task_without_what_is_needed_is_named(tmp_path: Path) -> None:
    """One task without any prediction is the user's input, told by its name."""
    path = tmp_path / "log.csv"
    path.write_text("task,worker,label,prediction\nt,ann,1,1=1\nu,ann,1,\n")
    with pytest.raises(InputError, match="expected a prediction of the votes on task 'u'"):
        _answers(read_peer_log(path), "surprisingly-popular")


def test_answers_are_written_as_a_table(tmp_path: Path) -> None:
    """The file has one row per task, with the truth where it is known."""
    path = tmp_path / "answers.csv"
    answers = [Answer("", "t", "yes", 0.75, "yes"), Answer("k", "u", "no", 1.0, "")]
    write_answers(answers, path)
    assert path.read_text() == "kind,task,answer,support,gold\n,t,yes,0.75,yes\nk,u,no,1.0,\n"
    assert (accuracy(answers), accuracy(answers[1:])) == (1.0, None)


@pytest.mark.parametrize(("name", "least"), [("bluebird", 0.898), ("rte", 0.927), ("dog", 0.842)])
def test_real_crowds_answer_as_well_as_known(name: str, least: float) -> None:
    """Dawid-Skene's accuracy on three crowds is what their literature knows."""
    log = joined(records("scoring", f"{name}_label.csv"), records("scoring", f"{name}_truth.csv"))
    right = accuracy(_answers(log, "dawid-skene"))
    assert right is not None
    assert right >= least
