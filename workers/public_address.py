"""Lets a client reach public addresses only: the address that was checked, and no other.

A name is resolved once for each request, all that it stands for is checked, and the connection goes
to the first of these addresses, whatever the name stands for a moment later. The name itself is
kept for the certificate and for the ``Host`` header.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final

import anyio
import httpx2

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

_EMBEDDING: Final = (IPv6Network("::/96"), IPv6Network("64:ff9b::/96"))
"""Networks of IPv6 whose last 32 bits are an address of IPv4."""
_INNER: Final = (
    IPv4Network("192.0.0.0/24"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("fec0::/10"),
)
"""Networks of protocols, of translators and, once, of sites, which not all Pythons know as such."""
_PORTS: Final = {"http": 80, "https": 443}


class PrivateAddressError(httpx2.TransportError):
    """Raised instead of connecting to an address that is not public."""


def is_public(text: str) -> bool:
    """Return whether an address can be reached from anywhere, also if it is wrapped in another.

    >>> [is_public(each) for each in ("1.1.1.1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False]
    """
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(str(inner))
    within = any(address in network for network in _INNER)
    return address.is_global and not address.is_multicast and not within


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if any(address in network for network in _EMBEDDING):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


async def resolved(host: str, port: int) -> list[str]:
    """Return the addresses that a name stands for.

    Raises:
        OSError: If it stands for none.
    """
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class PublicTransport(httpx2.AsyncBaseTransport):
    """Connects to public addresses only, and to those that it has checked.

    Args:
        transport: Makes the requests.
        resolve: Returns the addresses of a host and a port.
        allowed: Whether an address may be reached.
    """

    def __init__(
        self,
        transport: httpx2.AsyncBaseTransport,
        resolve: Callable[[str, int], Awaitable[Sequence[str]]] = resolved,
        allowed: Callable[[str], bool] = is_public,
    ) -> None:
        self._transport = transport
        self._resolve = resolve
        self._allowed = allowed

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Make a request to where it may go.

        Raises:
            PrivateAddressError: If any address of the host is not public.
            ConnectError: If the host is unknown.
        """
        url = request.url
        port = url.port or _PORTS[url.scheme]
        try:
            addresses = await self._resolve(url.host, port)
        except (OSError, UnicodeError) as error:
            raise httpx2.ConnectError(f"{url.host} is not known: {error}") from error
        for address in addresses:
            if not self._allowed(address):
                raise PrivateAddressError(f"{url.host} is at {address}, which is not public")
        pinned = httpx2.Request(
            request.method,
            url.copy_with(host=addresses[0]),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": url.host},
        )
        return await self._transport.handle_async_request(pinned)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()
