"""A worker with a model behind it: it says how sure it is, does the work, and pays its bills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack, cast

import anyio
from pydantic import TypeAdapter

from protocols.messages import Announcement, Award, Failure, Lot, Result
from protocols.units import ZERO, Money
from workers.bidding.bids import Bids
from workers.bidding.catalog import Bidding, Rule
from workers.bidding.memory import Memory
from workers.bidding.plans import Plans
from workers.bidding.pool import Pool
from workers.bidding.probe import Bought, Probe
from workers.bidding.rule import PaidRule
from workers.bidding.value import NOBODY, Outlook
from workers.errors import ChatError
from workers.local import LocalWorker, Quote
from workers.model_user import ModelTerms, ModelUser
from workers.prompting import version
from workers.spec import Terms
from workers.structured import form, read_answer
from workers.tools import Tool, converse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from workers.chat import ChatRequest
    from workers.ports import Lesson, Submit

_NOTE_LIMIT = 2_000
_rule: TypeAdapter[Rule] = TypeAdapter(Bidding)


class ModelWorkerTerms(Terms, ModelTerms, total=False):
    """On which terms a worker with a model takes part, and how its model is called."""


class OpenAIWorker(LocalWorker, ModelUser):
    """Bids and works by calling a model at an OpenAI-compatible endpoint.

    Every call is reserved at its worst case and booked at what it used, failed attempts included.

    Args:
        name: The worker's name, unique in the run.
        model: The name by which the endpoint knows the model.
        bid: How it forms its bids, as in a configuration: a word of `workers.bidding.catalog`, or
            the word with its settings. ``ask`` spends a small call per lot on the model's own
            estimate; ``prior`` spends nothing and goes by the record.
        pool: With which workers it learns; alone if not given.
        typical_tokens: The tokens expected of an answer before there is any experience.
        tools: Functions that the model may call while it works.
        rounds: The most model calls of one work with tools; that many are reserved.
        confidence: Asks with each answer how sure the model is of it, for mechanisms that compare
            answers.
        **terms: On which terms the worker takes part, and how its model is called: see
            `workers.spec.Terms` and `workers.model_user.ModelTerms`.

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
        bid: Rule | str | Mapping[str, object] = "ask",
        pool: Pool | None = None,
        typical_tokens: int = 300,
        tools: Iterable[Callable[..., object] | Tool] = (),
        rounds: int = 8,
        confidence: bool = False,
        **terms: Unpack[ModelWorkerTerms],
    ) -> None:
        calling, taking_part = _parted(terms)
        if taking_part.get("family") is None:
            taking_part["family"] = model
        LocalWorker.__init__(self, name, **taking_part)
        ModelUser.__init__(self, name, model, **calling)
        self._rule: Rule = _rule.validate_python(bid)
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
            min(typical_tokens, self._caller.max_tokens),
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
        meter = self.meter(self._ceiling(plan.work))
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
        await ModelUser.aclose(self)

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
        return self.worst_case(request, calls=self._rounds)


def _parted(terms: ModelWorkerTerms) -> tuple[ModelTerms, Terms]:
    calling = {name: term for name, term in terms.items() if name in ModelTerms.__annotations__}
    others = {name: term for name, term in terms.items() if name not in calling}
    return cast("ModelTerms", calling), cast("Terms", others)
