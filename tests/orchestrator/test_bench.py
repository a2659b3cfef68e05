"""``truthbid bench``, as a shell sees it."""

from pathlib import Path

import pytest

from tests.orchestrator.bench.tables import table
from tests.orchestrator.command import CONFIGS, truthbid
from tests.records import records


def test_tables_show_every_regime_and_way(tmp_path: Path) -> None:
    """Market and rivals are side by side, with what an accuracy costs."""
    said = truthbid("bench", table(tmp_path), "--value", "6", "--details")
    assert (said.code, said.err) == (0, "")
    for words in ("market after a paid probe", "isotonic chance", "mixing single workers"):
        assert words in said.out
    assert "A success is worth 6 USD" in said.out
    assert all(regime in said.out for regime in ("blind", "self-report", "paid", "oracle"))


def test_data_is_json_and_nothing_else(tmp_path: Path) -> None:
    """Every row is there, with its error."""
    found = truthbid("bench", table(tmp_path), "--value", "6", "--json").data()
    (at_six,) = found["values"]
    rows = {row["name"]: row for row in at_six["ways"]}
    assert rows["market"]["accuracy"] == 1.0
    assert rows["most-confident"]["difference"] < 0
    assert found["questions"]["learned_from"] + found["questions"]["judged"] == 200


def test_the_shipped_records_need_no_options(tmp_path: Path) -> None:
    """The table that ships with the configurations has the default columns, and draws figures."""
    page, drawing = tmp_path / "b.html", tmp_path / "b.svg"
    arguments = ["--regime", "blind", "--quiet", "--html", page, "--svg", drawing]
    said = truthbid("bench", CONFIGS / "data" / "recorded.csv.gz", *arguments)
    assert (said.code, said.out) == (0, "")
    assert said.err == f"wrote {page}\nwrote {drawing}\n"
    assert page.read_text(encoding="utf-8").count("<svg") == 2
    assert drawing.read_text(encoding="utf-8").startswith('<svg role="img"') is False
    assert 'xmlns="http://www.w3.org/2000/svg"' in drawing.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--mechanism", "vicrey"], "unknown mechanism 'vicrey', did you mean 'vickrey'?"),
        (["--mechanism", "{name: vcg, stak: 1}"], "--mechanism mechanism vcg"),
        (["--mechanism", "escalation"], "--mechanism escalation buys answers one after the other"),
        (["--value", "0"], "--value expected more than nothing, not '0'"),
        (["--value", "x"], "--value 'x' is not an amount of money"),
        (["--html", "@/x.pdf"], "expected a name that ends in .html or .svg"),
        (["--html", "@/no/x.html"], "there is no such folder"),
        (["--columns", "question=nix"], "there is no column 'nix'"),
        (["--kind", "c"], "there is no kind 'c' in the records"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, arguments: list[str], message: str) -> None:
    """What is wrong is said with its place, and nothing is written."""
    said = truthbid(
        "bench", table(tmp_path), *(each.replace("@", str(tmp_path)) for each in arguments)
    )
    assert said.code == 2
    assert message in said.err
    assert said.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_real_confidences_are_a_poor_bid() -> None:
    """On 2,768 questions and eleven models the loudest loses to the best model, an isotonic curve not.

    The records are those of NoamMichael/Comparing-Confidence-in-LLMs.
    """
    columns = "question=question_id,worker=model,cost=cost_usd_scenario,kind=task,answer=answer"
    kinds = [word for kind in ("boolq", "sciq", "sat_en", "lsat_ar") for word in ("--kind", kind)]
    path = records("routing", "conf11.csv.gz")
    only = ["--regime", "self-report", "--value", "0.03", "--json"]
    found = truthbid("bench", path, "--columns", columns, *kinds, *only).data()
    rows = {row["name"]: row for row in found["values"][0]["ways"]}
    assert rows["most-confident"]["closed"] < -0.1
    assert rows["recalibrated"]["closed"] > 0.0
    assert rows["market-recalibrated"]["utility"] > rows["market-stated"]["utility"]
