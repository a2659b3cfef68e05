"""From the section ``sweep`` to the cells of its grid."""

import json
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Final, NamedTuple

from pydantic import JsonValue

SEED: Final = "seed"
"""Cells that differ in this alone are repetitions of each other."""

MOST: Final = 10_000
"""More cells than this are a mistake."""


_NAMES: Final = ("id", "name", "type")


class Cell(NamedTuple):
    """One setting of everything that is swept.

    Attributes:
        number: Its place in the grid, from 1.
        settings: The value of each path, in the order of the section.
    """

    number: int
    settings: Mapping[str, JsonValue]

    @property
    def overrides(self) -> list[str]:
        """The settings as ``--set`` takes them."""
        return [f"{path}={value_text(value)}" for path, value in self.settings.items()]

    @property
    def arm(self) -> str:
        """What is compared: all settings but the seed, for people."""
        shown = {path: value for path, value in self.settings.items() if path != SEED}
        if len(shown) == 1:
            return "".join(map(setting_text, shown.values()))
        return (
            ", ".join(f"{path}={setting_text(each)}" for path, each in shown.items())
            or "as written"
        )

    @property
    def file(self) -> str:
        """The name of its journal."""
        return f"cell-{self.number:04}.db"


def grid(sweep: Mapping[str, Sequence[JsonValue]]) -> list[Cell]:
    """Return the cross product of all values; the last path changes fastest.

    >>> [cell.overrides for cell in grid({"mechanism": ["vcg", "vickrey"], "seed": [1]})]
    [['mechanism="vcg"', 'seed=1'], ['mechanism="vickrey"', 'seed=1']]

    Raises:
        ValueError: If there are more than `MOST` cells.
    """
    count = 1
    for values in sweep.values():
        count *= len(values)
    if count > MOST:
        raise ValueError(f"expected at most {MOST:,} cells, not {count:,}")
    combined = product(*sweep.values())
    return [
        Cell(number, dict(zip(sweep, values, strict=True)))
        for number, values in enumerate(combined, start=1)
    ]


def value_text(value: JsonValue) -> str:
    """Return a value as it is written behind ``--set path=``."""
    return json.dumps(value, ensure_ascii=False)


def setting_text(value: JsonValue) -> str:
    """Return a value for people: a section by its name and what else it says.

    >>> setting_text({"name": "vcg", "stake": 0.1}), setting_text([{"id": "ann"}, 2]), setting_text(3)
    ('vcg stake=0.1', '[ann, 2]', '3')
    """
    if isinstance(value, dict):
        names = [setting_text(value[key]) for key in _NAMES if key in value]
        others = [f"{key}={setting_text(each)}" for key, each in value.items() if key not in _NAMES]
        return " ".join([*names[:1], *others])
    if isinstance(value, list):
        return f"[{', '.join(_name(each) for each in value)}]"
    return str(value)


def _name(value: JsonValue) -> str:
    """Return an item of a list by its name alone, if it has one."""
    named = value.get("id", value.get("name")) if isinstance(value, dict) else None
    return setting_text(value if named is None else named)
