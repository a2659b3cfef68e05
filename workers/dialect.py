"""How a request is written for an endpoint: OpenAI-compatible servers differ in what they take.

One begins with the strongest form. When an endpoint refuses a request and names the feature, that
feature is replaced by its weaker form; what was then answered is remembered for the endpoint.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from workers.prices import Usage

if TYPE_CHECKING:
    from workers.chat import ChatRequest, Message

Limit = Literal["max_completion_tokens", "max_tokens"]

_OVERHEAD: Final = 64
"""Tokens that a chat template may add around the messages."""

_REFUSED: Final = frozenset({400, 422})
_BROKE: Final = frozenset({500, 501})
"""Some servers answer a feature that they do not know with an internal error."""

_OTHER_LIMIT: Final[dict[Limit, Limit]] = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
}
_FORMAT_WORDS: Final = ("response_format", "json_schema", "json_object", "schema", "grammar")


@dataclass(frozen=True, slots=True)
class Dialect:
    """The forms that an endpoint takes.

    Attributes:
        limit: The name of the token limit.
        form: How an answer in JSON is asked for: by schema, as any JSON object with the schema in
            the prompt, or in the prompt alone.
        temperature: Whether a temperature may be given.
        seed: Whether a seed may be given.
    """

    limit: Limit = "max_tokens"
    form: Literal["json_schema", "json_object", "prompt"] = "json_schema"
    temperature: bool = True
    seed: bool = True

    def body(self, request: ChatRequest) -> dict[str, Any]:
        """Write a request as the JSON body of ``/chat/completions``."""
        body: dict[str, Any] = {
            "model": request.model,
            "messages": [_written(message) for message in request.messages],
            self.limit: request.max_tokens,
        }
        if request.tools:
            body["tools"] = [
                {"type": "function", "function": tool.model_dump()} for tool in request.tools
            ]
        if request.temperature is not None and self.temperature:
            body["temperature"] = request.temperature
        if request.seed is not None and self.seed:
            body["seed"] = request.seed
        if request.form is not None:
            self._ask_for_json(body, dict(request.form))
        return body

    def _ask_for_json(self, body: dict[str, Any], form: dict[str, Any]) -> None:
        if self.form == "json_schema":
            schema = {"name": "answer", "schema": form, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
            return
        if self.form == "json_object":
            body["response_format"] = {"type": "json_object"}
        rule = "Reply with one JSON object and nothing else. It has to fit this JSON Schema:\n"
        body["messages"].append({"role": "system", "content": rule + _compact(form)})

    def weaker(self, status: int, text: str, request: ChatRequest) -> Dialect | None:
        """Return the next weaker dialect that a refusal calls for.

        Args:
            status: The HTTP status of the refusal.
            text: What the endpoint said.
            request: What was asked; a feature that it does not use cannot be the reason.

        Returns:
            ``None`` if the refusal names nothing that has a weaker form.
        """
        if status not in _REFUSED | _BROKE:
            return None
        said = text.lower()
        if request.form is not None and any(word in said for word in _FORMAT_WORDS):
            return self._weaker_form()
        if status in _BROKE:
            return None
        if self.limit in said:
            return replace(self, limit=_OTHER_LIMIT[self.limit])
        if request.temperature is not None and self.temperature and "temperature" in said:
            return replace(self, temperature=False)
        if request.seed is not None and self.seed and "seed" in said:
            return replace(self, seed=False)
        return None

    def _weaker_form(self) -> Dialect | None:
        match self.form:
            case "json_schema":
                return replace(self, form="json_object")
            case "json_object":
                return replace(self, form="prompt")
            case "prompt":
                return None


OPENAI: Final = Dialect(limit="max_completion_tokens")
"""What OpenAI's own endpoint takes."""

COMPATIBLE: Final = Dialect()
"""What a compatible server is tried with first: many know the older name of the limit only."""

WEAKEST: Final = Dialect(form="prompt")
"""The longest form of a request, which its worst case is computed from."""


def worst_usage(request: ChatRequest) -> Usage:
    """Return the most tokens that one attempt can be billed for.

    A token is at least one byte, so the bytes of the longest form bound the input.
    """
    sent = len(_compact(WEAKEST.body(request)).encode("utf-8", "replace"))
    return Usage(sent + _OVERHEAD, request.max_tokens, estimated=True)


def _written(message: Message) -> dict[str, Any]:
    written: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.calls:
        written["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.calls
        ]
    if message.answers is not None:
        written["tool_call_id"] = message.answers
    return written


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
