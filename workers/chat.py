"""A model call as a value: what is asked, what comes back, and whoever can answer it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from pydantic import Field, JsonValue

from protocols.frozen import Frozen
from protocols.units import Name, Text
from workers.prices import Usage

if TYPE_CHECKING:
    from workers.meter import Meter


class ToolCall(Frozen):
    """A model's wish that a tool is called.

    Attributes:
        id: By which the answer refers to it.
        name: The tool.
        arguments: A JSON object, as the model wrote it.
    """

    id: Name
    name: Name
    arguments: Text


class ToolForm(Frozen):
    """A tool as a model sees it.

    Attributes:
        name: By which it is called.
        description: What it is for.
        parameters: The JSON Schema of its arguments.
    """

    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
    description: Text = ""
    parameters: Mapping[str, JsonValue]


class Message(Frozen):
    """One message of a conversation.

    Attributes:
        role: Who speaks.
        content: What is said.
        calls: The tools that an assistant wants to be called.
        answers: The id of the call that a tool's message answers.
    """

    role: Literal["system", "user", "assistant", "tool"]
    content: Text
    calls: tuple[ToolCall, ...] = ()
    answers: Name | None = None

    @property
    def size(self) -> int:
        """The bytes of its texts."""
        texts = (self.content, *(call.arguments for call in self.calls))
        return sum(len(text.encode("utf-8", "replace")) for text in texts)


class Lane(Frozen):
    """Whose call it is: calls of one lane come in a fixed order, those of two in any order.

    Attributes:
        task: The task it is about.
        worker: Who asks the model.
        phase: What for, such as ``bid`` or ``execute``.
    """

    task: Name = "task"
    worker: Name = "worker"
    phase: Name = "call"

    def __str__(self) -> str:
        return f"{self.task}/{self.worker}/{self.phase}"


class ChatRequest(Frozen):
    """One question to a model.

    Attributes:
        model: The name by which the endpoint knows the model.
        messages: The conversation so far.
        max_tokens: The most tokens that the answer may have, hidden reasoning included.
        temperature: How much chance there is in the answer; the endpoint's default if not given.
        seed: Fixes the chance, where the endpoint can.
        form: The JSON Schema of the answer, where it is to be JSON.
        tools: What the model may ask to be called.
        logprobs: How many of the likeliest tokens to name at each place of the answer, with their
            log-probabilities; nothing is asked for if not given.
        lane: Whose call it is.

    >>> ChatRequest(model="m", messages=(Message(role="user", content="2 + 2?"),), max_tokens=9).size
    6
    """

    model: Name
    messages: Annotated[tuple[Message, ...], Field(min_length=1)]
    max_tokens: Annotated[int, Field(ge=1, le=10_000_000)]
    temperature: Annotated[float, Field(ge=0.0, le=2.0)] | None = None
    seed: int | None = None
    form: Mapping[str, JsonValue] | None = None
    tools: tuple[ToolForm, ...] = ()
    logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    lane: Lane = Lane()

    @property
    def size(self) -> int:
        """The bytes of all messages."""
        return sum(message.size for message in self.messages)


class Token(NamedTuple):
    """A token of an answer, and how likely the model held it to be.

    Attributes:
        text: The token.
        logprob: The natural logarithm of its probability, at most 0.
        likeliest: The likeliest tokens at its place with their logarithms, itself perhaps included.
    """

    text: str
    logprob: float
    likeliest: tuple[tuple[str, float], ...] = ()


class Reply(NamedTuple):
    """A finished answer, or the wish that tools are called first.

    Attributes:
        text: What the model said; empty only where it calls tools.
        usage: The tokens of the attempt that gave it.
        model: The exact model that answered, if the endpoint says so.
        calls: The tools that it wants to be called; the answer is finished if there are none.
        tokens: The tokens of the text; none where they were not asked for, or the endpoint does not
            tell.
        first: Seconds until the first token came; ``None`` where the answer was not streamed.
    """

    text: str
    usage: Usage = Usage()
    model: str | None = None
    calls: tuple[ToolCall, ...] = ()
    tokens: tuple[Token, ...] = ()
    first: float | None = None


class Chat(ABC):
    """Somebody who answers model calls: an endpoint, a recording, a script."""

    @abstractmethod
    async def complete(self, request: ChatRequest, meter: Meter) -> Reply:
        """Answer one call.

        Args:
            request: What is asked.
            meter: Where every attempt is put down as it starts, so that its cost is known however
                the call ends.

        Raises:
            ChatError: If there is no usable answer; its class says why.
        """

    async def aclose(self) -> None:  # noqa: B027 - most hold nothing
        """Release what is held, such as connections."""
