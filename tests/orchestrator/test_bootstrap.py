"""Tests of how a configuration becomes workers, tasks and a market."""

from pathlib import Path

import pytest

from orchestrator.bootstrap import UnusableError, assemble, free_path
from orchestrator.config import RunConfig
from orchestrator.coordinator import Coordinator
from orchestrator.strict_yaml.loader import load
from tests.orchestrator.command import workflow
from tests.workers.bidding.markets import judged, lot
from workers.llm import OpenAIWorker
from workers.simulated import SimulatedWorker

RECORDS = "question,worker,correct\nq1,ada,1\nq1,eve,0\nq2,ada,1\nq2,eve,1\n"
GENERATE = "generate: {count: 200, kinds: {code: 3, text: 1}, value: 0.05, spread: 0.5}\n"


def _config(folder: Path, *overrides: str, more: str = "") -> RunConfig:
    path = workflow(folder)
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    return load(path, RunConfig, overrides)


def test_written_workers_and_tasks(tmp_path: Path) -> None:
    """Workers and tasks come in the order of the file, with the terms that it gives."""
    fleet = assemble(_config(tmp_path, "tasks.0.reserve=0.01"), tmp_path)
    assert [worker.name for worker in fleet.workers] == ["ada", "bob"]
    assert [task.id for task in fleet.tasks] == ["one", "two"]
    lots = [task.lot("") for task in fleet.tasks]
    assert [(lot.value, lot.reserve) for lot in lots] == [
        (50_000_000, 10_000_000),
        (50_000_000, 50_000_000),
    ]
    assert fleet.tasks[1].needs == ("one",)


def test_simulated_workers_know_accepted_answers(tmp_path: Path) -> None:
    """A simulated success has an answer that the verifier of the task accepts."""
    config = _config(tmp_path, "tasks.1.verify={numeric: 2.5}")
    worker = assemble(config, tmp_path).workers[0]
    assert isinstance(worker, SimulatedWorker)
    assert worker.answers == {"one": "1", "two": "2.5"}


