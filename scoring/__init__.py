"""Numbers in, numbers out: this package says how good a report was.

Proper scoring rules, payments by them, calibration, reputation and peer prediction. Every score is a
reward: higher is better. Nothing here reads a file, a clock or a source of randomness.

The public names are listed in `scoring.public` and loaded when the first of them is asked for, so that
``import scoring`` and ``import scoring.binary`` cost no more than they need.
"""

from importlib import import_module
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.public import *  # noqa: F403  # the list is in one place


def __getattr__(name: str) -> object:
    # Modules are the import system's to find; looking for them in the list could run in a circle.
    places = import_module("scoring").__path__
    if PathFinder.find_spec(f"scoring.{name}", places) is None:
        public = import_module("scoring.public")
        if name in {"__all__", *public.__all__}:
            value: object = getattr(public, name)
            return value
    raise AttributeError(f"module 'scoring' has no attribute {name!r}")
