"""``truthbid peer``, as a shell sees it."""

from pathlib import Path

import pytest

from tests.orchestrator.command import truthbid
from tests.records import records


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return a log of four workers: three agree on all of 20 tasks, one always says 1."""
    labels = {name: [task % 2 for task in range(20)] for name in ("ann", "bob", "cas")}
    labels["lazy"] = [1] * 20
    path = tmp_path / "labels.csv"
    rows = [f"t{task},{name},{said[task]}" for name, said in labels.items() for task in range(20)]
    path.write_text("\n".join(["task,worker,label", *rows]) + "\n")
    return path


def test_a_constant_report_earns_nothing(log: Path) -> None:
    """By correlated agreement, the default, the lazy worker has 0 and the others more."""
    said = truthbid("peer", log)
    assert (said.code, said.err) == (0, "")
    assert "Scored by correlated-agreement: 4 of 4 workers" in said.out
    found = truthbid("peer", log, "--json").data()
    scores = {each["worker"]: each["score"] for each in found["workers"]}
    assert scores.pop("lazy") == pytest.approx(0.0)
    assert all(score > 0.3 for score in scores.values())
    assert found["mechanism"] == "correlated-agreement"
    assert "renaming labels" in found["assumes"]
    assert found["rank_correlation_with_accuracy"] is None


def test_a_refusal_is_no_error(tmp_path: Path) -> None:
    """Data that cannot support a score end with exit 0 and the reason in words."""
    path = tmp_path / "labels.csv"
    path.write_text("task,worker,label\nt,ann,1\nt,bob,1\n")
    found = truthbid("peer", path, "--json").data()
    assert [each["score"] for each in found["workers"]] == [None, None]
    assert "only 1 usable tasks" in found["workers"][0]["refusals"][0]


def test_answers_are_printed_and_written(log: Path, tmp_path: Path) -> None:
    """The consensus goes into the data, onto the terminal and into a file."""
    target = tmp_path / "answers.csv"
    said = truthbid("peer", log, "--aggregate", "dawid-skene", "--answers", target)
    assert said.err == f"wrote {target}\n"
    assert "t19" in said.out
    assert len(target.read_text().splitlines()) == 21
    found = truthbid("peer", log, "--aggregate", "dawid-skene", "--json").data()
    assert [each["answer"] for each in found["answers"]] == ["0", "1"] * 10


def test_the_seed_alone_fixes_the_draws(log: Path) -> None:
    """The same seed gives the same bytes."""
    once, again = (
        truthbid("peer", log, "--mechanism", "determinant", "--seed", 3, "--json").out
        for _ in range(2)
    )
    assert once == again


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--mechanism", "surrogate"), "--mechanism surrogate needs a column 'confidence'"),
        (("--mechanism", "peer-truth-serum"), "needs a public prior"),
        (("--mechanism", "determinant", "--assigned"), "--assigned is for dasgupta-ghosh"),
        (("--aggregate", "log-odds-pool"), "--aggregate log-odds-pool needs a column 'confidence'"),
        (("--answers", "a.csv"), "--answers needs --aggregate"),
        (("--aggregate", "glad", "--answers", "no/such/a.csv"), "No such file or directory"),
        (("--columns", "label=vote"), "labels.csv:1 there is no column 'vote'"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    log: Path, arguments: tuple[str, ...], message: str
) -> None:
    """What is missing is named, and nothing is printed as a result."""
    said = truthbid("peer", log, *arguments)
    assert said.code == 2
    assert message in said.err
    assert said.out == ""


def test_answers_never_replace_the_log(log: Path) -> None:
    """The log itself is not overwritten."""
    before = log.read_text()
    said = truthbid("peer", log, "--aggregate", "plurality", "--answers", log)
    assert (said.code, log.read_text()) == (2, before)


def test_answers_of_eleven_models() -> None:
    """Answers of eleven close models to six kinds of question are scored without their truth."""
    path = records("routing", "conf11.csv.gz")
    columns = "task=question_id,worker=model,label=answer,kind=task,confidence=confidence"
    arguments = ("--mechanism", "dasgupta-ghosh", "--assigned", "--json")
    found = truthbid("peer", path, "--columns", columns, *arguments).data()
    assert len(found["workers"]) == 11
    assert all(each["score"] > 0.1 for each in found["workers"])
