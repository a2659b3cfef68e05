"""Tests of the errors a user can cause."""

from orchestrator.errors import SHOWN_PROBLEMS, ConfigError, InputError, Problem


def test_one_line_per_problem() -> None:
    """The text of an input error is one line per problem, in the given order."""
    error = InputError([Problem("a.yaml:1:2", "first"), Problem("--set b=1", "second")])
    assert str(error) == "a.yaml:1:2 first\n--set b=1 second"
    assert isinstance(error, ConfigError)


def test_a_flood_is_cut() -> None:
    """Twenty problems are kept, and a last line says that there were more."""
    error = InputError(Problem("a.yaml", str(number)) for number in range(1000))
    assert [problem.message for problem in error.problems] == [str(n) for n in range(20)]
    assert len(str(error).splitlines()) == SHOWN_PROBLEMS + 1
    assert str(error).endswith("\n... and more")


def test_exactly_as_many_as_shown() -> None:
    """Twenty problems are all shown, and nothing hints at more."""
    assert "more" not in str(InputError([Problem("a.yaml", "wrong")] * SHOWN_PROBLEMS))
