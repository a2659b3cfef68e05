"""Chance that depends on names and not on the order of events.

A draw is a hash of a seed and some words, so a simulated or resumed run makes the same draws in
whatever order its tasks happen to finish.
"""

from hashlib import blake2b

_STEPS = 2.0**-53


def uniform(seed: int, *names: object) -> float:
    """Return a number in [0, 1) that is fixed by the seed and the names.

    >>> uniform(1, "worker", "task") == uniform(1, "worker", "task")
    True
    """
    text = "\x1f".join((str(seed), *map(str, names)))
    return (int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 11) * _STEPS
