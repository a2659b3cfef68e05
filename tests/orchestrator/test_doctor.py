"""``truthbid doctor``: what would fail is a problem, what is worth knowing a note."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from orchestrator.exits import BAD_INPUT, DONE
from orchestrator.health import machine, reached
from tests.orchestrator.command import CONFIGS, truthbid, workflow

NOW = datetime(2026, 11, 22, tzinfo=UTC)

MODEL = """\
name: models
workers:
  - {type: openai, id: small, model: m, base_url: "http://127.0.0.1:PORT/v1", free: true}
tasks:
  - {id: one, prompt: p, value: 0.05, verify: {exact: "1"}}
"""


@pytest.fixture
def port() -> Iterator[int]:
    """Return a port of this machine on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        found: int = server.getsockname()[1]
    return found


def test_this_machine_is_fit(tmp_path: Path) -> None:
    """Where the tests run, runs can be made: nothing is a problem, and nothing is left behind."""
    found = list(machine(tmp_path, {}, NOW))
    assert not [each for each in found if each.verdict == "problem"]
    assert {"Python", "SQLite", "journals", "disk", "clock"} <= {each.about for each in found}
    assert not list(tmp_path.iterdir())


def test_the_known_fault_of_an_old_sqlite_is_named(tmp_path: Path) -> None:
    """Below 3.51.3 the note says what not to do; below 3.37 nothing works."""
    with patch("sqlite3.sqlite_version_info", (3, 40, 1)):
        (note,) = [each for each in machine(tmp_path, {}, NOW) if each.about == "SQLite"]
    with patch("sqlite3.sqlite_version_info", (3, 36, 0)):
        (old,) = [each for each in machine(tmp_path, {}, NOW) if each.about == "SQLite"]
    assert (note.verdict, old.verdict) == ("note", "problem")
    assert "one writer" in note.text


def test_a_clock_of_the_past_is_a_problem(tmp_path: Path) -> None:
    """Certificates would look invalid, and nobody would guess why."""
    past = datetime(2001, 1, 1, tzinfo=UTC)
    (found,) = [each for each in machine(tmp_path, {}, past) if each.about == "clock"]
    assert found.verdict == "problem"


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    """Found out by writing a journal there, before a run has spent anything."""
    file = tmp_path / "file"
    file.write_text("")
    with patch("tempfile.mkdtemp", side_effect=PermissionError("not allowed")):
        found = {each.about: each for each in machine(tmp_path, {}, NOW)}
    assert found["journals"].verdict == "problem"
    assert "not allowed" in found["journals"].text


def test_an_endpoint_is_reached_without_asking_anything(port: int) -> None:
    """A connection is opened, and that is all."""
    assert reached(f"http://127.0.0.1:{port}/v1").verdict == "ok"


def test_an_endpoint_that_is_not_there_is_a_problem(closed_port: int) -> None:
    """With the reason."""
    found = reached(f"http://127.0.0.1:{closed_port}/v1")
    assert found.verdict == "problem"
    assert "cannot be reached" in found.text


def test_a_workflow_is_checked_with_its_keys(tmp_path: Path, port: int) -> None:
    """A missing key of a local server is a note; the value of a key is never shown."""
    file = workflow(tmp_path, MODEL.replace("PORT", str(port)))
    without = truthbid("doctor", file, env={"OPENAI_API_KEY": None})
    with_key = truthbid("doctor", file, env={"OPENAI_API_KEY": "sk-canary"})
    assert (without.code, with_key.code) == (DONE, DONE)
    assert "OPENAI_API_KEY: is not set" in without.out
    assert "OPENAI_API_KEY: is set" in with_key.out
    assert "canary" not in with_key.out


def test_a_workflow_that_would_fail_ends_with_two(tmp_path: Path, closed_port: int) -> None:
    """And --json says the same."""
    file = workflow(tmp_path, MODEL.replace("PORT", str(closed_port)))
    said = truthbid("doctor", file, "--json")
    assert said.code == BAD_INPUT
    verdicts = {each["about"]: each["verdict"] for each in said.data()["findings"]}
    assert verdicts[f"http://127.0.0.1:{closed_port}/v1"] == "problem"


def test_a_workflow_without_models_has_nothing_more_to_check() -> None:
    """The quickstart needs no key and no endpoint."""
    said = truthbid("doctor", CONFIGS / "quickstart.yaml")
    assert "http" not in said.out
