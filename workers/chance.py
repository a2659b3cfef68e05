"""Chance that depends on names and not on the order of events.

A draw is a hash of a seed and some words, so a simulated or resumed run makes the same draws in
whatever order its tasks happen to finish.
"""

from hashlib import blake2b
from struct import Struct
from typing import NamedTuple

_STEPS = 2.0**-53
_five = Struct(">5Q").unpack


class Draws(NamedTuple):
    """Five independent numbers in [0, 1) from one hash."""

    first: float
    second: float
    third: float
    fourth: float
    fifth: float


def uniform(seed: int, *names: object) -> float:
    """Return a number in [0, 1) that is fixed by the seed and the names.

    >>> uniform(1, "worker", "task") == uniform(1, "worker", "task")
    True
    """
    text = "\x1f".join((str(seed), *map(str, names)))
    return (int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 11) * _STEPS


def stream(seed: int, *names: object) -> bytes:
    """Return the key of a stream of draws that is fixed by the seed and the names."""
    return blake2b("\x1f".join((str(seed), *map(str, names))).encode(), digest_size=32).digest()


def draws(key: bytes, task: str, attempt: int) -> Draws:
    """Return five numbers in [0, 1) that are fixed by a stream, a task and an attempt.

    >>> draws(stream(1, "worker"), "task", 1) == draws(stream(1, "worker"), "task", 1)
    True
    """
    digest = blake2b(f"{task}\x1f{attempt}".encode(), digest_size=40, key=key).digest()
    a, b, c, d, e = _five(digest)
    return Draws(
        (a >> 11) * _STEPS,
        (b >> 11) * _STEPS,
        (c >> 11) * _STEPS,
        (d >> 11) * _STEPS,
        (e >> 11) * _STEPS,
    )
