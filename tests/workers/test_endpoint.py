"""The endpoint adapter against a real HTTP server on loopback, on both event loops."""

from __future__ import annotations

import json
import logging
import traceback
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from protocols.units import Money
from tests.workers.endpoints import ASK, PRICE, QUICK, ended, endpoint
from tests.workers.openai_server import OpenAIServer, Say, completion, failure
from workers.chat import Message, Reply, Token
from workers.dialect import worst_usage
from workers.endpoint import Endpoint
from workers.errors import (
    ChatError,
    CutAnswerError,
    DeclinedAnswerError,
    EmptyAnswerError,
    FilteredAnswerError,
    IncompleteAnswerError,
    LiveCallError,
    MalformedReplyError,
    MissingKeyError,
    OversizedReplyError,
    RequestRefusedError,
    UnavailableError,
    UnstructuredAnswerError,
)
from workers.live_calls import NO_LIVE_CALLS
from workers.meter import Meter
from workers.prices import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.anyio

FORM = ASK.model_copy(update={"form": {"type": "object"}})
CANARY = "sk-canary-3f9c1a"


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    """One server for all tests of this file."""
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def meter() -> Meter:
    """Make a meter with a reserve for two attempts."""
    return Meter(PRICE, Money(2 * PRICE.cost(worst_usage(ASK))))


async def test_an_answer_comes_with_its_usage(server: OpenAIServer, meter: Meter) -> None:
    """A finished completion is returned and booked at what it reports."""
    async with endpoint(server.script("ok", completion("4"))) as chat:
        reply = await chat.complete(ASK, meter)
    assert reply == Reply("4", Usage(40, 10), "tiny-1")
    assert (meter.attempts, meter.cost, meter.estimated) == (1, 60_000, False)


async def test_the_request_is_what_was_asked(server: OpenAIServer, meter: Meter) -> None:
    """The endpoint sees the messages, the limit, the temperature and the seed."""
    request = ASK.model_copy(update={"temperature": 0.5, "seed": 7})
    async with endpoint(server.script("seen", completion())) as chat:
        await chat.complete(request, meter)
    assert server.asked["seen"][0].body == {
        "model": "tiny",
        "messages": [{"role": "user", "content": "2 + 2?"}],
        "max_tokens": 50,
        "temperature": 0.5,
        "seed": 7,
    }


ODD_ENDS = {
    "length": (completion("4", finish="length"), CutAnswerError),
    "filter": (completion("", finish="content_filter"), FilteredAnswerError),
    "refusal": (completion(None, refusal="I will not"), DeclinedAnswerError),
    "null": (completion(None), EmptyAnswerError),
    "tools": (completion(None, finish="tool_calls"), EmptyAnswerError),
    "unmarked": (completion("4", finish=None), IncompleteAnswerError),
    "html": (
        Say(b"<html>Hello</html>", headers={"content-type": "text/html"}),
        MalformedReplyError,
    ),
    "empty": (Say(b""), MalformedReplyError),
    "no choices": (completion(choices=[]), MalformedReplyError),
    "text": (Say(b'"4"'), MalformedReplyError),
    "deep": (Say(b"[" * 10_000 + b"]" * 10_000), MalformedReplyError),
    "bytes": (Say(b'{"choices": "\xff\xfe"}'), MalformedReplyError),
    "error": (Say(b'{"error": {"message": "upstream is down"}}'), MalformedReplyError),
    "zip": (Say(b"x", headers={"content-encoding": "gzip"}), MalformedReplyError),
}


@pytest.mark.parametrize("case", ODD_ENDS)
async def test_every_odd_end_has_its_type(server: OpenAIServer, meter: Meter, case: str) -> None:
    """A reply that is no finished answer is asked for once, is typed, and is booked."""
    say, kind = ODD_ENDS[case]
    route = case.replace(" ", "-")
    error = await ended(server.script(route, say), meter)
    assert type(error) is kind
    assert server.count(route) == 1
    assert meter.cost > 0


