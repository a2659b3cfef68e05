"""Writes a plan as a workflow file that needs no planner."""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.planning.picture import plan_data
from orchestrator.task import Task

_PLANNED = ("goal", "planner", "planning", "tasks")


def workflow_text(config: Mapping[str, Any], tasks: Sequence[Task]) -> str:
    """Return the YAML of a workflow with these tasks in place of its goal.

    Args:
        config: The sections of the workflow, as plain data.
        tasks: The plan.

    >>> print(workflow_text({"name": "small", "goal": "g"}, [Task("2 + 2?", "0.5", id="sum")]))
    name: small
    tasks:
    - id: sum
      kind: task
      prompt: 2 + 2?
      value: '0.5'
    <BLANKLINE>
    """
    import yaml

    kept = {name: section for name, section in config.items() if name not in _PLANNED}
    text: str = yaml.safe_dump(
        {**kept, "tasks": plan_data(tasks)}, sort_keys=False, allow_unicode=True, width=100
    )
    return text
