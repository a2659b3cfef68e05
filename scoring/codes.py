"""Names as numbers: what arrays are sorted and summed by."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    Codes = NDArray[np.intp]

T = TypeVar("T")


def codes_of(names: Iterable[T]) -> tuple[tuple[T, ...], Codes]:
    """Return each name once, in the order in which they first come, and the place of each in it.

    >>> names, codes = codes_of(["ann", "bob", "ann"])
    >>> names, codes.tolist()
    (('ann', 'bob'), [0, 1, 0])
    """
    import numpy as np

    places: dict[T, int] = {}
    found = np.array([places.setdefault(name, len(places)) for name in names], dtype=np.intp)
    return tuple(places), found
