"""Asks a planner until its draft is a plan; every call is journaled, held and billed.

    Brief -hold-> PlanAsked -propose-> draft -read-> PlanAnswered -bill-> plan, or once more

A call whose answer is on record is not made again; one whose answer was lost is booked as billed,
and made again if the budget has room for that.
"""

from orchestrator.foreign import excuse
from orchestrator.market import Market
from orchestrator.memory.ledger import PLANNING, billed, hold, spend
from orchestrator.planning.errors import PlanningError, UnfundedPlanError
from orchestrator.planning.reading import problems_of, read_draft
from orchestrator.planning.settings import PlanningSettings
from orchestrator.task import Task
from protocols.planning import PlanAnswered, PlanAsked
from protocols.units import Money, units
from workers.planning.draft import Brief, Try
from workers.planning.planner import Planner, Proposal

_LOST = "the answer was lost, and the budget has no room for another call"
_LONGEST_KEPT = 20_000
"""Characters of a draft that was turned down which its planner is shown again."""


class Maker:
    """Makes plans in a run.

    Args:
        market: The run.
        planner: Who drafts.
        settings: How far planning may go.

    Attributes:
        cost: What planning has cost so far, in this process and earlier ones.
    """

    def __init__(self, market: Market, planner: Planner, settings: PlanningSettings) -> None:
        self.settings = settings
        self.cost = 0
        self._market = market
        self._planner = planner

    async def make(self, brief: Brief) -> tuple[Task, ...]:
        """Return the tasks of a plan that keeps to the brief.

        Raises:
            UnfundedPlanError: If the budget has no room for asking.
            PlanningError: If there is no plan after the last repair, or no hope of one.
        """
        wrong = ""
        for attempt in range(1, self.settings.repairs + 2):
            answered = await self._ask(brief, attempt)
            if not (answered.failure or answered.problems):
                return read_draft(answered.text, brief, self._market.judges)
            problems = answered.problems or (answered.failure,)
            wrong = "; ".join(problems)
            if answered.hopeless:
                error = UnfundedPlanError if answered.failure == _LOST else PlanningError
                raise error(f"there is no plan: {wrong}")
            text = answered.text[:_LONGEST_KEPT]
            tries = (*brief.tries, Try(text=text, problems=problems))
            brief = brief.model_copy(update={"tries": tries})
        times = "1 draft" if len(brief.tries) == 1 else f"{len(brief.tries)} drafts"
        raise PlanningError(f"there is no plan after {times}; the last one: {wrong}")

    async def _ask(self, brief: Brief, attempt: int) -> PlanAnswered:
        chronicle, number = self._market.chronicle, brief.number
        key = f"{number}\t{attempt}"
        recorded = chronicle.recall(f"plan-answered\t{key}", PlanAnswered)
        held, calls, lost = Money(0), 0, 0
        while (asked := chronicle.recall(f"plan-asked\t{key}\t{calls + 1}", PlanAsked)) is not None:
            calls += 1
            held, lost = held_by(asked), lost + billed(asked.transfers)
            chronicle.note(asked)
        if recorded is None and calls and not self._has_room(brief, held):
            recorded = _answered(brief, attempt, Proposal("", held, _LOST, hopeless=True))
        elif recorded is None:
            asked = self._asked(brief, attempt, calls + 1, held)
            held, lost = held_by(asked), lost + billed(asked.transfers)
            await chronicle.durable(chronicle.note(asked))
            recorded = _answered(brief, attempt, await self._proposed(brief))
        answered = derived(recorded, brief, held)
        await chronicle.durable(chronicle.note(answered))
        self._book(lost + billed(answered.transfers))
        return answered

    def _asked(self, brief: Brief, attempt: int, call: int, lost: Money) -> PlanAsked:
        """Return the event of a call; the hold of a lost one before it is booked as billed."""
        ceiling = self._planner.ceiling(brief)
        if not self._has_room(brief, lost):
            raise UnfundedPlanError(
                f"the budget has no room for planning, which may cost {units(ceiling):f}"
            )
        transfers = hold(ceiling)
        if call > 1:
            transfers = (*spend(lost, lost, PLANNING, "bill"), *transfers)
        return PlanAsked(
            number=brief.number,
            attempt=attempt,
            call=call,
            planner=self._planner.name,
            prompts=self._planner.prompts,
            brief=brief.model_dump(mode="json"),
            transfers=transfers,
        )

    def _has_room(self, brief: Brief, lost: Money) -> bool:
        """Whether the budget has room for a call, beside what a lost one before it may have cost."""
        market, ceiling = self._market, self._planner.ceiling(brief)
        return market.budget.has_room(lost + ceiling) and market.can_hold(ceiling)

    async def _proposed(self, brief: Brief) -> Proposal:
        try:
            return await self._planner.propose(brief)
        except Exception as error:  # noqa: BLE001 - a planner may be foreign code
            worst = self._planner.ceiling(brief)
            return Proposal("", worst, excuse("the planner failed: ", error), hopeless=True)

    def _book(self, amount: int) -> None:
        self.cost += amount
        self._market.budget.take(amount)


def _answered(brief: Brief, attempt: int, said: Proposal) -> PlanAnswered:
    return PlanAnswered(
        number=brief.number,
        attempt=attempt,
        text=said.text,
        failure=said.failure,
        hopeless=said.hopeless,
        cost=said.cost,
    )


def derived(answered: PlanAnswered, brief: Brief, held: Money) -> PlanAnswered:
    """Return an answer with all that follows from it: what is wrong with it, and the bill."""
    return answered.model_copy(
        update={
            "problems": () if answered.failure else problems_of(answered.text, brief),
            "transfers": spend(held, answered.cost, PLANNING, "bill"),
        }
    )


def held_by(asked: PlanAsked) -> Money:
    """Return the cash that is held for a call."""
    return Money(sum(each.amount for each in asked.transfers if each.purpose == "hold"))
