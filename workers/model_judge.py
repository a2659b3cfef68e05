"""A model that judges: by a rubric, against another answer, or whether two answers are the same.

What is judged is fenced as data, what the model says is read as typed fields, and text decides
nothing. Every call is reserved at its worst case by whoever asks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from protocols.frozen import Frozen
from protocols.units import Money, Text
from workers.chat import Chat, ChatRequest, Lane
from workers.dialect import worst_usage
from workers.endpoint import Endpoint
from workers.errors import UnstructuredAnswerError
from workers.meter import Meter
from workers.prices import Price, Usage, tariff
from workers.prompting import conversation
from workers.retry import Policy
from workers.structured import ask, form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from protocols.messages import Lot
    from workers.limits import Limits

LONGEST: Final = 20_000


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


class ModelJudge:
    """Judges answers by calling a model at an OpenAI-compatible endpoint.

    Args:
        name: The judge's name, unique in the run.
        model: The name by which the endpoint knows the model.
        base_url: The endpoint; ``None`` is OpenAI's own.
        api_key_env: The environment variable that holds the key.
        price: Units per million tokens; looked up for known providers if not given.
        free: The model costs nothing, such as one on this machine.
        temperature: How much chance there is in its verdicts.
        seed: Fixes the chance, where the endpoint can.
        max_tokens: The most tokens of a verdict, hidden reasoning included.
        longest: The longest answer that it reads, in bytes.
        policy: The deadline and the retries of a call.
        limits: How many calls the endpoint gets at one time and per minute.
        untrusted: Somebody else chose the address: it is called at public addresses alone.
        chat: Who answers the calls, in place of the endpoint: a recording or a script.

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
        base_url: str | None = None,
        api_key_env: str = "OPENAI_API_KEY",
        price: Price | None = None,
        free: bool = False,
        temperature: float | None = 0.0,
        seed: int | None = None,
        max_tokens: int = 1024,
        longest: int = LONGEST,
        policy: Policy | None = None,
        limits: Limits | None = None,
        untrusted: bool = False,
        chat: Chat | None = None,
    ) -> None:
        self.name = name
        self.longest = longest
        self._policy = policy or Policy()
        self._price = tariff(model, base_url, price, free=free)
        self.chat = chat or Endpoint(
            base_url,
            api_key_env=api_key_env,
            policy=self._policy,
            limits=limits,
            untrusted=untrusted,
        )
        self._model = model
        self._temperature = temperature
        self._seed = seed
        self._max_tokens = max_tokens

    def meter(self, reserve: Money) -> Meter:
        """Return a meter at the judge's price."""
        return Meter(self._price, reserve)

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
        return self._worst(
            self._request("judge", lot, Findings, rubric=rubric, answer=""), self.longest
        )

    def preference_ceiling(self, lot: Lot, rubric: Sequence[str], other: str) -> Money:
        """Return the most that one comparison with another answer can cost, retries included."""
        request = self._request("compare", lot, Preference, rubric=rubric, first="", second=other)
        return self._worst(request, self.longest)

    def same_ceiling(self, lot: Lot, answers: tuple[str, str]) -> Money:
        """Return the most that comparing two answers can cost, retries included."""
        first, second = sorted(answers)
        return self._worst(self._request("same", lot, Sameness, first=first, second=second))

    async def aclose(self) -> None:
        """Close the connections."""
        await self.chat.aclose()

    def _request(
        self, phase: str, lot: Lot, shape: type[BaseModel], **values: object
    ) -> ChatRequest:
        return ChatRequest(
            model=self._model,
            messages=conversation(phase, lot=lot, **values),
            max_tokens=self._max_tokens,
            temperature=self._temperature,
            seed=self._seed,
            form=form(shape),
            lane=Lane(task=lot.task, worker=self.name, phase=phase),
        )

    def _worst(self, request: ChatRequest, more: int = 0) -> Money:
        usage = worst_usage(request)
        attempt = Usage(usage.input + more, usage.output, estimated=True)
        return Money(self._policy.paid * self._price.cost(attempt))


def _size(text: str) -> int:
    """Return the bytes of a text as a request writes it, where a control character takes six."""
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace"))
