"""Model calls recorded and played back: the same run again, offline and for nothing.

A call is found by the hash of its request in the lane of its task, worker and phase. Calls of one
lane come in a fixed order, those of two lanes in any, so a run with many tasks at the same time
plays back as well as one without. A call that was never recorded is an error that shows the nearest
recording; it never goes to an endpoint.

Secrets are taken out before a call is kept, and out of the question before it is looked up.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict, deque
from difflib import SequenceMatcher, unified_diff
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import anyio
import anyio.lowlevel
from pydantic import ValidationError

from protocols.frozen import Frozen
from protocols.units import Name, Text
from workers import errors
from workers.chat import Chat, ChatRequest, Reply, Token, ToolCall
from workers.meter import NOTHING
from workers.prices import Usage
from workers.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from workers.meter import Branch, Meter

_CALLED_OFF: Final = "called-off"
_SHOWN_LINES: Final = 40
_COMPARED: Final = 100


class Exchange(Frozen):
    """One recorded call, whatever its end.

    Attributes:
        request: What was asked, with its lane.
        text: The answer; ``None`` if there was none.
        model: The exact model that answered, if it said so.
        calls: The tools that the model wanted to be called.
        tokens: The tokens of the answer, where they were asked for.
        failure: The name of the exception in which it ended, or ``called-off``.
        reason: What the exception said.
        attempts: What every attempt has used, as the meter had it.
    """

    request: ChatRequest
    text: Text | None = None
    model: Name | None = None
    calls: tuple[ToolCall, ...] = ()
    tokens: tuple[Token, ...] = ()
    failure: Name | None = None
    reason: str = ""
    attempts: tuple[Usage, ...] = ()


def key(request: ChatRequest) -> str:
    """Return the hash by which a call is found again: of everything asked, and the lane.

    >>> from workers.chat import Message
    >>> ask = ChatRequest(model="m", messages=(Message(role="user", content="2 + 2?"),), max_tokens=9)
    >>> key(ask) == key(ask.model_copy(update={"max_tokens": 10}))
    False
    """
    return sha256(_canonical(request).encode()).hexdigest()


class RecordingChat(Chat):
    """Passes calls on and hands each with its end, without secrets, to a recorder.

    Args:
        chat: Who answers.
        record: Takes every call as it ends: what failed and what was called off as well.
        redactor: Takes secrets out; those of the process's environment if not given.
    """

    def __init__(
        self,
        chat: Chat,
        record: Callable[[Exchange], None],
        redactor: Redactor | None = None,
    ) -> None:
        self._chat = chat
        self._record = record
        self._redactor = redactor or Redactor(os.environ)

    async def complete(self, request: ChatRequest, meter: Meter) -> Reply:
        """Answer one call and record it."""
        branch = meter.branch()
        try:
            reply = await self._chat.complete(request, branch)
        except errors.ChatError as error:
            failed = Exchange(request=request, failure=type(error).__name__, reason=str(error))
            self._note(failed, branch)
            raise
        except anyio.get_cancelled_exc_class():
            self._note(Exchange(request=request, failure=_CALLED_OFF), branch)
            raise
        answered = Exchange(
            request=request,
            text=reply.text,
            model=reply.model,
            calls=reply.calls,
            tokens=reply.tokens,
        )
        self._note(answered, branch)
        return reply

    def _note(self, exchange: Exchange, branch: Branch) -> None:
        whole = exchange.model_copy(update={"attempts": branch.own})
        self._record(self._redactor.model(whole))

    async def aclose(self) -> None:
        """Close who answers."""
        await self._chat.aclose()


class ReplayChat(Chat):
    """Answers calls from a recording, and only from it.

    A call that was called off in the recording waits until it is called off again.

    Args:
        exchanges: The recording.
        redactor: Takes secrets out of questions, as was done in the recording; those of the
            process's environment if not given.

    Attributes:
        hits: How many calls were found.
        misses: How many were not.
        missed: The error of the first of those, if there is one. A market goes on when a worker
            fails, so who runs one should look here.
        on_miss: Called at every miss, such as to stop the run.
    """

    def __init__(self, exchanges: Iterable[Exchange], redactor: Redactor | None = None) -> None:
        self._waiting: defaultdict[str, deque[Exchange]] = defaultdict(deque)
        for exchange in exchanges:
            self._waiting[key(exchange.request)].append(exchange)
        self._redactor = redactor or Redactor(os.environ)
        self.hits = 0
        self.misses = 0
        self.missed: errors.CassetteError | None = None
        self.on_miss: Callable[[], object] = lambda: None

    @property
    def unused(self) -> int:
        """How many recorded calls were not made."""
        return len(self._left())

    async def complete(self, request: ChatRequest, meter: Meter) -> Reply:
        """Play one call back, with its cost and its failure if it failed.

        Raises:
            CassetteError: If it was never recorded, or not as often.
            ChatError: If it ended so in the recording.
        """
        await anyio.lowlevel.checkpoint()
        request = self._redactor.model(request)
        waiting = self._waiting.get(key(request))
        if not waiting:
            raise self._note_miss(request)
        exchange = waiting.popleft()
        self.hits += 1
        for usage in exchange.attempts:
            meter.end(meter.start(NOTHING), usage)  # it was made, whatever it has cost
        if exchange.failure == _CALLED_OFF:
            await anyio.sleep_forever()
        if exchange.text is None:
            raise _failure(exchange)
        usage = exchange.attempts[-1] if exchange.attempts else Usage()
        return Reply(exchange.text, usage, exchange.model, exchange.calls, exchange.tokens)

    def assert_complete(self) -> None:
        """Check that every recorded call was made.

        Raises:
            AssertionError: If some were not, naming their lanes.
        """
        left = [str(exchange.request.lane) for exchange in self._left()]
        if left:
            count = "1 recorded call was" if len(left) == 1 else f"{len(left)} recorded calls were"
            raise AssertionError(f"{count} not made: {', '.join(left[:5])}")

    def _left(self) -> list[Exchange]:
        return [exchange for waiting in self._waiting.values() for exchange in waiting]

    def _note_miss(self, request: ChatRequest) -> errors.CassetteError:
        error = errors.CassetteError(self._miss(request))
        self.misses += 1
        self.missed = self.missed or error
        self.on_miss()
        return error

    def _miss(self, request: ChatRequest) -> str:
        left = self._left()
        near = [each for each in left if each.request.lane == request.lane] or left
        head = f"no recording of this call of {request.lane}; nothing was sent"
        if not near:
            return f"{head}. All recorded calls are used up."
        asked = _readable(request)
        nearest = max(
            (_readable(exchange.request) for exchange in near[:_COMPARED]),
            key=lambda text: SequenceMatcher(None, asked, text, autojunk=False).quick_ratio(),
        )
        diff = unified_diff(
            nearest.splitlines(), asked.splitlines(), "recorded", "asked", n=1, lineterm=""
        )
        return "\n".join([f"{head}. The nearest recording differs:", *list(diff)[:_SHOWN_LINES]])


def load(path: Path) -> list[Exchange]:
    """Read a recording: one call per line, in JSON.

    Raises:
        CassetteError: If a line is no recorded call.
    """
    exchanges: list[Exchange] = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                exchanges.append(Exchange.model_validate_json(line))
            except ValidationError as error:
                what = error.errors(include_url=False, include_input=False)[0]["msg"]
                raise errors.CassetteError(f"{path}:{number}: {what}") from None
    return exchanges


def save(path: Path, exchanges: Iterable[Exchange]) -> None:
    """Write a recording, replacing what the file held; its folder is made if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{written(exchange)}\n" for exchange in exchanges)


def written(exchange: Exchange) -> str:
    """Return a call as one line of JSON, without the fields that say nothing."""
    return exchange.model_dump_json(exclude_defaults=True)


def _failure(exchange: Exchange) -> errors.ChatError:
    kind = getattr(errors, exchange.failure or "", None)
    if not (isinstance(kind, type) and issubclass(kind, errors.ChatError)):
        raise errors.CassetteError(f"the recording names an unknown failure: {exchange.failure!r}")
    return kind(exchange.reason)


def _canonical(request: ChatRequest) -> str:
    return json.dumps(request.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))


def _readable(request: ChatRequest) -> str:
    text = json.dumps(request.model_dump(mode="json"), sort_keys=True, indent=1, ensure_ascii=False)
    return text.replace("\\n", "\n")
