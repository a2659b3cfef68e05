"""What a configuration may call planners: word -> description -> planner."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from protocols.units import Name
from workers.cassette import ReplayChat, load
from workers.chat import Chat
from workers.limits import Limits
from workers.planning.draft import Draft
from workers.planning.planner import OpenAIPlanner, Planner, ScriptedPlanner
from workers.prices import Price
from workers.retry import Policy
from workers.spec import Several, Spec


class OpenAIPlannerSpec(Spec):
    """A model behind an OpenAI-compatible endpoint that writes plans."""

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
    temperature: Annotated[
        float | None, Field(ge=0, le=2, description="How much chance there is in its drafts.")
    ] = None
    seed: Annotated[int | None, Field(description="Fixes the chance, where it can be.")] = None
    max_tokens: Annotated[
        int, Field(ge=1, le=1_000_000, description="The most tokens of a draft.")
    ] = 4096
    policy: Annotated[Policy, Field(description="The deadline and the retries of a call.")] = (
        Policy()
    )
    limits: Annotated[Limits, Field(description="How much the endpoint may be asked.")] = Limits()
    recording: Annotated[
        str | None,
        Field(description="A file of recorded calls that answers in place of the endpoint."),
    ] = None

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        if self.free and self.price is not None:
            raise ValueError("a model is either free or has a price, not both")
        return self

    def build(self, folder: Path, chat: Chat | None = None) -> Planner:
        """Return the planner; with a chat, that answers its calls in place of all else.

        Raises:
            OSError: If the recording cannot be read.
            TruthbidError: If it is none, or if the model lacks its key or its price.
        """
        if chat is None and self.recording:
            chat = ReplayChat(load(folder / self.recording))
        return OpenAIPlanner(
            model=self.model,
            base_url=self.base_url or None,
            api_key_env=self.api_key_env,
            price=self.price,
            free=self.free,
            temperature=self.temperature,
            seed=self.seed,
            max_tokens=self.max_tokens,
            policy=self.policy,
            limits=self.limits,
            chat=chat,
        )


class ScriptedPlannerSpec(Spec):
    """A planner that says what is written here, for trying things out without a model."""

    type: Literal["scripted"] = "scripted"
    drafts: Annotated[
        Several[Draft], Field(min_length=1, description="What it says, call by call.")
    ]

    def build(self, folder: Path) -> Planner:
        """Return the planner."""
        del folder
        return ScriptedPlanner(self.drafts)


class PlannerType(NamedTuple):
    """How a type of planner is described, and how it is made from that and a folder."""

    spec: type[Spec]
    build: Callable[[Any, Path], Planner]


PLANNERS: Final = {
    "openai": PlannerType(OpenAIPlannerSpec, OpenAIPlannerSpec.build),
    "scripted": PlannerType(ScriptedPlannerSpec, ScriptedPlannerSpec.build),
}
"""Configuration name -> type of planner."""

PlannerSpec = Annotated[OpenAIPlannerSpec | ScriptedPlannerSpec, Field(discriminator="type")]
"""A planner as a configuration describes it."""
