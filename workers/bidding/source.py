"""Where the probability of a bid comes from, in one word: two sources are two different things."""

from __future__ import annotations

from typing import Final

_SPARED: Final = "prior-for-"


def spared(rule: str) -> str:
    """Return the source of a bid by the record, made where a paid one could change nothing.

    >>> spared("ask")
    'prior-for-ask'
    """
    return _SPARED + rule


def spared_rule(source: str) -> str | None:
    """Return whose calls a bid has saved, from its source; ``None`` if it has saved none.

    >>> spared_rule("prior-for-ask"), spared_rule("prior")
    ('ask', None)
    """
    return source.removeprefix(_SPARED) if source.startswith(_SPARED) else None
