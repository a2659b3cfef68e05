"""What the reports of a log were worth, as tables on a terminal."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from orchestrator.drawing.display import ABSENT, number, percent, plain, plural
from orchestrator.logs.scoreboard import SURE
from orchestrator.reports.tables import note, print_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from orchestrator.logs.scoreboard import Lead, Scoreboard
    from orchestrator.logs.scorecard import Scorecard

_LONGEST_NAME: Final = 60
_MOST_NAMED: Final = 8


def print_scores(console: Console, board: Scoreboard) -> None:
    """Print the ranking, what calibration says, and what to beware of."""
    leads = {lead.worker: lead for lead in board.leads}
    ranking = [_ranked(card, leads.get(card.worker)) for card in board.cards]
    headers = ["worker", "n", "stated", "actual", "score", "std. error", "skill"]
    print_table(console, [*headers, "ahead by", "std. error", "common"], ranking)
    note(console, " ".join(_about_ranking(board)))
    headers = ["worker", "MCB", "DSC", "UNC", "smooth", "Z", "p", "Brier", "recalibrated"]
    print_table(console, headers, [_calibrated(card) for card in board.cards])
    note(
        console,
        "MCB: miscalibration, 0 is best. DSC: discrimination, more is better. UNC: uncertainty of"
        " the outcomes themselves; score = DSC - MCB - UNC. Smooth: smooth calibration error. Z:"
        " Spiegelhalter's test, above 0 too extreme, with its p-value. Brier: lower is better."
        " Recalibrated: of forecasts that learn from the rows above in the file.",
    )
    for sentence in _warnings(board):
        console.print(sentence, highlight=False, markup=False)


def _ranked(card: Scorecard, lead: Lead | None) -> Sequence[str]:
    ahead = error = common = ABSENT
    if lead is not None:
        ahead = f"{'' if lead.sure else '~'}{number(lead.difference, 4)}"
        error = number(lead.error, 4)
        common = ABSENT if lead.common is None else f"{lead.common:,}"
    return (
        card.worker,
        f"{card.count:,}",
        percent(card.stated, 1),
        percent(card.realised, 1),
        number(card.score, 4),
        number(card.error, 4),
        number(card.skill),
        ahead,
        error,
        common,
    )


def _calibrated(card: Scorecard) -> Sequence[str]:
    corp, test = card.corp, card.test
    return (
        card.worker,
        number(corp.miscalibration, 4),
        number(corp.discrimination, 4),
        number(corp.uncertainty, 4),
        number(card.smooth),
        number(test and test.z, 2),
        number(test and test.p_value),
        number(card.brier, 4),
        number(card.recalibrated, 4),
    )


def _about_ranking(board: Scoreboard) -> Iterator[str]:
    rates = [
        f"{percent(rate, 1)} ({plain(kind, _LONGEST_NAME)})" if kind else percent(rate, 1)
        for kind, rate in islice(board.base_rates.items(), _MOST_NAMED)
    ]
    more = " and more" if len(board.base_rates) > _MOST_NAMED else ""
    yield f"Score: mean by the {board.rule} rule, higher is better. Skill: 0 is what the base rate"
    yield f"of the log earns, 1 perfect foresight. Base rate: {', '.join(rates)}{more}."
    if board.leads:
        yield f"Ahead by: against the next; ~ is less than {SURE} standard errors. Common:"
        yield "questions that both answered, where they were compared on those."


def _warnings(board: Scoreboard) -> Iterator[str]:
    tied = [
        f"{plain(lead.worker, _LONGEST_NAME)} and {plain(lead.following, _LONGEST_NAME)}"
        for lead in board.leads
        if lead.error is not None and not lead.sure
    ]
    if tied:
        yield f"Cannot be told apart: {'; '.join(tied)}."
    if board.unsettled:
        rows = plural(len(board.unsettled), "row")
        yield f"Left out: {rows} without an outcome ({_lines(board.unsettled)})."
    for card in board.cards:
        name = plain(card.worker, _LONGEST_NAME)
        if card.missing:
            count = plural(len(card.missing), "missing report")
            yield f"{name}: {count} scored as the base rate ({_lines(card.missing)})."
        if card.infinite:
            yield (
                f"{name}: {plural(card.infinite, 'report')} certain and wrong, which the"
                f" {board.rule} rule scores as minus infinity."
            )


def _lines(places: Sequence[int]) -> str:
    shown = ", ".join(map(str, places[:_MOST_NAMED]))
    more = ", ..." if len(places) > _MOST_NAMED else ""
    return f"line{'' if len(places) == 1 else 's'} {shown}{more}"
