"""Bids from the past alone, without a call."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field

from protocols.messages import Lot
from protocols.units import Name
from workers.bidding.embedding import embedding
from workers.bidding.hardness import Features, features
from workers.spec import Spec


class Prior(Spec):
    """Bids the chance of success that the record of the worker and its colleagues gives."""

    type: Literal["prior"] = "prior"


class Learned(Spec):
    """Bids that chance, moved by how hard the words of the prompt are: see `Hardness`."""

    type: Literal["learned"] = "learned"
    embeddings: Annotated[
        Name | None,
        Field(
            description="The folder of a static embedding model: learns from meaning, too. It takes"
            " the extra `semantic`."
        ),
    ] = None

    def beside(self, folder: Path) -> Self:
        """Return the rule with a model whose path starts in a folder."""
        if self.embeddings is None:
            return self
        return self.model_copy(update={"embeddings": str(folder / self.embeddings)})

    def reader(self) -> Callable[[Lot], Features]:
        """Return what reads the features of a lot.

        Raises:
            ValueError: If the embedding model cannot be used.
        """
        return features if self.embeddings is None else embedding(Path(self.embeddings)).features

    @property
    def version(self) -> str:
        """By which model it goes, for the note of a bid; nothing if by words alone."""
        if self.embeddings is None:
            return ""
        return f"; embeddings {embedding(Path(self.embeddings)).version}"
