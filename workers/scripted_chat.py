"""A chat for tests: it says what its script tells, and remembers what it was asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import anyio.lowlevel

from workers.chat import Chat, ChatRequest, Reply
from workers.errors import ChatError
from workers.prices import Usage

if TYPE_CHECKING:
    from workers.meter import Meter

Line = str | Reply | ChatError
Script = Sequence[Line] | Callable[[ChatRequest], Line]

_USAGE = Usage(10, 10)


class ScriptedChat(Chat):
    """Answers calls by a script for every phase: a list to be used up, or a function.

    A text is an answer of ten tokens to ten; a ``Reply`` brings its own usage; an exception is
    raised, and billed as ten tokens to ten.

    Args:
        **phases: The script of each phase, such as ``bid`` and ``execute``.

    Attributes:
        asked: Every request, in the order of their arrival.

    >>> from workers.llm import OpenAIWorker
    >>> chat = ScriptedChat(
    ...     bid=['{"success_probability": 0.9, "output_tokens": 5}'], execute=["391"]
    ... )
    >>> worker = OpenAIWorker("small", model="tiny", free=True, chat=chat)
    >>> chat.assert_complete()
    Traceback (most recent call last):
    AssertionError: the script was not used up: 1 line of bid, 1 line of execute
    """

    def __init__(self, **phases: Script) -> None:
        self._lines: dict[str, deque[Line]] = {}
        self._functions: dict[str, Callable[[ChatRequest], Line]] = {}
        for phase, script in phases.items():
            if callable(script):
                self._functions[phase] = script
            else:
                self._lines[phase] = deque(script)
        self.asked: list[ChatRequest] = []

    async def complete(self, request: ChatRequest, meter: Meter) -> Reply:
        """Say the next line.

        Raises:
            AssertionError: If the script has no more.
            ChatError: If that is the next line.
        """
        await anyio.lowlevel.checkpoint()
        self.asked.append(request)
        line = self._next(request)
        reply = line if isinstance(line, Reply) else Reply(str(line), _USAGE)
        meter.start(reply.usage)
        if isinstance(line, ChatError):
            raise line
        return reply

    def _next(self, request: ChatRequest) -> Line:
        phase = request.lane.phase
        if phase in self._functions:
            return self._functions[phase](request)
        if not self._lines.get(phase):
            raise AssertionError(f"the script has no line for {request.lane}")
        return self._lines[phase].popleft()

    def assert_complete(self) -> None:
        """Check that every list was used up.

        Raises:
            AssertionError: If lines are left, saying how many of which phase.
        """
        left = [
            f"{len(lines)} line{'s' * (len(lines) > 1)} of {phase}"
            for phase, lines in self._lines.items()
            if lines
        ]
        if left:
            raise AssertionError(f"the script was not used up: {', '.join(left)}")