def test_generated_tasks_depend_on_the_seed_alone(tmp_path: Path) -> None:
    """The same seed makes the same tasks, another seed others; values stay within the spread."""
    first, again, other = (
        assemble(_config(tmp_path, f"seed={seed}", more=GENERATE), tmp_path).tasks[2:]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other
    assert len(first) == 200
    assert all(0.025 <= float(task.value) <= 0.075 for task in first)
    assert 120 <= sum(task.kind == "code" for task in first) <= 180


def test_weights_of_any_size_draw_a_kind(tmp_path: Path) -> None:
    """Kinds are drawn even where their weights differ by eighteen powers of ten."""
    kinds = "generate.kinds={rare: 1.0e-9, often: 1.0e+9}"
    tasks = assemble(_config(tmp_path, kinds, more=GENERATE), tmp_path).tasks[2:]
    assert {task.kind for task in tasks} == {"often"}


def test_records_are_workers_and_tasks(tmp_path: Path) -> None:
    """A table of records lies beside the file that names it and adds its workers and questions."""
    (tmp_path / "r.csv").write_text(RECORDS.replace("ada", "kim"), encoding="utf-8")
    fleet = assemble(_config(tmp_path, "records={path: r.csv, value: 1}"), tmp_path)
    assert [worker.name for worker in fleet.workers] == ["ada", "bob", "kim", "eve"]
    assert [task.id for task in fleet.tasks] == ["one", "two", "q1", "q2"]


def test_records_may_lie_where_the_command_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path that is not found beside the file is looked for in the current folder."""
    (tmp_path / "r.csv").write_text(RECORDS.replace("ada", "kim"), encoding="utf-8")
    inner = tmp_path / "configs"
    inner.mkdir()
    monkeypatch.chdir(tmp_path)
    fleet = assemble(_config(inner, "records={path: r.csv, value: 1}"), inner)
    assert len(fleet.tasks) == 4


@pytest.mark.parametrize(
    ("override", "loc", "words"),
    [
        ("records={path: r.csv, value: 1}", ("workers", 0, "id"), "the id 'ada' is also that of"),
        ("tasks.1.id=t7", ("tasks", 1, "id"), "the id 't7' is also that of"),
        ("records={path: no.csv, value: 1}", ("records",), "no.csv: cannot be read: No such file"),
        ("records={path: bad.csv, value: 1}", ("records",), "bad.csv:3: "),
        ("records={path: worker.csv, value: 1}", ("records",), "worker: "),
        ("records={path: task.csv, value: 1}", ("records",), "'a\\x1bb' is no name"),
        (
            "records={path: kind.csv, value: 1, columns: {kind: kind}}",
            ("records",),
            "'kkk",
        ),
        (
            "records={path: r.csv, value: 1, workers: [adda]}",
            ("records",),
            "there is no worker 'adda' in the records; did you mean 'ada'?",
        ),
        (
            "workers.0={type: openai, id: m, model: gpt-5-mini, api_key_env: NO_SUCH_VARIABLE}",
            ("workers", 0),
            "set the environment variable NO_SUCH_VARIABLE",
        ),
        (
            'workers.0={type: openai, id: m, model: mine, base_url: "http://127.0.0.1:9/v1"}',
            ("workers", 0),
            "no price is known for model 'mine'",
        ),
    ],
)
def test_what_cannot_be_had(
    tmp_path: Path, override: str, loc: tuple[str | int, ...], words: str
) -> None:
    """What a valid file names and nobody has is refused where it is named."""
    (tmp_path / "r.csv").write_text(RECORDS, encoding="utf-8")
    (tmp_path / "bad.csv").write_text("question,worker,correct\nq,a,1\nq,b,maybe\n", "utf-8")
    (tmp_path / "worker.csv").write_text("question,worker,correct\nq,a\x1bb,1\n", "utf-8")
    (tmp_path / "task.csv").write_text("question,worker,correct\na\x1bb,kim,1\n", "utf-8")
    kind = f"question,worker,correct,kind\nq,kim,1,{'k' * 201}\n"
    (tmp_path / "kind.csv").write_text(kind, "utf-8")
    with pytest.raises(UnusableError) as caught:
        assemble(_config(tmp_path, override, more=GENERATE), tmp_path)
    assert caught.value.loc == loc
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_recorded_questions_may_not_be_called_like_generated_tasks(tmp_path: Path) -> None:
    """Two sources of tasks that give the same names are refused at the generator."""
    (tmp_path / "r.csv").write_text("question,worker,correct\nt1,kim,1\n", encoding="utf-8")
    with pytest.raises(UnusableError, match="its tasks have the names of recorded ones") as caught:
        assemble(_config(tmp_path, "records={path: r.csv, value: 1}", more=GENERATE), tmp_path)
    assert caught.value.loc == ("generate",)


def test_the_market_is_the_configured_one(tmp_path: Path) -> None:
    """Seed, currency, budget and mechanism reach the coordinator; nothing is written yet."""
    config = _config(tmp_path, "budget=0.25", "currency=EUR")
    journal = tmp_path / "run.db"
    market = Coordinator.configured(config, assemble(config, tmp_path), journal)
    assert market.ledger.capped
    assert market.journal_path == journal
    assert not journal.exists()


def test_journals_are_numbered(tmp_path: Path) -> None:
    """A journal that is not named gets the first number that is free."""
    config = _config(tmp_path)
    assert free_path(config, lambda _: False) == Path("runs/small-001.db")
    assert free_path(config, lambda path: path.stem < "small-003") == Path("runs/small-003.db")
    assert free_path(_config(tmp_path, "journal=a/b.db")) == Path("a/b.db")


def test_models_that_we_run_ourselves_learn_together(tmp_path: Path) -> None:
    """What is known of the outcomes of one moves the bids of the others, but not of outsiders."""
    model = "{type: openai, model: m, free: true, base_url: 'http://x/v1', bid: prior, id: %s}"
    outsider = model.replace("id: %s", "id: eve, payable: true")
    config = _config(tmp_path, f"workers=[{model % 'ann'}, {model % 'bob'}, {outsider}]")
    fleet = [each for each in assemble(config, tmp_path).workers if isinstance(each, OpenAIWorker)]
    before = [worker.quote(lot()).probability for worker in fleet]
    for _ in range(9):
        judged(fleet[0], 0.0, lot())
    after = [worker.quote(lot("t2")).probability for worker in fleet]

    assert max(after[:2]) < before[1]
    assert after[2] == before[2]
