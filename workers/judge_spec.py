"""How a model that judges is described in a configuration."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from protocols.units import Name, Printable
from workers.cassette import ReplayChat, load
from workers.chat import Chat
from workers.limits import Limits
from workers.model_judge import LONGEST, ModelJudge
from workers.prices import Price
from workers.retry import Policy
from workers.spec import Spec


class JudgeSpec(Spec):
    """A model behind an OpenAI-compatible endpoint that judges answers."""

    id: Annotated[str, Printable, Field(description="The judge's name, unique in the run.")]
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
        float | None, Field(ge=0, le=2, description="How much chance there is in its verdicts.")
    ] = 0.0
    seed: Annotated[int | None, Field(description="Fixes the chance, where it can be.")] = None
    max_tokens: Annotated[
        int, Field(ge=1, le=1_000_000, description="The most tokens of a verdict.")
    ] = 1024
    longest: Annotated[
        int,
        Field(ge=1, le=1_000_000, description="The longest answer it reads, in bytes."),
    ] = LONGEST
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

    def build(self, folder: Path, chat: Chat | None = None) -> ModelJudge:
        """Return the judge; with a chat, that answers its calls in place of all else.

        Raises:
            OSError: If the recording cannot be read.
            TruthbidError: If it is none, or if the model lacks its key or its price.
        """
        if chat is None and self.recording:
            chat = ReplayChat(load(folder / self.recording))
        return ModelJudge(
            self.id,
            model=self.model,
            base_url=self.base_url or None,
            api_key_env=self.api_key_env,
            price=self.price,
            free=self.free,
            temperature=self.temperature,
            seed=self.seed,
            max_tokens=self.max_tokens,
            longest=self.longest,
            policy=self.policy,
            limits=self.limits,
            chat=chat,
        )
