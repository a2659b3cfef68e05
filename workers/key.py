"""The key of an endpoint: named by its environment variable, never kept and never shown."""

from __future__ import annotations

import os
from typing import Final, NamedTuple

_SHORTEST: Final = 12
"""A shorter key is a stand-in, such as ``none``, which a model may well say."""


class Key(NamedTuple):
    """Where the key of an endpoint is found.

    Attributes:
        variable: The environment variable that holds it.
    """

    variable: str

    def read(self) -> str | None:
        """Return the key; ``None`` if there is none.

        Raises:
            ValueError: If it could not be sent; the message does not show it.
        """
        key = os.environ.get(self.variable, "").strip()
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise ValueError(f"the environment variable {self.variable} holds no usable key")
        return key or None

    def redacted(self, text: str) -> str:
        """Return a text without the key, in case that an endpoint repeats it."""
        key = self.read()
        return text.replace(key, "[key]") if key else text

    def redacted_reply(self, body: bytes) -> bytes:
        """Return what an endpoint has sent without the key, in case that it hands it back."""
        key = (self.read() or "").encode()
        return body.replace(key, b"[key]") if len(key) >= _SHORTEST else body
