"""Who calls a model: whom they ask, what it costs, and the most that a call can cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, Unpack

from protocols.units import Money
from workers.caller import Caller
from workers.dialect import worst_usage
from workers.endpoint import Endpoint
from workers.meter import Meter
from workers.prices import Usage, tariff
from workers.retry import Policy

if TYPE_CHECKING:
    from workers.chat import Chat, ChatRequest
    from workers.limits import Limits
    from workers.prices import Price


class ModelTerms(TypedDict, total=False):
    """How a model is called; every field may be left out.

    Attributes:
        base_url: The endpoint; ``None`` is OpenAI's own.
        api_key_env: The environment variable that holds the key.
        price: Units per million tokens; looked up for known providers if not given.
        free: The model costs nothing, such as one on this machine.
        temperature: How much chance there is in what it says.
        seed: Fixes the chance, where the endpoint can.
        max_tokens: The most tokens of an answer, hidden reasoning included.
        policy: The deadline and the retries of a call.
        limits: How many calls the endpoint gets at one time and per minute.
        unmarked_end: The endpoint does not say how an answer ended.
        stream: Answers are read as they are written, which bounds them as they grow.
        untrusted: Somebody else chose the address: it is called at public addresses alone.
        chat: Who answers the calls, in place of the endpoint: a recording or a script.
    """

    base_url: str | None
    api_key_env: str
    price: Price | None
    free: bool
    temperature: float | None
    seed: int | None
    max_tokens: int
    policy: Policy
    limits: Limits
    unmarked_end: bool
    stream: bool
    untrusted: bool
    chat: Chat | None


class ModelUser:
    """Calls a model at an OpenAI-compatible endpoint; a worker, a judge or a planner.

    Args:
        name: By which the run knows who calls.
        model: The name by which the endpoint knows the model.
        **terms: How it is called; see `ModelTerms`.

    Attributes:
        chat: Who answers the calls; to be wrapped, before the run, by who records them.

    Raises:
        UnknownPriceError: If nobody knows what the model costs.
        MissingKeyError: If OpenAI's own endpoint is asked for without a key.
    """

    def __init__(self, name: str, model: str, **terms: Unpack[ModelTerms]) -> None:
        if unknown := terms.keys() - ModelTerms.__annotations__.keys():
            raise TypeError(f"{name!r}: unexpected arguments: {', '.join(sorted(unknown))}")
        base_url = terms.get("base_url")
        self._policy = terms.get("policy", Policy())
        self._price = tariff(model, base_url, terms.get("price"), free=terms.get("free", False))
        self._caller = Caller(
            name,
            model,
            terms.get("temperature"),
            terms.get("seed"),
            terms.get("max_tokens", 4096),
        )
        self.chat = terms.get("chat") or Endpoint(
            base_url,
            api_key_env=terms.get("api_key_env", "OPENAI_API_KEY"),
            policy=self._policy,
            limits=terms.get("limits"),
            unmarked_end=terms.get("unmarked_end", False),
            stream=terms.get("stream", False),
            untrusted=terms.get("untrusted", False),
        )

    def meter(self, reserve: Money) -> Meter:
        """Return a meter at the model's price."""
        return Meter(self._price, reserve)

    def worst_case(self, request: ChatRequest, *, more: int = 0, calls: int = 1) -> Money:
        """Return the most that a request can cost, retries included.

        Args:
            request: What is asked.
            more: The most tokens that its prompt may get besides.
            calls: How often such a request may be made in the same work.
        """
        usage = worst_usage(request)
        attempt = Usage(usage.input + more, usage.output, estimated=True)
        return Money((calls - 1 + self._policy.paid) * self._price.cost(attempt))

    async def aclose(self) -> None:
        """Close the connections."""
        await self.chat.aclose()
