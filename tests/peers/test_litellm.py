"""LiteLLM as a gateway between the adapter and a server whose every request is counted."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.peers.serving import free_port, program, serving
from tests.workers.openai_server import OpenAIServer, Say, completion, failure, streamed
from workers.chat import ChatRequest, Message
from workers.endpoint import Endpoint
from workers.errors import ChatError, CutAnswerError, RequestRefusedError, UnavailableError
from workers.limits import Limits
from workers.meter import Meter
from workers.prices import Price, Usage
from workers.retry import Policy
from workers.tools import Tool, converse

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

pytestmark = pytest.mark.anyio

KEY = "sk-of-the-gateway"
PRICE = Price.per_million(1, 2)
POLICY = Policy(seconds=30.0, attempts=3, first_wait=0.05)
ASK = ChatRequest(model="behind", messages=(Message(role="user", content="2 + 2?"),), max_tokens=50)
ROUTE = "behind"


@pytest.fixture(scope="module")
def behind() -> Iterator[OpenAIServer]:
    """Start the server that the gateway asks."""
    with OpenAIServer() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(behind: OpenAIServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One gateway for all tests of this file."""
    folder, port = tmp_path_factory.mktemp("litellm"), free_port()
    inner = {"model": "openai/tiny", "api_key": "none", "api_base": behind.script(ROUTE)}
    mocked = {"model": "openai/none", "api_key": "none", "mock_response": '{"p": 0.8}'}
    named = {"behind": inner, "mocked": mocked}
    config = {
        "model_list": [
            {"model_name": name, "litellm_params": params} for name, params in named.items()
        ],
        "router_settings": {"num_retries": 0, "disable_cooldowns": True},
        "general_settings": {"master_key": KEY},
    }
    written = folder / "config.yaml"
    written.write_text(json.dumps(config), encoding="utf-8")
    command = [program("litellm", "litellm"), "--config", str(written), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--telemetry", "False"]
    ready, log = "/health/liveliness", folder / "log"
    with serving(command, port, ready, log, LITELLM_LOCAL_MODEL_COST_MAP="True") as url:
        yield f"{url}/v1"


@pytest.fixture
def url(gateway: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the address of the gateway, with its key in the environment."""
    monkeypatch.setenv("KEY_OF_GATEWAY", KEY)
    return gateway


@asynccontextmanager
async def endpoint(url: str, *, stream: bool = False) -> AsyncGenerator[Endpoint]:
    """Open an endpoint that is closed at the end."""
    made = Endpoint(
        url,
        api_key_env="KEY_OF_GATEWAY",
        policy=POLICY,
        limits=Limits(pause=0.05),
        stream=stream,
    )
    try:
        yield made
    finally:
        await made.aclose()


async def ended(url: str, request: ChatRequest = ASK) -> ChatError:
    """Return the exception in which a call ends."""
    async with endpoint(url) as chat:
        with pytest.raises(ChatError) as caught:
            await chat.complete(request, Meter(PRICE))
    return caught.value


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_comes_through(behind: OpenAIServer, url: str, stream: bool) -> None:
    """Text and usage of the server behind arrive, for one request of it."""
    behind.script(ROUTE, streamed("fo", "ur") if stream else completion("four"))
    async with endpoint(url, stream=stream) as chat:
        reply = await chat.complete(ASK, Meter(PRICE))
    assert (reply.text, reply.first is not None) == ("four", stream)
    assert reply.usage == Usage(40, 10)
    assert behind.count(ROUTE) == 1


async def test_a_form_comes_through(behind: OpenAIServer, url: str) -> None:
    """The schema reaches the server behind the gateway."""
    behind.script(ROUTE, completion('{"a": 1}'))
    form = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    async with endpoint(url) as chat:
        await chat.complete(ASK.model_copy(update={"form": form}), Meter(PRICE))
    (asked,) = behind.asked[ROUTE]
    assert asked.body["response_format"]["json_schema"]["schema"] == form


async def test_a_refused_form_is_weakened_through_the_gateway(
    behind: OpenAIServer, url: str
) -> None:
    """The words of the server behind are still in the refusal, so the next form is tried."""

    def say(body: dict[str, Any]) -> Say:
        refused = "response_format" in body
        return failure(400, "no response_format here") if refused else completion('{"a": 1}')

    behind.script(ROUTE, say)
    request = ASK.model_copy(update={"form": {"type": "object"}})
    async with endpoint(url) as chat:
        assert (await chat.complete(request, Meter(PRICE))).text == '{"a": 1}'


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_trouble_behind_is_tried_again_by_us_alone(
    behind: OpenAIServer, url: str, status: int
) -> None:
    """Three attempts are ours: with its own retries off, the gateway adds none."""
    behind.script(ROUTE, failure(status))
    assert isinstance(await ended(url), UnavailableError)
    assert behind.count(ROUTE) == POLICY.attempts


async def test_a_cut_answer_is_no_answer(behind: OpenAIServer, url: str) -> None:
    """The end at the limit arrives as such."""
    behind.script(ROUTE, completion("4", finish="length"))
    assert type(await ended(url)) is CutAnswerError


async def test_a_tool_is_called_through_the_gateway(behind: OpenAIServer, url: str) -> None:
    """Calls and their answers pass in both directions."""
    function = {"name": "doubled", "arguments": '{"number": 2}'}
    call = {"id": "c1", "type": "function", "function": function}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "finish_reason": "tool_calls", "message": message}
    behind.script(ROUTE, completion(choices=[choice]), completion("4"))
    tool = Tool(doubled)
    request = ASK.model_copy(update={"tools": (tool.form,)})
    async with endpoint(url) as chat:
        reply = await converse(chat, request, {"doubled": tool}, Meter(PRICE), rounds=3)
    assert reply.text == "4"
    assert behind.asked[ROUTE][1].body["messages"][-1]["content"] == "4"


def doubled(number: int) -> int:
    """Double a number."""
    return 2 * number


async def test_an_unknown_model_is_refused_by_the_gateway(behind: OpenAIServer, url: str) -> None:
    """A name that the gateway does not know reaches nobody, and is asked once."""
    behind.script(ROUTE, completion("4"))
    error = await ended(url, ASK.model_copy(update={"model": "nobody"}))
    assert isinstance(error, RequestRefusedError)
    assert behind.count(ROUTE) == 0


async def test_a_wrong_key_is_refused_and_not_repeated_to_us(
    behind: OpenAIServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway answers without asking anybody, and the error does not show the key."""
    behind.script(ROUTE, completion("4"))
    monkeypatch.setenv("KEY_OF_GATEWAY", "sk-wrong-7777")
    error = await ended(url)
    assert isinstance(error, RequestRefusedError)
    assert "sk-wrong-7777" not in str(error) + error.text
    assert behind.count(ROUTE) == 0


async def test_the_answer_of_the_gateway_itself_is_read(url: str) -> None:
    """Its own invented completion is an answer with usage."""
    meter = Meter(PRICE)
    async with endpoint(url) as chat:
        reply = await chat.complete(ASK.model_copy(update={"model": "mocked"}), meter)
    assert (reply.text, meter.estimated) == ('{"p": 0.8}', False)
