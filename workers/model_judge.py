"""A model that judges: by a rubric, against another answer, or whether two answers are the same.

What is judged is fenced as data, what the model says is read as typed fields, and text decides
nothing. Every call is reserved at its worst case by whoever asks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Final, Literal, Unpack

from pydantic import Field

from protocols.frozen import Frozen
from protocols.units import Text
from workers.errors import UnstructuredAnswerError
from workers.model_user import ModelTerms, ModelUser
from workers.prompting import version
from workers.structured import ask, form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

    from protocols.messages import Lot
    from protocols.units import Money
    from workers.chat import ChatRequest
    from workers.meter import Meter

LONGEST: Final = 20_000
PROMPTS: Final = ("judge", "compare", "same")


class Finding(Frozen):
    """What a judge says of one criterion."""

    reason: Text
    met: bool


class Findings(Frozen):
    """What a judge says of an answer, criterion by criterion."""

    criteria: Annotated[tuple[Finding, ...], Field(strict=False)]


class Preference(Frozen):
    """Which of two answers a judge finds better."""

    reason: Text
    better: Literal["first", "second", "equal"]


class Sameness(Frozen):
    """Whether two answers are the same to a judge."""

    reason: Text
    same: bool


class ModelJudge(ModelUser):
    """Judges answers by calling a model at an OpenAI-compatible endpoint.

    Args:
        name: The judge's name, unique in the run.
        model: The name by which the endpoint knows the model.
        longest: The longest answer that it reads, in bytes.
        **terms: How it is called, see `workers.model_user.ModelTerms`; as a rule without chance and
            with 1024 tokens.

    Attributes:
        chat: Who answers the calls; to be wrapped, before the run, by who records them.

    Raises:
        UnknownPriceError: If nobody knows what the model costs.
        MissingKeyError: If OpenAI's own endpoint is asked for without a key.

    >>> ModelJudge("fair", model="tiny", base_url="http://127.0.0.1:8000/v1", free=True).name
    'fair'
    """

    def __init__(
        self,
        name: str,
        *,
        model: str,
        longest: int = LONGEST,
        **terms: Unpack[ModelTerms],
    ) -> None:
        terms.setdefault("temperature", 0.0)
        terms.setdefault("max_tokens", 1024)
        super().__init__(name, model, **terms)
        self.name = name
        self.longest = longest

    @property
    def prompts(self) -> Mapping[str, str]:
        """The versions of the prompts by which it may judge; the journal opens with them."""
        return {name: version(name) for name in PROMPTS}

    def reads(self, answer: str) -> bool:
        """Whether an answer is short enough to be read, as it is written in a request."""
        return _size(answer) <= self.longest

    # Questions ------------------------------------------------------------------------------

    async def findings(
        self, lot: Lot, rubric: Sequence[str], answer: str, meter: Meter
    ) -> Sequence[Finding]:
        """Return what the judge finds, one for each criterion.

        Raises:
            ChatError: If it gives no usable verdict.
        """
        request = self._request("judge", lot, Findings, rubric=rubric, answer=answer)
        found = (await ask(self.chat, request, Findings, meter)).criteria
        if len(found) != len(rubric):
            raise UnstructuredAnswerError(
                f"{len(found)} findings for {len(rubric)} criteria: {len(rubric)} are needed"
            )
        return found

    async def preference(
        self, lot: Lot, rubric: Sequence[str], answers: tuple[str, str], meter: Meter
    ) -> Preference:
        """Return which of two answers the judge prefers, shown in this order.

        Raises:
            ChatError: If it gives no usable verdict.
        """
        first, second = answers
        request = self._request(
            "compare", lot, Preference, rubric=rubric, first=first, second=second
        )
        return await ask(self.chat, request, Preference, meter)

    async def same(self, lot: Lot, answers: tuple[str, str], meter: Meter) -> bool:
        """Return whether two answers are the same; asked in an order that does not depend on theirs.

        Raises:
            ChatError: If it gives no usable verdict.
        """
        first, second = sorted(answers)
        request = self._request("same", lot, Sameness, first=first, second=second)
        return (await ask(self.chat, request, Sameness, meter)).same

    # What they may cost ---------------------------------------------------------------------

    def findings_ceiling(self, lot: Lot, rubric: Sequence[str]) -> Money:
        """Return the most that judging one answer by a rubric can cost, retries included."""
        request = self._request("judge", lot, Findings, rubric=rubric, answer="")
        return self.worst_case(request, more=self.longest)

    def preference_ceiling(self, lot: Lot, rubric: Sequence[str], other: str) -> Money:
        """Return the most that one comparison with another answer can cost, retries included."""
        request = self._request("compare", lot, Preference, rubric=rubric, first="", second=other)
        return self.worst_case(request, more=self.longest)

    def same_ceiling(self, lot: Lot, answers: tuple[str, str]) -> Money:
        """Return the most that comparing two answers can cost, retries included."""
        first, second = sorted(answers)
        return self.worst_case(self._request("same", lot, Sameness, first=first, second=second))

    def _request(
        self, phase: str, lot: Lot, shape: type[BaseModel], **values: object
    ) -> ChatRequest:
        most = self._caller.max_tokens
        request = self._caller.request(phase, lot, most, phase=phase, **values)
        return request.model_copy(update={"form": form(shape)})


def _size(text: str) -> int:
    """Return the bytes of a text as a request writes it, where a control character takes six."""
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace"))
