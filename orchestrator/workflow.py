"""Runs a configured workflow from its first task to its last."""

import gc
from collections.abc import Callable, Sequence

from orchestrator.bootstrap import Fleet
from orchestrator.coordinator import Coordinator
from orchestrator.execution import Ending
from protocols.events import Event

Listener = Callable[[Event], None]


async def work(market: Coordinator, fleet: Fleet, listeners: Sequence[Listener]) -> None:
    """Have every task of a workflow done; what happens is told to the listeners and journaled.

    Results are not kept: memory does not grow with the number of tasks that are done.
    """
    for listener in listeners:
        market.listen(listener)
    async with market:
        entries = market.admit(fleet.tasks)
        gc.freeze()  # tasks live as long as the run: no collection need look at them again
        try:
            await market.complete(entries, _forget)
        finally:
            gc.unfreeze()


def _forget(ending: Ending) -> None:
    del ending
