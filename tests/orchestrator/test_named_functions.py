"""Workflows that name functions of one's own, as a shell sees it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from orchestrator.recorded_config import recorded_config
from tests.orchestrator.command import truthbid
from tests.workers.tiny_package import NAME, install, write_module
from workers.named_functions import ALLOW_IMPORT

if TYPE_CHECKING:
    from pathlib import Path

OFFERED = """\
name: own
mechanism: first-price
sweep: {seed: [1, 2]}
workers:
  - {type: function, id: mine, function: shout, cost: 0.001, confidence: 0.9}
tasks:
  - {id: one, prompt: hello, value: 0.05, verify: {exact: {answer: HELLO, verbatim: true}}}
  - {id: two, prompt: hello, value: 0.05, verify: {check: half}}
"""
IMPORTED = OFFERED.replace("shout", f"{NAME}:shout").replace("half", f"{NAME}:half")
CLEAN = {ALLOW_IMPORT: None}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which one types, with a workflow and a module."""
    monkeypatch.chdir(tmp_path)
    write_module(tmp_path, monkeypatch)
    (tmp_path / "w.yaml").write_text(IMPORTED, encoding="utf-8")
    return tmp_path


def test_what_an_installed_package_offers_needs_no_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does the work and judges it."""
    (tmp_path / "package").mkdir()
    install(tmp_path / "package", monkeypatch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w.yaml").write_text(OFFERED, encoding="utf-8")
    said = truthbid("run", "w.yaml", "--json", "--journal", "run.db", env=CLEAN)
    assert said.code == 0, said.err
    assert truthbid("report", "run.db", env=CLEAN).code == 0


def test_a_module_of_the_file_is_refused_with_its_place(place: Path) -> None:
    """One line, exit code 2, and nothing of it was run."""
    said = truthbid("validate", "w.yaml", env=CLEAN)
    assert said.code == 2
    assert said.err == (
        f"w.yaml:5:42 workers.0.function: '{NAME}:shout' is not imported for a file; if you trust"
        f" it, allow it with --allow-import {NAME}\n"
    )
    assert NAME not in sys.modules


def test_a_verifier_is_refused_with_its_place(place: Path) -> None:
    """As a worker is."""
    (place / "w.yaml").write_text(IMPORTED.replace(f"{NAME}:shout", "text"), encoding="utf-8")
    said = truthbid("validate", "w.yaml", env=CLEAN)
    assert said.code == 2
    assert said.err.startswith(f"w.yaml:8:59 tasks.1.verify.check.function: '{NAME}:half' is not")


def test_a_file_cannot_allow_it_and_neither_can_a_journal(place: Path) -> None:
    """The permission is of the user alone, for each command again."""
    allowed = ("--allow-import", NAME)
    assert truthbid("run", "w.yaml", *allowed, "--quiet", "--journal", "a.db", env=CLEAN).code == 0
    config, _ = recorded_config(place / "a.db")
    assert "allow" not in config.model_dump_json().replace("allow_outside", "")
    refused = truthbid("resume", "a.db", env=CLEAN)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert f"--allow-import {NAME}" in refused.err
    assert "nothing to resume" in truthbid("resume", "a.db", *allowed, env=CLEAN).err
    assert truthbid("fork", "a.db", env=CLEAN).err.startswith("a.db workers.0.function: ")
    assert f"--allow-import {NAME}" in truthbid("report", "a.db", env=CLEAN).err
    assert truthbid("report", "a.db", *allowed, env=CLEAN).err == ""


def test_other_processes_of_a_command_have_the_permission(place: Path) -> None:
    """A sweep runs its cells in several."""
    said = truthbid(
        "sweep", "w.yaml", "--jobs", 2, "--allow-import", NAME, "--json", "--out", "s", env=CLEAN
    )
    assert said.code == 0, said.err
    assert len(list((place / "s").glob("*.db"))) == 2
