"""Endpoints at one address with one key: they share their connections, seats and rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.endpoint import Address, Endpoint
from workers.limits import Gate, strictest

if TYPE_CHECKING:
    from collections.abc import Iterable


def share(chats: Iterable[object]) -> None:
    """Have all endpoints with one address and key share what they have, until each is closed.

    Of limits that differ the strictest count, see `workers.limits.strictest`; who says that its own
    are not ``shared`` keeps them. To be called before the first call.

    Args:
        chats: The endpoints; whatever else it holds is left alone.

    >>> small, big = (Endpoint("http://127.0.0.1:8000/v1") for _ in range(2))
    >>> share([small, big])
    >>> small.gate is big.gate and small.connection is big.connection
    True
    """
    together: dict[Address, list[Endpoint]] = {}
    for chat in chats:
        if isinstance(chat, Endpoint):
            together.setdefault(chat.address, []).append(chat)
    for several in together.values():
        gate = Gate(strictest([each.limits for each in several if each.limits.shared]))
        for each in several:
            each.connection = several[0].connection
            if each.limits.shared:
                each.gate = gate