async def test_an_endpoint_that_marks_no_end_can_be_told(
    server: OpenAIServer, meter: Meter
) -> None:
    """With the flag for it a missing finish reason is taken for a finished answer."""
    url = server.script("unmarked-ok", completion("4", finish=None))
    async with endpoint(url, unmarked_end=True) as chat:
        assert (await chat.complete(ASK, meter)).text == "4"


@pytest.mark.parametrize("count", ["NaN", "-5", "true", '"12"', "1e400", "0", "null"])
async def test_unbelievable_usage_is_replaced_by_an_estimate(
    server: OpenAIServer, meter: Meter, count: str
) -> None:
    """Token counts that cannot be are not booked: four characters are taken for a token."""
    body = completion("four", usage="?").body.replace(
        b'"?"', f'{{"prompt_tokens": 40, "completion_tokens": {count}}}'.encode()
    )
    async with endpoint(server.script("usage", Say(body))) as chat:
        reply = await chat.complete(ASK, meter)
    assert reply.usage == Usage(2, 1, estimated=True)
    assert meter.estimated


@pytest.mark.parametrize("usage", [None, [], {}, {"prompt_tokens": 40}])
async def test_missing_usage_is_replaced_by_an_estimate(
    server: OpenAIServer, meter: Meter, usage: object
) -> None:
    """An endpoint that tells no usage, or half of it, is booked by the length of the texts."""
    async with endpoint(server.script("silent", completion("four", usage=usage))) as chat:
        reply = await chat.complete(ASK, meter)
    assert reply.usage == Usage(2, 1, estimated=True)


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "idna", "rot13", "none-such"])
async def test_a_reply_in_another_encoding_is_read_as_json_is(
    server: OpenAIServer, meter: Meter, charset: str
) -> None:
    """An error whose header names an encoding that its bytes are not in is the error that it is."""
    headers = {"content-type": f"application/json; charset={charset}"}
    say = Say('{"error": {"message": "n\u00f6"}}'.encode(), 500, headers)
    error = await ended(server.script(f"in-{charset}", say), meter)
    assert isinstance(error, UnavailableError)
    assert error.text == '{"error": {"message": "n\u00f6"}}'


@pytest.mark.parametrize("status", [200, 500])
async def test_an_endless_reply_is_cut_off(server: OpenAIServer, meter: Meter, status: int) -> None:
    """Eighty megabytes are not read, whatever the status says."""
    route = f"huge{status}"
    url = server.script(route, Say(b"x" * 1_000_000, status, repeat=80))
    error = await ended(url, meter)
    assert type(error) is OversizedReplyError
    assert server.count(route) == 1


def refusing(*words: str) -> Callable[[dict[str, Any]], Say]:
    """Return a script that refuses requests with any of some fields, and answers the others."""

    def say(body: dict[str, Any]) -> Say:
        named = [word for word in words if word in body]
        return failure(400, f"{named[0]} is unknown") if named else completion('{"a": 1}')

    return say


async def test_a_refused_form_is_replaced_by_a_weaker_one(
    server: OpenAIServer, meter: Meter
) -> None:
    """Schema, objects, a forced call, then the prompt alone; what was answered is remembered."""
    url = server.script("form", refusing("response_format", "tools"))
    async with endpoint(url) as chat:
        await chat.complete(FORM, meter)
        assert server.count("form") == 5
        await chat.complete(FORM, meter)
    bodies = [asked.body for asked in server.asked["form"]]
    kinds = [body.get("response_format", {}).get("type") for body in bodies]
    assert kinds == ["json_schema", "json_object", "json_object", None, None, None]
    assert ["tool_choice" in body for body in bodies].index(True) == 3
    assert "JSON Schema" in bodies[4]["messages"][-1]["content"]
    assert meter.cost == 120_000


