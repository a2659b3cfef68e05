"""A worker with a model behind it: it says how sure it is, does the work, and pays its bills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import anyio
from pydantic import TypeAdapter

from protocols.messages import Announcement, Award, Failure, Lot, Result
from protocols.units import ZERO, Money
from workers.bidding.bids import Bids
from workers.bidding.caller import Caller
from workers.bidding.catalog import Bidding, Rule
from workers.bidding.memory import Memory
from workers.bidding.plans import Plans
from workers.bidding.pool import Pool
from workers.bidding.probe import Bought, Probe
from workers.bidding.rule import PaidRule
from workers.bidding.value import NOBODY, Outlook
from workers.dialect import worst_usage
from workers.endpoint import Endpoint
from workers.errors import ChatError
from workers.local import LocalWorker, Quote
from workers.meter import Meter
from workers.prices import Price, tariff
from workers.prompting import version
from workers.retry import Policy
from workers.structured import form, read_answer
from workers.tools import Tool, converse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from workers.chat import Chat, ChatRequest
    from workers.limits import Limits
    from workers.ports import Lesson, Submit
    from workers.spec import Terms

_NOTE_LIMIT = 2_000
_rule: TypeAdapter[Rule] = TypeAdapter(Bidding)


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
        bid: How it forms its bids, as in a configuration: a word of `workers.bidding.catalog`, or
            the word with its settings. ``ask`` spends a small call per lot on the model's own
            estimate; ``prior`` spends nothing and goes by the record.
        pool: With which workers it learns; alone if not given.
        temperature: How much chance there is in its answers.
        seed: Fixes the chance, where the endpoint can.
        max_tokens: The most tokens of an answer.
        typical_tokens: The tokens expected of an answer before there is any experience.
        policy: The deadline and the retries of a call.
        limits: How many calls the endpoint gets at one time and per minute.
        unmarked_end: The endpoint does not say how an answer ended.
        stream: Whether answers are read as they are written, which bounds them as they grow.
        untrusted: Somebody else chose the address: it is called at public addresses alone.
        tools: Functions that the model may call while it works.
        rounds: The most model calls of one work with tools; that many are reserved.
        confidence: Asks with each answer how sure the model is of it, for mechanisms that compare
            answers.
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
        bid: Rule | str | Mapping[str, object] = "ask",
        pool: Pool | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        max_tokens: int = 4096,
        typical_tokens: int = 300,
        policy: Policy | None = None,
        limits: Limits | None = None,
        unmarked_end: bool = False,
        stream: bool = False,
        untrusted: bool = False,
        tools: Iterable[Callable[..., object] | Tool] = (),
        rounds: int = 8,
        confidence: bool = False,
        chat: Chat | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        if terms.get("family") is None:
            terms["family"] = model
        super().__init__(name, **terms)
        self._policy = policy or Policy()
        self._price = tariff(model, base_url, price, free=free)
        self.chat = chat or Endpoint(
            base_url,
            api_key_env=api_key_env,
            policy=self._policy,
            limits=limits,
            unmarked_end=unmarked_end,
            stream=stream,
            untrusted=untrusted,
        )
        self._rule: Rule = _rule.validate_python(bid)
        self._caller = Caller(self.name, model, temperature, seed, max_tokens)
        made = (tool if isinstance(tool, Tool) else Tool(tool) for tool in tools)
        self._tools = {tool.form.name: tool for tool in made}
        self._confidence = confidence
        if self._tools and isinstance(self._rule, PaidRule) and self._rule.delivers:
            raise ValueError(f"a {self._rule.type} is one call, which cannot use tools")
        if self._tools and confidence:
            raise ValueError("an answer with a confidence is one call, which cannot use tools")
        self._rounds = rounds if self._tools else 1
        self._memory = Memory(self.name, self._rule.type, Pool())
        self._plans = Plans(
            self._rule,
            self._caller,
            self._price,
            self._memory,
            self._execution,
            min(typical_tokens, max_tokens),
        )
        self._bids = Bids(self.name, self._rule, self._plans, self._price, self._ceiling)
        self._limiter: anyio.CapacityLimiter | None = None
        self.join(pool or Pool())

    @property
    def prompts(self) -> Mapping[str, str]:
        """The versions of the prompts by which it works and bids."""
        names = [Probe.prompt if self._confidence else "execute"]
        names += [self._rule.prompt] if isinstance(self._rule, PaidRule) else []
        return {name: version(name) for name in names}

    def join(self, pool: Pool) -> None:
        """Learn together with the workers of a pool from now on; to be called before the run."""
        self._memory.pool = pool
        pool.join(self.name, self._outlook)

    def quote(self, lot: Lot) -> Quote:
        """Return what the worker bids on a lot without a call."""
        plan = self._plans.of(lot)
        paid = isinstance(self._rule, PaidRule)
        source = "prior" if paid else self._rule.type
        return Quote(plan.cost, plan.probability, source, self._ceiling(plan.work))

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Submit a bid for each lot of its kinds as it is ready.

        Where no reply of the model could change who gets a lot, the record bids instead. A model
        that gives no usable reply is a refusal, which says why and what it has cost.
        """
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self.seats)
        lots = filter(self._wants, announcement.lots)
        await self._bids.make(announcement, lots, submit, self.chat, self._limiter)

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Do the work with one model call, or as many as its tools take.

        An answer that was bought with the bid is handed over, and costs nothing more; if it was lost
        in a crash, it is bought again. An answer that is not finished is a failure.
        """
        plan = self._plans.of(lot)
        meter = Meter(self._price, self._ceiling(plan.work))
        start = anyio.current_time()
        try:
            answer, confidence = plan.answer, plan.said
            if answer is None:
                reply = await converse(self.chat, plan.work, self._tools, meter, self._rounds)
                answer, confidence = self._read(reply.text)
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
            answer=answer,
            cost=meter.cost,
            seconds=anyio.current_time() - start,
            confidence=confidence,
        )

    def bid_ceiling(self, lot: Lot) -> Money:
        """Return the worst case of asking the model; nothing where the record decides.

        A reply that may have been billed and did not arrive is not asked for again.
        """
        return self._plans.announced(lot).ceiling if self._wants(lot) else ZERO

    def learn(self, lesson: Lesson) -> None:
        """Learn how own work ended.

        A failure counts as no success; a result that nobody could judge teaches its cost alone.
        """
        plan = self._plans.take(lesson)
        self._memory.learn(lesson.lot.kind, plan, lesson.report, lesson.outcome)

    async def aclose(self) -> None:
        """Close the connections."""
        self._limiter = None
        await self.chat.aclose()

    def _outlook(self, lot: Lot) -> Outlook:
        return self._plans.outlook(lot) if self._wants(lot) else NOBODY

    def _read(self, text: str) -> tuple[str, float | None]:
        """Return the answer that a reply holds, and how sure the model is of it."""
        if not self._confidence:
            return text, None
        bought = read_answer(text, Bought)
        return bought.answer, bought.success_probability

    def _execution(self, lot: Lot) -> ChatRequest:
        caller = self._caller
        if self._confidence:
            card, most = self._memory.card(lot.kind), caller.max_tokens
            request = caller.request(Probe.prompt, lot, most, phase="execute", card=card)
            return request.model_copy(update={"form": form(Bought)})
        forms = tuple(tool.form for tool in self._tools.values())
        request = caller.request("execute", lot, caller.max_tokens, phase="execute")
        return request.model_copy(update={"tools": forms}) if forms else request

    def _ceiling(self, request: ChatRequest) -> Money:
        attempts = self._rounds - 1 + self._policy.paid
        return Money(attempts * self._price.cost(worst_usage(request)))
