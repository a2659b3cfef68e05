"""The model behind a worker, and how its requests are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.chat import ChatRequest, Lane
from workers.prompting import conversation

if TYPE_CHECKING:
    from protocols.messages import Lot
    from protocols.units import WorkerId


@dataclass(frozen=True, slots=True)
class Caller:
    """Which model a worker calls, and how.

    Attributes:
        worker: The worker's name.
        model: The name by which the endpoint knows the model.
        temperature: How much chance there is in its answers.
        seed: Fixes the chance, where the endpoint can.
        max_tokens: The most tokens of an answer to a task.
    """

    worker: WorkerId
    model: str
    temperature: float | None = None
    seed: int | None = None
    max_tokens: int = 4096

    def request(
        self, prompt: str, lot: Lot, max_tokens: int, *, phase: str = "bid", **values: object
    ) -> ChatRequest:
        """Write a request about a lot.

        Args:
            prompt: The name of the prompt; see `workers.prompting.conversation`.
            lot: What it is about.
            max_tokens: The most tokens of this answer.
            phase: What the call is for.
            **values: What else the prompt refers to.
        """
        return ChatRequest(
            model=self.model,
            messages=conversation(prompt, lot=lot, **values),
            max_tokens=max_tokens,
            temperature=self.temperature,
            seed=self.seed,
            lane=Lane(task=lot.task, worker=self.worker, phase=phase),
        )
