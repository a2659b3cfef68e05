"""Scenes are fixed by their number, tell the truth behind strategies, and replay records."""

from pathlib import Path

import pytest

from orchestrator.audit.population import Crowd
from orchestrator.bootstrap import Fleet
from orchestrator.errors import ConfigError
from orchestrator.verbs.options import read
from tests.orchestrator.audit.crowds import crowd
from tests.orchestrator.command import CONFIGS
from workers.scripted import ScriptedWorker
from workers.simulated import SimulatedWorker


def test_the_same_number_gives_the_same_scenes() -> None:
    """Replications can be played anywhere and in any order."""
    assert crowd().scenes(4, 5) == crowd().scenes(4, 5)
    assert crowd().scenes(4, 5) != crowd().scenes(5, 5)


def test_scenes_tell_the_truth_behind_a_strategy() -> None:
    """What an overconfident worker knows is what an honest one would say."""
    assert crowd(ann="overconfident").scenes(0, 3) == crowd().scenes(0, 3)


def test_outcomes_follow_the_probabilities() -> None:
    """Over many scenes as many works succeed as were to be expected, within four deviations."""
    scenes = crowd().scenes(0, 2_000)
    drawn = [success for scene in scenes for success in scene.success.values()]
    chances = [bid.probability for scene in scenes for bid in scene.known.values()]
    deviation = sum(chance * (1 - chance) for chance in chances) ** 0.5
    assert abs(sum(drawn) - sum(chances)) < 4 * deviation


def test_recorded_questions_come_once_with_their_recorded_ends() -> None:
    """A replication on records is a random order of the questions."""
    config, fleet = read(CONFIGS / "recorded.yaml", ["records.limit=60"])
    scenes = Crowd(fleet, config.seed, 2).scenes(1, 1_000)
    names = [lot.task for scene in scenes for lot in scene.announcement.lots]
    assert len(scenes) == 30
    assert sorted(names) == sorted({str(task.id) for task in fleet.tasks})
    assert {success for scene in scenes for success in scene.success.values()} <= {0.0, 1.0}
    assert all(scene.recorded for scene in scenes)


def test_a_worker_without_a_known_truth_is_refused() -> None:
    """The message says what to audit instead."""
    fleet = Fleet([ScriptedWorker("model")], [], Path())
    with pytest.raises(ConfigError, match="audit a journal"):
        Crowd(fleet, 0, 1)


def test_a_goal_has_no_tasks_before_it_is_planned() -> None:
    """The message says what to audit instead."""
    with pytest.raises(ConfigError, match="audit a journal"):
        Crowd(Fleet([SimulatedWorker("one", skill=0.5)], [], Path()), 0, 1)
