"""Model calls on their way into a journal and out of it."""

from pathlib import Path

import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.memory.journal import JournalError
from orchestrator.memory.sqlite_journal import SqliteJournal
from orchestrator.recordings import Caller, read_calls, recorded
from orchestrator.task import Task
from tests.orchestrator.journals import clock, opened
from workers import FunctionWorker, ModelJudge, OpenAIWorker, exact
from workers.cassette import Exchange, RecordingChat, ReplayChat, save
from workers.chat import ChatRequest, Message
from workers.scripted_chat import ScriptedChat

SURE = '{"success_probability": 0.9, "output_tokens": 5}'
ASK = ChatRequest(model="m", messages=(Message(role="user", content="?"),), max_tokens=1)


def worker(name: str = "ada", chat: ScriptedChat | ReplayChat | None = None) -> OpenAIWorker:
    """Return a worker with a free model."""
    chat = chat or ScriptedChat(bid=[SURE], execute=["391"])
    return OpenAIWorker(name, model="tiny", free=True, chat=chat)


class Odd:
    """Has something else under the name of a chat."""

    chat = "a chat"


@pytest.mark.anyio
async def test_the_library_records_and_plays_back(tmp_path: Path) -> None:
    """A market of one's own keeps its calls in its journal, and they answer it again."""
    task = Task("17 * 23?", value="0.05", verify=exact("391"))
    async with Coordinator([worker()], journal=tmp_path / "a.db") as market:
        first = await market.run(task)
    player = ReplayChat(read_calls(tmp_path / "a.db"))
    async with Coordinator([worker(chat=player)], journal=tmp_path / "b.db") as market:
        again = await market.run(task)
    player.assert_complete()
    assert (again.answer, again.settlement) == (first.answer, first.settlement) != (None, None)
    assert read_calls(tmp_path / "b.db") == read_calls(tmp_path / "a.db")


@pytest.mark.anyio
async def test_after_the_run_nobody_is_recorded() -> None:
    """A worker that takes part in another market has its own chat back."""
    ada = worker(chat=ScriptedChat(bid=[SURE] * 2, execute=["391"] * 2))
    chat = ada.chat
    for _ in range(2):
        async with Coordinator([ada]) as market:
            await market.run(Task("17 * 23?", value="0.05", verify=exact("391")))
        assert ada.chat is chat


def test_who_calls_models_is_recorded_and_nobody_else(tmp_path: Path) -> None:
    """Workers, judges and planners with a chat; not what only looks like one."""
    calc, odd = FunctionWorker("calc", lambda _: "391", cost=0, confidence=0.9), Odd()
    judge = ModelJudge("fair", model="tiny", free=True, chat=ScriptedChat())
    ada = worker()
    journal = SqliteJournal(tmp_path / "run.db", clock)
    with recorded([ada, judge, calc, odd, None], journal):
        assert isinstance(ada.chat, RecordingChat)
        assert isinstance(judge.chat, RecordingChat)
        assert odd.chat == "a chat"
    journal.close()
    assert isinstance(judge, Caller)
    assert not isinstance(calc, Caller)
    assert isinstance(ada.chat, ScriptedChat)


def test_calls_are_read_from_either_kind_of_file(tmp_path: Path) -> None:
    """What a file is, its content says and not its name."""
    exchange = Exchange(request=ASK, text="4")
    save(tmp_path / "calls.db", [exchange])
    assert read_calls(tmp_path / "calls.db") == [exchange]


@pytest.mark.parametrize(
    ("body", "words"), [(None, "no model calls are recorded"), ("{}", "cannot be read: Field")]
)
def test_a_journal_that_cannot_be_played_back(tmp_path: Path, body: str | None, words: str) -> None:
    """It is said in one line why."""
    journal = SqliteJournal(tmp_path / "run.db", clock)
    journal.append(opened())
    if body is not None:
        journal.keep_call("t/w/bid", body)
    journal.close()
    with pytest.raises(JournalError, match=words):
        read_calls(tmp_path / "run.db")
