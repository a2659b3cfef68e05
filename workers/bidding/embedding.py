"""What a prompt means, as numbers: a static embedding model in a folder of this machine."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from workers.bidding.hardness import SLOTS, Features, features

if TYPE_CHECKING:
    from pathlib import Path

    from protocols.messages import Lot

DIMENSIONS: Final = 64
"""How many numbers of an embedding count. Static models put what varies most first."""

_DIGITS: Final = 4
_REMEMBERED: Final = 1024
_BEHIND_WORDS: Final = 1 + SLOTS


class Embedding:
    """The features of a prompt by a static embedding model (Model2Vec): its words, and its meaning.

    Such a model is a table of one vector per token; a text is the mean of its tokens. So it needs
    no call, no network and no processor but this one, and the same prompt has the same features in
    every run: they are rounded, lest the last bits of another machine decide an award. A model file
    is data, nothing of it is executed.

    Words and meaning each have length 1, and each model has slots of its own, so that workers which
    share a `Hardness` may have different ones.

    Args:
        folder: Where the model lies: ``model.safetensors``, ``tokenizer.json``, ``config.json``.

    Attributes:
        version: The hash of the model, in short.

    Raises:
        ValueError: If the extra ``semantic`` is not installed, or there is no such model.
    """

    def __init__(self, folder: Path) -> None:
        self._model = _loaded(folder)
        digest = sha256(b"".join(path.read_bytes() for path in _files(folder))).hexdigest()
        self.version = digest[:12]
        first = _BEHIND_WORDS + int(digest[:12], 16) * DIMENSIONS
        self._slots = tuple(range(first, first + DIMENSIONS))
        self._remembered = lru_cache(_REMEMBERED)(self._meaning)

    def features(self, lot: Lot) -> Features:
        """Return the features of a lot: those of its words, and up to `DIMENSIONS` of its meaning."""
        return [*features(lot), *self._remembered(lot.prompt)]

    def _meaning(self, prompt: str) -> Features:
        text = prompt.encode("utf-8", "replace").decode()  # the tokenizer takes no lone surrogates
        vector = np.asarray(self._model.encode([text])[0], dtype=np.float64)[:DIMENSIONS]
        length = float(np.linalg.norm(vector))
        if not length:  # no token of it is known
            return []
        numbers: list[float] = (vector / length).tolist()
        return [
            (slot, round(number, _DIGITS))
            for slot, number in zip(self._slots, numbers, strict=False)
        ]


embedding = lru_cache(maxsize=4)(Embedding)
"""Returns the model of a folder; workers share it."""


def _files(folder: Path) -> list[Path]:
    return sorted([*folder.rglob("*.safetensors"), *folder.rglob("tokenizer.json")])


def _loaded(folder: Path) -> Any:
    try:
        library = import_module("model2vec")
    except ImportError as error:
        raise ValueError(
            "embeddings take the extra `semantic`, which is not installed:"
            ' pip install "truthbid[semantic]"'
        ) from error
    if not _files(folder):  # the library would look for a model of this name in the network
        raise ValueError(f"embeddings: there is no static embedding model in {str(folder)!r}")
    try:
        model = library.StaticModel.from_pretrained(folder)
        finite = bool(np.isfinite(model.embedding).all())
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(f"embeddings: {str(folder)!r} cannot be read: {reason}") from error
    if not finite:
        raise ValueError(f"embeddings: {str(folder)!r} holds numbers that are not finite")
    return model
