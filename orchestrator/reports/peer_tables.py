"""What labels are worth as far as peers can tell, as tables on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.drawing.display import number, percent, plain, plural
from orchestrator.logs.consensus import accuracy
from orchestrator.logs.peer_mechanisms import DEMANDS, WEAKNESS
from orchestrator.reports.tables import note, print_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from orchestrator.logs.consensus import Answer
    from orchestrator.logs.peer_scores import PeerBoard
    from orchestrator.logs.peer_totals import PeerTotals

_LONGEST_NAME: Final = 60
_MOST_NAMED: Final = 8
_MOST_ANSWERS: Final = 20


def print_peers(console: Console, board: PeerBoard) -> None:
    """Print the scores, who was not scored and why, and what the scores assume."""
    print_table(console, peer_headers(board), peer_rows(board))
    for sentence in peer_sentences(board):
        console.print(sentence, highlight=False, markup=False)
    note(console, assumed(board))


def print_market_peers(console: Console, totals: PeerTotals) -> None:
    """Print what peers said in a run, if they were asked."""
    board = totals.board
    if board is None:
        return
    print_peers(console, board)
    console.print(consensus_sentence(totals), highlight=False)


def print_answers(console: Console, answers: Sequence[Answer], aggregator: str) -> None:
    """Print the answers of all, the first of them in full."""
    truth = any(answer.gold for answer in answers)
    headers = ["task", "answer", "support"]
    rows = [
        (
            f"{answer.kind} {answer.task}".strip(),
            _cell(answer.answer),
            number(answer.support),
            *((_cell(answer.gold),) if truth else ()),
        )
        for answer in answers[:_MOST_ANSWERS]
    ]
    print_table(console, [*headers, "gold"] if truth else headers, rows)
    if len(answers) > _MOST_ANSWERS:
        more = len(answers) - _MOST_ANSWERS
        console.print(f"... and {more:,} more; --answers FILE writes all.", highlight=False)
    right = accuracy(answers)
    if right is not None:
        known = plural(sum(bool(answer.gold) for answer in answers), "task")
        text = f"Right by {aggregator}: {percent(right, 2)} of {known} with a known truth."
        console.print(text, highlight=False)


# What a terminal and a page say alike ----------------------------------------------------------


def peer_headers(board: PeerBoard) -> Sequence[str]:
    """Return the columns of the table of workers."""
    headers = ["worker", "labels", "missing", "score", "std. error", "comparisons"]
    return [*headers, "accuracy"] if _known(board) else headers


def peer_rows(board: PeerBoard) -> Sequence[Sequence[str]]:
    """Return the workers, best first, as plain text."""
    known = _known(board)
    return [
        (
            plain(card.worker, _LONGEST_NAME),
            f"{card.labels:,}",
            f"{card.silent:,}",
            number(card.score, 4),
            number(card.error, 4),
            f"{card.comparisons:,}",
            *((percent(card.accuracy, 1),) if known else ()),
        )
        for card in board.cards
    ]


def peer_sentences(board: PeerBoard) -> Iterator[str]:
    """Say how many were scored, what was left out, and who was refused a score for which reason."""
    scored = sum(card.score is not None for card in board.cards)
    yield (
        f"Scored by {board.mechanism}: {scored:,} of {plural(len(board.cards), 'worker')};"
        " higher is better."
    )
    if board.alone:
        yield "No column owner or family: every worker counts as a stranger to all others."
    missing = sum(card.silent for card in board.cards)
    if missing:
        done = "count 0" if DEMANDS[board.mechanism].zero else "are left out"
        yield f"{plural(missing, 'missing label')}: they {done}."
    for reason, names in _refused(board).items():
        shown = ", ".join(plain(name, _LONGEST_NAME) for name in names[:_MOST_NAMED])
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        yield f"Not scored, {plain(reason, 200)}: {shown}{more}."
    if _known(board):
        told = "too few or equal" if board.correlation is None else number(board.correlation)
        yield f"Rank correlation of score and accuracy: {told}."


def assumed(board: PeerBoard) -> str:
    """Say what the scores assume and what they cannot see."""
    return f"Assumes: {DEMANDS[board.mechanism].assumes}. {WEAKNESS}"


def consensus_sentence(totals: PeerTotals) -> str:
    """Say how many tasks of a run have an answer by consensus, and how good it is known to be."""
    text = f"{plural(totals.consensus, 'task')} with an answer by consensus"
    if totals.support is not None:
        text += f", mean support {number(totals.support)}"
    if totals.known:
        text += f"; right: {percent(totals.right / totals.known, 1)} of {totals.known:,} known"
    return f"{text}."


def _known(board: PeerBoard) -> bool:
    return any(card.accuracy is not None for card in board.cards)


def _refused(board: PeerBoard) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for card in board.cards:
        for reason in card.refusals:
            found.setdefault(reason, []).append(card.worker)
    return found


def _cell(text: str) -> str:
    from rich.markup import escape

    return escape(plain(text, _LONGEST_NAME))
