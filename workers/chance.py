"""Chance that depends on names and not on the order of events.

A draw is a hash of a seed and some words, so a simulated or resumed run makes the same draws in
whatever order its tasks happen to finish.
"""

from hashlib import blake2b
from struct import Struct

_STEPS = 2.0**-53
_COARSE = 2.0**-32
_five = Struct(">5I").unpack


Draws = tuple[float, float, float, float, float]
"""Five independent numbers in [0, 1) from one hash."""


def uniform(seed: int, *names: object) -> float:
    """Return a number in [0, 1) that is fixed by the seed and the names.

    >>> uniform(1, "worker", "task") == uniform(1, "worker", "task")
    True
    """
    text = "\x1f".join((str(seed), *map(str, names)))
    return (int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 11) * _STEPS


def stream(seed: int, *names: object) -> str:
    """Return the key of a stream of draws that is fixed by the seed and the names."""
    text = "\x1f".join((str(seed), *map(str, names)))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def draws(key: str, task: str, attempt: int) -> Draws:
    """Return five numbers in [0, 1) that are fixed by a stream, a task and an attempt.

    They come in steps of 2**-32.

    >>> draws(stream(1, "worker"), "task", 1) == draws(stream(1, "worker"), "task", 1)
    True
    """
    digest = blake2b(f"{key}{task}\x1f{attempt}".encode(), digest_size=20).digest()
    a, b, c, d, e = _five(digest)
    return a * _COARSE, b * _COARSE, c * _COARSE, d * _COARSE, e * _COARSE