async def test_an_answer_can_be_the_call_of_a_tool(server: OpenAIServer, meter: Meter) -> None:
    """Where no format is taken, a tool that has to be called brings the answer as its arguments."""
    function = {"name": "answer", "arguments": '{"a": 2}'}
    called = completion(None, finish="stop")
    message = {"tool_calls": [{"id": "1", "type": "function", "function": function}]}
    body = called.body.replace(b'"content": null', json.dumps(message)[1:-1].encode())

    def say(asked: dict[str, Any]) -> Say:
        refused = "response_format" in asked
        return failure(400, "no response_format here") if refused else Say(body)

    async with endpoint(server.script("forced", say)) as chat:
        reply = await chat.complete(FORM, meter)
    assert (reply.text, reply.calls) == ('{"a": 2}', ())
    choice = server.asked["forced"][-1].body["tool_choice"]
    assert choice == {"type": "function", "function": {"name": "answer"}}


async def test_a_form_that_is_ignored_is_given_up(server: OpenAIServer) -> None:
    """Prose in place of JSON is booked and typed, and the next call brings the schema as a prompt."""

    def say(body: dict[str, Any]) -> Say:
        told = "JSON Schema" in json.dumps(body["messages"])
        return completion('Sure: {"a": 1}' if told else "I would say yes")

    request = FORM.model_copy(update={"form": {"type": "object", "required": ["a"]}})
    meter = Meter(PRICE)
    async with endpoint(server.script("ignored", say)) as chat:
        with pytest.raises(UnstructuredAnswerError):
            await chat.complete(request, meter)
        assert (await chat.complete(request, meter)).text == 'Sure: {"a": 1}'
    assert (server.count("ignored"), meter.cost) == (2, 120_000)


@pytest.mark.parametrize("status", [400, 403])
async def test_logprobs_that_are_refused_are_done_without(
    server: OpenAIServer, meter: Meter, status: int
) -> None:
    """The answer comes without them, and they are not asked for again."""

    def say(body: dict[str, Any]) -> Say:
        return failure(status, "no logprobs for you") if "logprobs" in body else completion("4")

    request = ASK.model_copy(update={"logprobs": 3})
    async with endpoint(server.script("logprobs", say)) as chat:
        assert (await chat.complete(request, meter)).tokens == ()
        await chat.complete(request, meter)
    assert server.count("logprobs") == 3


async def test_logprobs_come_with_the_answer(server: OpenAIServer, meter: Meter) -> None:
    """Every token has its logarithm and the likeliest tokens at its place."""
    told = {"token": "4", "logprob": -0.5, "top_logprobs": [{"token": "5", "logprob": -1.5}]}
    choice = {
        "finish_reason": "stop",
        "message": {"content": "4"},
        "logprobs": {"content": [told]},
    }
    url = server.script("told", completion(choices=[choice]))
    async with endpoint(url) as chat:
        reply = await chat.complete(ASK.model_copy(update={"logprobs": 1}), meter)
    assert reply.tokens == (Token("4", -0.5, (("5", -1.5),)),)
    body = server.asked["told"][0].body
    assert (body["logprobs"], body["top_logprobs"]) == (True, 1)


async def test_a_failure_for_another_reason_weakens_nothing(
    server: OpenAIServer, meter: Meter
) -> None:
    """A context that is too long is reported at once, in the form that was asked."""
    error = await ended(server.script("long", failure(400, "context too long")), meter, FORM)
    assert isinstance(error, RequestRefusedError)
    assert server.count("long") == 1


async def test_both_names_of_the_limit_are_tried_once(server: OpenAIServer, meter: Meter) -> None:
    """A server that refuses either name of the token limit does not make the client turn."""

    def say(body: dict[str, Any]) -> Say:
        name = "max_tokens" if "max_tokens" in body else "max_completion_tokens"
        return failure(400, f"{name} is not supported")

    error = await ended(server.script("limit", say), meter)
    assert isinstance(error, RequestRefusedError)
    assert server.count("limit") == 2


