"""Rankings of the workers of a log, against numbers worked out by hand."""

from pathlib import Path

import pytest

from orchestrator.logs.score_log import Entry, ScoreLog, read_score_log
from orchestrator.logs.scoreboard import Scoreboard, scoreboard
from scoring.binary import LOGARITHMIC
from tests.records import records


def board(text: str, tmp_path: Path) -> Scoreboard:
    """Return the scoreboard of a log in CSV."""
    path = tmp_path / "log.csv"
    path.write_text(text)
    return scoreboard(read_score_log(path))


def test_the_best_comes_first(tmp_path: Path) -> None:
    """Ann is right and sure (-1/16), bob is not (-9/16), cas guesses (-1/4)."""
    found = board("worker,report,outcome\nann,0.75,1\nbob,0.75,0\ncas,0.5,1\n", tmp_path)
    assert [(card.worker, card.score) for card in found.cards] == [
        ("ann", -0.0625),
        ("cas", -0.25),
        ("bob", -0.5625),
    ]
    assert [(lead.worker, lead.following) for lead in found.leads] == [
        ("ann", "cas"),
        ("cas", "bob"),
    ]
    assert [lead.sure for lead in found.leads] == [False, False]  # one row has no standard error


def test_a_missing_report_scores_as_the_base_rate_of_its_kind(tmp_path: Path) -> None:
    """The base rate at kind a is 3/4, so silence about a success there scores -1/16."""
    text = "report,outcome,kind\n,1,a\n1,1,a\n1,1,a\n0,0,a\n0,0,b\n"
    found = board(text, tmp_path)
    assert found.base_rates == {"a": 0.75, "b": 0.0}
    assert found.cards[0].missing == (2,)
    assert found.cards[0].score == pytest.approx(-0.0625 / 5)
    assert found.cards[0].stated == pytest.approx(0.5)


def test_silence_has_no_skill(tmp_path: Path) -> None:
    """Who never reports scores exactly as the base rate does."""
    found = board("worker,report,outcome\nann,,1\nann,,0\nbob,0.9,1\n", tmp_path)
    silent = next(card for card in found.cards if card.worker == "ann")
    assert silent.stated is None
    assert silent.skill == pytest.approx(0.0)


def test_neighbours_are_compared_on_common_questions() -> None:
    """Bob only took hard questions: on those he is better than ann, whatever the means say."""
    easy = [Entry(0, "ann", 0.9, 1.0, "", f"easy {place}") for place in range(30)]
    hard = [
        Entry(0, worker, report, 1.0, "", f"hard {place}")
        for place in range(10)
        for worker, report in (("ann", 0.4), ("bob", 0.5 + 0.001 * place))
    ]
    lead = scoreboard(ScoreLog(easy + hard, [])).leads[0]
    assert (lead.worker, lead.common) == ("ann", 10)
    assert lead.difference is not None
    assert lead.difference < -0.1
    assert lead.sure


def test_the_same_question_of_two_kinds_is_two_questions() -> None:
    """Numbers of questions start anew in each kind, and are not taken for the same."""
    entries = [
        Entry(0, worker, 0.8, 1.0, kind, "1") for worker, kind in (("ann", "a"), ("bob", "b"))
    ]
    assert scoreboard(ScoreLog(entries, [])).leads[0].common is None


def test_an_infinite_score_is_last_and_has_no_lead() -> None:
    """Nobody is ahead of minus infinity by a number."""
    entries = [Entry(0, "bob", 1.0, 0.0, "", ""), Entry(0, "ann", 0.5, 1.0, "", "")]
    found = scoreboard(ScoreLog(entries, []), LOGARITHMIC)
    assert [card.worker for card in found.cards] == ["ann", "bob"]
    assert found.leads[0].to_data()["difference"] is None


def test_forecasts_learn_from_earlier_rows_alone() -> None:
    """The first forecast is the report; a boaster's are soon far better than its reports."""
    boasts = [Entry(0, "ann", 0.95, float(place % 4 == 0), "", "") for place in range(100)]
    first = scoreboard(ScoreLog(boasts[:1], [])).cards[0]
    assert first.recalibrated == pytest.approx(first.brier)
    card = scoreboard(ScoreLog(boasts, [])).cards[0]
    assert card.brier > 0.65
    assert card.recalibrated < 0.25


@pytest.mark.parametrize(
    ("forecast", "score", "parts"),
    [
        ("EMOS", -0.2320, (0.0183, 0.0305)),
        ("Logistic", -0.2057, (0.0171, 0.0555)),
        ("ENS", -0.2662, (0.0661, 0.0441)),
        ("EPC", -0.2343, (0.0223, 0.0323)),
    ],
)
def test_rain_at_niamey(forecast: str, score: float, parts: tuple[float, float]) -> None:
    """Four forecasts decompose as published (Dimitriadis, Gneiting and Jordan 2021), UNC .2442."""
    path = records("scoring", "niamey_precip_2016.csv")
    card = scoreboard(read_score_log(path, f"report={forecast},outcome=obs")).cards[0]
    assert card.count == 92
    assert card.score == pytest.approx(score, abs=5e-5)
    found = card.corp.miscalibration, card.corp.discrimination, card.corp.uncertainty
    assert found == pytest.approx((*parts, 0.2442), abs=5e-5)
