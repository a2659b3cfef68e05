"""A verifier that asks a function of this program."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable, iscoroutinefunction
from typing import cast

import anyio.to_thread

from protocols.messages import Lot, Result
from workers.ports import Verdict, VerifierError

CheckFunction = Callable[[str], float | Awaitable[float]]
"""Takes an answer and returns ``True``, ``False`` or a share of success in [0, 1]."""


class Check:
    """Asks a function of this program; see ``check``."""

    def __init__(self, function: CheckFunction, *, blocking: bool = False) -> None:
        self._function = function
        self._threaded = blocking and not iscoroutinefunction(function)

    @property
    def type(self) -> str:
        """The word that the journal knows it by."""
        return "callable"

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Ask the function.

        Raises:
            VerifierError: If it returns no number from 0 to 1.
        """
        del lot
        found: object
        if self._threaded:
            # in a tuple, since trio takes no coroutine out of a thread
            (found,) = await anyio.to_thread.run_sync(
                lambda: (self._function(result.answer),), abandon_on_cancel=True
            )
        else:
            found = self._function(result.answer)
        if isawaitable(found):
            found = await cast("Awaitable[object]", found)
        if not isinstance(found, int | float) or not 0 <= found <= 1:
            raise VerifierError(f"a check returns True, False or a number in [0, 1], not {found!r}")
        return Verdict(float(found))


def check(function: CheckFunction, *, blocking: bool = False) -> Check:
    """Return a verifier that asks a function of this program.

    Args:
        function: Synchronous or not; gets the answer, returns ``True``, ``False`` or a number in
            [0, 1].
        blocking: Says of a synchronous function that it may take long; it then runs in a thread.

    >>> check(str.isdigit).type
    'callable'
    """
    return Check(function, blocking=blocking)
