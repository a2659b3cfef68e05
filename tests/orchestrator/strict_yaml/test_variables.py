"""Tests of which environment variables a workflow file may quote."""

from pathlib import Path

import pytest

from orchestrator.errors import InputError
from orchestrator.strict_yaml.variables import Variables
from orchestrator.workflow_file import read_workflow
from tests.orchestrator.command import WORKFLOW, workflow


@pytest.mark.parametrize(
    "name", ["OPENAI_API_KEY", "HF_TOKEN", "DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "apikey", "KEY"]
)
def test_secrets_are_refused(name: str) -> None:
    """A variable that is named like a secret is refused, set or not."""
    for environment in ({name: "sk-canary"}, dict[str, str]()):
        with pytest.raises(ValueError, match="holds a secret") as caught:
            Variables(environment).get(name)
        assert "canary" not in str(caught.value)


@pytest.mark.parametrize("name", ["HOME", "OPENAI_BASE_URL", "MONKEYS", "KEYBOARD", "TOKENS"])
def test_others_are_given(name: str) -> None:
    """Any other variable can be quoted."""
    variables = Variables({name: "x"})
    assert (variables[name], dict(variables), len(variables)) == ("x", {name: "x"}, 1)
    assert variables.get("ABSENT", "default") == "default"


def test_a_file_that_quotes_a_secret_is_refused_at_that_place(tmp_path: Path) -> None:
    """A key cannot enter a configuration, since the journal would keep it."""
    path = workflow(tmp_path, WORKFLOW.replace("prompt: p", 'prompt: "${OPENAI_API_KEY:-}"', 1))
    with pytest.raises(InputError) as caught:
        read_workflow(path, (), {"OPENAI_API_KEY": "sk-canary"})
    said = str(caught.value)
    assert f"{path}:7:23 variable OPENAI_API_KEY holds a secret" in said
    assert "canary" not in said
