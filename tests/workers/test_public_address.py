"""Endpoints that somebody else has named reach public addresses only."""

from collections.abc import Sequence

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.workers.endpoints import ASK, QUICK
from tests.workers.openai_server import OpenAIServer, completion, failure
from workers.endpoint import Endpoint
from workers.errors import RequestRefusedError, UnavailableError
from workers.judge_spec import JudgeSpec
from workers.llm_spec import OpenAISpec
from workers.meter import Meter
from workers.prices import Price
from workers.public_address import PrivateAddressError, PublicTransport, is_public, resolved

pytestmark = pytest.mark.anyio

PRIVATE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.8", "172.16.3.4", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "224.0.0.1", "255.255.255.255", "192.0.2.7", "198.18.0.1", "::1", "::",
    "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a9fe:a9fe::",
    "2001:0:0:0:0:0:80ff:fffe", "fd00:ec2::254", "192.0.0.192", "fec0::1", "::ffff:192.0.0.192",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_only_this_machine_or_network_reaches_are_not_public(address: str) -> None:
    """Loopback, private, link-local, shared, reserved, multicast, metadata; wrapped or not."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    """Wrapped or not."""
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_changes_nothing(address: object) -> None:
    """Mapped and translated forms of IPv6 are as public as what they stand for."""
    plain = is_public(str(address))
    assert is_public(f"::ffff:{address}") == plain
    assert is_public(f"64:ff9b::{address}") == plain


class Sees(httpx2.AsyncBaseTransport):
    """Keeps the requests that arrive."""

    def __init__(self) -> None:
        self.requests: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer everything."""
        self.requests.append(request)
        return httpx2.Response(200)


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """The name is asked for once a request; the second answer of a rebinding server is refused."""
    answers = [["1.1.1.1"], ["127.0.0.1"], ["1.1.1.1", "10.0.0.1"]]

    async def resolve(host: str, port: int) -> Sequence[str]:
        assert (host, port) == ("evil.example", 443)
        return answers.pop(0)

    sees = Sees()
    async with httpx2.AsyncClient(transport=PublicTransport(sees, resolve)) as client:
        await client.get("https://evil.example/v1")
        with pytest.raises(
            PrivateAddressError, match=r"evil\.example is at 127\.0\.0\.1, which is"
        ):
            await client.get("https://evil.example/v1")
        with pytest.raises(PrivateAddressError, match=r"10\.0\.0\.1"):
            await client.get("https://evil.example/v1")

    (seen,) = sees.requests
    assert seen.url.host == "1.1.1.1"
    assert seen.headers["host"] == "evil.example"
    assert seen.extensions["sni_hostname"] == "evil.example"


async def test_a_name_that_is_not_found_may_be_found_later() -> None:
    """That is an outage, and no refusal."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        raise OSError(f"{host}:{port}")

    async with httpx2.AsyncClient(transport=PublicTransport(Sees(), resolve)) as client:
        with pytest.raises(httpx2.ConnectError, match="is not known"):
            await client.get("http://nobody.example")


async def test_addresses_are_found_as_the_machine_finds_them() -> None:
    """Numbers in any writing are addresses, too."""
    assert await resolved("127.0.0.1", 80) == ["127.0.0.1"]
    assert await resolved("2130706433", 80) == ["127.0.0.1"]
    assert await resolved("0x7f000001", 80) == ["127.0.0.1"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"]
)
async def test_an_untrusted_endpoint_on_this_machine_is_never_called(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused once, costs nothing and is not tried again; a proxy does not help."""
    with OpenAIServer() as server:
        url = server.script("inside", completion("4"))
        monkeypatch.setenv("HTTP_PROXY", url.removesuffix("/inside/v1"))
        monkeypatch.setenv("ALL_PROXY", url.removesuffix("/inside/v1"))
        endpoint = Endpoint(url.replace("127.0.0.1", host), policy=QUICK, untrusted=True)
        meter = Meter(Price.per_million(1, 1))
        with pytest.raises(RequestRefusedError, match="which is not public"):
            await endpoint.complete(ASK, meter)
        await endpoint.aclose()
        assert server.count("inside") == 0
        assert (meter.attempts, meter.cost) == (1, 0)


async def test_a_redirect_into_the_network_is_not_followed() -> None:
    """Nobody calls what an endpoint points to, be it trusted or not."""
    with OpenAIServer() as server:
        inside = server.script("inside", completion("4"))
        url = server.script("outside", failure(307, location=f"{inside}/chat/completions"))
        endpoint = Endpoint(url, policy=QUICK)
        with pytest.raises((RequestRefusedError, UnavailableError)):
            await endpoint.complete(ASK, Meter(Price.per_million(1, 1)))
        await endpoint.aclose()
        assert server.count("inside") == 0


def test_an_untrusted_endpoint_gets_no_key_that_was_not_meant_for_it() -> None:
    """The usual variable is for the usual endpoint; another one may be named."""
    fields = {"id": "a", "model": "m", "free": True, "base_url": "https://x.example/v1"}
    for made in (OpenAISpec, JudgeSpec):
        assert made.model_validate({**fields, "untrusted": True}).calling().get("api_key_env") == ""
        named = made.model_validate({**fields, "untrusted": True, "api_key_env": "MINE"})
        assert named.calling().get("api_key_env") == "MINE"
        assert made.model_validate(fields).calling().get("api_key_env") == "OPENAI_API_KEY"


def test_an_untrusted_endpoint_has_an_address() -> None:
    """OpenAI's own is nobody's to choose."""
    with pytest.raises(ValidationError, match="needs its base_url"):
        OpenAISpec.model_validate({"id": "a", "model": "m", "untrusted": True})
