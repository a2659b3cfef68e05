"""Fixtures for tests of code that calls models; pytest finds them where truthbid is installed.

Nothing else is imported before a test asks for a fixture, so other test suites start no slower.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workers.cassette import Exchange, ReplayChat
    from workers.chat import Chat
    from workers.scripted_chat import Script, ScriptedChat

_RECORD: Final = "--truthbid-record"
_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")


class Cassette:
    """The model calls of one test: played back from its file, or recorded into it.

    Args:
        path: The file, with one call per line.
        record: Whether calls are made and recorded, not played back.
    """

    def __init__(self, path: Path, *, record: bool) -> None:
        self.path = path
        self.record = record
        self._exchanges: list[Exchange] = []
        self._player: ReplayChat | None = None

    def __call__(self, base_url: str | None = None, **options: Any) -> Chat:
        """Return what answers model calls in this test.

        Args:
            base_url: The endpoint that is called while recording; ``None`` is OpenAI's own.
            **options: Whatever else `workers.endpoint.Endpoint` takes.
        """
        if self.record:
            from workers.cassette import RecordingChat
            from workers.endpoint import Endpoint

            return RecordingChat(Endpoint(base_url, **options), self._exchanges.append)
        if self._player is None:
            from workers.cassette import ReplayChat, load

            if not self.path.exists():
                pytest.fail(f"there is no recording {self.path}: make it with pytest {_RECORD}")
            self._player = ReplayChat(load(self.path))
        return self._player

    def finish(self) -> None:
        """Save what was recorded, or check that all of the recording was asked for."""
        if self.record:
            from workers.cassette import save

            save(self.path, self._exchanges)
        elif self._player is not None:
            if self._player.missed is not None:
                raise self._player.missed
            self._player.assert_complete()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that records model calls."""
    group = parser.getgroup("truthbid")
    group.addoption(
        _RECORD,
        action="store_true",
        help="make the model calls of tests with truthbid_cassette, and record them anew",
    )


@pytest.fixture
def truthbid_cassette(request: pytest.FixtureRequest) -> Iterator[Cassette]:
    """Play the model calls of this test back, from ``cassettes/MODULE/TEST.jsonl`` beside it.

    ``pytest --truthbid-record`` makes the calls and writes the file, without secrets. When a test
    has passed, all of its recording must have been asked for.
    """
    test = _UNFIT.sub("-", request.node.name).strip("-")
    path = request.path.parent / "cassettes" / request.path.stem / f"{test}.jsonl"
    cassette = Cassette(path, record=bool(request.config.getoption(_RECORD)))
    failed = request.session.testsfailed
    yield cassette
    if request.session.testsfailed == failed:
        cassette.finish()


@pytest.fixture
def truthbid_scripted(request: pytest.FixtureRequest) -> Iterator[Callable[..., ScriptedChat]]:
    """Make chats that say what a test tells them; when it has passed, all must have been said."""
    from workers.scripted_chat import ScriptedChat

    made: list[ScriptedChat] = []

    def make(**phases: Script) -> ScriptedChat:
        chat = ScriptedChat(**phases)
        made.append(chat)
        return chat

    failed = request.session.testsfailed
    yield make
    if request.session.testsfailed == failed:
        for chat in made:
            chat.assert_complete()


@pytest.fixture
def no_live_calls(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Forbid calls to endpoints; the test fails if one was tried, also where that went unnoticed.

    A test that wants one to be refused clears the list that it is given.
    """
    from workers.live_calls import no_live_calls as forbidden

    failed = request.session.testsfailed
    with forbidden() as refused:
        yield refused
    if refused and request.session.testsfailed == failed:
        pytest.fail(f"live model calls were tried: {', '.join(refused)}")
