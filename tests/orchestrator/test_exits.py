"""Tests of the exit codes."""

from orchestrator import exits
from tests.orchestrator.command import truthbid


def test_every_code_means_one_thing() -> None:
    """The codes are those that scripts may rely on."""
    codes = {name: value for name, value in vars(exits).items() if name.isupper()}
    assert codes == {
        "DONE": 0,
        "UNSOLVED": 1,
        "BAD_INPUT": 2,
        "BUDGET_REACHED": 3,
        "MISMATCH": 4,
        "HELD": 5,
        "INTERRUPTED": 130,
        "TERMINATED": 143,
    }


def test_the_help_tells_the_codes() -> None:
    """``run --help`` tells every code that a run can end with."""
    text = " ".join(truthbid("run", "--help").out.split())
    for meaning in (
        "0 all tasks solved",
        "1 some",
        "2 bad input",
        "3 the budget",
        "5 a person",
        "130 inter",
        "143",
    ):
        assert meaning in text
    assert "Exit code 4" in truthbid("replay", "--help").out
    assert "Exit code 4" in truthbid("verify", "--help").out
