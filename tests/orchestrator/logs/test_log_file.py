"""Logs of other people: which column holds what, and what is said of a file that cannot be used."""

from pathlib import Path

import pytest

from orchestrator.errors import InputError
from orchestrator.logs.log_file import choice, number, read_log
from workers.record_file import Sought

ROLES = {"worker": Sought(("worker",), required=False), "report": Sought(("report",))}


def _read(path: Path, chosen: str = "") -> list[list[str]]:
    found: list[list[str]] = []
    read_log(path, ROLES, chosen, lambda _, cells: found.append(list(cells)))
    return found


def test_a_user_names_columns(tmp_path: Path) -> None:
    """Columns that are named are read, the others by their own names where they are there."""
    path = tmp_path / "log.csv"
    path.write_text("model,report,p\nann,0.1,0.9\n")
    assert _read(path) == [["", "0.1"]]
    assert _read(path, "worker=model, report=p") == [["ann", "0.9"]]


@pytest.mark.parametrize("chosen", ["work=a", "report=a,report=b", "report", "report="])
def test_a_choice_that_makes_no_sense_is_refused(chosen: str) -> None:
    """A role that is unknown, named twice or without a column is answered with the roles."""
    with pytest.raises(InputError, match="--columns expected ROLE=COLUMN with each of worker, rep"):
        choice(chosen, ROLES)


@pytest.mark.parametrize(
    ("text", "chosen", "message"),
    [
        ("worker,r\n", "", r"log\.csv:1 there is no column 'report', .*: --columns report=\.\.\."),
        ("report\n1\n", "worker=model", r"log\.csv:1 there is no column 'model', only report"),
        ("report\n", "", r"log\.csv expected at least one row below the header"),
        ("a,report\n1\n", "", r"log\.csv:2 expected 2 cells, found 1"),
    ],
)
def test_a_bad_file_is_one_line(tmp_path: Path, text: str, chosen: str, message: str) -> None:
    """What is wrong is told with the place; a column that is named must be there."""
    path = tmp_path / "log.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as raised:
        _read(path, chosen)
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize("text", ["1.1", "-0.1", "nan", "inf", "sure", ""])
def test_numbers_are_shares_of_their_scale(text: str) -> None:
    """What is no number from 0 to the scale is refused, with the words of the file."""
    with pytest.raises(ValueError, match=f"report: expected a number from 0 to 1, not '{text}'"):
        number(text, "report")
    assert number("85", "report", 100) == 0.85
