"""Functions that a model may call while it works."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final, cast

import anyio.to_thread
from pydantic import TypeAdapter, ValidationError

from workers.chat import Message, Reply, ToolForm
from workers.errors import UnfinishedAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workers.chat import Chat, ChatRequest, ToolCall
    from workers.meter import Meter

_LONGEST: Final = 10_000
"""Characters of a tool's answer that a model gets to see."""


class Tool:
    """A function with annotated parameters, as a model may call it.

    What the model passes is validated against the annotations. A synchronous function runs in a
    thread. A wrong call and an exception are told to the model, which may try again.

    Args:
        function: The function; its first paragraph of documentation is what the model reads.
        name: By which the model calls it; the function's own name if not given.

    >>> def double(number: int) -> int:
    ...     "Double a number."
    ...     return 2 * number
    >>> Tool(double).form.parameters["required"]
    ['number']
    """

    def __init__(self, function: Callable[..., object], name: str | None = None) -> None:
        self._adapter: TypeAdapter[Any] = TypeAdapter(cast("Any", function))
        self._async = inspect.iscoroutinefunction(function)
        self.form = ToolForm(
            name=name or str(getattr(function, "__name__", "")),
            description=(inspect.getdoc(function) or "").split("\n\n")[0],
            parameters=self._adapter.json_schema(),
        )

    async def call(self, arguments: str) -> str:
        """Call the function with arguments in JSON, or none; returns what the model gets to see."""
        arguments = arguments.strip() or "{}"
        try:
            if self._async:
                answer = await self._adapter.validate_json(arguments)
            else:
                answer = await anyio.to_thread.run_sync(
                    self._adapter.validate_json, arguments, abandon_on_cancel=True
                )
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "arguments"
            return f"error: {where}: {first['msg']}"[:_LONGEST]
        except Exception as error:  # noqa: BLE001 - a tool may raise anything
            return f"error: {type(error).__name__}: {error}"[:_LONGEST]
        return str(answer)[:_LONGEST]


async def converse(
    chat: Chat, request: ChatRequest, tools: Mapping[str, Tool], meter: Meter, rounds: int
) -> Reply:
    """Ask a model, call the tools that it wants and tell it their answers, until it has its own.

    Args:
        chat: Who answers.
        request: What is asked, with the forms of the tools.
        tools: What the model may call, by name.
        meter: Where the attempts are put down; its reserve bounds all rounds together.
        rounds: The most model calls.

    Raises:
        UnfinishedAnswerError: If the model still calls tools after the last round.
        ReserveSpentError: If the next round would not fit into the reserve.
        ChatError: If a call ends without a usable answer.
    """
    for _ in range(rounds):
        reply = await chat.complete(request, meter)
        if not reply.calls:
            return reply
        said = Message(role="assistant", content=reply.text, calls=reply.calls)
        answers = [await _answered(call, tools) for call in reply.calls]
        messages = (*request.messages, said, *answers)
        request = request.model_copy(update={"messages": messages})
    raise UnfinishedAnswerError(f"the model still calls tools after {rounds} rounds")


async def _answered(call: ToolCall, tools: Mapping[str, Tool]) -> Message:
    tool = tools.get(call.name)
    text = await tool.call(call.arguments) if tool else f"error: there is no tool {call.name!r}"
    return Message(role="tool", content=text, answers=call.id)
