"""Lets everybody release what they hold when a market closes, and waits for nobody for ever."""

from collections.abc import Awaitable, Callable, Iterable

import anyio

from orchestrator.leash import ForeignCall
from orchestrator.market import Market

Closing = tuple[str, Callable[[], Awaitable[None]]]
"""The name of a worker, empty for anybody else, and what closes it."""


async def dismiss(closing: Iterable[Closing], market: Market) -> None:
    """Close all at the same time, also if one fails at that; raise what the first one raises.

    Who has not closed within the grace time is called off, and quarantined so that the journal
    tells; who goes on even then is let go.
    """
    calls = [ForeignCall(name, close) for name, close in closing]
    grace = market.limits.grace
    with anyio.CancelScope(shield=True), anyio.move_on_after(grace):
        await market.foreign.make_all(calls)
    for call in calls:
        if call.called_off:
            market.quarantine(call.name, f"it was not closed within {grace:g} s")
    for call in calls:
        call.check()
