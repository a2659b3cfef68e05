"""A llama.cpp server with a tiny model of drawn weights: real tokens, real chance, no sense."""

from __future__ import annotations

import subprocess
from contextlib import asynccontextmanager
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pytest
from pydantic import Field

from protocols.frozen import Frozen
from tests.peers.serving import free_port, program, serving
from workers.chat import ChatRequest, Message
from workers.endpoint import Endpoint
from workers.errors import CutAnswerError, RequestRefusedError
from workers.meter import Meter
from workers.prices import FREE, Price
from workers.retry import Policy
from workers.structured import ask

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

pytestmark = pytest.mark.anyio

POLICY = Policy(seconds=60.0, first_wait=0.1)
WORDS = (Message(role="user", content="How sure are you?"),)
ASK = ChatRequest(model="tiny", messages=WORDS, max_tokens=8, seed=1)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for all tests of this file."""
    folder = tmp_path_factory.mktemp("llama")
    python, model, port = program("llama", "python"), str(folder / "tiny.gguf"), free_port()
    subprocess.run([python, Path(__file__).with_name("tiny_model.py"), model], check=True)
    command = [python, "-m", "llama_cpp.server", "--model", model, "--model_alias", "tiny"]
    command += ["--n_ctx", "2048", "--logits_all", "true", "--n_threads", "1"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    with serving(command, port, "/v1/models", folder / "log") as running:
        yield f"{running}/v1"


@asynccontextmanager
async def endpoint(url: str, *, stream: bool = False) -> AsyncGenerator[Endpoint]:
    """Open an endpoint that is closed at the end."""
    made = Endpoint(url, policy=POLICY, stream=stream)
    try:
        yield made
    finally:
        await made.aclose()


class RandomBid(Frozen):
    """A bid as the grammar of the server can hold a model to."""

    sure: bool
    tokens: int
    kind: Annotated[str, Field(pattern="^(sums|dates)$")]


class Sure(Frozen):
    """A single choice."""

    sure: bool


async def test_log_probabilities_are_those_of_the_tokens(url: str) -> None:
    """The tokens spell the answer, and the likeliest at each place have no more than all chance."""
    request = ASK.model_copy(update={"logprobs": 5, "max_tokens": 64, "temperature": 0.0})
    form = {"type": "object", "properties": {"sure": {"type": "boolean"}}, "required": ["sure"]}
    async with endpoint(url) as chat:
        reply = await chat.complete(request.model_copy(update={"form": form}), Meter(FREE))
    assert "".join(token.text for token in reply.tokens).strip() == reply.text.strip()
    assert len(reply.tokens) >= 5
    for token in reply.tokens:
        assert token.logprob <= 0
        assert 0 < len(token.likeliest) <= 6
        assert sum(exp(logprob) for _, logprob in token.likeliest) <= 1 + 1e-3


async def test_bids_are_random_and_valid(url: str) -> None:
    """The server holds a model without sense to the schema; the refused form is tried once."""
    request = ASK.model_copy(update={"max_tokens": 200, "temperature": 1.5})
    meter = Meter(FREE)
    async with endpoint(url) as chat:
        bids = [
            await ask(chat, request.model_copy(update={"seed": seed}), RandomBid, meter)
            for seed in range(6)
        ]
    assert len(set(bids)) > 1
    assert meter.attempts == len(bids) + 1


async def test_a_seed_fixes_the_chance(url: str) -> None:
    """The same seed gives the same answer."""
    request = ASK.model_copy(update={"max_tokens": 200, "temperature": 1.5, "seed": 7})
    async with endpoint(url) as chat:
        first, second = [await ask(chat, request, RandomBid, Meter(FREE)) for _ in range(2)]
    assert first == second


async def test_a_streamed_answer_is_the_whole_one(url: str) -> None:
    """Without chance a stream brings the same text, with its time and an estimate of its usage."""
    form = Sure.model_json_schema()
    request = ASK.model_copy(update={"max_tokens": 200, "temperature": 0.0, "form": form})
    async with endpoint(url) as whole, endpoint(url, stream=True) as streamed:
        one = await whole.complete(request, Meter(FREE))
        other = await streamed.complete(request, Meter(FREE))
    assert (one.text, one.first) == (other.text, None)
    assert other.first is not None
    assert other.first > 0
    assert one.usage.input > 0
    assert not one.usage.estimated


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_cut_at_its_limit_is_typed_and_paid(url: str, stream: bool) -> None:
    """Eight tokens of noise are no answer, and they are on the bill."""
    meter = Meter(Price.per_million(1, 2))
    request = ASK.model_copy(update={"temperature": 0.0})
    async with endpoint(url, stream=stream) as chat:
        with pytest.raises(CutAnswerError):
            await chat.complete(request, meter)
    assert meter.cost > 0


async def test_a_prompt_that_is_too_long_is_refused(url: str) -> None:
    """More than the model can hold is asked once and costs nothing."""
    words = (Message(role="user", content="word " * 3000),)
    meter = Meter(Price.per_million(1, 2))
    async with endpoint(url) as chat:
        with pytest.raises(RequestRefusedError):
            await chat.complete(ASK.model_copy(update={"messages": words}), meter)
    assert (meter.attempts, meter.cost) == (1, 0)
