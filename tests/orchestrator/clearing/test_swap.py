"""A swap in a file."""

from pathlib import Path

import pytest

from orchestrator.clearing.auction_reader import is_swap, load_swap
from orchestrator.clearing.swap import explain_swap
from orchestrator.errors import InputError

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"


def test_a_cycle_of_three_trades() -> None:
    """Three workers that want each other's tasks in a ring trade; the fourth keeps its own."""
    file = load_swap(EXAMPLES / "swap.yaml", ())
    holders = file.clear()

    assert holders == {"translation": "ann", "chart": "bob", "summary": "eve", "index": "joe"}
    assert [*explain_swap(file, holders)] == [
        "ann gives summary and takes translation, its choice number 1.",
        "bob gives translation and takes chart, its choice number 1.",
        "eve gives chart and takes summary, its choice number 1.",
        "joe keeps index.",
        (
            "3 of 4 tasks change hands, by top-trading-cycles: nobody has a task that it likes less"
            " than its own."
        ),
    ]


def test_only_a_file_of_holders_is_a_swap() -> None:
    """What is put up and what is held are told apart by one key."""
    assert is_swap(EXAMPLES / "swap.yaml")
    assert not is_swap(EXAMPLES / "ea-ram.yaml")


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("holders: {t: a, u: a}\npreferences: {}", "1:20", "'a' holds 't' already"),
        ("holders: {t: a}\npreferences: {b: [t]}", "2:18", "'b' holds no task to give"),
        ("holders: {t: a}\npreferences: {a: [u]}", "2:19", "nobody holds 'u'"),
        ("holders: {t: a, u: b}\npreferences: {a: [u, u]}", "2:22", "'u' is named twice"),
        ("holders: {t: a}", "1:1", "'preferences' is missing"),
        ("mechanism: vcg\nholders: {t: a}\npreferences: {}", "1:12", "'top-trading-cycles'"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(
    text: str, where: str, said: str, tmp_path: Path
) -> None:
    """The line and column of the mistake come first, then what was expected."""
    path = tmp_path / "swap.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_swap(path, ())

    (line,) = str(caught.value).splitlines()
    assert f"swap.yaml:{where}" in line
    assert said in line
