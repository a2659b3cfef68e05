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
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", _raw(quiet=quiet))


def _raw(*, quiet: bool) -> str:
    ledger = Ledger(capped=True)
    ledger.apply(fund(Money(10**9)))
    err = io.StringIO()
    with redirect_stderr(err):
        with progress(4, ledger, "USD", quiet=quiet) as listen:
            for event in EVENTS:
                listen(event)
        with waiting("reading the journal", quiet=quiet):
            pass
    return err.getvalue()


@pytest.fixture
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"TTY_COMPATIBLE": "1", "TERM": "xterm", "COLUMNS": "100"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("_terminal")
def test_a_terminal_shows_how_far_the_run_is() -> None:
    """The lines tell the auctions, the tasks that have ended and the money that is spent."""
    shown = _shown(quiet=False)
    assert "a1 taking bids (0 lots)" in shown
    assert "1 of 4" in shown
    assert "spent 0.00, left 1.00 USD" in shown
    assert "reading the journal" in shown


@pytest.mark.usefixtures("_terminal")
def test_quiet_is_quiet() -> None:
    """Who asked for silence gets it on a terminal, too."""
    assert _shown(quiet=True) == ""


@pytest.mark.usefixtures("_terminal")
def test_no_colour_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR the lines carry no colour."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-79]m", _raw(quiet=False).replace("\x1b[39m", ""))


def test_elsewhere_a_short_run_shows_nothing() -> None:
    """A log file or a pipe gets no live line."""
    assert _shown(quiet=False) == ""


def _log(seconds: float, *, quiet: bool = False) -> list[str]:
    """Return the lines of a run of 100 tasks that takes so long for each."""
    now = 0.0
    err = io.StringIO()
    with redirect_stderr(err):
        ledger = Ledger(capped=False)
        with progress(100, ledger, "USD", quiet=quiet, clock=lambda: now) as listen:
            for number in range(100):
                now += seconds
                listen(TaskEnded(task=TaskId(f"t{number}"), state="solved"))
    return err.getvalue().splitlines()


def test_elsewhere_a_long_run_writes_a_line_now_and_then() -> None:
    """One after ten seconds and one for every further tenth; a slow run one every minute."""
    lines = _log(1.0)
    assert len(lines) == 10
    assert lines[0] == "10 of 100 tasks ended (10 %): 10 solved; spent 0.00 USD"
    assert len(_log(30.0)) == 50
    assert _log(0.05) == _log(1.0, quiet=True) == []
