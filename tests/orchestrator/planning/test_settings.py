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


def test_a_judge_is_one_more_check() -> None:
    """Who names a judge lets plans ask it, beside the checks that need nobody."""
    assert PlanningSettings(checks=("regex",), judge="fair").all_checks == ("regex", "judge")
    assert "judge" not in PlanningSettings().all_checks
    with pytest.raises(ValidationError, match="there is no check 'judge'"):
        PlanningSettings(checks=("judge",))
