"""Scenes of redundancy: every lot is another attempt at the same task."""

from orchestrator.audit.scene import attempts
from tests.orchestrator.audit.crowds import crowd


def test_attempts_are_copies_of_one_lot() -> None:
    """With the names of their own that mechanisms ask for, and the costs and chances of the first."""
    (scene,) = crowd(lots=3).scenes(0, 1)
    tried = attempts(scene)
    first, *more = tried.announcement.lots
    assert first == scene.announcement.lots[0]
    assert [each.value for each in more] == [first.value] * 2
    assert len({each.task for each in tried.announcement.lots}) == 3
    for (worker, task), bid in tried.known.items():
        own = scene.known[worker, first.task]
        assert (bid.task, bid.cost, bid.probability) == (task, own.cost, own.probability)
        assert tried.success[worker, task] == scene.success[worker, first.task]
