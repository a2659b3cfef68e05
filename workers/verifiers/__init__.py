"""Verifiers: each decides whether an answer is a success, and is its own description.

In a configuration ``verify: {type: exact, answer: "391"}`` and ``verify: {exact: "391"}`` mean the
same; in code it is ``exact("391")``. A name is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.verifiers.by_judge import Judge, judged
    from workers.verifiers.callback import Check, CheckFunction, check
    from workers.verifiers.confined import Confines
    from workers.verifiers.exact_match import Exact, exact
    from workers.verifiers.named_check import NamedCheck
    from workers.verifiers.normalising import normalised
    from workers.verifiers.numeric_match import Numeric, Tolerance, numeric
    from workers.verifiers.person import Human, human
    from workers.verifiers.produced_file import Pytest, passes
    from workers.verifiers.program import Command, command
    from workers.verifiers.recorded_outcome import Recorded
    from workers.verifiers.regex_match import Regex, regex
    from workers.verifiers.schema_match import JsonSchema, json_schema
    from workers.verifiers.surroundings import Surroundings

_HOMES = {
    "Check": "callback",
    "CheckFunction": "callback",
    "Command": "program",
    "Confines": "confined",
    "Exact": "exact_match",
    "Human": "person",
    "JsonSchema": "schema_match",
    "Judge": "by_judge",
    "NamedCheck": "named_check",
    "Numeric": "numeric_match",
    "Pytest": "produced_file",
    "Recorded": "recorded_outcome",
    "Regex": "regex_match",
    "Surroundings": "surroundings",
    "Tolerance": "numeric_match",
    "check": "callback",
    "command": "program",
    "exact": "exact_match",
    "human": "person",
    "json_schema": "schema_match",
    "judged": "by_judge",
    "normalised": "normalising",
    "numeric": "numeric_match",
    "passes": "produced_file",
    "regex": "regex_match",
}

__all__ = [
    "Check",
    "CheckFunction",
    "Command",
    "Confines",
    "Exact",
    "Human",
    "JsonSchema",
    "Judge",
    "NamedCheck",
    "Numeric",
    "Pytest",
    "Recorded",
    "Regex",
    "Surroundings",
    "Tolerance",
    "check",
    "command",
    "exact",
    "human",
    "json_schema",
    "judged",
    "normalised",
    "numeric",
    "passes",
    "regex",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
