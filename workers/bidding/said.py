"""What a model was found to believe of its work on one lot."""

from typing import NamedTuple


class Said(NamedTuple):
    """What the replies of a model amount to.

    Attributes:
        probability: Its chance of success as it has stated or shown it, not corrected.
        tokens: How long it expects its answer to be; ``None`` if it was not asked.
        answer: The answer itself, if that is what was bought.
    """

    probability: float
    tokens: int | None = None
    answer: str | None = None
