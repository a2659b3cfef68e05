"""What a configuration may call the ways to form a bid."""

from typing import Annotated, Final

from pydantic import Field

from workers.bidding.ask import Ask
from workers.bidding.logprob import Logprob
from workers.bidding.probe import Probe
from workers.bidding.samples import Samples
from workers.bidding.unpaid import Learned, Prior
from workers.spec import Shorthand, Spec

Rule = Prior | Ask | Samples | Logprob | Learned | Probe
"""A way to form a bid; its ``type`` is the source that the bid names."""

RULES: Final[dict[str, type[Spec]]] = {
    "prior": Prior,
    "ask": Ask,
    "samples": Samples,
    "logprob": Logprob,
    "learned": Learned,
    "probe": Probe,
}
"""Configuration name -> way to form a bid."""

Bidding = Annotated[
    Annotated[Rule, Field(discriminator="type")],
    Shorthand(
        "type",
        {
            "prior": None,
            "ask": None,
            "samples": "count",
            "logprob": "of",
            "learned": "embeddings",
            "probe": None,
        },
    ),
]
"""A way to form a bid as a configuration gives it: a word, or a word with its numbers."""
