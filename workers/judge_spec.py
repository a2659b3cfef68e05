"""How a model that judges is described in a configuration."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from protocols.units import Printable
from workers.chat import Chat
from workers.model_judge import LONGEST, ModelJudge
from workers.model_spec import RecordableSpec


class JudgeSpec(RecordableSpec):
    """A model behind an OpenAI-compatible endpoint that judges answers."""

    id: Annotated[str, Printable, Field(description="The judge's name, unique in the run.")]
    temperature: Annotated[
        float | None, Field(ge=0, le=2, description="How much chance there is in its verdicts.")
    ] = 0.0
    max_tokens: Annotated[
        int, Field(ge=1, le=1_000_000, description="The most tokens of a verdict.")
    ] = 1024
    longest: Annotated[
        int,
        Field(ge=1, le=1_000_000, description="The longest answer it reads, in bytes."),
    ] = LONGEST

    def build(self, folder: Path, chat: Chat | None = None) -> ModelJudge:
        """Return the judge; with a chat, that answers its calls in place of all else.

        Raises:
            OSError: If the recording cannot be read.
            TruthbidError: If it is none, or if the model lacks its key or its price.
        """
        calling = self.calling(self.answering(folder, chat))
        return ModelJudge(self.id, model=self.model, longest=self.longest, **calling)
