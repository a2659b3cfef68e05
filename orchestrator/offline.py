"""Runs a workflow whose model calls are played back, and stops at the first that was not recorded."""

from collections.abc import Sequence

import anyio

from orchestrator.bootstrap import Fleet
from orchestrator.coordinator import Coordinator
from orchestrator.planning.pursuit import OnPlan, Solution
from orchestrator.workflow import Listener, work
from workers.cassette import ReplayChat


async def work_offline(
    player: ReplayChat,
    market: Coordinator,
    fleet: Fleet,
    listeners: Sequence[Listener],
    on_plan: OnPlan | None = None,
) -> Solution | None:
    """Do as `orchestrator.workflow.work`, and stop where a recording lacks what a model is asked.

    A market survives whatever a worker raises; what follows a call without an answer would be
    another run, so it is ended there.

    Args:
        player: Answers the model calls of the fleet.
        market: The market that the workflow describes.
        fleet: Its workers, tasks and goal.
        listeners: Are told of every event.
        on_plan: Is shown each plan that is made for the goal.

    Raises:
        CassetteError: If a call is not in the recording; says how the nearest one differs.
    """
    solution = None
    with anyio.CancelScope() as scope:
        player.on_miss = scope.cancel
        solution = await work(market, fleet, listeners, on_plan)
    if player.missed is not None:
        raise player.missed
    return solution
