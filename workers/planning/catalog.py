"""What a configuration may call planners: word -> description -> planner."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import Field

from workers.chat import Chat
from workers.model_spec import RecordableSpec
from workers.planning.draft import Draft
from workers.planning.planner import OpenAIPlanner, Planner, ScriptedPlanner
from workers.spec import Several, Spec


class OpenAIPlannerSpec(RecordableSpec):
    """A model behind an OpenAI-compatible endpoint that writes plans."""

    type: Literal["openai"] = "openai"

    def build(self, folder: Path, chat: Chat | None = None) -> Planner:
        """Return the planner; with a chat, that answers its calls in place of all else.

        Raises:
            OSError: If the recording cannot be read.
            TruthbidError: If it is none, or if the model lacks its key or its price.
        """
        calling = self.calling(self.answering(folder, chat))
        return OpenAIPlanner(model=self.model, **calling)


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
