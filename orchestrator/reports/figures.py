"""The figures of the HTML report: what is drawn, with its caption and its legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from orchestrator.drawing.canvas import COLOURS, short
from orchestrator.drawing.display import money_column, money_text, percent, plain
from orchestrator.drawing.plots import (
    Bar,
    Point,
    Series,
    bars,
    frontier,
    lines,
    reliability,
    scatter,
)
from orchestrator.reports.timeline import Scored
from protocols.units import NANO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evaluation.baselines import Baseline, Baselines
    from orchestrator.evaluation.honesty import Honesty
    from orchestrator.reports.reading import Reading
    from orchestrator.reports.timeline import Moment

_MOST_DIAGRAMS = 12
_MOST_BARS = 16
_WINDOW: Final = 0.2


def figures(reading: Reading, currency: str) -> list[dict[str, Any]]:
    """Return the figures with their captions and legends; those without data are left out."""
    found = [
        _over_time(reading, currency),
        _profit_over_time(reading, currency),
        _score_over_time(reading),
        _money_by_worker(reading, currency),
        _cost_against_quality(reading.compared, currency),
        _cost_against_utility(reading.compared, currency),
    ]
    return [figure for figure in found if figure["svg"]]


def figure(title: str, svg: str, note: str, legend: Sequence[str] = ()) -> dict[str, Any]:
    """Return a figure as the templates show it; the SVG is taken as markup that is safe."""
    from markupsafe import Markup

    # every text in it is escaped where the figure is drawn
    return {"title": title, "svg": Markup(svg), "note": note, "legend": legend}


def _over_time(reading: Reading, currency: str) -> dict[str, Any]:
    points = [(moment.ended, moment.utility / NANO) for moment in reading.timeline.moments()]
    svg = lines([Series("utility", points)], "tasks ended", currency)
    return figure("Utility over the run", svg, "Value of the solved tasks less the cash spent.")


def _profit_over_time(reading: Reading, currency: str) -> dict[str, Any]:
    order = list(reading.summary.workers)
    shown = [worker.worker for worker in reading.ranked[:COLOURS] if worker.awards]
    moments = reading.timeline.moments()
    series = [
        Series(
            plain(name, 60),
            [(each.ended, each.profits[order.index(name)] / NANO) for each in moments],
        )
        for name in shown
    ]
    svg = lines(series, "tasks ended", currency)
    note = f"What contracts paid less metered cost; the {len(shown)} workers with most awards."
    return figure("Profit by worker over the run", svg, note, [each.name for each in series])


def _score_over_time(reading: Reading) -> dict[str, Any]:
    order = list(reading.summary.workers)
    shown = [worker.worker for worker in reading.ranked[:COLOURS] if worker.awards]
    moments = reading.timeline.moments()
    series = [Series(plain(name, 60), _moving_means(moments, order.index(name))) for name in shown]
    svg = lines(series, "tasks ended", "mean score")
    note = (
        "By the rule of the contracts, higher is better; mean over the awards settled in the"
        f" {percent(_WINDOW)} of the run before."
    )
    return figure("Score over the run", svg, note, [each.name for each in series])


def _moving_means(moments: Sequence[Moment], place: int) -> list[tuple[float, float]]:
    """Return the mean score of the awards within a window of the run, where it has any."""
    wide = moments[-1].ended * _WINDOW if moments else 0.0
    points: list[tuple[float, float]] = []
    start = 0
    for now in moments:
        while now.ended - moments[start].ended > wide:
            start += 1
        before = moments[start - 1].scores[place] if start else Scored(0, 0.0)
        count = now.scores[place].awards - before.awards
        if count:
            points.append((now.ended, (now.scores[place].total - before.total) / count))
    return points


def _money_by_worker(reading: Reading, currency: str) -> dict[str, Any]:
    shown = [worker for worker in reading.ranked[:_MOST_BARS] if worker.awards]
    groups = [
        Bar(
            plain(worker.worker, 60),
            [
                (amount / NANO, f"{name} {money_text(amount)} {currency}")
                for name, amount in (
                    ("paid", worker.paid),
                    ("cost", worker.cost),
                    ("profit", worker.profit),
                )
            ],
        )
        for worker in shown
    ]
    note = f"In {currency}; paid by contract, metered cost, and the difference."
    return figure("Money by worker", bars(groups), note, ["paid", "cost", "profit"])


_SHORT: Final = {
    "market-first": "market, first",
    "market": "market",
    "best-single": "best single",
    "cheapest": "cheapest",
    "random": "random",
    "confidence": "most confident",
    "expected-gain": "V p - c",
    "oracle": "oracle",
}


def _cost_against_utility(compared: Baselines | None, currency: str) -> dict[str, Any]:
    rows = compared.rows if compared is not None else ()
    singles = compared.singles if compared is not None else ()
    points = [
        Point(row.cost, row.utility, _SHORT[row.rule], _told(row), row.rule.startswith("market"))
        for row in rows
    ]
    points += [Point(row.cost, row.utility, "", _told(row)) for row in singles]
    svg = scatter(points, f"cost per task, {currency}", f"utility per task, {currency}")
    note = "Up and to the left is better. Small dots: every task to one and the same worker."
    return figure("Cost against utility", svg, note)


def _cost_against_quality(compared: Baselines | None, currency: str) -> dict[str, Any]:
    rows = compared.rows if compared is not None else ()
    singles = compared.singles if compared is not None else ()
    line = frontier((row.cost, row.accuracy * 100) for row in singles)
    corners = set(line)
    points = [
        Point(row.cost, row.accuracy * 100, _SHORT[row.rule], _told(row), row.rule != "oracle")
        for row in rows
        if row.rule in {"market-first", "market", "oracle"}
    ]
    for row in singles:
        place = row.cost, row.accuracy * 100
        name = short(plain(row.label, 60), 16) if place in corners else ""
        points.append(Point(*place, name, _told(row)))
    svg = scatter(points, f"cost per task, {currency}", "right, %", line)
    note = (
        "Circles: every task to one and the same worker. The line is the frontier of single workers:"
        " the best that choosing one of them, or drawing one of two, can do. Above it is better than"
        " any of them."
    )
    return figure("Cost against quality", svg, note)


def _told(row: Baseline) -> str:
    cost, utility = money_column([round(row.cost * NANO), round(row.utility * NANO)])
    return f"{plain(row.label, 80)}: cost {cost}, utility {utility}, {percent(row.accuracy, 1)}"


def diagrams(found: Sequence[Honesty]) -> list[dict[str, Any]]:
    """Return the reliability diagrams of the workers with most settled awards."""
    shown = sorted(found, key=lambda each: -each.settled)[:_MOST_DIAGRAMS]
    return [
        figure(plain(each.worker, 60), reliability(each.corp, plain(each.worker, 60)), each.verdict)
        for each in shown
    ]
