"""What the peer mechanisms ask of a log, and what their scores assume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from orchestrator.errors import InputError, Problem
from scoring.catalog import PEER_MECHANISMS

if TYPE_CHECKING:
    from collections.abc import Collection

    from orchestrator.logs.peer_log import Kind
    from scoring.panel import Panel
    from scoring.peer import PeerResult


class Demand(NamedTuple):
    """What one mechanism asks and assumes.

    Attributes:
        assumes: In plain words, when truth is what pays.
        column: The optional column without which it cannot work.
        zero: Whether a report that ignores its task expects 0; then a missing label earns 0, else
            it is left out.
        gold: Whether it looks at known answers.
        assigned: Whether it may be told that workers did not choose their tasks.
    """

    assumes: str
    column: str = ""
    zero: bool = False
    gold: bool = False
    assigned: bool = False


_INFORMATION = (
    "workers answer by the same rule on every task, and their errors are independent given the"
    " truth; renaming all labels earns as much as the truth"
)
_PREDICTION = (
    "workers start from a common prior and predict the others' answers by Bayes' rule; everybody"
    " on one answer and one prediction may earn more than the truth"
)

DEMANDS: Final = {
    "output-agreement": Demand(
        "the answer a worker holds true is also the likeliest answer of a peer; everybody on one"
        " answer earns the most"
    ),
    "bayesian-truth-serum": Demand(_PREDICTION, column="prediction"),
    "robust-truth-serum": Demand(_PREDICTION, column="prediction"),
    "multivalued-robust-truth-serum": Demand(_PREDICTION, column="prediction"),
    "crowd-peer-truth-serum": Demand(
        "holding an answer raises the chance that a peer gives it more than that of any other"
        " answer, relative to how common each is",
        zero=True,
    ),
    "dasgupta-ghosh": Demand(
        "workers answer by the same rule on every task, errors are independent given the truth,"
        " and no two different labels go together",
        zero=True,
        assigned=True,
    ),
    "correlated-agreement": Demand(
        "workers answer by the same rule on every task and errors are independent given the truth;"
        " labels that peers often confuse are worth the same; everybody renaming labels earns as"
        " much as the truth, which a gold column reveals",
        zero=True,
        gold=True,
        assigned=True,
    ),
    "total-variation": Demand(_INFORMATION, zero=True),
    "kullback-leibler": Demand(_INFORMATION, zero=True),
    "determinant": Demand(_INFORMATION, zero=True),
    "surrogate": Demand(
        "labels of peers are independent given the truth and better than chance; the score is that"
        " of the confidence in the own label",
        column="confidence",
    ),
    "gold-hybrid": Demand(
        "workers cannot tell which tasks have a known answer; then following a cheap shared signal"
        " loses more on those than it gains on the others",
        column="gold",
        gold=True,
    ),
}
"""What is asked and assumed, for each mechanism that a log can feed."""

CLOSED: Final = {
    "miller-resnick-zeckhauser": "what each label says about a peer's label, known beforehand",
    "peer-truth-serum": (
        "a public prior, known beforehand (crowd-peer-truth-serum learns it from the log)"
    ),
}
"""What the other mechanisms need that no column holds; `scoring` offers them to programs."""

WEAKNESS: Final = (
    "No peer score sees an error that the peers share: who follows the same cheap signal, copies, or"
    " errs like the others scores well. Check some tasks against the truth."
)
"""What holds for all of them."""


def check(mechanism: str, columns: Collection[str], *, assigned: bool) -> None:
    """Refuse a mechanism that a log cannot feed, and name what is missing.

    Args:
        mechanism: A name in `scoring.PEER_MECHANISMS`.
        columns: The optional columns that the log has.
        assigned: Whether the user says that tasks were assigned.

    Raises:
        InputError: If something is missing, or the mechanism has no such option.
    """
    where = f"--mechanism {mechanism}"
    if mechanism in CLOSED:
        raise InputError([Problem(where, f"needs {CLOSED[mechanism]}; a log cannot say that")])
    demand = DEMANDS[mechanism]
    if demand.column and demand.column not in columns:
        raise InputError([Problem(where, needs(demand.column))])
    if assigned and not demand.assigned:
        others = ", ".join(name for name, each in DEMANDS.items() if each.assigned)
        raise InputError([Problem("--assigned", f"is for {others}, not for {mechanism}")])


def needs(column: str) -> str:
    """Return what to tell a user whose log lacks a column."""
    return f"needs a column {column!r}; name it by --columns {column}=..."


def score(mechanism: str, panel: Panel, kind: Kind, *, assigned: bool) -> tuple[PeerResult, ...]:
    """Score the labels of one kind of task; see `check`.

    Raises:
        InputError: If the labels themselves do not suit the mechanism.
    """
    demand = DEMANDS[mechanism]
    options: dict[str, Any] = {"assigned": True} if assigned else {}
    if demand.gold and (kind.gold or demand.column == "gold"):
        options["gold"] = kind.gold
    try:
        return PEER_MECHANISMS[mechanism](panel, **options)
    except ValueError as error:
        raise InputError([Problem(f"--mechanism {mechanism}", str(error))]) from error
