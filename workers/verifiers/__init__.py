"""Verifiers: each decides whether an answer is a success, and is its own description.

In a configuration ``verify: {type: exact, answer: "391"}`` and ``verify: {exact: "391"}`` mean the
same; in code it is ``exact("391")``. A name is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.verifiers.callback import Check, CheckFunction, check
    from workers.verifiers.exact_match import Exact, exact
    from workers.verifiers.normalising import normalised
    from workers.verifiers.numeric_match import Numeric, Tolerance, numeric
    from workers.verifiers.recorded_outcome import Recorded
    from workers.verifiers.regex_match import Regex, regex
    from workers.verifiers.schema_match import JsonSchema, json_schema

_HOMES = {
    "Check": "callback",
    "CheckFunction": "callback",
    "Exact": "exact_match",
    "JsonSchema": "schema_match",
    "Numeric": "numeric_match",
    "Recorded": "recorded_outcome",
    "Regex": "regex_match",
    "Tolerance": "numeric_match",
    "check": "callback",
    "exact": "exact_match",
    "json_schema": "schema_match",
    "normalised": "normalising",
    "numeric": "numeric_match",
    "regex": "regex_match",
}

__all__ = [
    "Check",
    "CheckFunction",
    "Exact",
    "JsonSchema",
    "Numeric",
    "Recorded",
    "Regex",
    "Tolerance",
    "check",
    "exact",
    "json_schema",
    "normalised",
    "numeric",
    "regex",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
