"""A run that waits for a person: ``truthbid approve`` while it runs, and between two of its lives."""

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from orchestrator.replay import replay
from protocols.consultation import Consulted
from protocols.events import Verified
from tests.orchestrator.command import truthbid, workflow
from tests.orchestrator.markets import events_of

FLOW = """\
workers:
  - {type: simulated, id: ada, skill: 0.9, cost: 0.001}
market: {attempts: 1, verify_seconds: 5}
tasks:
  - {id: essay, prompt: "Write it.", value: 0.05, verify: {human: {question: "Is it good?"}}}
"""


@contextmanager
def waiting(folder: Path, flow: str = FLOW) -> Generator["subprocess.Popen[str]"]:
    """Start a run in a process of its own, and wait until it waits for a person."""
    command = [sys.executable, "-m", "orchestrator", "run", str(workflow(folder, flow))]
    with subprocess.Popen(
        [*command, "--journal", str(folder / "run.db")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    ) as process:
        try:
            assert process.stderr is not None
            told = process.stderr.readline()
            assert told == f"essay waits for a person: truthbid approve {folder}/run.db essay\n"
            while process.poll() is None and not asked(folder / "run.db"):
                pass  # what is told is on the disk a moment later
            yield process
        finally:
            process.kill()


def asked(journal: Path) -> Any:
    """Return what waits."""
    return truthbid("approve", journal, "--json").data()


def test_a_run_under_way_finds_the_verdict(tmp_path: Path) -> None:
    """It goes on by itself; the journal says who was asked and what was said, and replays."""
    path = tmp_path / "run.db"
    with waiting(tmp_path) as process:
        (shown,) = asked(path)
        assert (shown["task"], shown["question"]) == ("essay", "Is it good?")
        said = truthbid("approve", path, "essay", "--reason", "well said")
        assert (said.code, said.out) == (0, "accepted: essay by ada\n")
        assert process.wait(timeout=60) == 0
    (verified,) = [event for event in events_of(path) if isinstance(event, Verified)]
    assert (verified.outcome.success, verified.outcome.detail) == (1.0, "well said")
    assert replay(path).identical


@pytest.mark.parametrize(
    ("options", "success", "code"),
    [(["--reject"], 0.0, 1), (["--success", "0.75"], 0.75, 0), ([], 1.0, 0)],
)
def test_a_killed_run_finds_the_verdict_when_it_is_resumed(
    tmp_path: Path, options: list[str], success: float, code: int
) -> None:
    """The verdict may be given while nothing runs; the person is not asked for it again."""
    path = tmp_path / "run.db"
    with waiting(tmp_path) as process:
        process.kill()
        process.wait(timeout=60)
    assert truthbid("approve", path, "essay", *options).code == 0
    assert truthbid("approve", path).out == "nothing waits for a person\n"
    assert truthbid("resume", path, "--quiet").code == code
    events = events_of(path)
    (verified,) = [event for event in events if isinstance(event, Verified)]
    assert verified.outcome.success == success
    assert [event.call for event in events if isinstance(event, Consulted)] == [1, 2]
    assert replay(path).identical


def test_what_waits_is_shown_to_people(tmp_path: Path) -> None:
    """The task, the answer and the question."""
    with waiting(tmp_path):
        shown = truthbid("approve", tmp_path / "run.db").out
    assert shown.startswith("essay, answered by ada\n  task:     Write it.\n  answer:   ")
    assert shown.endswith("  question: Is it good?\n")


LISTED = """\
workers:
  - {type: function, id: editor, function: text, cost: 0.001, confidence: 0.9}
market: {attempts: 1}
tasks:
  - id: essay
    prompt: Write '[7, 8]' in capital letters.
    value: 0.05
    verify: {human: {question: "Is it good?"}}
  - {id: word, prompt: "Write '{{ item }}' backwards.", value: 0.05, each: essay, verify: {regex: .}}
"""


def test_a_person_accepts_the_list_of_another_task(tmp_path: Path) -> None:
    """An answer whose items become tasks waits like any other."""
    path = tmp_path / "run.db"
    with waiting(tmp_path, LISTED) as process:
        (shown,) = asked(path)
        assert (shown["answer"], shown["question"]) == ("[7, 8]", "Is it good?")
        assert truthbid("approve", path, "essay").code == 0
        assert process.wait(timeout=60) == 0
    outcomes = [event.outcome for event in events_of(path) if isinstance(event, Verified)]
    assert [each.verifier for each in outcomes] == ["human", "regex", "regex"]


def test_nothing_waits_in_a_run_without_people(tmp_path: Path) -> None:
    """The list is empty, and a task cannot be approved."""
    path = tmp_path / "run.db"
    truthbid("run", workflow(tmp_path), "--journal", path)
    assert truthbid("approve", path).out == "nothing waits for a person\n"
    said = truthbid("approve", path, "one")
    assert (said.code, said.out) == (2, "")
    assert "task 'one': no answer to it waits for a person (waiting: none)" in said.err


def test_rejecting_a_success_is_a_contradiction(tmp_path: Path) -> None:
    """One line says so."""
    said = truthbid("approve", tmp_path / "no.db", "x", "--reject", "--success", "1")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "an answer is rejected or a success, not both" in said.err
