"""Model replies: bytes from a real server on loopback, through the adapter, as bids and as answers.

A worker with a model behind it may fail to bid and to work, in words and at a metered cost, and may
do nothing else.
"""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from typing import Any, Final, NamedTuple

import anyio
from hypothesis import strategies as st

from protocols.messages import Bid, Failure, Refusal, Result
from tests.fuzz.mutation import altered, edited, written
from tests.fuzz.target import Target
from tests.workers.calls import award, call, lot
from tests.workers.openai_server import (
    DONE,
    USED,
    OpenAIServer,
    Say,
    completion,
    failure,
    piece,
)
from workers.bidding.catalog import RULES
from workers.llm import OpenAIWorker
from workers.prices import Price
from workers.retry import Policy

_OPEN: Final = ExitStack()
_POLICY: Final = Policy(seconds=0.5, attempts=2, first_wait=0.001, longest_wait=0.002)
_CALL: Final = {
    "id": "c1",
    "type": "function",
    "function": {"name": "double", "arguments": '{"number": 2}'},
}
_TOKENS: Final = {
    "content": [{"token": "4", "logprob": -0.1, "top_logprobs": [{"token": "4", "logprob": -0.1}]}]
}
_CHOICES: Final[list[Any]] = [
    {"finish_reason": "stop", "message": {"content": text}, "logprobs": _TOKENS}
    for text in (
        "4",
        '{"success_probability": 0.9, "output_tokens": 5}',
        '{"answer": "4", "success_probability": 0.9}',
    )
] + [{"finish_reason": "tool_calls", "message": {"content": None, "tool_calls": [_CALL]}}]
WHOLE: Final[list[Any]] = [
    json.loads(completion("4").body) | {"choices": [choice]} for choice in _CHOICES
]
PIECES: Final[list[Any]] = [
    json.loads(data.removeprefix(b"data: ")) for data in (piece("4"), piece("", "stop"), USED)
]
HEADERS: Final = {
    "retry-after": ("0", "nan", "-1", "1e400", "soon", "Sun, 22 Nov 2026 03:00:00 GMT", "9" * 400),
    "content-encoding": ("gzip", "identity", "br", "\x7f"),
    "content-type": ("text/html", "text/event-stream", "application/json; charset=utf-16", ""),
    "location": ("http://127.0.0.1:9/", "file:///etc/passwd"),
}


class Scene(NamedTuple):
    """What the endpoint says, one after the other, and to whom."""

    says: list[Say]
    rule: str
    stream: bool
    tools: bool
    confidence: bool


@cache
def _server() -> OpenAIServer:
    return _OPEN.enter_context(OpenAIServer())


def double(number: int) -> int:
    """Double a number."""
    return 2 * number


def take(scene: Scene) -> None:
    """Have a worker ask the endpoint for a bid and for an answer."""
    anyio.run(_ask, scene, _server().script("fuzz", *scene.says))


async def _ask(scene: Scene, url: str) -> None:
    fields: dict[str, Any] = {}
    if scene.tools and scene.rule != "probe":
        fields = {"tools": [double], "rounds": 2}
    elif scene.confidence and scene.rule != "probe":
        fields = {"confidence": True}
    worker = OpenAIWorker(
        "w",
        model="tiny",
        base_url=url,
        price=Price.per_million(1, 2),
        bid=scene.rule,
        policy=_POLICY,
        stream=scene.stream,
        **fields,
    )
    said: list[Bid | Refusal] = []
    try:
        await worker.bid(call(lot()), said.append)
        report = await worker.execute(lot(), award("w"))
    finally:
        await worker.aclose()
    assert len(said) == 1
    assert isinstance(said[0], Bid | Refusal)
    assert isinstance(report, Result | Failure)


def _event(data: object) -> bytes:
    return b"data: " + written(data) + b"\n\n"


def _headers() -> st.SearchStrategy[dict[str, str]]:
    one = st.sampled_from([(name, value) for name, values in HEADERS.items() for value in values])
    return st.lists(one, max_size=1).map(dict)


def _pieced(chunks: Sequence[bytes], headers: dict[str, str], drop: bool) -> Say:
    kind = {"content-type": "text/event-stream"}
    return Say(chunks=(*filter(None, chunks), DONE), headers=kind | headers, drop=drop)


_BODIES: Final = st.builds(written, altered(WHOLE)) | edited([written(each) for each in WHOLE])
_CHUNKS: Final = st.builds(_event, altered(PIECES)) | edited([_event(each) for each in PIECES])
_SAYS: Final = (
    st.builds(
        Say, _BODIES, st.sampled_from([200, 200, 200, 200, 400, 429, 500, 302, 204]), _headers()
    )
    | st.builds(_pieced, st.lists(_CHUNKS, min_size=1, max_size=4), _headers(), st.booleans())
    | st.sampled_from([Say(drop=True), failure(400, "response_format"), failure(400, "max_tokens")])
)

REPLIES: Final = Target(
    "replies",
    st.builds(
        Scene,
        st.lists(_SAYS, min_size=1, max_size=3),
        st.sampled_from(list(RULES)),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    take,
)
