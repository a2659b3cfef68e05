"""How far planning may go."""

import pytest
from pydantic import ValidationError

from orchestrator.planning.settings import PlanningSettings


def test_a_check_must_exist_and_no_command_is_one() -> None:
    """A model's plan can neither invent verifiers nor run programs."""
    with pytest.raises(ValidationError, match="there is no check 'regx', did you mean 'regex'"):
        PlanningSettings(checks=("regx",))
    with pytest.raises(ValidationError, match="there is no check 'command'"):
        PlanningSettings(checks=("command",))
