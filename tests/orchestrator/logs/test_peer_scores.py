"""Peer scores of a log, against numbers worked out by hand and on real labels."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from orchestrator.errors import InputError
from orchestrator.logs.peer_log import Kind, PeerLog
from orchestrator.logs.peer_mechanisms import DEMANDS
from orchestrator.logs.peer_scores import peer_board, rank_correlation
from scoring.peer import PeerReport
from tests.orchestrator.label_files import joined, letters
from tests.records import records


def _kind(*rows: str) -> Kind:
    """Return labels: one string per worker, one character per task, a blank for silence."""
    found = Kind()
    for name, labels in zip("abcdefgh", rows, strict=False):
        for task, label in enumerate(labels):
            if label == " ":
                found.silent.append((name, str(task)))
            else:
                found.reports.append(PeerReport(str(task), name, name, name, label))
    return found


def test_dasgupta_ghosh_by_hand() -> None:
    """Two workers that always agree on 2 + 2 labels: 1 on the same task, 1/3 on distinct ones."""
    board = peer_board(PeerLog({"": _kind("0011", "0011")}), "dasgupta-ghosh")
    assert [card.score for card in board.cards] == pytest.approx([2 / 3, 2 / 3])
    assert [card.comparisons for card in board.cards] == [4, 4]
    assert board.alone


def test_a_missing_label_counts_zero() -> None:
    """Who leaves a fifth of its rows empty keeps four fifths of the score, and of its error."""
    full = peer_board(PeerLog({"": _kind("0011", "0011")}), "dasgupta-ghosh").cards[0]
    gaps = peer_board(PeerLog({"": _kind("0011 ", "0011")}), "dasgupta-ghosh").cards[-1]
    assert (gaps.worker, gaps.labels, gaps.silent) == ("a", 4, 1)
    assert full.score is not None
    assert full.error is not None
    assert gaps.score == pytest.approx(0.8 * full.score)
    assert gaps.error == pytest.approx(0.8 * full.error)


def test_a_missing_label_is_left_out_where_zero_means_something_else() -> None:
    """Agreement gives a guess more than 0, so there silence is only counted."""
    board = peer_board(PeerLog({"": _kind("0011 ", "0011")}), "output-agreement")
    assert [card.score for card in board.cards] == [1.0, 1.0]


def test_kinds_are_scored_apart_and_weighed_by_labels() -> None:
    """The score is the mean over rows of what each kind gives; a kind without peers is refused."""
    log = PeerLog(
        {"x": _kind("0011", "0011"), "y": _kind("00110011", "01101001"), "z": _kind("01")}
    )
    card = next(each for each in peer_board(log, "dasgupta-ghosh").cards if each.worker == "a")
    apart = [
        next(c.score for c in peer_board(PeerLog({"": kind}), "dasgupta-ghosh").cards)
        for kind in (log.kinds["x"], log.kinds["y"])
    ]
    assert card.score == pytest.approx((4 * (apart[0] or 0) + 8 * (apart[1] or 0)) / 12)
    assert card.comparisons == 12
    assert card.refusals == (
        "z: only 0 usable tasks shared with peers of another owner and family, expected at least 4",
    )


def test_who_never_labels_is_refused() -> None:
    """A worker of empty rows has no score, and the reason says so."""
    card = peer_board(PeerLog({"": _kind("0011", "0011", "    ")}), "dasgupta-ghosh").cards[-1]
    assert (card.worker, card.score, card.refusals) == ("c", None, ("no label",))


def test_labels_that_do_not_suit_are_the_users_input() -> None:
    """The robust truth serum is for two classes; a third is bad input, not a defect."""
    kind = Kind([PeerReport("t", w, w, w, w, {"a": 1.0}) for w in "abc"])
    with pytest.raises(InputError, match="expected reports of two classes"):
        peer_board(PeerLog({"": kind}, {"prediction"}), "robust-truth-serum")


@pytest.mark.parametrize("mechanism", DEMANDS)
def test_every_mechanism_scores_better_workers_higher(mechanism: str, tmp_path: Path) -> None:
    """On 400 simulated tasks of six workers scores and accuracies are ranked alike."""
    log = letters(tmp_path, [0.95, 0.9, 0.8, 0.7, 0.6, 0.55])
    board = peer_board(log, mechanism, seed=1)
    assert board.correlation is not None
    assert board.correlation > 0.75
    assert all(card.error is not None for card in board.cards)
    assert not board.alone


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_rank_correlation_is_spearmans(pairs: list[tuple[int, int]]) -> None:
    """It equals scipy's, ties included, and is ``None`` where that is undefined."""
    one, other = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
    found = rank_correlation(one, other)
    if len(pairs) < 3 or len(set(one)) < 2 or len(set(other)) < 2:
        assert found is None
    else:
        assert found == pytest.approx(spearmanr(one, other).statistic, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "scored", "least"), [("bluebird", 39, 0.92), ("rte", 164, 0.735), ("dog", 95, 0.82)]
)
def test_real_crowds_are_ranked(name: str, scored: int, least: float) -> None:
    """Scores by Dasgupta and Ghosh rank the workers of three crowds like their accuracy does."""
    log = joined(records("scoring", f"{name}_label.csv"), records("scoring", f"{name}_truth.csv"))
    board = peer_board(log, "dasgupta-ghosh", assigned=True)
    assert sum(card.score is not None for card in board.cards) == scored
    assert board.correlation is not None
    assert board.correlation >= least
