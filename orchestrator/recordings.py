"""Model calls of a run: written down in its journal, and read from there to be played back."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from pydantic import ValidationError

from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from workers.cassette import Exchange, RecordingChat, load, written
from workers.chat import Chat
from workers.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from orchestrator.memory.journal import Journal

_SQLITE: Final = b"SQLite format 3\x00"


@runtime_checkable
class Caller(Protocol):
    """A worker, judge or planner that calls a model.

    Attributes:
        chat: Who answers its calls.
    """

    chat: Chat


@contextmanager
def recorded(participants: Iterable[object], journal: Journal) -> Generator[None]:
    """Write every model call that is made meanwhile into a journal, without secrets.

    Args:
        participants: Who may call models; those that do not are left alone.
        journal: Where the calls are kept.
    """
    redactor = Redactor(os.environ)
    callers = [each for each in participants if isinstance(each, Caller)]
    chats = [(caller, caller.chat) for caller in callers if _is_chat(caller.chat)]

    def keep(exchange: Exchange) -> None:
        journal.keep_call(str(exchange.request.lane), written(exchange))

    for caller, chat in chats:
        caller.chat = RecordingChat(chat, keep, redactor)
    try:
        yield
    finally:
        for caller, chat in chats:
            caller.chat = chat


def read_calls(path: Path) -> list[Exchange]:
    """Return the model calls that a file holds: a journal, or a recording with a call per line.

    Raises:
        JournalError: If the journal cannot be read or holds no calls.
        CassetteError: If a recording cannot be read.
        OSError: If the file cannot be opened.
    """
    with path.open("rb") as file:
        is_journal = file.read(len(_SQLITE)) == _SQLITE
    if not is_journal:
        return load(path)
    with Record(path) as record:
        bodies = list(record.calls())
    if not bodies:
        raise JournalError(
            f"{path}: no model calls are recorded in it; its run called no model, or its"
            " configuration said `record_calls: false`"
        )
    try:
        return [Exchange.model_validate_json(body) for body in bodies]
    except ValidationError as error:
        what = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise JournalError(f"{path}: a recorded call cannot be read: {what}") from None


def _is_chat(value: object) -> bool:
    return isinstance(value, Chat)
