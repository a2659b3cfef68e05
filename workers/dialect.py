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
Form = Literal["json_schema", "object_schema", "json_object", "tool", "prompt"]

_OVERHEAD: Final = 64
"""Tokens that a chat template may add around the messages."""

_REFUSED: Final = frozenset({400, 403, 422})
"""How features are refused; 403 is what OpenAI's reasoning models say to log-probabilities."""

_BROKE: Final = frozenset({500, 501})
"""Some servers answer a feature that they do not know with an internal error."""

_OTHER_LIMIT: Final[dict[Limit, Limit]] = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
}
FORMS: Final[tuple[Form, ...]] = ("json_schema", "object_schema", "json_object", "tool", "prompt")
"""How JSON is asked for, the strongest way first."""

_FORMAT_WORDS: Final = ("response_format", "json_schema", "json_object", "schema", "grammar")
_FORM_WORDS: Final[dict[Form, tuple[str, ...]]] = {
    "json_schema": _FORMAT_WORDS,
    "object_schema": _FORMAT_WORDS,
    "json_object": _FORMAT_WORDS,
    "tool": ("tool", "function"),
    "prompt": (),
}
"""What a refusal of each form names."""

ANSWER: Final = "answer"
"""The tool whose arguments are the answer, where JSON is asked for as the call of a tool."""


_FEATURE_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "temperature": ("temperature",),
    "seed": ("seed",),
    "logprobs": ("logprobs",),
    "stream_usage": ("stream_options", "include_usage"),
    "stream": ("streaming", "'stream'", '"stream"', "`stream`"),
}
"""What an endpoint may do without, and how a refusal names it."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The forms that an endpoint takes.

    Attributes:
        limit: The name of the token limit.
        form: How an answer in JSON is asked for: by schema; as a JSON object with the schema, as
            llama.cpp takes it, or without it; as the arguments of a tool that has to be called; or
            in the prompt alone. The schema is in the prompt where the endpoint might not see it.
        temperature: Whether a temperature may be given.
        seed: Whether a seed may be given.
        logprobs: Whether log-probabilities may be asked for.
        stream: Whether the answer is streamed.
        stream_usage: Whether a streamed answer is asked to end with its usage.
    """

    limit: Limit = "max_tokens"
    form: Form = "json_schema"
    temperature: bool = True
    seed: bool = True
    logprobs: bool = True
    stream: bool = False
    stream_usage: bool = True

    def body(self, request: ChatRequest) -> dict[str, Any]:
        """Write a request as the JSON body of ``/chat/completions``."""
        body: dict[str, Any] = {
            "model": request.model,
            "messages": [_written(message) for message in request.messages],
            self.limit: request.max_tokens,
        }
        if request.tools:
            body["tools"] = [_function(**tool.model_dump()) for tool in request.tools]
        if request.temperature is not None and self.temperature:
            body["temperature"] = request.temperature
        if request.seed is not None and self.seed:
            body["seed"] = request.seed
        if request.logprobs is not None and self.logprobs:
            body["logprobs"] = True
            if request.logprobs:
                body["top_logprobs"] = request.logprobs
        if self.stream:
            body["stream"] = True
            if self.stream_usage:
                body["stream_options"] = {"include_usage": True}
        if request.form is not None:
            self._ask_for_json(body, dict(request.form))
        return body

    def calls_answer(self, request: ChatRequest) -> bool:
        """Return whether the answer comes as the arguments of a tool."""
        return request.form is not None and self.form == "tool" and not request.tools

    def _ask_for_json(self, body: dict[str, Any], form: dict[str, Any]) -> None:
        if self.form == "json_schema":
            schema = {"name": ANSWER, "schema": form, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
            return
        if self.form == "tool" and "tools" not in body:
            body["tools"] = [_function(name=ANSWER, parameters=form)]
            body["tool_choice"] = {"type": "function", "function": {"name": ANSWER}}
            return
        if self.form == "object_schema":
            body["response_format"] = {"type": "json_object", "schema": form}
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
        if request.form is not None and any(word in said for word in _FORM_WORDS[self.form]):
            return self.weaker_form(request)
        if status in _BROKE:
            return None
        if self.limit in said:
            return replace(self, limit=_OTHER_LIMIT[self.limit])
        for name, used in self._used(request).items():
            if used and any(word in said for word in _FEATURE_WORDS[name]):
                without: dict[str, Any] = {name: False}
                return replace(self, **without)
        return None

    def _used(self, request: ChatRequest) -> dict[str, bool]:
        """Return which of the features that an endpoint may do without a request makes use of."""
        return {
            "temperature": self.temperature and request.temperature is not None,
            "seed": self.seed and request.seed is not None,
            "logprobs": self.logprobs and request.logprobs is not None,
            "stream_usage": self.stream and self.stream_usage,
            "stream": self.stream,
        }

    def weaker_form(self, request: ChatRequest) -> Dialect | None:
        """Return the dialect that asks for JSON in the next weaker way, if there is one.

        A request with tools of its own cannot be made to call another one.
        """
        left = FORMS[FORMS.index(self.form) + 1 :]
        usable = [form for form in left if form != "tool" or not request.tools]
        return replace(self, form=usable[0]) if usable else None


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


def _function(name: str, parameters: Any, description: str = "") -> dict[str, Any]:
    function = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": function}


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
