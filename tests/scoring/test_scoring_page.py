"""docs/scoring.md says what the code does."""

import doctest
import re
from pathlib import Path

import pytest

from tests.records import records
from tests.scoring.test_attack_matrix import COLUMNS, TITLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scoring.md"


def test_every_example_runs() -> None:
    """All examples, one after the other, print what the page shows."""
    blocks = re.findall(r"```pycon\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, PAGE.name, None, 0)
    told: list[str] = []
    found = doctest.DocTestRunner().run(examples, out=told.append)
    assert found.failed == 0, "".join(told)
    assert found.attempted > 30


def test_the_attack_matrix_is_the_tested_one() -> None:
    """Every letter of the table on the page is the one that the exact expectations are held to."""
    text = PAGE.read_text(encoding="utf-8")
    assert f"| | {' | '.join(TITLES)} |" in text
    for mechanism, letters in COLUMNS.items():
        assert f"| `{mechanism}` | {' | '.join(letters)} |" in text


@pytest.mark.long
def test_the_tables_are_what_the_script_makes() -> None:
    """The tables on real records are the script's, to the last digit."""
    from scripts.scoring_tables import page

    records("routing", "mmlupro29.csv.gz")
    assert page() in PAGE.read_text(encoding="utf-8")
