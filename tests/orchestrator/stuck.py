"""Workers that do not let go of a call, for the tests of that."""

import threading
from collections.abc import Awaitable, Callable
from typing import Any

import anyio

from protocols.messages import Announcement, Award, Failure, Lot, Result
from tests.orchestrator.markets import Paced
from workers.ports import Submit

GRACE = 0.05
"""Real seconds: in virtual time nothing passes while somebody swallows what he is told."""


async def swallow() -> None:
    """Go on whatever one is told."""
    while True:
        try:
            with anyio.fail_after(3):
                await anyio.sleep(1)
        except BaseException:  # noqa: BLE001 - that is the point
            pass


class Stubborn(Paced):
    """Never ends one kind of call.

    Args:
        name: Its name.
        at: Which: ``bid``, ``execute``, ``confirm`` or ``aclose``.
        how: What it does in place of an end.
    """

    def __init__(
        self,
        name: str,
        at: str,
        how: Callable[[], Awaitable[None]] = swallow,
        *,
        cost: int = 50,
        **more: Any,
    ) -> None:
        super().__init__(name, cost, works=0.0, **more)
        self._at, self._how = at, how
        self.confirms = at == "confirm"

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Bid, and go on."""
        await super().bid(announcement, submit)
        await self._hang("bid")

    async def confirm(self, lot: Lot, award: Award) -> bool:
        """Never say anything."""
        await self._hang("confirm")
        return True

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Work for ever."""
        await self._hang("execute")
        return await super().execute(lot, award)

    async def aclose(self) -> None:
        """Never close."""
        await super().aclose()
        await self._hang("aclose")

    async def _hang(self, where: str) -> None:
        if where == self._at:
            await self._how()


class Blocked:
    """A function that blocks the thread in which it runs until it is released."""

    def __init__(self) -> None:
        self.release = threading.Event()

    def __call__(self, prompt: str) -> str:
        """Block."""
        self.release.wait(30)
        return prompt
