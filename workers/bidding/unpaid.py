"""Bids from the past alone, without a call."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field

from protocols.messages import Lot
from protocols.units import Name
from workers.bidding.hardness import Features, features
from workers.spec import Spec

if TYPE_CHECKING:
    from workers.bidding.embedding import Embedding


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
        model = self._model
        return features if model is None else model.features

    @property
    def version(self) -> str:
        """By which model it goes, for the note of a bid; nothing if by words alone."""
        model = self._model
        return "" if model is None else f"; embeddings {model.version}"

    @property
    def _model(self) -> "Embedding | None":
        if self.embeddings is None:
            return None
        from workers.bidding.embedding import embedding  # numpy is not for everybody

        return embedding(Path(self.embeddings))
