"""Plans as workflow files."""

from pathlib import Path

from orchestrator.config import RunConfig
from orchestrator.planning.saving import workflow_text
from orchestrator.strict_yaml.loader import load
from orchestrator.task import Each, Task
from workers.verifiers import exact

WORKERS = {"workers": [{"type": "simulated", "id": "w", "skill": 0.5}]}


def test_a_saved_plan_is_read_back_as_it_was(tmp_path: Path) -> None:
    """Signs of YAML, lines, foreign letters and lists survive; the goal is gone."""
    prompt = "- {a: 1}\n\tß: {{ answers.a }} 'x' \"y\" # no"
    tasks = [
        Task("yes", "0.000000001", exact("no"), id="a"),
        Task(prompt, "0.1", exact("x"), needs=["a"], id="b", kind="k", reserve="0.05"),
        Task("{{ item }}", "0.1", exact("x"), id="c", each=Each(answer="a", most=2)),
    ]
    path = tmp_path / "plan.yaml"
    path.write_text(workflow_text({**WORKERS, "goal": "g", "planner": {}}, tasks), "utf-8")
    a, b, c = load(path, RunConfig).tasks
    assert (a.prompt, a.value) == ("yes", 1)
    assert (b.prompt, b.needs, b.kind, b.reserve) == (prompt, ("a",), "k", 50_000_000)
    assert c.each == Each(answer="a", most=2)
