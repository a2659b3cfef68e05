"""Puts the pieces of a streamed chat completion together: the body of a whole one comes out.

The pieces arrive as server-sent events whose data is JSON, and ``[DONE]`` is the last. The body is
read like that of a reply in one piece. A stream may end like any other and be only a part of the
answer, so whether it broke off is for its pieces to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from pydantic_core import from_json

from workers.errors import MalformedReplyError

_LAST: Final = b"[DONE]"
_MOST_CALLS: Final = 64
_TOLD: Final = ("model", "usage", "error")

Fields = Mapping[str, object]


class Events:
    r"""Splits bytes into server-sent events, however they were cut on their way.

    >>> events = Events()
    >>> [*events.feed(b"data: 1\n\nda"), *events.feed(b"ta: 2\n\n")]
    [b'1', b'2']
    """

    def __init__(self) -> None:
        self._open = bytearray()
        self._data: list[bytes] = []

    def feed(self, received: bytes) -> Iterator[bytes]:
        """Yield the data of each event that these bytes complete."""
        self._open += received
        if b"\n" not in received:
            return
        *lines, rest = bytes(self._open).split(b"\n")
        self._open = bytearray(rest)
        for line in lines:
            field, _, value = line.removesuffix(b"\r").partition(b":")
            if field == b"data":
                self._data.append(value.removeprefix(b" "))
            elif not field and not value and self._data:
                data, self._data = b"\n".join(self._data), []
                yield data


class Pieces:
    """The pieces of one completion so far.

    Attributes:
        begun: Whether something of the answer has come.
        over: Whether nothing more is to be read: the stream said so, or it is malformed.
    """

    def __init__(self) -> None:
        self.begun = False
        self.over = False
        self._events = Events()
        self._wrong: str | None = None
        self._fields: dict[str, object] = {}
        self._chosen = False
        self._finish: object = None
        self._texts: dict[str, list[str]] = {}
        self._tokens: list[object] = []
        self._calls: dict[int, dict[str, str]] = {}

    @property
    def whole(self) -> bool:
        """Whether no piece so far was malformed."""
        return self._wrong is None

    @property
    def broke_off(self) -> bool:
        """Whether the end of the bytes would not be the end of the answer, nor tell of an error."""
        return not self.over and self._finish is None and "error" not in self._fields

    def feed(self, received: bytes) -> None:
        """Take some bytes of the stream; what comes after its end is not looked at."""
        for data in self._events.feed(received):
            if self.over:
                return
            if data.strip() == _LAST:
                self.over = True
            else:
                self._add(data)

    def body(self) -> Fields:
        """Return the body of the completion, as far as it came.

        Raises:
            MalformedReplyError: If a piece was none.
        """
        if self._wrong is not None:
            raise MalformedReplyError(self._wrong)
        if not self._chosen:
            return self._fields
        message: dict[str, object] = {
            name: "".join(texts) for name, texts in self._texts.items() if texts
        }
        if self._calls:
            message["tool_calls"] = [_whole(call) for _, call in sorted(self._calls.items())]
        message.setdefault("content", None)
        choice = {"message": message, "finish_reason": self._finish}
        return self._fields | {"choices": [choice | {"logprobs": {"content": self._tokens}}]}

    def _add(self, data: bytes) -> None:
        try:
            piece: object = from_json(data)
        except ValueError:
            piece = None
        if not isinstance(piece, dict):
            seen = data[:40].decode("utf-8", "replace")
            self._wrong = f"a piece of the stream is no JSON object: it begins with {seen!r}"
            self.over = True
            return
        fields = cast("Fields", piece)
        self._fields |= {name: fields[name] for name in _TOLD if fields.get(name) is not None}
        choices = fields.get("choices")
        if isinstance(choices, list) and choices:
            self._extend(_fields(cast("list[object]", choices)[0]))

    def _extend(self, choice: Fields) -> None:
        if choice.get("index", 0) != 0:
            return
        self._chosen = True
        if choice.get("finish_reason") is not None:
            self._finish = choice["finish_reason"]
        self._tokens += _listed(_fields(choice.get("logprobs")).get("content"))
        delta = _fields(choice.get("delta"))
        for name in ("content", "refusal"):
            text = delta.get(name)
            if isinstance(text, str) and text:
                self._texts.setdefault(name, []).append(text)
                self.begun = True
        for call in _listed(delta.get("tool_calls")):
            self._call(_fields(call))

    def _call(self, piece: Fields) -> None:
        index = piece.get("index", 0)
        if not isinstance(index, int) or len(self._calls) > _MOST_CALLS:
            return
        self.begun = True
        call = self._calls.setdefault(index, {"id": "", "name": "", "arguments": ""})
        function = _fields(piece.get("function"))
        for name, value in (("id", piece.get("id")), ("name", function.get("name"))):
            if isinstance(value, str) and not call[name]:
                call[name] = value
        arguments = function.get("arguments")
        if isinstance(arguments, str):
            call["arguments"] += arguments


def _whole(call: Mapping[str, str]) -> Fields:
    function = {"name": call["name"], "arguments": call["arguments"]}
    return {"id": call["id"], "type": "function", "function": function}


def _fields(value: object) -> Fields:
    return cast("Fields", value) if isinstance(value, dict) else {}


def _listed(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
