"""Tests of the places of values."""

from orchestrator.strict_yaml.yaml_tree import Fault, Mark, refusal


def test_marks_as_text() -> None:
    """A place in a file is file:line:column; an option is quoted as it was typed."""
    assert str(Mark("a.yaml", 3, 11)) == "a.yaml:3:11"
    assert str(Mark("--set a.b=c", 0, 2)) == "--set a.b=c"


def test_refusal_is_in_reading_order() -> None:
    """Faults of the file come by line and column, then those of options in the order given."""
    marks = [Mark("--set z=1", 0, 0), Mark("--set a=1", 0, 1), Mark("f", 2, 1), Mark("f", 1, 10)]
    error = refusal(Fault(mark, "wrong") for mark in [*marks, Mark("f", 1, 9)])
    places = [problem.where for problem in error.problems]
    assert places == ["f:1:9", "f:1:10", "f:2:1", "--set z=1", "--set a=1"]


def test_same_fault_once() -> None:
    """A fault met twice, as below an alias, is reported once."""
    fault = Fault(Mark("f", 1, 1), "wrong")
    assert len(refusal([fault, fault]).problems) == 1
