"""``truthbid peer``: how good labels are where nobody knows the truth."""

from pathlib import Path

import click

from orchestrator.errors import InputError, Problem, unwritable
from orchestrator.logs.consensus import Answer, accuracy, consensus, write_answers
from orchestrator.logs.peer_log import read_peer_log
from orchestrator.logs.peer_scores import peer_board
from orchestrator.reports.peer_tables import print_answers, print_peers
from orchestrator.reports.tables import console
from orchestrator.verbs.options import json_option, print_json
from scoring.catalog import AGGREGATORS, PEER_MECHANISMS

EXAMPLES = """\b
  truthbid peer labels.csv
  truthbid peer answers.jsonl.gz --columns task=question,worker=model,label=answer
  truthbid peer labels.csv --mechanism dasgupta-ghosh --assigned --json
  truthbid peer labels.csv --aggregate dawid-skene --answers answers.csv
"""


@click.command("peer", epilog=EXAMPLES)
@click.argument("log", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--columns", default="", metavar="ROLE=COLUMN,...", help="Which column holds what.")
@click.option(
    "--mechanism",
    type=click.Choice(list(PEER_MECHANISMS)),
    metavar="NAME",
    default="correlated-agreement",
    show_default=True,
    help=f"How labels are scored: {', '.join(PEER_MECHANISMS)}.",
)
@click.option("--seed", default=0, show_default=True, help="Fixes draws; choose it beforehand.")
@click.option("--assigned", is_flag=True, help="Workers could not choose their tasks: less noise.")
@click.option(
    "--aggregate",
    type=click.Choice(list(AGGREGATORS)),
    metavar="NAME",
    help=f"Also add the labels up to answers: {', '.join(AGGREGATORS)}.",
)
@click.option(
    "--answers",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the answers as CSV; replaces an older file.",
)
@json_option
def command(
    log: Path,
    columns: str,
    mechanism: str,
    seed: int,
    assigned: bool,
    aggregate: str | None,
    target: Path | None,
    as_json: bool,
) -> None:
    """Score the labels in FILE by those of peers, without any truth.

    FILE is CSV with a header or JSON lines (.jsonl), either also with .gz. Its columns: task, worker
    and label, and where they are there owner and family (workers of one owner or family are no
    peers), kind (labels of different kinds are not compared), confidence (in the own label),
    prediction (of the others' labels: yes=0.7;no=0.3) and gold (the truth, where it is known).

    Exit codes: 0 done, also where the data cannot support a score, which is said with its reason;
    2 bad input, or a column is missing that the mechanism needs.
    """
    if target is not None and aggregate is None:
        raise InputError([Problem("--answers", "needs --aggregate: how to find the answers")])
    labels = read_peer_log(log, columns)
    board = peer_board(labels, mechanism, seed=seed, assigned=assigned)
    answers = None if aggregate is None else consensus(labels, aggregate, board, seed=seed)
    if target is not None and answers is not None:
        _write(answers, target, log)
    if as_json:
        added = {} if answers is None else _as_data(answers, aggregate)
        print_json({"file": str(log), "seed": seed, **board.to_data(), **added})
        return
    print_peers(console(), board)
    if answers is not None and aggregate is not None:
        print_answers(console(), answers, aggregate)


def _as_data(answers: list[Answer], aggregate: str | None) -> dict[str, object]:
    return {
        "aggregate": aggregate,
        "accuracy": accuracy(answers),
        "answers": [answer._asdict() for answer in answers],
    }


def _write(answers: list[Answer], target: Path, log: Path) -> None:
    try:
        if target.exists() and target.samefile(log):
            raise InputError([Problem(f"--answers {target}", "is the log itself")])
        write_answers(answers, target)
    except OSError as error:
        raise unwritable(f"--answers {target}", error) from error
    click.echo(f"wrote {target}", err=True)
