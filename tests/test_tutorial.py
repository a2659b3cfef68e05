"""The tutorial can be typed line by line, and prints what it shows."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from tests.orchestrator.command import truthbid

PAGE = Path(__file__).resolve().parents[1] / "docs" / "tutorial.md"
SHOWN = [
    step.partition("\n")
    for block in re.findall(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for step in block.removeprefix("$ ").split("\n$ ")
    if step.startswith("truthbid ")
]
HASTE = ["--replications", "4", "--rounds", "15", "--no-dynamics"]
"""Put to audits, which are otherwise repeated until small gains show."""

ALIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def test_every_step_prints_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the new file to the audit, in one folder; three dots stand for any text."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for line, _, printed in SHOWN:
        words = shlex.split(line, comments=True)[1:]
        said = truthbid(*words, *(HASTE if words[0] == "audit" else []))
        shown = doctest.OutputChecker().check_output(printed, said.err + said.out, ALIKE)
        assert shown, f"{line}\n{said.err}{said.out}"
        assert said.code == (2 if "frist-price" in line else 0), line


def test_there_are_steps() -> None:
    """The pattern finds what the page has."""
    assert len(SHOWN) >= 12
