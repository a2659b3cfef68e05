"""How a worker with a model behind it is described in a configuration."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from protocols.units import Name
from workers.bidding.ask import Ask
from workers.bidding.catalog import Bidding
from workers.chat import Chat
from workers.limits import Limits
from workers.llm import OpenAIWorker
from workers.prices import Price
from workers.retry import Policy
from workers.skills import SKILLS, SkillName
from workers.spec import ParticipantSpec, Several


class OpenAISpec(ParticipantSpec):
    """A worker with a model behind an OpenAI-compatible endpoint."""

    type: Literal["openai"] = "openai"
    model: Annotated[Name, Field(description="The name by which the endpoint knows the model.")]
    base_url: Annotated[
        str | None,
        Field(
            pattern=r"^(https?://[^@/]+(/[^@]*)?)?$",
            description="The endpoint up to /v1; OpenAI's own if left out or empty.",
        ),
    ] = None
    api_key_env: Annotated[
        Name, Field(description="The environment variable that holds the key.")
    ] = "OPENAI_API_KEY"
    price: Annotated[
        Price | None,
        Field(description="Units per million tokens; from the price table if left out."),
    ] = None
    free: Annotated[bool, Field(description="The model costs nothing.")] = False
    bid: Annotated[
        Bidding,
        Field(description="How it forms its bids: from its past, or from calls that it pays for."),
    ] = Ask()
    temperature: Annotated[
        float | None, Field(ge=0, le=2, description="How much chance there is in its answers.")
    ] = None
    seed: Annotated[int | None, Field(description="Fixes the chance, where it can be.")] = None
    max_tokens: Annotated[
        int, Field(ge=1, le=1_000_000, description="The most tokens of an answer.")
    ] = 4096
    typical_tokens: Annotated[
        int, Field(ge=1, le=1_000_000, description="The tokens first expected of an answer.")
    ] = 300
    policy: Annotated[Policy, Field(description="The deadline and the retries of a call.")] = (
        Policy()
    )
    unmarked_end: Annotated[
        bool, Field(description="The endpoint does not say how an answer ended.")
    ] = False
    tools: Annotated[
        Several[SkillName], Field(description="Built-in skills that the model may call.")
    ] = ()
    rounds: Annotated[
        int, Field(ge=1, le=100, description="The most model calls of one work with tools.")
    ] = 8
    limits: Annotated[Limits, Field(description="How much the endpoint may be asked.")] = Limits()

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        if self.free and self.price is not None:
            raise ValueError("a model is either free or has a price, not both")
        return self

    @model_validator(mode="after")
    def _one_call(self) -> Self:
        if self.bid.type == "probe" and self.tools:
            raise ValueError("a probe is one call, which cannot use tools")
        return self

    def build(self, seed: int, chat: Chat | None = None) -> OpenAIWorker:
        """Return the worker; with a chat, that answers its calls in place of the endpoint."""
        del seed
        return OpenAIWorker(
            self.id,
            model=self.model,
            base_url=self.base_url or None,
            api_key_env=self.api_key_env,
            price=self.price,
            free=self.free,
            bid=self.bid,
            temperature=self.temperature,
            seed=self.seed,
            max_tokens=self.max_tokens,
            typical_tokens=self.typical_tokens,
            policy=self.policy,
            limits=self.limits,
            unmarked_end=self.unmarked_end,
            tools=[SKILLS[name] for name in self.tools],
            rounds=self.rounds,
            chat=chat,
            **self.terms(),
        )
