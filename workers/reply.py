"""Reads the body of a chat completion: a finished answer, or exactly what is wrong with it.

Nothing in a reply is believed before it was looked at: servers send HTML with status 200, lists
without choices, answers cut at the limit, and token counts that are negative or not numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

from pydantic import ValidationError
from pydantic_core import from_json

from workers.chat import Reply, ToolCall
from workers.errors import (
    CutAnswerError,
    DeclinedAnswerError,
    EmptyAnswerError,
    FilteredAnswerError,
    IncompleteAnswerError,
    MalformedReplyError,
    UnstructuredAnswerError,
)
from workers.logprobs import read_tokens
from workers.prices import Usage

if TYPE_CHECKING:
    from workers.chat import ChatRequest

_CHARACTERS_PER_TOKEN: Final = 4
_LARGEST: Final = 10**9
_TEXT_LIMIT: Final = 1_000_000

_ENDS: Final[dict[str, type[IncompleteAnswerError]]] = {
    "length": CutAnswerError,
    "content_filter": FilteredAnswerError,
    "refusal": DeclinedAnswerError,
    "tool_calls": EmptyAnswerError,
    "function_call": EmptyAnswerError,
}
_CALLING: Final = ("tool_calls", "stop", "function_call")
_MOST_CALLS: Final = 32
_FINISHED: Final = frozenset({"stop", "eos", "end_turn", "stop_sequence"})

Fields = Mapping[str, object]


def read_body(body: bytes) -> Fields:
    """Parse the body of a reply.

    Raises:
        MalformedReplyError: If it is not one JSON object.
    """
    try:
        parsed: object = from_json(body)
    except ValueError:
        seen = body[:40].decode("utf-8", "replace")
        raise MalformedReplyError(f"the reply is not JSON: it begins with {seen!r}") from None
    if not isinstance(parsed, dict):
        raise MalformedReplyError(f"the reply is no JSON object but a {type(parsed).__name__}")
    return cast("Fields", parsed)


def read_reply(
    fields: Fields,
    usage: Usage,
    *,
    tools: bool = False,
    called: bool = False,
    unmarked_end: bool = False,
) -> Reply:
    """Take the finished answer out of a chat completion, or the calls of tools.

    Args:
        fields: The parsed body.
        usage: What the attempt has used.
        tools: Whether the model may call tools.
        called: Whether the answer was asked for as the arguments of a tool.
        unmarked_end: The endpoint never says how an answer ended, so none is taken for ``stop``.

    Raises:
        MalformedReplyError: If there is no choice, or not in the shape of one.
        IncompleteAnswerError: If the answer is not finished; the subclass says why.
    """
    choice = _first_choice(fields)
    said = _fields(choice, "message")
    if not said:
        raise MalformedReplyError("the reply's choice has no message")
    end = choice.get("finish_reason")
    if end is None and (trouble := _trouble(fields)):
        raise IncompleteAnswerError(f"the answer broke off: {trouble!r}")
    if said.get("refusal"):
        raise DeclinedAnswerError(f"the model declines: {str(said['refusal'])[:200]!r}")
    reply = Reply("", usage, _name(fields, "model"), tokens=read_tokens(choice))
    if (tools or called) and said.get("tool_calls") and end in _CALLING:
        calls = _calls(said)
        if called:
            return reply._replace(text=calls[0].arguments)
        text = said.get("content")
        return reply._replace(text=text if isinstance(text, str) else "", calls=calls)
    _check_end("stop" if end is None and unmarked_end else end)
    return reply._replace(text=_text(said))


def _check_end(end: object) -> None:
    if isinstance(end, str) and end in _ENDS:
        raise _ENDS[end](f"the answer is not finished: the endpoint says {end!r}")
    if not isinstance(end, str) or end not in _FINISHED:
        raise IncompleteAnswerError(
            f"the reply does not say that it is finished: {str(end)[:40]!r}"
        )


def _name(fields: Fields, name: str) -> str | None:
    value = fields.get(name)
    return value[:200] if isinstance(value, str) and value else None


def _calls(message: Fields) -> tuple[ToolCall, ...]:
    wishes = message.get("tool_calls")
    if not isinstance(wishes, list) or len(cast("list[object]", wishes)) > _MOST_CALLS:
        raise MalformedReplyError("the calls of tools are no list, or too many")
    return tuple(_call(wish) for wish in cast("list[object]", wishes))


def _call(wish: object) -> ToolCall:
    fields = cast("Fields", wish if isinstance(wish, dict) else {})
    function = _fields(fields, "function")
    given = {
        "id": fields.get("id"),
        "name": function.get("name"),
        "arguments": function.get("arguments"),
    }
    try:
        return ToolCall.model_validate(given)
    except ValidationError:
        raise MalformedReplyError("a call of a tool has not the shape of one") from None


def _fields(of: Fields, name: str) -> Fields:
    value = of.get(name)
    return cast("Fields", value) if isinstance(value, dict) else {}


def _first_choice(fields: Fields) -> Fields:
    choices = fields.get("choices")
    if not isinstance(choices, list) or not choices:
        trouble = _trouble(fields)
        raise MalformedReplyError(
            "the reply has no choices" + (f": {trouble!r}" if trouble else "")
        )
    first: object = cast("list[object]", choices)[0]
    if not isinstance(first, dict):
        raise MalformedReplyError("the reply's choice is no object")
    return cast("Fields", first)


def _trouble(fields: Fields) -> str:
    """Return what an endpoint says has gone wrong; nothing if it does not."""
    return str(_fields(fields, "error").get("message") or fields.get("error") or "")[:200]


def _text(message: Fields) -> str:
    text = message.get("content")
    if text is None or text == "":
        raise EmptyAnswerError("the answer has no text")
    if not isinstance(text, str):
        raise MalformedReplyError(f"the answer is no text but a {type(text).__name__}")
    if len(text) > _TEXT_LIMIT:
        raise MalformedReplyError(f"the answer has more than {_TEXT_LIMIT} characters")
    return text


def read_usage(fields: Fields, request: ChatRequest) -> Usage:
    """Return the tokens that a reply reports, or our own estimate if they cannot be believed.

    Counts have to be whole numbers, positive for the prompt and, where there is text, for the
    answer. The estimate takes four characters for a token and is marked.
    """
    counts = _fields(fields, "usage")
    spent, made = _count(counts, "prompt_tokens"), _count(counts, "completion_tokens")
    written = _written(fields)
    if not spent or made is None or (written and not made):
        return Usage(_tokens(request.size), _tokens(written), estimated=True)
    cached = _count(_fields(counts, "prompt_tokens_details"), "cached_tokens") or 0
    return Usage(spent, made, min(cached, spent))


def _count(counts: Fields, name: str) -> int | None:
    count = counts.get(name)
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= _LARGEST:
        return None
    return count


def _written(fields: Fields) -> int:
    """Return the bytes of an answer, the arguments of its calls included."""
    try:
        said = _fields(_first_choice(fields), "message")
    except MalformedReplyError:
        return 0
    wishes = said.get("tool_calls")
    calls = cast("list[object]", wishes) if isinstance(wishes, list) else []
    functions = (
        _fields(cast("Fields", each), "function") for each in calls if isinstance(each, dict)
    )
    texts = [said.get("content"), *(function.get("arguments") for function in functions)]
    return sum(len(text.encode("utf-8", "replace")) for text in texts if isinstance(text, str))


def expected_tokens(request: ChatRequest) -> int:
    """Return the tokens that an endpoint counts for a request before it has answered."""
    return _tokens(request.size) + request.max_tokens


def _tokens(size: int) -> int:
    return -(-size // _CHARACTERS_PER_TOKEN)


def fits(text: str, form: Mapping[str, object]) -> bool:
    """Return whether an answer is JSON with the fields that a schema requires.

    That is no validation: it finds out whether the endpoint has passed the schema on at all.

    >>> fits('{"p": 2}', {"type": "object", "required": ["p"]})
    True
    """
    try:
        fields = read_json(text)
    except UnstructuredAnswerError:
        return False
    required = form.get("required")
    return not isinstance(required, list) or all(
        name in fields for name in cast("list[str]", required)
    )


def read_json(text: str) -> Fields:
    """Take the JSON object out of an answer that may have words or a code fence around it.

    Raises:
        UnstructuredAnswerError: If there is none.

    >>> read_json('Sure! {"p": 0.5}')
    {'p': 0.5}
    """
    start, end = text.find("{"), text.rfind("}")
    try:
        parsed: object = from_json(text[start : end + 1]) if start >= 0 else None
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise UnstructuredAnswerError("the answer holds no JSON object")
    return cast("Fields", parsed)
