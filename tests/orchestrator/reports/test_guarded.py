"""Decisions about workers in words."""

from typing import Any

import pytest

from orchestrator.evaluation.guarded import GuardTotals
from orchestrator.reports.guarded import decision, guarded
from protocols.guarding import Guarded


def event(**fields: Any) -> Guarded:
    """Return a decision after four announcements."""
    told = {"worker": "ann\x1b[31m", "number": 1, "reason": "why", "announced": 4, **fields}
    return Guarded.model_validate(told)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"step": "warned"}, "was warned after announcement 4: why"),
        ({"step": "reduced", "capacity": 2}, "may win 2 lots of an announcement after"),
        ({"step": "suspended", "until": 9}, "is not invited up to announcement 9 after"),
        ({"step": "probed", "capacity": 1}, "was tried again with 1 lot after"),
        ({"step": "held"}, "is not invited until a person has decided, after"),
        ({"step": "restored"}, "was trusted again after"),
        ({"step": "excluded"}, "is not invited any more after"),
    ],
)
def test_each_step_has_its_words(fields: dict[str, Any], words: str) -> None:
    """With the number of the announcement and the reason."""
    assert decision(event(**fields)).startswith(words)


def test_a_worker_has_one_sentence_with_what_came_before() -> None:
    """Its name cannot colour the terminal."""
    found = GuardTotals()
    found.note(event(step="warned"))
    found.note(event(step="excluded", number=2))
    (sentence,) = guarded(found)
    assert "\x1b" not in sentence
    assert sentence.endswith("why (1 decision before: 1 x warned).")
