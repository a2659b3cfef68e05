"""Runs a configured workflow from its first task to its last."""

import gc
from collections.abc import Callable, Sequence

from orchestrator.auction.execution import Ending
from orchestrator.bootstrap import Fleet
from orchestrator.coordinator import Coordinator, course_of
from orchestrator.planning.pursuit import OnPlan, Solution
from protocols.events import Event

Listener = Callable[[Event], None]


async def work(
    market: Coordinator,
    fleet: Fleet,
    listeners: Sequence[Listener],
    on_plan: OnPlan | None = None,
) -> Solution | None:
    """Have every task of a workflow done; what happens is told to the listeners and journaled.

    Results are not kept: memory does not grow with the number of tasks that are done.

    Args:
        market: The market that the workflow describes.
        fleet: Its workers, tasks and goal; tasks that are made on the way are added to it.
        listeners: Are told of every event.
        on_plan: Is shown each plan that is made for the goal, before its tasks are announced.

    Returns:
        What became of the goal, if the workflow has one.
    """
    for listener in listeners:
        market.listen(listener)
    async with market:
        if fleet.goal is not None:
            solution = await market.solve(fleet.goal, on_plan)
            fleet.tasks.extend(solution.announced)
            return solution
        if (course := course_of(fleet.tasks)) is not None:
            await market.follow(course, _forget)
            fleet.tasks.extend(course.handed)
            return None
        entries = market.admit(fleet.tasks)
        gc.freeze()  # tasks live as long as the run: no collection need look at them again
        try:
            await market.complete(entries, _forget)
        finally:
            gc.unfreeze()
    return None


def _forget(ending: Ending) -> None:
    del ending
