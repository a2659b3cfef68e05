"""Which model is called, and how requests to it are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.chat import ChatRequest, Lane
from workers.prompting import conversation

if TYPE_CHECKING:
    from protocols.messages import Lot


@dataclass(frozen=True, slots=True)
class Caller:
    """Which model a worker, a judge or a planner calls, and how.

    Attributes:
        worker: The name of who calls.
        model: The name by which the endpoint knows the model.
        temperature: How much chance there is in what it says.
        seed: Fixes the chance, where the endpoint can.
        max_tokens: The most tokens of an answer to a task.
    """

    worker: str
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
        return self.write(prompt, lot.task, max_tokens, phase=phase, lot=lot, **values)

    def write(
        self, prompt: str, task: str, max_tokens: int, *, phase: str, **values: object
    ) -> ChatRequest:
        """Write a request, as `request` does, that need not be about a lot.

        Args:
            prompt: The name of the prompt.
            task: What it is recorded under.
            max_tokens: The most tokens of this answer.
            phase: What the call is for.
            **values: What the prompt refers to.
        """
        return ChatRequest(
            model=self.model,
            messages=conversation(prompt, **values),
            max_tokens=max_tokens,
            temperature=self.temperature,
            seed=self.seed,
            lane=Lane(task=task, worker=self.worker, phase=phase),
        )
