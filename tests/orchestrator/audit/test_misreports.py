"""Every lie changes what liars say, and nothing of what is true."""

import pytest

from orchestrator.audit.misreports import MISREPORTS, honest
from orchestrator.audit.scene import Answer
from protocols.units import WorkerId
from tests.orchestrator.audit.crowds import crowd

SCENE = crowd(lots=2).scenes(0, 1)[0]
LIARS = (WorkerId("ann"), WorkerId("ben"))


@pytest.mark.parametrize("name", MISREPORTS)
def test_a_lie_is_a_change_of_what_liars_say_or_do(name: str) -> None:
    """Honest workers bid as before, and somebody or something among the liars differs."""
    act, truth = MISREPORTS[name].act(SCENE, LIARS, 7), honest(SCENE)
    others = [bid for bid in act.bids if act.owners.get(bid.worker, bid.worker) not in LIARS]
    assert others == [bid for bid in truth.bids if bid.worker not in LIARS]
    assert (list(act.bids), act.effort) != (list(truth.bids), truth.effort)


@pytest.mark.parametrize("name", MISREPORTS)
def test_what_is_true_stays_true(name: str) -> None:
    """Under whatever name, work costs and succeeds as before; only who shirks spends less."""
    act = MISREPORTS[name].act(SCENE, LIARS, 7)
    for (worker, task), bid in act.known.items():
        owner = act.owners.get(worker, worker)
        truth = SCENE.known[owner, task]
        share = act.effort.get(owner, 1.0)
        assert bid.cost == pytest.approx(truth.cost * share, abs=1)
        assert bid.probability == pytest.approx(truth.probability * share)


@pytest.mark.parametrize("name", MISREPORTS)
def test_everybody_who_bids_takes_part(name: str) -> None:
    """Invented names are participants too, with the capacity of their owner."""
    act = MISREPORTS[name].act(SCENE, LIARS, 7)
    known = {each.worker for each in act.announcement.participants}
    assert {bid.worker for bid in act.bids} <= known


def test_only_lasting_lies_of_one_are_strategies() -> None:
    """Best responses are made of reports alone: no new names, no partners, no idling."""
    assert {name for name, lie in MISREPORTS.items() if lie.trusted} == {
        "cost-over",
        "cost-double",
        "cost-under",
        "confidence-up",
        "confidence-down",
        "always-certain",
        "sandbagging",
        "random",
    }


def test_whitewashing_takes_new_names() -> None:
    """The name changes from time to time, so that no past sticks to it."""
    act = MISREPORTS["whitewashing"].act
    names = {bid.worker for place in (0, 9, 10) for bid in act(SCENE, LIARS[:1], place).bids}
    assert {"ann~0", "ann~1"} < names
    assert "ann" not in names


def test_who_lies_about_its_chance_lies_about_its_answer() -> None:
    """By the same function; others and those who say nothing of it are left as they are."""
    liar, other = LIARS[0], next(each for each, _ in SCENE.known if each not in LIARS[:1])
    tasks = [task for worker, task in SCENE.known if worker == liar]
    answers = {(name, task): Answer("yes", 0.5) for name in (liar, other) for task in tasks}
    scene = SCENE._replace(answers=answers)
    for name, stated in (("always-certain", 1.0), ("confidence-down", 0.269), ("cost-over", 0.5)):
        found = MISREPORTS[name].act(scene, [liar], 0).answers
        assert found[liar, tasks[0]].confidence == pytest.approx(stated, abs=1e-3)
        assert found[other, tasks[0]] == answers[other, tasks[0]]
    renamed = MISREPORTS["sybil"].act(scene, [liar], 0).answers
    assert renamed[WorkerId(f"{liar}~2"), tasks[0]].confidence == 0.5
