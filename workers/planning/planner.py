"""Who makes plans: anybody, a model, a script."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple, Unpack

import anyio.lowlevel

from protocols.units import ZERO, Money, units
from workers.errors import ChatError, IncompleteAnswerError
from workers.model_user import ModelTerms, ModelUser
from workers.planning.draft import CHECKS, Draft, draft_form
from workers.prompting import version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.chat import ChatRequest
    from workers.planning.draft import Brief

_PROMPT: Final = "plan"


class Proposal(NamedTuple):
    """What came of asking a planner.

    Attributes:
        text: The draft as it was said, in JSON; empty if there is none.
        cost: What asking has cost in cash.
        failure: Why there is no draft.
        hopeless: Asking again would not help.
    """

    text: str
    cost: Money = ZERO
    failure: str = ""
    hopeless: bool = False


class Planner(ABC):
    """Somebody who breaks a goal down into tasks.

    Attributes:
        name: By which the journal knows it.
    """

    name: str = "planner"

    @property
    def prompts(self) -> str:
        """The version of its prompts, if it has any; kept in the journal."""
        return ""

    def ceiling(self, brief: Brief) -> Money:
        """Return the most that asking once can cost in cash; reserved before asking."""
        del brief
        return ZERO

    @abstractmethod
    async def propose(self, brief: Brief) -> Proposal:
        """Draft the tasks that a brief asks for; what was turned down before is in the brief."""

    async def aclose(self) -> None:  # noqa: B027 - most planners hold nothing
        """Release what the planner holds, such as connections."""


class ScriptedPlanner(Planner):
    """Proposes what its script says, one draft after the other; for tests and for trying out.

    Args:
        drafts: The drafts, or texts to be read as drafts.

    Attributes:
        asked: The briefs, in their order.

    >>> ScriptedPlanner(['{"tasks": []}']).name
    'scripted'
    """

    name = "scripted"

    def __init__(self, drafts: Iterable[Draft | str]) -> None:
        self._drafts = deque(drafts)
        self.asked: list[Brief] = []

    async def propose(self, brief: Brief) -> Proposal:
        """Say the next draft; with none left there is no hope."""
        await anyio.lowlevel.checkpoint()
        self.asked.append(brief)
        if not self._drafts:
            return Proposal("", failure="the script has no further draft", hopeless=True)
        draft = self._drafts.popleft()
        return Proposal(draft if isinstance(draft, str) else draft.model_dump_json())


class OpenAIPlanner(ModelUser, Planner):
    """Has a model behind an OpenAI-compatible endpoint write the draft.

    A call is reserved at its worst case, retries included, and booked at what it used.

    Args:
        model: The name by which the endpoint knows the model.
        **terms: How it is called, see `workers.model_user.ModelTerms`.

    Attributes:
        chat: Who answers the calls; to be wrapped, before the run, by who records them.

    Raises:
        UnknownPriceError: If nobody knows what the model costs.
        MissingKeyError: If OpenAI's own endpoint is asked for without a key.

    >>> OpenAIPlanner(model="tiny", base_url="http://127.0.0.1:8000/v1", free=True).name
    'tiny'
    """

    def __init__(self, *, model: str, **terms: Unpack[ModelTerms]) -> None:
        super().__init__(model, model, **terms)
        self.name = model

    @property
    def prompts(self) -> str:
        """The version of its prompts."""
        return version(_PROMPT)

    def ceiling(self, brief: Brief) -> Money:
        """Return the worst case of one draft with all its paid attempts."""
        return self.worst_case(self._request(brief))

    async def propose(self, brief: Brief) -> Proposal:
        """Ask the model for a draft.

        An answer that is cut or empty may be better the next time; an endpoint that refuses or
        cannot be reached will not be.
        """
        request = self._request(brief)
        meter = self.meter(self.ceiling(brief))
        try:
            reply = await self.chat.complete(request, meter)
        except ChatError as error:
            hopeless = not isinstance(error, IncompleteAnswerError)
            return Proposal("", meter.cost, str(error)[:2_000], hopeless)
        return Proposal(reply.text, meter.cost)

    def _request(self, brief: Brief) -> ChatRequest:
        forms = {word: CHECKS[word].description for word in brief.checks}
        caller, value = self._caller, units(brief.value)
        values: dict[str, object] = {"brief": brief, "checks": forms, "value": value}
        task = f"plan-{brief.number}"
        request = caller.write(_PROMPT, task, caller.max_tokens, phase="plan", **values)
        return request.model_copy(update={"form": draft_form()})
