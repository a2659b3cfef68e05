"""The matrix of equal answers has a cell for every pair that shared a task."""

from orchestrator.reports.agreement import Agreement, Pair
from orchestrator.reports.agreement_figure import MOST_WORKERS, agreement_figure
from protocols.units import WorkerId
from tests.orchestrator.drawing.svg import parsed, titles
from tests.orchestrator.small_runs import events


def test_a_cell_for_every_pair() -> None:
    """Pairs above the mean of 60 % and below it are two cells each, of two colours."""
    found = Agreement()
    pair = Pair(WorkerId("a"), WorkerId("b"))
    found.shared[pair], found.equal[pair] = 4, 3
    found.shared[Pair(WorkerId("a"), WorkerId("c"))] = 1
    figure = agreement_figure(found)
    assert figure is not None
    root = parsed(figure["svg"])
    kinds = [each.get("class") for each in root.findall("rect")]
    assert kinds == ["cell more", "cell less", "cell more", "cell less"]
    assert "the mean of 60 %" in figure["note"]
    assert "a and b: 75 % of 4 tasks" in titles(root)


def test_a_large_fleet_is_cut() -> None:
    """Only the workers that shared most have a row; the note counts the rest."""
    found = Agreement()
    for number in range(1, 20):
        pair = Pair(WorkerId("a"), WorkerId(f"w{number:02}"))
        found.shared[pair] = number
    figure = agreement_figure(found)
    assert figure is not None
    assert f"{20 - MOST_WORKERS} workers with fewer shared tasks left out" in figure["note"]


def test_without_redundancy_there_is_no_matrix() -> None:
    """A run whose tasks go to one worker each has nothing to compare."""
    found = Agreement()
    for event in events():
        found.note(event)
    assert (found.workers(), agreement_figure(found)) == ([], None)
