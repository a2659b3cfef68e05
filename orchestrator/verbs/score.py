"""``truthbid score``: how good the reports of anybody's log were."""

from pathlib import Path

import click

from orchestrator.errors import InputError, Problem, unwritable
from orchestrator.logs.score_log import read_score_log
from orchestrator.logs.scoreboard import Scoreboard, scoreboard
from orchestrator.reports.score_figure import SUFFIXES, write_figure
from orchestrator.reports.score_tables import print_scores
from orchestrator.reports.tables import console
from orchestrator.verbs.options import json_option, print_json
from scoring.catalog import SCORING_RULES

EXAMPLES = """\b
  truthbid score log.csv
  truthbid score answers.jsonl.gz --columns worker=model,report=confidence,outcome=correct
  truthbid score rain.csv --columns report=EMOS,outcome=obs --figure rain.svg
  truthbid score percent.csv --scale 100 --rule logarithmic --json
"""


@click.command("score", epilog=EXAMPLES)
@click.argument("log", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--columns", default="", metavar="ROLE=COLUMN,...", help="Which column holds what.")
@click.option(
    "--rule",
    type=click.Choice(list(SCORING_RULES)),
    metavar="NAME",
    default="quadratic",
    show_default=True,
    help=f"The proper rule to score by: {', '.join(SCORING_RULES)}.",
)
@click.option(
    "--scale",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="What a certain report is in the file, such as 100 for percentages.",
)
@click.option(
    "--figure",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the reliability diagrams, as .html or .svg; replaces an older file.",
)
@json_option
def command(
    log: Path, columns: str, rule: str, scale: float, target: Path | None, as_json: bool
) -> None:
    """Score the reports in FILE against what came true.

    FILE is CSV with a header or JSON lines (.jsonl), either also with .gz. Its columns: report (the
    stated probability of success) and outcome (0, 1, or a share of 1), and where they are there
    worker, kind and question. A missing report scores as the base rate of its kind in the file.
    Questions let workers be compared on what both answered.

    Exit codes: 0 done, 2 bad input; what is wrong is one line with its place.
    """
    if target is not None and target.suffix not in SUFFIXES:
        expected = f"expected a name that ends in {' or '.join(SUFFIXES)}"
        raise InputError([Problem(f"--figure {target}", expected)])
    board = scoreboard(read_score_log(log, columns, scale=scale), SCORING_RULES[rule])
    if target is not None:
        _draw(board, target, log)
    if as_json:
        print_json({"file": str(log), **board.to_data()})
    else:
        print_scores(console(), board)


def _draw(board: Scoreboard, target: Path, log: Path) -> None:
    try:
        if target.exists() and target.samefile(log):
            raise InputError([Problem(f"--figure {target}", "is the log itself")])
        write_figure(board.cards, target)
    except OSError as error:
        raise unwritable(f"--figure {target}", error) from error
    click.echo(f"wrote {target}", err=True)
