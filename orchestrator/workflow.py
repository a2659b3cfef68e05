"""Runs a configured workflow from its first task to its last."""

from collections.abc import Callable, Sequence
from pathlib import Path

from orchestrator.bootstrap import Fleet, coordinator
from orchestrator.config import RunConfig
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
        await market.complete(market.admit(fleet.tasks), _forget)


def open_market(
    config: RunConfig, fleet: Fleet, journal: Path | None, *, resume: bool = False
) -> Coordinator:
    """Return the market of a workflow, with a folder for its journal."""
    if journal is not None:
        journal.parent.mkdir(parents=True, exist_ok=True)
    return coordinator(config, fleet, journal, resume=resume)


def _forget(ending: Ending) -> None:
    del ending
