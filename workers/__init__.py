"""Workers: the outside world, as the orchestrator meets it.

A name is loaded when it is first asked for, so importing this package loads nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.cassette import ReplayChat
    from workers.function import FunctionWorker
    from workers.live_calls import no_live_calls
    from workers.llm import OpenAIWorker
    from workers.model_judge import ModelJudge
    from workers.ports import Verdict, Verifier, Worker
    from workers.recorded import RecordedWorker
    from workers.records import RecordTable
    from workers.scripted import ScriptedWorker
    from workers.scripted_chat import ScriptedChat
    from workers.simulated import SimulatedWorker
    from workers.verifiers import (
        check,
        command,
        exact,
        human,
        json_schema,
        judged,
        numeric,
        passes,
        regex,
    )

_HOMES = {
    "FunctionWorker": "workers.function",
    "ModelJudge": "workers.model_judge",
    "OpenAIWorker": "workers.llm",
    "RecordTable": "workers.records",
    "RecordedWorker": "workers.recorded",
    "ReplayChat": "workers.cassette",
    "ScriptedChat": "workers.scripted_chat",
    "ScriptedWorker": "workers.scripted",
    "SimulatedWorker": "workers.simulated",
    "Verdict": "workers.ports",
    "Verifier": "workers.ports",
    "Worker": "workers.ports",
    "check": "workers.verifiers",
    "command": "workers.verifiers",
    "exact": "workers.verifiers",
    "human": "workers.verifiers",
    "json_schema": "workers.verifiers",
    "judged": "workers.verifiers",
    "no_live_calls": "workers.live_calls",
    "numeric": "workers.verifiers",
    "passes": "workers.verifiers",
    "regex": "workers.verifiers",
}

__all__ = [
    "FunctionWorker",
    "ModelJudge",
    "OpenAIWorker",
    "RecordTable",
    "RecordedWorker",
    "ReplayChat",
    "ScriptedChat",
    "ScriptedWorker",
    "SimulatedWorker",
    "Verdict",
    "Verifier",
    "Worker",
    "check",
    "command",
    "exact",
    "human",
    "json_schema",
    "judged",
    "no_live_calls",
    "numeric",
    "passes",
    "regex",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
