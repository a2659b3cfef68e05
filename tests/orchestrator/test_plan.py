"""`truthbid plan`: plans are shown, saved, approved, and carried out without planning again."""

from pathlib import Path
from unittest.mock import patch

import pytest
import yaml

from orchestrator.config import RunConfig
from orchestrator.memory.record import Record
from orchestrator.strict_yaml.loader import load
from orchestrator.task import Each
from protocols.planning import PlanAsked
from tests.orchestrator.command import CONFIGS, WORKFLOW, Said, truthbid, workflow
from tests.workers.planning.recording import DRAFTS

CONFIG = CONFIGS / "planner.yaml"
OFFLINE: dict[str, str | None] = {
    "TRUTHBID_NO_LIVE_CALLS": "1",
    "OPENAI_API_KEY": None,
    "OPENAI_BASE_URL": None,
    "PLANNER_RECORDING": None,
}
ANSWER = "THE YEARS MCMLXIX, MCMLXXXIX, MCMXCIV AND 7417 DAYS"

GOAL = """\
name: goal
budget: 1
workers:
  - {type: simulated, id: ada, skill: {text: 0.7}, cost: 0.001}
  - {type: function, id: n, function: numerals, kinds: [numerals], cost: 0.001}
goal: a report
planner: {type: scripted, drafts: [{tasks: []}]}
"""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command in an empty folder."""
    monkeypatch.chdir(tmp_path)


def plan(*arguments: object, says: str = "") -> Said:
    """Plan the goal of planner.yaml; ``says`` are the answers of a person, key by key."""
    with patch("click.confirm", side_effect=[each == "y" for each in says]):
        return truthbid("plan", CONFIG, *arguments, env=OFFLINE)


def asked(journal: str) -> int:
    """Return how many calls of the planner a journal holds."""
    with Record(Path(journal)) as record:
        return len(list(record.of(PlanAsked)))


def test_a_plan_is_shown_and_nothing_is_run() -> None:
    """A table, a drawing, and how to go on; `resume` needs no planner any more."""
    said = plan("--journal", "p.db")
    assert said.code == 0
    assert "report\n├─ ordered\n│  └─ numerals, for each of 3 listed\n└─ days" in said.out
    assert "run it with: truthbid resume p.db" in said.out
    assert asked("p.db") == len(DRAFTS)
    done = truthbid("resume", "p.db", "--json", env=OFFLINE)
    assert (done.code, done.data()["solution"]["answer"]) == (0, ANSWER)
    assert asked("p.db") == len(DRAFTS)
    assert truthbid("replay", "p.db").code == 0
    assert truthbid("verify", "p.db").code == 0


def test_a_plan_is_data_with_json() -> None:
    """The tasks as a workflow file has them."""
    data = plan("--journal", "p.db", "--json").data()
    assert data["journal"] == "p.db"
    assert [task["id"] for task in data["plan"]] == ["numerals", "days", "ordered", "report"]


def test_a_saved_plan_is_a_workflow_of_its_own() -> None:
    """`run` takes it, without a planner, and comes to the same answer."""
    assert plan("--save", "static.yaml", "--quiet").code == 0
    config = load("static.yaml", RunConfig)
    assert (config.goal, config.planner) == (None, None)
    assert [task.value for task in config.tasks] == [20_000_000] * 4
    said = truthbid("run", "static.yaml", "--json", "--journal", "s.db")
    assert said.code == 0
    assert said.data()["tasks"]["solved"] == 6
    assert truthbid("plan", "static.yaml").code == 0
    again = plan("--save", "static.yaml")
    assert (again.code, "exists already" in again.err) == (2, True)


def test_a_person_is_asked_before_money_is_spent_and_before_the_plan_is_run() -> None:
    """Two questions; `no` to the first leaves no journal, to the second a plan to resume."""
    early = plan("--approve", "--journal", "p.db", says="n")
    assert (early.code, Path("p.db").exists()) == (1, False)
    late = plan("--approve", "--journal", "p.db", says="yn")
    assert (late.code, "not approved" in late.err) == (1, True)
    assert "truthbid resume p.db" in late.err
    run = plan("--approve", "--journal", "q.db", says="yy")
    assert (run.code, ANSWER in run.out) == (0, True)
    assert plan("--yes", "--journal", "r.db", "--quiet").code == 0


def test_run_plans_first() -> None:
    """One command from the goal to its answer, offline."""
    said = truthbid("run", CONFIG, "--journal", "p.db", env=OFFLINE)
    assert said.code == 0
    assert "the goal is reached (1 plan)" in said.out
    assert ANSWER in said.out


def test_static_tasks_are_shown_too(tmp_path: Path) -> None:
    """Without a goal there is nothing to plan, to ask for and to journal."""
    said = truthbid("plan", workflow(tmp_path))
    assert (said.code, "two\n└─ one" in said.out) == (0, True)
    assert not Path("runs").exists()


def test_without_a_plan_the_exit_code_says_so(tmp_path: Path) -> None:
    """1 where no draft was one, with the last reason; 3 where the budget has no room."""
    said = truthbid("run", workflow(tmp_path, GOAL))
    assert said.code == 1
    assert said.err.endswith("there is no plan: the script has no further draft\n")
    poor = truthbid("run", CONFIG, "--set", "budget=0.0001", env=OFFLINE)
    assert (poor.code, "no room for planning" in poor.err) == (3, True)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("planner: {type: scripted", "#", "6:7 goal: a goal needs a planner"),
        ("goal: a report", "", "there is nothing to do"),
        ("goal: a report", "goal: ''", "goal: expected a text of at least 1 characters"),
        ("budget: 1", "", "nobody says what the goal is worth"),
        ("goal: a", "tasks: [{id: a, prompt: p, value: 1}]\ngoal: a", "a goal or tasks, not both"),
        ("goal: a", "planning: {kinds: {txt: ''}}\ngoal: a", "no worker bids on tasks of kind 'tx"),
        ("goal: a", "planning: {judge: fair}\ngoal: a", "there is no judge 'fair' in the section"),
        (
            "goal: a",
            "planning: {checks: [exat]}\ngoal: a",
            "there is no check 'exat', did you mean",
        ),
        ("type: scripted", "type: script", "unknown type 'script', did you mean 'scripted'?"),
    ],
)
def test_mistakes_in_a_goal_are_named_with_their_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    """Each is one line, and the exit code is 2."""
    said = truthbid("validate", workflow(tmp_path, GOAL.replace(old, new)))
    assert (said.code, message in said.err) == (2, True), said.err


def test_mistakes_in_the_wiring_of_tasks_are_named_with_their_place(tmp_path: Path) -> None:
    """At the prompt or the list that cannot work."""
    text = WORKFLOW.replace("id: two, prompt: p", "id: two, prompt: 'x {{ answers.on }}'")
    said = truthbid("validate", workflow(tmp_path, text))
    assert said.code == 2
    assert "8:23 tasks.1.prompt: the prompt quotes the answer of 'on'" in said.err


def test_a_list_may_be_written_in_three_ways(tmp_path: Path) -> None:
    """As items, as the name of a task, and with the most items that its answer may have."""
    three = (
        WORKFLOW
        + """\
  - {id: a, prompt: "{{ item }}", value: 0.01, each: [Ulm, 7], verify: {exact: "1"}}
  - {id: b, prompt: "{{ item }}", value: 0.01, each: one, verify: {exact: "1"}}
  - {id: c, prompt: "{{ item }}", value: 0.01, each: {answer: one, most: 3}, verify: {exact: "1"}}
"""
    )
    a, b, c = load(workflow(tmp_path, three), RunConfig).tasks[2:]
    assert (a.each, b.each) == (Each(items=("Ulm", "7")), Each(answer="one"))
    assert c.each == Each(answer="one", most=3)
    both = three.replace("answer: one, most: 3", "answer: one, items: [x]")
    said = truthbid("validate", workflow(tmp_path, both))
    assert (said.code, "give either items or the answer of a task" in said.err) == (2, True)


def test_kinds_come_from_the_workers(tmp_path: Path) -> None:
    """Those that a worker names, and the skills of simulated ones; all together are known."""
    config = load(workflow(tmp_path, GOAL), RunConfig)
    assert set(config.planning_in_full.kinds) == {"numerals", "text"}


def test_a_saved_plan_keeps_the_other_sections() -> None:
    """Workers, mechanism and market stay as they were written."""
    plan("--save", "static.yaml", "--quiet")
    static = yaml.safe_load(Path("static.yaml").read_text(encoding="utf-8"))
    assert set(static) == {"name", "seed", "budget", "mechanism", "market", "workers", "tasks"}
