"""Small panels of reports for hypothesis, and the slow definition of a peer."""

from __future__ import annotations

from hypothesis import strategies as st

from scoring.panel import Panel, panel_of
from scoring.peer import PeerReport

_OWNERS = ("ann", "bob", "cas")
_FAMILIES = ("x", "y", "z")


@st.composite
def reports(
    draw: st.DrawFn, *, classes: int = 2, tasks: int = 5, predictions: bool = False
) -> list[PeerReport]:
    """Draw a few reports of workers with few owners and families, with gaps."""
    found: list[PeerReport] = []
    for worker in range(draw(st.integers(2, 6))):
        owner, family = draw(st.sampled_from(_OWNERS)), draw(st.sampled_from(_FAMILIES))
        for task in range(tasks):
            if draw(st.booleans()) or task == 0:
                label = str(draw(st.integers(0, classes - 1)))
                share = draw(st.integers(1, 9)) / 10
                prediction = {"0": 1 - share, "1": share} if predictions else None
                found.append(PeerReport(f"t{task}", f"w{worker}", owner, family, label, prediction))
    return found


def panels(
    *, classes: int = 2, tasks: int = 5, predictions: bool = False
) -> st.SearchStrategy[Panel]:
    """Draw a panel of a few reports."""
    return reports(classes=classes, tasks=tasks, predictions=predictions).map(panel_of)


def peers_of(panel: Panel, place: int, *, task: int | None = None) -> list[tuple[int, float]]:
    """Return the peers of a report on its own or another task with their weights, slowly."""
    task = int(panel.task[place]) if task is None else task
    me = panel.reports[place]
    found: list[tuple[int, float]] = []
    for other, report in enumerate(panel.reports):
        stranger = report.owner != me.owner and report.family != me.family
        if panel.task[other] == task and stranger:
            voices = sum(
                one.owner == report.owner and int(code) == task
                for one, code in zip(panel.reports, panel.task, strict=True)
            )
            found.append((other, 1 / voices))
    return found


def told(prediction: dict[str, float] | None, *, classes: str = "01") -> list[PeerReport]:
    """Return eight tasks of four strangers who all make the same prediction."""
    return [
        PeerReport(f"t{t}", f"w{w}", f"o{w}", f"f{w}", classes[(t + w) % len(classes)], prediction)
        for t in range(8)
        for w in range(4)
    ]
