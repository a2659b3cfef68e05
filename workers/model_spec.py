"""How a model behind an endpoint is described in a configuration, whatever it is used for."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from protocols.units import Name
from workers.cassette import ReplayChat, load
from workers.chat import Chat
from workers.limits import Limits
from workers.model_user import ModelTerms
from workers.prices import Price
from workers.retry import Policy
from workers.spec import Spec


class ModelSpec(Spec):
    """A model behind an OpenAI-compatible endpoint, what it costs and how it is called."""

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
        float | None, Field(ge=0, le=2, description="How much chance there is in what it says.")
    ] = None
    seed: Annotated[int | None, Field(description="Fixes the chance, where it can be.")] = None
    max_tokens: Annotated[
        int, Field(ge=1, le=1_000_000, description="The most tokens of an answer.")
    ] = 4096
    policy: Annotated[Policy, Field(description="The deadline and the retries of a call.")] = (
        Policy()
    )
    limits: Annotated[Limits, Field(description="How much the endpoint may be asked.")] = Limits()
    unmarked_end: Annotated[
        bool, Field(description="The endpoint does not say how an answer ended.")
    ] = False
    stream: Annotated[
        bool, Field(description="Answers are read as they are written, and stopped if too long.")
    ] = False
    untrusted: Annotated[
        bool,
        Field(
            description="Somebody else chose the address: it must be public, and gets the key of"
            " `api_key_env` only if that is given."
        ),
    ] = False

    @model_validator(mode="after")
    def _own_address(self) -> Self:
        if self.untrusted and not self.base_url:
            raise ValueError("an endpoint that is untrusted needs its base_url")
        return self

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        if self.free and self.price is not None:
            raise ValueError("a model is either free or has a price, not both")
        return self

    def calling(self, chat: Chat | None = None) -> ModelTerms:
        """Return how the model is called; with a chat, that answers in place of the endpoint."""
        return ModelTerms(
            base_url=self.base_url or None,
            api_key_env=self._key_variable,
            price=self.price,
            free=self.free,
            temperature=self.temperature,
            seed=self.seed,
            max_tokens=self.max_tokens,
            policy=self.policy,
            limits=self.limits,
            unmarked_end=self.unmarked_end,
            stream=self.stream,
            untrusted=self.untrusted,
            chat=chat,
        )

    @property
    def _key_variable(self) -> str:
        """Where the key is found; a stranger does not get the usual one unless it is said so."""
        given = not self.untrusted or "api_key_env" in self.model_fields_set
        return self.api_key_env if given else ""


class RecordableSpec(ModelSpec):
    """A model that a file of recorded calls may stand in for."""

    recording: Annotated[
        str | None,
        Field(description="A file of recorded calls that answers in place of the endpoint."),
    ] = None

    def answering(self, folder: Path, chat: Chat | None) -> Chat | None:
        """Return who answers in place of the endpoint: a chat, else the recording, else nobody.

        Raises:
            OSError: If the recording cannot be read.
            TruthbidError: If it is none.
        """
        if chat is None and self.recording:
            return ReplayChat(load(folder / self.recording))
        return chat
