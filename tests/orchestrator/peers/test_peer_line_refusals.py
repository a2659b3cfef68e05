"""Tests of the second line: settings and tasks that it refuses."""

from pathlib import Path

import anyio
import pytest
from anyio.lowlevel import checkpoint

from orchestrator.coordinator import Coordinator
from orchestrator.task import Task
from tests.orchestrator.labelling import GOOD, fleet, label_tasks, run


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mechanism": "contingent-vcg"}, "the mechanism 'contingent-vcg' cannot award tasks with"),
        ({"peer": {"mechanism": "surrogte"}}, "unknown mechanism 'surrogte'"),
        ({"peer": {"stake": -1}}, "peer: stake: "),
        ({"peer": {"tolerance": 1}}, "a tolerance is for classes: numeric"),
        ({"tasks": label_tasks(1, 5)}, "goes to 5 workers of different owners, but the workers"),
        ({"tasks": label_tasks(1, 0)}, "redundancy is at least 1, not 0"),
        (
            {"tasks": [*label_tasks(1), Task("p", 1, id="p0#2")]},
            "the id 'p0#2' is that of a copy of task 'p0'",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    """Settings and tasks that do not go together are refused before anything is announced."""
    given: dict[str, object] = {"tasks": label_tasks(1), **changes}
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are checked below
        run(tmp_path / "run.db", fleet(GOOD), **given)  # type: ignore[arg-type]
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("first", [Task("p", 1, id="t", redundancy=2), Task("p", 1, id="t#2")])
def test_a_task_and_a_copy_never_share_an_id(first: Task) -> None:
    """Whichever of the two is given first, the other is refused, and the run goes on."""
    tasks = [Task("p", 1, id="t", redundancy=2), Task("p", 1, id="t#2")]
    (second,) = [task for task in tasks if task.id != first.id]

    async def main() -> int:
        async with Coordinator(fleet(GOOD), mechanism="vcg", peer={}) as market:
            (entry,) = market.admit([first])
            ended: list[object] = []
            async with anyio.create_task_group() as group:
                group.start_soon(market.complete, [entry], ended.append)
                await checkpoint()
                with pytest.raises(ValueError, match="the id 't#2' is that of a copy of task 't'"):
                    await market.run(second)
            return len(ended)

    assert anyio.run(main) == 1
