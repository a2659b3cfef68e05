"""Tests of the live line on a terminal."""

import io
import re
from contextlib import redirect_stderr

import pytest

from orchestrator.memory.ledger import Ledger, fund
from orchestrator.reports.progress import progress, waiting
from protocols.events import Announced, Event, RunClosed, TaskEnded
from protocols.messages import Announcement
from protocols.units import AnnouncementId, Money, TaskId

EVENTS: list[Event] = [
    Announced(
        announcement=Announcement(
            announcement=AnnouncementId("a1"), number=1, lots=(), participants=()
        )
    ),
    TaskEnded(task=TaskId("t1"), state="solved"),
    RunClosed(reason="done"),
]


def _shown(*, quiet: bool) -> str:
    ledger = Ledger(capped=True)
    ledger.apply(fund(Money(10**9)))
    err = io.StringIO()
    with redirect_stderr(err):
        with progress(4, ledger, "USD", quiet=quiet) as listen:
            for event in EVENTS:
                listen(event)
        with waiting("reading the journal", quiet=quiet):
            pass
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", err.getvalue())


@pytest.fixture
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"TTY_COMPATIBLE": "1", "TERM": "xterm", "COLUMNS": "100"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("_terminal")
def test_a_terminal_shows_how_far_the_run_is() -> None:
    """The line tells the announcement, the tasks that have ended and the money that is spent."""
    shown = _shown(quiet=False)
    assert "announcement 1" in shown
    assert "1/4" in shown
    assert "spent 0.00 USD" in shown
    assert "reading the journal" in shown


@pytest.mark.usefixtures("_terminal")
def test_quiet_is_quiet() -> None:
    """Who asked for silence gets it on a terminal, too."""
    assert _shown(quiet=True) == ""


def test_elsewhere_nothing_is_shown() -> None:
    """A log file or a pipe gets no live line."""
    assert _shown(quiet=False) == ""
