"""The words for where a probability comes from."""

from workers.bidding.catalog import RULES
from workers.bidding.source import spared, spared_rule


def test_saved_calls_can_be_counted_from_the_bids() -> None:
    """The source of a bid by the record names the calls it has saved; no other source does."""
    for word in RULES:
        assert spared_rule(spared(word)) == word
        assert spared_rule(word) is None
