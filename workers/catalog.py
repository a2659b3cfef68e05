"""What a configuration may call workers and verifiers: word -> description -> object."""

from collections.abc import Callable
from typing import Annotated, Any, Final, NamedTuple

from pydantic import Field

from workers.function import FunctionSpec
from workers.llm_spec import OpenAISpec
from workers.ports import Worker
from workers.simulated import SimulatedSpec
from workers.spec import ParticipantSpec, Shorthand, Spec
from workers.verifiers import (
    Command,
    Exact,
    Human,
    JsonSchema,
    Judge,
    NamedCheck,
    Numeric,
    Pytest,
    Recorded,
    Regex,
)


class WorkerType(NamedTuple):
    """How a type of worker is described, and how it is made from its description and a seed."""

    spec: type[ParticipantSpec]
    build: Callable[[Any, int], Worker]


WORKERS: Final = {
    "function": WorkerType(FunctionSpec, FunctionSpec.build),
    "openai": WorkerType(OpenAISpec, OpenAISpec.build),
    "simulated": WorkerType(SimulatedSpec, SimulatedSpec.build),
}
"""Configuration name -> type of worker."""

VERIFIERS: Final[dict[str, type[Spec]]] = {
    "exact": Exact,
    "numeric": Numeric,
    "regex": Regex,
    "json-schema": JsonSchema,
    "command": Command,
    "pytest": Pytest,
    "judge": Judge,
    "check": NamedCheck,
    "human": Human,
    "recorded": Recorded,
}
"""Configuration name -> verifier. A callable that is given in code has no name here."""

WorkerSpec = Annotated[FunctionSpec | OpenAISpec | SimulatedSpec, Field(discriminator="type")]
"""A worker as a configuration describes it."""

VerifierSpec = Annotated[
    Annotated[
        Exact
        | Numeric
        | Regex
        | JsonSchema
        | Command
        | Pytest
        | Judge
        | NamedCheck
        | Human
        | Recorded,
        Field(discriminator="type"),
    ],
    Shorthand(
        "type",
        {
            "exact": "answer",
            "numeric": "value",
            "regex": "pattern",
            "json-schema": "schema",
            "command": "run",
            "pytest": "tests",
            "judge": "by",
            "check": "function",
            "human": None,
            "recorded": None,
        },
    ),
]
"""A verifier as a configuration describes it; it is the verifier, or it can be placed."""
