"""Time, memory and money: the run of a market, its journal and ledger, replays and reports.

Public names are loaded when they are first used, so that importing this package is cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from orchestrator._siblings import check_siblings

check_siblings()

if TYPE_CHECKING:
    from orchestrator.coordinator import Coordinator
    from orchestrator.errors import InputError
    from orchestrator.market import Limits
    from orchestrator.memory.journal import JournalError
    from orchestrator.memory.record import Record
    from orchestrator.recordings import read_calls
    from orchestrator.replay import replay
    from orchestrator.task import Task, TaskResult

__all__ = [
    "Coordinator",
    "InputError",
    "JournalError",
    "Limits",
    "Record",
    "Task",
    "TaskResult",
    "read_calls",
    "replay",
]

_HOMES: Final = {
    "Coordinator": "coordinator",
    "InputError": "errors",
    "JournalError": "memory.journal",
    "Limits": "market",
    "Record": "memory.record",
    "Task": "task",
    "TaskResult": "task",
    "read_calls": "recordings",
    "replay": "replay",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"orchestrator.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
