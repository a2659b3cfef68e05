"""A real static embedding model, made on the spot: a few words, and where their meaning lies."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path

MEANINGS = {
    "prove": (1.0, 0.0, 0.1),
    "derive": (0.9, 0.1, -0.1),
    "add": (-1.0, 0.0, 0.1),
    "sum": (-0.9, 0.1, -0.1),
}


def static_model(folder: Path, dimensions: int = 3) -> Path:
    """Write a model and return its folder; skips where the extra `semantic` is not installed."""
    model2vec: Any = pytest.importorskip("model2vec", reason="the extra `semantic` is missing")
    tokenizers: Any = import_module("tokenizers")
    words = {"[UNK]": 0, **{word: place for place, word in enumerate(MEANINGS, 1)}}
    level = tokenizers.models.WordLevel(words, unk_token="[UNK]")
    tokenizer = tokenizers.Tokenizer(level)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    vectors = np.zeros((len(words), dimensions), dtype=np.float32)
    vectors[1:, :3] = list(MEANINGS.values())
    model2vec.StaticModel(vectors, tokenizer).save_pretrained(folder)
    return folder