async def test_the_key_never_shows(
    server: OpenAIServer,
    meter: Meter,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A key that the endpoint even repeats is in no log, no representation and no traceback."""
    monkeypatch.setenv("SECRET_OF_TEST", CANARY)
    caplog.set_level(logging.DEBUG)
    url = server.script("key", failure(401, f"the key {CANARY} is wrong"))
    chat = Endpoint(url, api_key_env="SECRET_OF_TEST", policy=QUICK)
    with pytest.raises(RequestRefusedError) as caught:
        await chat.complete(ASK, meter)
    await chat.aclose()
    assert server.asked["key"][0].headers["authorization"] == f"Bearer {CANARY}"
    trace = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    shown = [repr(chat), repr(vars(chat)), caplog.text, *trace.format()]
    assert CANARY not in "\n".join(shown)
    assert "[key]" in str(caught.value)


async def test_a_key_is_taken_out_before_the_text_is_cut(
    server: OpenAIServer, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever in a long refusal the key stands, no part of it is kept."""
    monkeypatch.setenv("SECRET_OF_TEST", CANARY)
    for place in range(1_900, 2_000, len(CANARY) // 2):
        url = server.script(f"cut-{place}", failure(401, "x" * place + CANARY))
        chat = Endpoint(url, api_key_env="SECRET_OF_TEST", policy=QUICK)
        with pytest.raises(RequestRefusedError) as caught:
            await chat.complete(ASK, meter)
        await chat.aclose()
        assert CANARY[:4] not in caught.value.text


def test_a_key_that_cannot_be_sent_is_not_shown_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A key with a line break is refused before the HTTP library could quote it."""
    monkeypatch.setenv("SECRET_OF_TEST", f"{CANARY}\nX: y")
    with pytest.raises(ValueError, match="SECRET_OF_TEST") as caught:
        Endpoint("http://127.0.0.1/v1", api_key_env="SECRET_OF_TEST")
    assert CANARY not in str(caught.value)


def test_the_own_endpoint_wants_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key and without an address of a local endpoint nothing is built."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(MissingKeyError, match="OPENAI_API_KEY"):
        Endpoint()


@pytest.mark.parametrize("url", ["ftp://a/v1", "127.0.0.1:80", "http://", "http://k:s@a/v1"])
def test_only_http_addresses_are_taken(url: str) -> None:
    """An address of another kind, or with a key in it, is an error when it is given."""
    with pytest.raises(ValueError, match="address"):
        Endpoint(url)


async def test_live_calls_can_be_forbidden(
    server: OpenAIServer, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the variable set nothing is sent, and no worker takes it for a failure of the model."""
    monkeypatch.setenv(NO_LIVE_CALLS, "1")
    assert not issubclass(LiveCallError, ChatError)
    async with endpoint(server.script("forbidden", completion())) as chat:
        with pytest.raises(LiveCallError, match=NO_LIVE_CALLS):
            await chat.complete(ASK, meter)
    assert (server.count("forbidden"), meter.attempts) == (0, 0)


async def test_many_calls_share_one_endpoint(server: OpenAIServer) -> None:
    """Calls at the same time neither mix their answers nor their meters."""

    def echo(body: dict[str, Any]) -> Say:
        return completion(body["messages"][0]["content"])

    url = server.script("many", echo)
    answers: dict[str, tuple[str, int]] = {}

    async def call(chat: Endpoint, text: str) -> None:
        meter = Meter(PRICE)
        request = ASK.model_copy(update={"messages": (Message(role="user", content=text),)})
        answers[text] = ((await chat.complete(request, meter)).text, meter.cost)

    async with endpoint(url) as chat, anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(call, chat, str(number))
    assert answers == {str(number): (str(number), 60_000) for number in range(20)}


async def test_an_endpoint_opens_again_after_it_was_closed(
    server: OpenAIServer, meter: Meter
) -> None:
    """Closing twice is harmless, and a later call opens new connections."""
    async with endpoint(server.script("again", completion("4"))) as chat:
        await chat.complete(ASK, meter)
        await chat.aclose()
        await chat.aclose()
        assert (await chat.complete(ASK, meter)).text == "4"
