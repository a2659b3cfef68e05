"""How a worker with a model behind it is described in a configuration."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workers.bidding.ask import Ask
from workers.bidding.catalog import Bidding
from workers.bidding.unpaid import Learned
from workers.chat import Chat
from workers.llm import OpenAIWorker
from workers.model_spec import ModelSpec
from workers.named_functions import FunctionName, work_named
from workers.spec import ParticipantSpec, Several


class OpenAISpec(ParticipantSpec, ModelSpec):
    """A worker with a model behind an OpenAI-compatible endpoint."""

    type: Literal["openai"] = "openai"
    bid: Annotated[
        Bidding,
        Field(description="How it forms its bids: from its past, or from calls that it pays for."),
    ] = Ask()
    typical_tokens: Annotated[
        int, Field(ge=1, le=1_000_000, description="The tokens first expected of an answer.")
    ] = 300
    tools: Annotated[
        Several[FunctionName],
        Field(
            description="What the model may call: built-in skills, entry points of the group"
            " truthbid.functions, or module:function of modules allowed with --allow-import."
        ),
    ] = ()
    rounds: Annotated[
        int, Field(ge=1, le=100, description="The most model calls of one work with tools.")
    ] = 8
    confidence: Annotated[
        bool,
        Field(
            description="Asks with each answer how sure the model is of it: for `mechanism:"
            " escalation`."
        ),
    ] = False

    @model_validator(mode="after")
    def _one_call(self) -> Self:
        if self.bid.type == "probe" and self.tools:
            raise ValueError("a probe is one call, which cannot use tools")
        if self.confidence and self.tools:
            raise ValueError("an answer with a confidence is one call, which cannot use tools")
        return self

    def build(
        self, seed: int, chat: Chat | None = None, folder: Path | None = None
    ) -> OpenAIWorker:
        """Return the worker.

        Args:
            seed: Not needed.
            chat: Who answers its calls in place of the endpoint.
            folder: Where relative paths start; here if left out.

        Raises:
            NamedFunctionError: If there is no such tool, or it is not allowed.
            TruthbidError: If the model lacks its key or its price.
            ValueError: If its embedding model cannot be used.
        """
        del seed
        bid = self.bid.beside(folder or Path()) if isinstance(self.bid, Learned) else self.bid
        return OpenAIWorker(
            self.id,
            model=self.model,
            bid=bid,
            typical_tokens=self.typical_tokens,
            tools=[work_named(name, "tools", place) for place, name in enumerate(self.tools)],
            rounds=self.rounds,
            confidence=self.confidence,
            **self.calling(chat),
            **self.terms(),
        )
