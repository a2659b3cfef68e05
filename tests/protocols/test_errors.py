"""The exceptions and what they say."""

import inspect
import re

import pytest

from protocols import errors
from protocols.errors import MechanismError, MonopolyError, TruthbidError

EVERY = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if kind.__module__ == errors.__name__
]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_every_exception_is_caught_by_one_word(kind: type[Exception]) -> None:
    """Who embeds the market catches `TruthbidError` and misses nothing raised on purpose."""
    assert issubclass(kind, TruthbidError)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    """The module draws every exception below its parent."""
    above: dict[int, str] = {}
    drawn: dict[str, str] = {}
    for branch, name in re.findall(r"^([ |+-]*)(\w+Error)\b", errors.__doc__ or "", re.MULTILINE):
        deeper = [depth for depth in above if depth < len(branch)]
        drawn[name] = above[max(deeper)] if deeper else "Exception"
        above = {depth: above[depth] for depth in deeper} | {len(branch): name}

    assert drawn == {kind.__name__: kind.__mro__[1].__name__ for kind in EVERY}


def test_a_monopoly_names_worker_and_task_and_the_way_out() -> None:
    """The message says who, where, why and what to do, in one line."""
    error = MonopolyError("ann", "t0")

    assert isinstance(error, MechanismError)
    assert (error.worker, error.task) == ("ann", "t0")
    assert str(error) == (
        "worker 'ann' is the only one that can do task 't0', which has neither value nor reserve:"
        " its price has no bound; give the task a value or a reserve"
    )
