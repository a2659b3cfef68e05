"""Tests of what a summary says about peers."""

from pathlib import Path
from typing import Any

import pytest

from orchestrator.evaluation.summary import Summary, summarise
from orchestrator.logs.peer_totals import PeerTotals
from orchestrator.memory.record import Record
from tests.orchestrator.command import CONFIGS, truthbid
from tests.orchestrator.labelling import GOOD, events, fleet, label_tasks, run


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Return the journal of the example on peers, and what the command says of it."""
    path = tmp_path_factory.mktemp("peer") / "run.db"
    said = truthbid("run", CONFIGS / "peer.yaml", "--set", f"journal={path}", "--json")
    assert said.err == ""
    return path, said.data()


def test_the_example_ranks_workers_as_the_truth_does(
    shown: tuple[Path, dict[str, Any]],
) -> None:
    """In configs/peer.yaml peer scores order the workers nearly as their true accuracy does."""
    peers = shown[1]["peers"]
    assert peers["rank_correlation_with_accuracy"] > 0.85
    scores = {one["worker"]: one for one in peers["workers"]}
    assert set(scores) == {"ada", "bob", "cleo", "dan", "eve", "eve-2", "guesser", "parrot"}
    assert scores["parrot"]["score"] == pytest.approx(0, abs=1e-9)
    assert abs(scores["guesser"]["score"]) < 2 * scores["guesser"]["standard_error"]
    assert all(one["comparisons"] > 100 for one in scores.values())
    assert min(scores[name]["score"] for name in ("ada", "bob", "eve", "eve-2", "cleo")) > 0.1


def test_the_example_replays_and_is_sound(shown: tuple[Path, dict[str, Any]]) -> None:
    """Its journal is replayed identically, and every award was settled once."""
    assert truthbid("replay", shown[0]).out.startswith("identical")
    assert truthbid("verify", shown[0]).out.startswith("sound")


def test_the_table_shows_scores_and_what_they_assume(
    shown: tuple[Path, dict[str, Any]],
) -> None:
    """The report of a run has a row for each worker, and says what the scores rest on."""
    out = truthbid("report", shown[0]).out
    assert "std. error" in out
    assert "Scored by correlated-agreement: 8 of 8 workers" in out
    assert "Rank correlation of score and accuracy: 0." in out
    assert "tasks with an answer by consensus" in out


def test_refusals_are_shown_with_their_reason(tmp_path: Path) -> None:
    """With too few tasks the report says why nobody was scored, and what became of the tasks."""
    path = tmp_path / "run.db"
    truthbid("run", CONFIGS / "peer.yaml", "--set", "generate.count=3", "--journal", path)
    said = truthbid("report", path)
    assert "0 of 8 workers" in said.out or "0 of 7 workers" in said.out
    assert "Not scored" in said.out


def test_a_live_summary_is_that_of_the_journal(tmp_path: Path) -> None:
    """Folding the events of a run and reading its journal give the same."""
    path = tmp_path / "run.db"
    run(path, fleet(GOOD), label_tasks(12))
    live = Summary()
    for event in events(path):
        live.note(event)
    with Record(path) as record:
        assert summarise(record).to_data() == live.to_data()
    assert live.states["solved"] == live.tasks == 12
    assert live.value == 12 * 300_000_000
    assert sum(worker.awards for worker in live.workers.values()) == 36


def test_without_peers_there_is_nothing_to_say() -> None:
    """A run without redundancy has no peer scores, and its data says so."""
    assert PeerTotals().to_data() is None
    assert PeerTotals().board is None
    assert PeerTotals().support is None


def test_no_verifier_and_no_peers_is_said_in_words(tmp_path: Path) -> None:
    """A task that nobody can judge ends unsettled; the report says so and what to do."""
    path = tmp_path / "run.db"
    said = truthbid(
        "run",
        CONFIGS / "peer.yaml",
        *("--set", "generate.count=4", "--set", "generate.redundancy=1"),
        *("--set", f"journal={path}"),
    )
    assert "4 tasks ended unsettled: the task has no verifier." in said.out
    assert (
        "Give such tasks a verifier, or a redundancy so that peers judge the answers." in said.out
    )


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("generate.redundancy=8", "takes as many owners; these workers have 7"),
        ("mechanism=contingent-vcg", "cannot award tasks with redundancy"),
        ("peer.mechanism=robust-truth-serum", "needs what a market does not ask for"),
        ("peer.classes=judge", "'normalised', 'exact' or 'numeric'"),
    ],
)
def test_a_wrong_workflow_is_refused(override: str, words: str) -> None:
    """What cannot be done is one clear line before anything is run."""
    said = truthbid("validate", CONFIGS / "peer.yaml", "--set", override)
    assert said.code == 2
    assert words in " ".join(said.err.split())


def test_recorded_answers_are_compared(tmp_path: Path) -> None:
    """A table of recorded answers gives copies their answers, and its outcomes are gold."""
    rows = ["question,worker,answer,correct"]
    for number in range(24):
        right = "ab"[number % 3 == 0]
        for place, worker in enumerate(("ann", "bob", "cy")):
            wrong = (number + place) % 5 == 0
            said = {"a": "b", "b": "a"}[right] if wrong else right
            rows.append(f"q{number},{worker},{said},{int(not wrong)}")
    (tmp_path / "r.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    workflow = tmp_path / "w.yaml"
    workflow.write_text(
        "mechanism: vcg\npeer: {mechanism: dasgupta-ghosh}\n"
        "records:\n  path: r.csv\n  value: 0.1\n  redundancy: 3\n"
        "  columns: {question: question, worker: worker, correct: correct, answer: answer}\n",
        encoding="utf-8",
    )
    found = truthbid("run", workflow, "--json", "--journal", tmp_path / "run.db").data()
    assert found["tasks"]["solved"] == 24
    assert found["peers"]["consensus"]["tasks"] == 24
    assert all(one["score"] > 0 for one in found["peers"]["workers"])
    assert truthbid("replay", tmp_path / "run.db").out.startswith("identical")


def test_the_page_tells_of_copies(shown: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    """The HTML report says that peers judge, and writes the peer score into the contract."""
    page = tmp_path / "run.html"
    assert truthbid("report", shown[0], "--html", page).code == 0
    text = page.read_text(encoding="utf-8")
    assert "One of several copies of t" in text
    assert "x its score by peers, correlated-agreement" in text
    assert "The verifier peers says" in text
