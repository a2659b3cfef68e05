"""Tables fit their terminal, and foreign names do no harm in them."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from orchestrator.evaluation.baselines import Baselines, compare
from orchestrator.evaluation.honesty import honesty
from orchestrator.evaluation.summary import Summary, summarise
from orchestrator.memory.record import Record
from orchestrator.reports.tables import (
    console,
    print_baselines,
    print_findings,
    print_honesty,
    print_summary,
    print_table,
)
from protocols.messages import Participant
from protocols.units import TaskId, WorkerId
from tests.orchestrator.small_runs import TASKS, Known, events, liar_and_honest, market, write

VERIFIERS = {TaskId(str(task.id)): task.verify for task in TASKS if task.verify}


def printed(summary: Summary, width: int | None = None) -> str:
    """Return a summary as text."""
    text = StringIO()
    print_summary(console(text) if width is None else Console(file=text, width=width), summary)
    return text.getvalue()


@pytest.mark.anyio
async def test_all_tables_of_a_run(tmp_path: Path) -> None:
    """They fit 100 columns and one screen and show the numbers of the hand-made case."""
    text = StringIO()
    out = console(text)
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        found = await compare(record, liar_and_honest(), VERIFIERS)
        print_summary(out, summarise(record))
        print_baselines(out, found, "USD")
        print_honesty(out, honesty(record), "USD")
        print_findings(out, found, honesty(record), "USD")
    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines) <= 45
    shown = text.getvalue()
    for piece in (
        "-5.11",
        "-6.11",
        "0.810",
        "10 failed",
        "best single worker, in hindsight: honest",
    ):
        assert piece in shown


def test_numbers_of_a_small_run(tmp_path: Path) -> None:
    """The row of worker a and the totals are those worked out by hand."""
    with Record(write(tmp_path / "run.db", events())) as record:
        shown = printed(summarise(record))
    row = next(line for line in shown.splitlines() if line.startswith(" a "))
    told = "a 1 1 1 80 % 100 % 0.040 0.000000056 0.000000012 0.000000044"
    assert " ".join(row.split()) == told
    assert "3: 1 solved, 1 unsold, 1 skipped" in shown
    assert "2 announcements, 1 lot announced again" in shown


def many(count: int) -> Summary:
    """Return the summary of a run with so many workers that have hostile names."""
    opening = events()[0]
    names = [f"\x9b31m[red]w{n}[/red]\u202e{'x' * 80}" for n in range(count)]
    summary = Summary()
    fleet = tuple(Participant(worker=WorkerId(name)) for name in names)
    summary.note(opening.model_copy(update={"participants": fleet}))
    return summary


def test_hostile_names_are_text() -> None:
    """Escapes lose their escape character, markup is shown as it is, long names are cut."""
    shown = printed(many(3))
    assert "\x9b" not in shown
    assert "�31m[red]w0[/red]�xxx" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_many_workers_fit_one_screen() -> None:
    """Of forty workers twelve are listed and the rest are counted."""
    shown = printed(many(40))
    assert "... and 28 more" in shown
    assert len(shown.splitlines()) < 32


@pytest.mark.anyio
async def test_a_narrow_terminal(tmp_path: Path) -> None:
    """On 80 columns no number is cut."""
    text = StringIO()
    narrow = Console(file=text, width=80)
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        print_summary(narrow, summarise(record))
        print_honesty(narrow, honesty(record), "USD")
    assert max(map(len, text.getvalue().splitlines())) <= 80
    assert "…" not in text.getvalue()


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A terminal gets colours unless NO_COLOR is set; a file never does."""
    with Record(write(tmp_path / "run.db", events())) as record:
        summary = summarise(record)
    green = "\x1b[32m"

    def on_terminal() -> str:
        text = StringIO()
        print_summary(Console(file=text, force_terminal=True, color_system="standard"), summary)
        return text.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert green in on_terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    assert green not in on_terminal()
    assert "\x1b" not in printed(summary)


@pytest.mark.anyio
async def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    """Workers that cannot be called again are named under the table, or instead of it."""
    text = StringIO()
    fleet = [Known("live", 0.9, right=True, repeatable=False), Known("honest", 0.6, right=True)]
    with Record(await market(tmp_path / "run.db", fleet)) as record:
        print_baselines(console(text), await compare(record, fleet, VERIFIERS), "USD")
    assert "cannot be called again: live." in text.getvalue()
    print_baselines(console(text), Baselines(0, 0, (), (), ()), "USD")
    assert "Other rules cannot be compared" in text.getvalue()


@pytest.mark.parametrize("width", [40, 80])
def test_a_narrow_terminal_loses_no_digit(width: int) -> None:
    """Names are cut where that is enough; else the lines are longer than the terminal."""
    text = StringIO()
    rows = [("a name that is far too long to fit", *["0.123456789"] * 5)]
    print_table(Console(file=text, width=width), ["who", *"abcde"], rows)
    assert text.getvalue().count("0.123456789") == 5


def test_a_reader_that_has_seen_enough_is_no_exit() -> None:
    """The command line gets the broken pipe, and ends with 0 as without tables."""

    class Closed(StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError(text)

    with pytest.raises(BrokenPipeError):
        console(Closed()).print("x")


def test_nothing_is_known_of_honesty() -> None:
    """Without settled awards a sentence stands in for the table."""
    text = StringIO()
    print_honesty(console(text), [], "USD")
    assert "enough settled tasks" in text.getvalue()


def test_a_run_without_workers() -> None:
    """It has an empty table and totals."""
    said = printed(many(0))
    assert "worker  bids  awards" in said
    assert "0 announcements" in said
