"""A model call whose answer has to fit a type."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from workers.errors import UnstructuredAnswerError
from workers.reply import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.chat import Chat, ChatRequest
    from workers.meter import Meter

Answer = TypeVar("Answer", bound=BaseModel)


async def ask(chat: Chat, request: ChatRequest, answer: type[Answer], meter: Meter) -> Answer:
    """Ask for an answer in the shape of a type.

    Args:
        chat: Who answers; it asks for JSON in the strongest form that it knows.
        request: What is asked; its ``form`` is set here.
        answer: The type, which should forbid unknown fields.
        meter: Where the attempts are put down.

    Raises:
        UnstructuredAnswerError: If the answer does not fit.
        ChatError: If there is no answer.
    """
    reply = await chat.complete(request.model_copy(update={"form": form(answer)}), meter)
    return read_answer(reply.text, answer)


@cache
def form(answer: type[BaseModel]) -> Mapping[str, JsonValue]:
    """Return the JSON Schema of a type."""
    return answer.model_json_schema()


def read_answer(text: str, answer: type[Answer]) -> Answer:
    """Read an answer that is JSON, with words around it or not.

    Raises:
        UnstructuredAnswerError: If it does not fit; says where.
    """
    fields = read_json(text)
    try:
        return answer.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the answer"
        raise UnstructuredAnswerError(f"{where[:100]}: {first['msg'][:200]}") from None
