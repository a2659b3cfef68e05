"""What a batch of answers says of its workers and of its tasks, where nobody knows the truth."""

from typing import Annotated

from pydantic import Field

from protocols.frozen import Frozen
from protocols.units import Probability, TaskId, Text, WorkerId


class PeerStanding(Frozen):
    """How good a worker's answers are as far as its peers can tell.

    Attributes:
        worker: Whose answers were scored.
        answers: How many it gave.
        score: The mean over its tasks, higher is better; ``None`` where it was refused.
        comparisons: How many comparisons with a peer stand behind the score.
        standard_error: The standard error of the score.
        pay_unit: What each of its answers is paid by: one score for all workers of its owner, so
            that names of one owner are worth no more than one; ``None`` where it was refused.
        refusal: Why the data cannot support a score; empty where there is one.
    """

    worker: WorkerId
    answers: Annotated[int, Field(ge=1)]
    score: float | None = None
    comparisons: Annotated[int, Field(ge=0)] = 0
    standard_error: Annotated[float, Field(ge=0)] | None = None
    pay_unit: float | None = None
    refusal: Annotated[str, Field(max_length=2_000)] = ""


class PeerAnswer(Frozen):
    """The answer of the crowd to one task.

    Attributes:
        task: The task.
        answer: The class with the most support.
        support: Its share of all support, or its probability by the model of the aggregator.
        answers: How many answers there are.
    """

    task: TaskId
    answer: Text
    support: Probability
    answers: Annotated[int, Field(ge=2)]
