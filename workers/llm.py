"""A worker with a model behind it: it says how sure it is, does the work, and pays its bills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Unpack

import anyio
from pydantic import Field

from protocols.frozen import Frozen
from protocols.messages import Announcement, Award, Bid, Failure, Lot, Outcome, Refusal, Result
from protocols.units import ZERO, AnnouncementId, Money, Probability
from workers.chat import Chat, ChatRequest, Lane
from workers.dialect import worst_usage
from workers.endpoint import Endpoint
from workers.errors import ChatError
from workers.history import History
from workers.local import LocalWorker, Quote
from workers.meter import Meter
from workers.prices import Price, Usage, tariff
from workers.prompting import conversation, version
from workers.retry import Policy
from workers.structured import ask, form
from workers.tools import Tool, converse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from workers.limits import Limits
    from workers.ports import Submit
    from workers.spec import Terms

Bidding = Literal["ask", "prior"]

_NOTE_LIMIT = 2_000
_BYTES_PER_TOKEN = 4


class Estimate(Frozen):
    """What a model says of itself before it does a task."""

    success_probability: Probability
    output_tokens: Annotated[int, Field(ge=0, le=10_000_000)]


class OpenAIWorker(LocalWorker):
    """Bids and works by calling a model at an OpenAI-compatible endpoint.

    Every call is reserved at its worst case and booked at what it used, failed attempts included.

    Args:
        name: The worker's name, unique in the run.
        model: The name by which the endpoint knows the model.
        base_url: The endpoint; ``None`` is OpenAI's own.
        api_key_env: The environment variable that holds the key.
        price: Units per million tokens; looked up for known providers if not given.
        free: The model costs nothing, such as one on this machine.
        bidding: ``ask`` spends a small call per lot on the model's own estimate; ``prior`` spends
            nothing and goes by the worker's past at the kind of task.
        temperature: How much chance there is in its answers.
        seed: Fixes the chance, where the endpoint can.
        max_tokens: The most tokens of an answer.
        bid_tokens: The most tokens of an estimate; a model that thinks first needs some hundred.
        typical_tokens: The tokens expected of an answer before there is any experience.
        policy: The deadline and the retries of a call.
        limits: How many calls the endpoint gets at one time and per minute.
        unmarked_end: The endpoint does not say how an answer ended.
        tools: Functions that the model may call while it works.
        rounds: The most model calls of one work with tools; that many are reserved.
        chat: Who answers the calls, in place of the endpoint: a recording or a script.
        **terms: On which terms the worker takes part.

    Attributes:
        chat: Who answers the calls; to be wrapped, before the run, by who records them.

    Raises:
        UnknownPriceError: If nobody knows what the model costs.
        MissingKeyError: If OpenAI's own endpoint is asked for without a key.

    >>> OpenAIWorker("small", model="tiny", base_url="http://127.0.0.1:8000/v1", free=True).name
    'small'
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
        bidding: Bidding = "ask",
        temperature: float | None = None,
        seed: int | None = None,
        max_tokens: int = 4096,
        bid_tokens: int = 1024,
        typical_tokens: int = 300,
        policy: Policy | None = None,
        limits: Limits | None = None,
        unmarked_end: bool = False,
        tools: Iterable[Callable[..., object] | Tool] = (),
        rounds: int = 8,
        chat: Chat | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        if terms.get("family") is None:
            terms["family"] = model
        super().__init__(name, **terms)
        self._model = model
        self._policy = policy or Policy()
        self._price = tariff(model, base_url, price, free=free)
        self.chat = chat or Endpoint(
            base_url,
            api_key_env=api_key_env,
            policy=self._policy,
            limits=limits,
            unmarked_end=unmarked_end,
        )
        self._bidding = bidding
        self._temperature = temperature
        self._seed = seed
        self._max_tokens = max_tokens
        self._bid_tokens = bid_tokens
        self._typical_tokens = min(typical_tokens, max_tokens)
        made = (tool if isinstance(tool, Tool) else Tool(tool) for tool in tools)
        self._tools = {tool.form.name: tool for tool in made}
        self._rounds = rounds if self._tools else 1
        self._history = History()
        self._limiter: anyio.CapacityLimiter | None = None

    def quote(self, lot: Lot) -> Quote:
        """Return what the worker's own past says of a lot."""
        request = self._execution(lot)
        probability = self._history.probability(lot.kind)
        cost = self._expected(lot, request, self._typical_tokens)
        return Quote(cost, probability, "history", self._ceiling(request))

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Submit a bid for each lot of its kinds as it is ready.

        A model that gives no usable estimate is a refusal, which says why and what it has cost.
        """
        if self._bidding == "prior":
            await super().bid(announcement, submit)
            return
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self.seats)
        async with anyio.create_task_group() as group:
            for lot in announcement.lots:
                if self._wants(lot):
                    group.start_soon(self._estimate, announcement.announcement, lot, submit)

    async def _estimate(self, number: AnnouncementId, lot: Lot, submit: Submit) -> None:
        assert self._limiter is not None  # noqa: S101 - made by the only caller
        meter = Meter(self._price, self.bid_ceiling(lot))
        async with self._limiter:
            try:
                said = await ask(self.chat, self._question(lot), Estimate, meter)
            except ChatError as error:
                submit(self._refusal(number, lot, meter, str(error)))
            else:
                submit(self._stated(number, lot, said, meter))

    def _stated(self, number: AnnouncementId, lot: Lot, said: Estimate, meter: Meter) -> Bid:
        request = self._execution(lot)
        tokens = min(said.output_tokens, self._max_tokens)
        return Bid(
            announcement=number,
            task=lot.task,
            worker=self.name,
            cost=self._expected(lot, request, tokens),
            probability=said.success_probability,
            ceiling=self._ceiling(request),
            charge=meter.cost,
            source="stated",
            note=f"prompts: bid {version('bid')}, execute {version('execute')}",
        )

    def _refusal(self, number: AnnouncementId, lot: Lot, meter: Meter, why: str) -> Refusal:
        return Refusal(
            announcement=number,
            task=lot.task,
            worker=self.name,
            charge=meter.cost,
            reason=why[:_NOTE_LIMIT],
        )

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Do the work with one model call, or as many as its tools take.

        An answer that is not finished is a failure.
        """
        request = self._execution(lot)
        meter = Meter(self._price, self._ceiling(request))
        start = anyio.current_time()
        try:
            reply = await converse(self.chat, request, self._tools, meter, self._rounds)
        except ChatError as error:
            return Failure(
                announcement=award.announcement,
                task=lot.task,
                worker=self.name,
                reason=str(error)[:_NOTE_LIMIT],
                cost=meter.cost,
                seconds=anyio.current_time() - start,
            )
        return Result(
            announcement=award.announcement,
            task=lot.task,
            worker=self.name,
            answer=reply.text,
            cost=meter.cost,
            seconds=anyio.current_time() - start,
        )

    def bid_ceiling(self, lot: Lot) -> Money:
        """Return the worst case of asking once for an estimate; nothing where the past decides.

        An estimate that may have been billed and did not arrive is not asked for again.
        """
        asks = self._bidding == "ask" and self._wants(lot)
        return self._price.cost(worst_usage(self._question(lot))) if asks else ZERO

    def learn(self, lot: Lot, result: Result | Failure, outcome: Outcome | None) -> None:
        """Remember how own work ended."""
        self._history.note(lot.kind, result, outcome)

    async def aclose(self) -> None:
        """Close the connections."""
        self._limiter = None
        await self.chat.aclose()

    def _question(self, lot: Lot) -> ChatRequest:
        request = self._request("bid", lot, self._bid_tokens)
        return request.model_copy(update={"form": form(Estimate)})

    def _execution(self, lot: Lot) -> ChatRequest:
        request = self._request("execute", lot, self._max_tokens)
        forms = tuple(tool.form for tool in self._tools.values())
        return request.model_copy(update={"tools": forms})

    def _request(self, phase: str, lot: Lot, max_tokens: int) -> ChatRequest:
        return ChatRequest(
            model=self._model,
            messages=conversation(phase, lot=lot),
            max_tokens=max_tokens,
            temperature=self._temperature,
            seed=self._seed,
            lane=Lane(task=lot.task, worker=self.name, phase=phase),
        )

    def _expected(self, lot: Lot, request: ChatRequest, tokens: int) -> Money:
        guess = self._price.cost(Usage(request.size // _BYTES_PER_TOKEN, tokens))
        return self._history.cost(lot.kind, guess)

    def _ceiling(self, request: ChatRequest) -> Money:
        attempts = self._rounds - 1 + self._policy.paid
        return Money(attempts * self._price.cost(worst_usage(request)))
