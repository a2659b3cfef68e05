"""What a configuration may say about bids."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from workers.bidding.ask import Ask
from workers.bidding.catalog import RULES, Bidding, Rule
from workers.bidding.logprob import Logprob
from workers.bidding.samples import Samples
from workers.bidding.unpaid import Prior

_rules: TypeAdapter[Rule] = TypeAdapter(Bidding)


def test_the_catalog_and_the_union_agree() -> None:
    """Every word is the tag of its rule, and every rule of the union has a word."""
    assert set(get_args(Rule)) == set(RULES.values())
    assert {word: rule.model_fields["type"].default for word, rule in RULES.items()} == {
        word: word for word in RULES
    }


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("prior", Prior()),
        ("ask", Ask()),
        ({"samples": 3}, Samples(count=3)),
        ({"samples": {"count": 3, "temperature": 0.5}}, Samples(count=3, temperature=0.5)),
        ({"logprob": "answer"}, Logprob(of="answer")),
        ({"type": "ask", "max_tokens": 50, "record": False}, Ask(max_tokens=50, record=False)),
        ({"ask": {"spare": False, "correct": False}}, Ask(spare=False, correct=False)),
    ],
)
def test_a_rule_is_a_word_or_a_word_with_settings(written: object, rule: Rule) -> None:
    """The short form means the long one, and what is written out can be read again."""
    read = _rules.validate_python(written)
    assert read == rule
    assert _rules.validate_python(read.model_dump(mode="json")) == rule


@pytest.mark.parametrize(
    "written",
    [
        "asks",
        {"samples": 1},
        {"samples": 21},
        {"ask": {"tokens": 5}},
        {"ask": 5},
        {"logprob": "question"},
        {"prior": {"spare": True}},
    ],
)
def test_what_is_no_rule_is_refused(written: object) -> None:
    """Unknown words and settings, and numbers out of range, are errors."""
    with pytest.raises(ValidationError):
        _rules.validate_python(written)
