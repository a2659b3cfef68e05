"""``truthbid score``, as a shell sees it."""

from pathlib import Path

import pytest

from tests.orchestrator.command import truthbid
from tests.records import records

LOG = "worker,report,outcome,question\nann,0.75,1,q1\nann,0.25,0,q2\nbob,0.75,0,q1\nbob,,0,q2\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return a small log."""
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    return path


def test_tables_name_rank_ties_and_gaps(log: Path) -> None:
    """Ann is first, with a mean score of -1/16; bob's missing report is named."""
    said = truthbid("score", log)
    assert (said.code, said.err) == (0, "")
    assert "-0.0625" in said.out
    assert "bob: 1 missing report scored as the base rate (line 5)" in said.out


def test_data_is_json_and_nothing_else(log: Path) -> None:
    """Every number of the tables is in the data, best worker first."""
    found = truthbid("score", log, "--json").data()
    assert found["rule"] == "quadratic"
    assert found["rows"] == 4
    assert found["base_rates"] == {"": 0.25}
    ann, bob = found["workers"]
    assert (ann["worker"], ann["score"], ann["mean_report"]) == ("ann", -0.0625, 0.5)
    assert bob["missing_lines"] == [5]
    assert found["neighbours"][0]["common_questions"] == 2


def test_infinite_scores_are_valid_json(tmp_path: Path) -> None:
    """Minus infinity is no number of JSON; it is null, and counted."""
    path = tmp_path / "log.csv"
    path.write_text("report,outcome\n1,0\n0.5,1\n")
    (worker,) = truthbid("score", path, "--json", "--rule", "logarithmic").data()["workers"]
    assert (worker["score"], worker["infinite_scores"]) == (None, 1)


@pytest.mark.parametrize("name", ["f.svg", "f.html"])
def test_a_figure_is_written(log: Path, tmp_path: Path, name: str) -> None:
    """The diagrams are written beside the tables, which stay what they are."""
    said = truthbid("score", log, "--figure", tmp_path / name)
    assert said.code == 0
    assert said.err == f"wrote {tmp_path / name}\n"
    assert "<svg" in (tmp_path / name).read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--figure", "f.png"), "--figure f.png expected a name that ends in .html or .svg"),
        (
            ("--figure", "no/such/f.svg"),
            "--figure no/such/f.svg cannot be written: No such file or directory",
        ),
        (("--columns", "report=p"), "log.csv:1 there is no column 'p'"),
        (("--scale", "0.5"), "log.csv:2 report: expected a number from 0 to 0.5, not '0.75'"),
        (("--rule", "brier"), "'brier' is not one of 'quadratic'"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    log: Path, arguments: tuple[str, ...], message: str
) -> None:
    """What the user did wrong is said, and nothing is printed as a result."""
    said = truthbid("score", log, *arguments)
    assert said.code == 2
    assert message in said.err
    assert said.out == ""


def test_a_figure_never_replaces_the_log(tmp_path: Path) -> None:
    """A log whose name ends as a figure's is not overwritten."""
    path = tmp_path / "log.svg"
    path.write_text(LOG)
    said = truthbid("score", path, "--figure", path)
    assert (said.code, path.read_text()) == (2, LOG)
    assert "is the log itself" in said.err


def test_verbal_confidences_of_ten_models() -> None:
    """Nine of ten models of 2023 are overconfident beyond the base rate; Claude 2 is not."""
    path = records("scoring", "llm_verbal_confidence_2023.csv")
    columns = "worker=LLM,report=A2,outcome=IsCorrect,question=problem_id"
    found = truthbid("score", path, "--columns", columns, "--scale", 10, "--json").data()
    assert found["rows"] == 382
    assert len(found["unsettled_lines"]) == 18
    first, *others = found["workers"]
    assert first["worker"] == "Claude-2"
    assert first["skill"] > 0.4
    assert all(worker["skill"] < 0 < worker["spiegelhalter_z"] for worker in others)
    assert all(worker["recalibrated_brier"] < worker["brier"] for worker in others)
